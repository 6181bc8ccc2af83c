#include "edhoc_coap.h"

#include <stdio.h>
#include <string.h>

#include "check.h"

/* --- Connection identifiers --------------------------------------------------- */

static int is_one_byte_int(uint8_t byte)
{
    return byte <= 0x17 || (byte >= 0x20 && byte <= 0x37);
}

size_t edhoc_put_id(uint8_t *out, const uint8_t *id, size_t id_len)
{
    if (id_len == 1 && is_one_byte_int(id[0])) {
        out[0] = id[0];
        return 1;
    }
    out[0] = (uint8_t)(0x40 | id_len); /* ID_MAX is below 24: one byte says the length */
    memcpy(out + 1, id, id_len);
    return 1 + id_len;
}

size_t edhoc_get_id(const uint8_t *in, size_t in_len, const uint8_t **id, size_t *id_len)
{
    if (in_len == 0)
        return 0;
    if (is_one_byte_int(in[0])) {
        *id = in;
        *id_len = 1;
        return 1;
    }
    size_t len = in[0] ^ 0x40u; /* 0 to ID_MAX for a byte string of that length */
    if (len > ID_MAX || in_len < 1 + len || (len == 1 && is_one_byte_int(in[1])))
        return 0;
    *id = in + 1;
    *id_len = len;
    return 1 + len;
}

/* --- Error messages --------------------------------------------------------------- */

int edhoc_is_error(const uint8_t *message, size_t len)
{
    int64_t code;
    size_t text_len;

    return lake_error_parse(message, len, &code, NULL, 0, &text_len) != LAKE_ERR_MALFORMED;
}

/* --- CoAP --------------------------------------------------------------------- */

int edhoc_content_format(const coap_pdu_t *pdu)
{
    coap_opt_iterator_t iterator;
    const coap_opt_t *option = coap_check_option(pdu, COAP_OPTION_CONTENT_FORMAT, &iterator);

    if (!option)
        return FORMAT_NONE;
    return (int)coap_decode_var_bytes(coap_opt_value(option), coap_opt_length(option));
}

/* --- Who is there --------------------------------------------------------------- */

/* Labels from 32768 on are for private use; the context tells the values apart. */
static void export(lake_session *session, const char *context, uint8_t *out, size_t len)
{
    CHECK(lake_session_export(session, 32768, (const uint8_t *)context, strlen(context), out, len));
}

void edhoc_ticket(lake_session *session, char ticket[2 * TICKET_SIZE + 1])
{
    uint8_t bytes[TICKET_SIZE];

    export(session, "ticket", bytes, sizeof bytes);
    edhoc_hex(ticket, bytes, sizeof bytes);
    lake_wipe(bytes, sizeof bytes);
}

void edhoc_receipt(lake_session *session, uint8_t receipt[RECEIPT_SIZE])
{
    export(session, "receipt", receipt, RECEIPT_SIZE);
}

void edhoc_peer(lake_session *session, char text[WHO_MAX])
{
    lake_credential *credential;
    size_t len;

    CHECK(lake_session_peer_credential(session, &credential));
    if (lake_credential_describe(credential, text, WHO_MAX, &len) != LAKE_OK)
        strcpy(text, "somebody with a long name");
    CHECK(lake_credential_free(credential));
}

/* --- Printing ------------------------------------------------------------------- */

void edhoc_hex(char *text, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        sprintf(text + 2 * i, "%02x", bytes[i]);
    text[2 * len] = '\0';
}

void edhoc_dump(const uint8_t *bytes, size_t len)
{
    printf("      ");
    for (size_t i = 0; i < len; i++)
        printf("%02x", bytes[i]);
    putchar('\n');
}
