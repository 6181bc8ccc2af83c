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

/* ID_CRED is a map of one entry, as a rule: its label says the way of reference.
 * Short values, such as a kid, are told too. */
static size_t reference(lake_session *session, char text[WHO_MAX])
{
    static const struct { const char *prefix, *name; size_t prefix_len; } ways[] = {
        {"\xa1\x04", "kid", 2},         {"\xa1\x0e", "CCS by value", 2}, {"\xa1\x18\x20", "x5bag", 3},
        {"\xa1\x18\x21", "x5chain", 3}, {"\xa1\x18\x22", "x5t", 3},      {"\xa1\x18\x23", "x5u", 3},
    };
    uint8_t id[MESSAGE_MAX];
    size_t len;

    CHECK(lake_session_peer_id_cred(session, id, sizeof id, &len));
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        if (len <= ways[i].prefix_len || memcmp(id, ways[i].prefix, ways[i].prefix_len) != 0)
            continue;
        size_t written = (size_t)sprintf(text, "%s", ways[i].name);
        if (i == 0 && len < 12) { /* a kid, after the head of the byte string */
            text[written++] = ' ';
            edhoc_hex(text + written, id + 3, len - 3);
            written += 2 * (len - 3);
        }
        return written;
    }
    return (size_t)sprintf(text, "other credential");
}

void edhoc_peer(lake_session *session, char text[WHO_MAX])
{
    static const char *const kinds[] = {"?", "P-256", "P-384", "X25519", "X448", "Ed25519", "Ed448"};
    lake_credential *credential;
    uint8_t key[128];
    int32_t kind;
    size_t len, at = reference(session, text);

    CHECK(lake_session_peer_credential(session, &credential));
    CHECK(lake_credential_public_key(credential, &kind, key, sizeof key, &len));
    CHECK(lake_credential_free(credential));
    at += (size_t)sprintf(text + at, ", %s key ", kinds[kind]);
    edhoc_hex(text + at, key, 4);
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
