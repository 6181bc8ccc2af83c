#include "libcoap_quirks.h"

#include <string.h>

#include "check.h"

/* --- Ticket and receipt ----------------------------------------------------------- */

/* Labels from 32768 on are for private use; the context tells the values apart. */
static void export(lake_session *session, const char *context, uint8_t *out, size_t len)
{
    CHECK(lake_session_export(session, 32768, (const uint8_t *)context, strlen(context), out, len));
}

void quirks_ticket(lake_session *session, char ticket[TICKET_MAX])
{
    uint8_t bytes[(TICKET_MAX - 1) / 2];

    export(session, "ticket", bytes, sizeof bytes);
    edhoc_hex(ticket, bytes, sizeof bytes);
    lake_wipe(bytes, sizeof bytes);
}

void quirks_receipt(lake_session *session, uint8_t receipt[RECEIPT_SIZE])
{
    export(session, "receipt", receipt, RECEIPT_SIZE);
}

/* --- Sessions --------------------------------------------------------------------- */

enum { SESSIONS_MAX = 128 };

static struct kept {
    coap_session_t *session;
    struct edhoc_message request; /* the last one; struct_size is 0 if there was none */
    int more;                     /* 1: more blocks of its body are to come */
} kept[SESSIONS_MAX], spare;      /* spare: of a session that is not kept any more */
static int oldest;

static void forget(struct kept *one)
{
    one->request.in.struct_size = 0;
    one->more = 0;
}

static struct kept *find(const coap_session_t *session)
{
    for (int i = 0; i < SESSIONS_MAX; i++)
        if (kept[i].session == session)
            return &kept[i];
    forget(&spare);
    return &spare;
}

static void release(struct kept *one)
{
    if (one->session)
        coap_session_release(one->session);
    one->session = NULL;
    forget(one);
}

static int on_event(coap_session_t *session, const coap_event_t event)
{
    if (event == COAP_EVENT_SERVER_SESSION_NEW) {
        release(&kept[oldest]);
        kept[oldest].session = coap_session_reference(session);
        oldest = (oldest + 1) % SESSIONS_MAX;
    }
    return 0;
}

void quirks_keep_sessions(coap_context_t *context)
{
    coap_context_set_session_timeout(context, 1);
    coap_context_set_max_idle_sessions(context, SESSIONS_MAX);
    coap_register_event_handler(context, on_event);
}

void quirks_give_up(const coap_session_t *session)
{
    release(find(session));
}

void quirks_clear(void)
{
    for (int i = 0; i < SESSIONS_MAX; i++)
        release(&kept[i]);
}

/* --- Blocks ----------------------------------------------------------------------- */

static int is_later_block(const coap_session_t *session, const coap_pdu_t *pdu, coap_option_num_t option)
{
    coap_block_b_t block;

    return coap_get_block_b(session, pdu, option, &block) && block.num > 0;
}

/* Whether a block is in its place already: it came again, perhaps late. */
static int is_known(const struct edhoc_message *request, const coap_pdu_t *pdu)
{
    const uint8_t *data;
    size_t len, offset, total;

    return coap_get_data_large(pdu, &len, &data, &offset, &total) && offset <= request->in.payload_len &&
           len <= request->in.payload_len - offset && memcmp(request->payload + offset, data, len) == 0;
}

const struct lake_coap_incoming *quirks_read(const coap_session_t *session, const coap_pdu_t *pdu,
                                             coap_pdu_code_t *refusal)
{
    struct kept *one = find(session);
    struct edhoc_message *request = &one->request;
    const int any = request->in.struct_size != 0;
    coap_block_b_t block;

    if (!coap_get_block_b(session, pdu, COAP_OPTION_BLOCK1, &block))
        memset(&block, 0, sizeof block);
    *refusal = COAP_RESPONSE_CODE_INCOMPLETE;
    if (is_later_block(session, pdu, COAP_OPTION_BLOCK2))
        return any && !one->more ? &request->in : NULL;
    if (block.num > 0 && any && !one->more && coap_pdu_get_mid(pdu) == request->in.message_id)
        return &request->in; /* the last block again */
    if (block.m && one->more && is_known(request, pdu)) {
        *refusal = COAP_RESPONSE_CODE_CONTINUE;
        return NULL;
    }
    if (block.num > 0 && (!one->more || request->in.payload_len != (size_t)block.num << (block.szx + 4)))
        return NULL;
    if (!edhoc_read(request, session, pdu)) {
        *refusal = COAP_RESPONSE_CODE_REQUEST_TOO_LARGE;
        forget(one);
        return NULL;
    }
    *refusal = COAP_RESPONSE_CODE_CONTINUE;
    one->more = block.m;
    return block.m ? NULL : &request->in;
}

void quirks_acknowledge(const coap_session_t *session, const coap_pdu_t *pdu, coap_pdu_t *response)
{
    coap_block_b_t block;
    uint8_t bytes[4];

    if (coap_get_block_b(session, pdu, COAP_OPTION_BLOCK1, &block))
        coap_add_option(response, COAP_OPTION_BLOCK1,
                        coap_encode_var_safe(bytes, sizeof bytes, block.num << 4 | block.szx), bytes);
}

static coap_binary_t *copy_of(const uint8_t *payload, size_t len)
{
    coap_binary_t *copy = coap_new_binary(len);

    if (copy)
        memcpy(copy->s, payload, len);
    return copy;
}

static void free_copy(coap_session_t *session, void *copy)
{
    (void)session;
    coap_delete_binary(copy);
}

int quirks_add_request_payload(coap_session_t *session, coap_pdu_t *pdu, const uint8_t *payload, size_t len)
{
    coap_binary_t *copy = copy_of(payload, len);

    return copy && coap_add_data_large_request(session, pdu, len, copy->s, free_copy, copy);
}

int quirks_add_payload(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *pdu,
                       const coap_string_t *query, coap_pdu_t *response, int32_t format, const uint8_t *payload,
                       size_t len)
{
    coap_binary_t *copy = copy_of(payload, len);
    uint64_t etag = 1;
    uint8_t bytes[8];

    if (!copy)
        return 0;
    for (size_t i = 0; i < sizeof bytes - 1 && i < len; i++) /* message_2 starts with G_Y */
        etag = etag << 8 | payload[i];
    if (is_later_block(session, pdu, COAP_OPTION_BLOCK2))
        coap_add_option(response, COAP_OPTION_ETAG, coap_encode_var_safe8(bytes, sizeof bytes, etag), bytes);
    return coap_add_data_large_response(resource, session, pdu, response, query, (uint16_t)format, -1, etag, len,
                                        copy->s, free_copy, copy);
}
