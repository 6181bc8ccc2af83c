/* edhoc_client.c - a CoAP client that makes keys with EDHOC and uses them with OSCORE.
 *
 * It runs EDHOC with /.well-known/edhoc of the server, as Initiator, then GETs
 * /hello under OSCORE and prints the answer. It ends with 0 only if that arrived. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <coap3/coap.h>
#include <lake.h>

#include "check.h"
#include "edhoc_coap.h"
#include "options.h"

/* The request under way, and what came back. */
struct exchange {
    size_t token_len;
    uint8_t token[8];
    coap_pdu_code_t code; /* of the response; 0: nothing yet */
    int lost;             /* libcoap has given up */
    int unreachable;      /* because nobody listens there */
    int has_receipt;
    uint8_t receipt[RECEIPT_SIZE];
    size_t len;
    uint8_t bytes[MESSAGE_MAX];
};

static struct options options;
static struct exchange exchange;
static coap_context_t *context;

/* --- CoAP ----------------------------------------------------------------------- */

static coap_response_t on_response(coap_session_t *session, const coap_pdu_t *sent, const coap_pdu_t *received,
                                   const coap_mid_t mid)
{
    const coap_bin_const_t token = coap_pdu_get_token(received);
    coap_opt_iterator_t iterator;
    const coap_opt_t *etag = coap_check_option(received, COAP_OPTION_ETAG, &iterator);
    const uint8_t *body;
    size_t len, offset, total;

    (void)session, (void)sent, (void)mid;
    if (token.length != exchange.token_len || memcmp(token.s, exchange.token, token.length) != 0)
        return COAP_RESPONSE_OK; /* too late */
    if (!coap_get_data_large(received, &len, &body, &offset, &total))
        len = 0;
    if (len > sizeof exchange.bytes)
        return COAP_RESPONSE_FAIL;
    if (len > 0)
        memcpy(exchange.bytes, body, len);
    exchange.len = len;
    exchange.has_receipt = etag && coap_opt_length(etag) == RECEIPT_SIZE;
    if (exchange.has_receipt)
        memcpy(exchange.receipt, coap_opt_value(etag), RECEIPT_SIZE);
    exchange.code = coap_pdu_get_code(received);
    return COAP_RESPONSE_OK;
}

static void on_nack(coap_session_t *session, const coap_pdu_t *sent, const coap_nack_reason_t reason,
                    const coap_mid_t mid)
{
    (void)session, (void)sent, (void)mid;
    exchange.lost = 1;
    exchange.unreachable = reason == COAP_NACK_ICMP_ISSUE || reason == COAP_NACK_NOT_DELIVERABLE;
}

static void add_path(coap_pdu_t *pdu, const char *path)
{
    for (size_t len; *path; path += len + (path[len] == '/')) {
        len = strcspn(path, "/");
        coap_add_option(pdu, COAP_OPTION_URI_PATH, len, (const uint8_t *)path);
    }
}

/* Sends a request and waits for the response. Returns 1 if one came, with any code. */
static int ask(coap_session_t *session, coap_pdu_code_t method, const char *path, const char *query,
               const uint8_t *body, size_t body_len)
{
    coap_pdu_t *pdu = coap_new_pdu(COAP_MESSAGE_CON, method, session);
    const uint8_t format = FORMAT_CID_EDHOC;
    coap_tick_t now, end;

    memset(&exchange, 0, sizeof exchange);
    coap_session_new_token(session, &exchange.token_len, exchange.token);
    coap_add_token(pdu, exchange.token_len, exchange.token);
    add_path(pdu, path);
    if (body_len > 0)
        coap_add_option(pdu, COAP_OPTION_CONTENT_FORMAT, 1, &format);
    if (query)
        coap_add_option(pdu, COAP_OPTION_URI_QUERY, strlen(query), (const uint8_t *)query);
    if (body_len > 0) /* in blocks, if need be */
        coap_add_data_large_request(session, pdu, body_len, body, NULL, NULL);
    coap_send(session, pdu);

    coap_ticks(&now);
    end = now + (coap_tick_t)options.timeout * COAP_TICKS_PER_SECOND;
    while (!exchange.code && !exchange.lost && now < end && coap_io_process(context, 100) >= 0)
        coap_ticks(&now);
    if (!exchange.code && exchange.unreachable)
        fprintf(stderr, "Nobody listens on this address and port.\n");
    else if (!exchange.code)
        fprintf(stderr, "No answer to the request for /%s in %d seconds.\n", path, options.timeout);
    return exchange.code != 0;
}

static int is_success(void)
{
    return COAP_RESPONSE_CLASS(exchange.code) == 2;
}

/* Prints text that somebody else wrote. */
static void print_text(FILE *out, const char *before, const uint8_t *text, size_t len)
{
    fputs(before, out);
    for (size_t i = 0; i < len; i++)
        fputc(isprint(text[i]) ? text[i] : '?', out);
    fputc('\n', out);
}

static void print_refusal(void)
{
    char text[MESSAGE_MAX + 1];
    int64_t code;
    size_t len;

    fprintf(stderr, "The server answered %d.%02d", exchange.code >> 5, exchange.code & 0x1f);
    if (lake_error_parse(exchange.bytes, exchange.len, &code, text, sizeof text, &len) != LAKE_OK) {
        fprintf(stderr, ", without an EDHOC error message.\n");
        return;
    }
    fprintf(stderr, " and the EDHOC error %lld", (long long)code);
    print_text(stderr, len > 0 ? ": " : "", (const uint8_t *)text, len);
}

/* --- EDHOC ---------------------------------------------------------------------- */

static void show(const char *name, const uint8_t *message, size_t len)
{
    printf("%s, %zu bytes\n", name, len);
    if (options.verbose)
        edhoc_dump(message, len);
}

/* POSTs a message: message_1 after f5, anything else after C_R. */
static int post(coap_session_t *coap, lake_session *session, int first, const uint8_t *message, size_t len)
{
    uint8_t body[1 + ID_MAX + MESSAGE_MAX] = {EDHOC_NEW}, c_r[ID_MAX];
    size_t c_r_len, prefix = 1;

    if (!first) {
        if (lake_session_peer_connection_id(session, c_r, sizeof c_r, &c_r_len) != LAKE_OK)
            return 0;
        prefix = edhoc_put_id(body, c_r, c_r_len);
    }
    memcpy(body + prefix, message, len);
    return ask(coap, COAP_REQUEST_CODE_POST, EDHOC_PATH, NULL, body, prefix + len);
}

/* Runs EDHOC. Returns 1 if it is complete and the server has accepted it. */
static int run_edhoc(coap_session_t *coap, lake_session *session)
{
    uint8_t message[MESSAGE_MAX];
    size_t len = 0;
    char why[WHY_MAX];
    lake_status status = lake_session_step(session, NULL, 0, message, sizeof message, &len);

    while (status == LAKE_OK && len > 0) {
        int32_t next, complete, method, suite;

        CHECK(lake_session_next(session, &next));
        CHECK(lake_session_is_complete(session, &complete));
        CHECK(lake_session_method(session, &method));
        CHECK(lake_session_suite(session, &suite));
        const int first = next == LAKE_NEXT_PROCESS_MESSAGE_2;
        if (first) /* also again, when the server has refused the suite */
            printf("method %d, suite %d\n", method, suite);
        show(first ? "-> message_1" : "-> message_3", message, len);
        if (!post(coap, session, first, message, len))
            return 0;

        if (!is_success()) {
            print_refusal();
            if (complete || !edhoc_is_error(exchange.bytes, exchange.len))
                return 0;
        } else if (complete) {
            return 1;
        } else {
            show(first ? "<- message_2" : "<- message_4", exchange.bytes, exchange.len);
        }
        len = 0;
        status = lake_session_step(session, exchange.bytes, exchange.len, message, sizeof message, &len);
    }
    if (status == LAKE_OK)
        return 1; /* with message_4 */

    CHECK(lake_session_error_text(session, why, sizeof why, &(size_t){0}));
    fprintf(stderr, "EDHOC failed: %s\n", why);
    if (len > 0) { /* the server gets to know, too */
        show("-> error", message, len);
        post(coap, session, 0, message, len);
    }
    return 0;
}

/* --- OSCORE --------------------------------------------------------------------- */

/* A CoAP session that is protected with the keys of the EDHOC session. It has a
 * port of its own: libcoap keeps what is protected apart from what is not. */
static coap_session_t *protected_session(lake_session *session)
{
    char conf[1024];
    size_t len;
    lake_status status = lake_session_oscore_libcoap_conf(session, conf, sizeof conf, &len);

    if (status != LAKE_OK) {
        fprintf(stderr, "No OSCORE: %s\n", lake_strerror(status));
        return NULL;
    }
    coap_oscore_conf_t *parsed =
        coap_new_oscore_conf((coap_str_const_t){len, (const uint8_t *)conf}, NULL, NULL, 0);
    lake_wipe(conf, sizeof conf);
    return parsed ? coap_new_client_session_oscore(context, NULL, &options.address, COAP_PROTO_UDP, parsed) : NULL;
}

/* Whether the response holds what only the server can know, under OSCORE only. */
static int is_protected(lake_session *session)
{
    uint8_t receipt[RECEIPT_SIZE];

    edhoc_receipt(session, receipt);
    return exchange.has_receipt && memcmp(exchange.receipt, receipt, sizeof receipt) == 0;
}

static int get_hello(lake_session *session)
{
    char ticket[2 * TICKET_SIZE + 1];
    coap_session_t *coap = protected_session(session);
    int arrived = 0;

    if (!coap) {
        fprintf(stderr, "libcoap cannot open an OSCORE session.\n");
        return 0;
    }
    edhoc_ticket(session, ticket);
    for (int tries = 0; tries < 3 && !arrived; tries++) {
        printf("-> GET /hello, protected\n");
        if (!ask(coap, COAP_REQUEST_CODE_GET, "hello", ticket, NULL, 0))
            break;
        arrived = is_success() && is_protected(session);
        if (arrived)
            print_text(stdout, "<- ", exchange.bytes, exchange.len);
        else if (is_success())
            fprintf(stderr, "The answer was not protected.\n");
        else
            print_refusal();
        /* libcoap's server takes a datagram that comes twice for a replay: 4.01. */
        if (exchange.code != COAP_RESPONSE_CODE_UNAUTHORIZED)
            break;
    }
    lake_wipe(ticket, sizeof ticket);
    coap_session_release(coap);
    return arrived;
}

int main(int argc, char **argv)
{
    lake_session *session;
    char who[WHO_MAX];
    int arrived = 0;

    options_read(&options, LAKE_INITIATOR, argc, argv);
    setvbuf(stdout, NULL, _IOLBF, 0);
    coap_startup();
    coap_set_log_level(options.verbose ? COAP_LOG_WARN : COAP_LOG_EMERG);
    context = coap_new_context(NULL);
    if (!context || !coap_oscore_is_supported()) {
        fprintf(stderr, "This libcoap has no OSCORE, or does not start.\n");
        return 1;
    }
    /* Sessions take this over when they are made: bodies come whole. */
    coap_context_set_block_mode(context, COAP_BLOCK_USE_LIBCOAP | COAP_BLOCK_SINGLE_BODY);
    coap_register_response_handler(context, on_response);
    coap_register_nack_handler(context, on_nack);
    coap_session_t *coap = coap_new_client_session(context, NULL, &options.address, COAP_PROTO_UDP);
    if (!coap) {
        fprintf(stderr, "Cannot open a CoAP session.\n");
        return 1;
    }

    CHECK(lake_session_new(options.config, LAKE_INITIATOR, &session));
    if (run_edhoc(coap, session)) {
        edhoc_peer(session, who);
        printf("authenticated: %s\n", who);
        arrived = get_hello(session);
    }
    printf(arrived ? "the protected answer arrived\n" : "no protected answer\n");

    CHECK(lake_session_free(session));
    CHECK(lake_config_free(options.config));
    coap_session_release(coap);
    coap_free_context(context);
    coap_cleanup();
    return arrived ? 0 : 1;
}
