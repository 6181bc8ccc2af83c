/* edhoc_client.c - a CoAP client that makes keys with EDHOC and uses them with OSCORE.
 *
 * It runs EDHOC with a resource of the server, as Initiator or, in the reverse flow, as
 * Responder, then GETs /hello under OSCORE and prints the answer. It ends with 0 only
 * if that arrived.
 *
 * lake_coap_client says what to send, and takes what comes back: see run_edhoc. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <coap3/coap.h>
#include <lake.h>

#include "check.h"
#include "edhoc_coap.h"
#include "libcoap_quirks.h"
#include "options.h"

enum { PATH_MAX_LENGTH = 256 };

/* The request under way, and what came back. */
struct exchange {
    const coap_session_t *session; /* each has the same tokens */
    size_t token_len;
    uint8_t token[8];
    int lost;        /* libcoap has given up */
    int unreachable; /* because nobody listens there */
    int too_large;   /* is the answer */
    int answered;
    struct edhoc_message answer;
    int has_receipt;
    uint8_t receipt[RECEIPT_SIZE];
};

static struct options options;
static struct exchange exchange;
static coap_context_t *context;

static int is_success(void)
{
    return COAP_RESPONSE_CLASS(exchange.answer.in.code) == 2;
}

/* --- Telling -------------------------------------------------------------------- */

/* Says why all is over. */
static int failed(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    printf("failed: ");
    vprintf(format, arguments);
    putchar('\n');
    va_end(arguments);
    return 0;
}

/* The same with the reason that the client object has, if it has one for this status. */
static int client_failed(lake_coap_client *client, lake_status status)
{
    char why[WHY_MAX];
    size_t len;

    CHECK(lake_coap_client_error_text(client, why, sizeof why, &len));
    return failed("%s", status == LAKE_ERR_BUFFER_TOO_SMALL ? lake_strerror(status) : why);
}

/* Tells what goes over the wire; message is 0 if it is none of EDHOC's four. */
static void show(const char *arrow, int message, const uint8_t *payload, size_t len)
{
    if (len == 0)
        printf("%s nothing\n", arrow);
    else if (message == 0)
        printf("%s error, %zu bytes\n", arrow, len);
    else
        printf("%s message_%d, %zu bytes\n", arrow, message, len);
    if (options.verbose && len > 0)
        edhoc_dump(payload, len);
}

static lake_session *session_of(lake_coap_client *client)
{
    lake_session *session;

    CHECK(lake_coap_client_session(client, &session));
    return session;
}

static struct lake_session_info info_of(lake_session *session)
{
    struct lake_session_info info = {.struct_size = sizeof info};

    CHECK(lake_session_info(session, &info));
    return info;
}

/* The number of the message that the session waits for; 0: none. */
static int awaited(lake_session *session)
{
    return info_of(session).next / 2; /* LAKE_NEXT_PROCESS_MESSAGE_1 is 2, and so on */
}

static void show_request(lake_session *session, const uint8_t *payload, size_t len)
{
    const int next = awaited(session);
    const size_t id = len == 0 ? 0 : payload[0] >> 5 == 2 ? 1 + (payload[0] & 0x1f) : 1; /* or f5, before the message */
    const struct lake_session_info info = info_of(session);

    if (next == 2 || next == 3) /* message_1 and message_2 settle them */
        printf("method %d, suite %d\n", info.method, info.suite);
    show("->", next > 0 ? next - 1 : 4, payload + id, len - id);
}

static void show_answer(lake_session *session, const uint8_t *payload, size_t len)
{
    show("<-", is_success() ? awaited(session) : 0, payload, len);
}

/* --- CoAP ----------------------------------------------------------------------- */

static coap_response_t on_response(coap_session_t *session, const coap_pdu_t *sent, const coap_pdu_t *received,
                                   const coap_mid_t mid)
{
    const coap_bin_const_t token = coap_pdu_get_token(received);
    coap_opt_iterator_t iterator;
    const coap_opt_t *etag = coap_check_option(received, COAP_OPTION_ETAG, &iterator);

    (void)sent, (void)mid;
    if (session != exchange.session || token.length != exchange.token_len ||
        memcmp(token.s, exchange.token, token.length) != 0)
        return COAP_RESPONSE_OK; /* too late */
    if (!edhoc_read(&exchange.answer, session, received)) {
        exchange.too_large = 1;
        return COAP_RESPONSE_FAIL;
    }
    exchange.has_receipt = etag && coap_opt_length(etag) == RECEIPT_SIZE;
    if (exchange.has_receipt)
        memcpy(exchange.receipt, coap_opt_value(etag), RECEIPT_SIZE);
    exchange.answered = 1;
    return COAP_RESPONSE_OK;
}

static void on_nack(coap_session_t *session, const coap_pdu_t *sent, const coap_nack_reason_t reason,
                    const coap_mid_t mid)
{
    (void)sent, (void)mid;
    if (session != exchange.session)
        return;
    exchange.lost = 1;
    exchange.unreachable = reason == COAP_NACK_ICMP_ISSUE || reason == COAP_NACK_NOT_DELIVERABLE;
}

/* Begins the next request. */
static coap_pdu_t *new_request(coap_session_t *session, coap_pdu_code_t method, const char *path)
{
    coap_pdu_t *pdu = coap_new_pdu(COAP_MESSAGE_CON, method, session);

    memset(&exchange, 0, sizeof exchange);
    exchange.session = session;
    coap_session_new_token(session, &exchange.token_len, exchange.token);
    coap_add_token(pdu, exchange.token_len, exchange.token);
    for (size_t len; *path; path += len + (path[len] == '/')) {
        len = strcspn(path, "/");
        if (len > 0)
            coap_add_option(pdu, COAP_OPTION_URI_PATH, len, (const uint8_t *)path);
    }
    return pdu;
}

/* Sends it and waits for the answer. Returns 1 if one came that can be taken, with any code. */
static int ask(coap_session_t *session, coap_pdu_t *pdu)
{
    coap_tick_t now, end;

    coap_send(session, pdu);
    coap_ticks(&now);
    end = now + (coap_tick_t)options.timeout * COAP_TICKS_PER_SECOND;
    while (!exchange.answered && !exchange.too_large && !exchange.lost && now < end &&
           coap_io_process(context, 100) >= 0)
        coap_ticks(&now);
    return exchange.answered;
}

static int no_answer(void)
{
    if (exchange.too_large)
        return failed("the answer is too large: more than %d bytes", PAYLOAD_MAX);
    return failed(exchange.unreachable ? "nobody listens on this address and port" : "no answer");
}

static int refused(const char *path)
{
    return failed("the server answered %d.%02d to GET %s", exchange.answer.in.code >> 5,
                  exchange.answer.in.code & 0x1f, path);
}

/* --- EDHOC ---------------------------------------------------------------------- */

/* Asks the server where its EDHOC resource is, and what it does. */
static int discover(lake_coap_client *client, coap_session_t *coap, char path[PATH_MAX_LENGTH])
{
    static const char well_known[] = "/.well-known/core";
    const struct lake_coap_incoming *answer = &exchange.answer.in;
    size_t len;

    if (!ask(coap, new_request(coap, COAP_REQUEST_CODE_GET, well_known)))
        return no_answer();
    if (!is_success())
        return refused(well_known);
    lake_status status = lake_coap_client_discover(client, (const char *)answer->payload, answer->payload_len, path,
                                                   PATH_MAX_LENGTH, &len);
    if (status == LAKE_ERR_NOT_FOUND)
        return failed("no EDHOC resource of the server suits");
    if (status != LAKE_OK)
        return client_failed(client, status);
    printf("found %s\n", path);
    return 1;
}

/* POSTs what the client object says. */
static int post(coap_session_t *coap, const char *path, const struct lake_coap_outgoing *request,
                const uint8_t *payload, size_t len)
{
    coap_pdu_t *pdu = new_request(coap, (coap_pdu_code_t)request->code, path);
    uint8_t format[2];

    if (request->format != LAKE_COAP_FORMAT_NONE)
        coap_add_option(pdu, COAP_OPTION_CONTENT_FORMAT,
                        coap_encode_var_safe(format, sizeof format, (unsigned)request->format), format);
    if (request->echo_len > 0)
        coap_add_option(pdu, COAP_OPTION_ECHO, request->echo_len, request->echo);
    if (len > 0 && !quirks_add_request_payload(coap, pdu, payload, len)) {
        coap_delete_pdu(pdu);
        return 0;
    }
    return ask(coap, pdu);
}

/* Runs EDHOC. Returns 1 if both sides have the keys. */
static int run_edhoc(lake_coap_client *client, coap_session_t *coap, const char *path)
{
    const struct lake_coap_incoming *answer = &exchange.answer.in;
    struct lake_coap_outgoing request = {.struct_size = sizeof request};
    uint8_t payload[PAYLOAD_MAX];
    size_t len;
    lake_status status = lake_coap_client_start(client, &request, payload, sizeof payload, &len);

    while (status == LAKE_OK && request.code != LAKE_COAP_CODE_EMPTY) {
        show_request(session_of(client), payload, len);
        if (!post(coap, path, &request, payload, len)) {
            CHECK(lake_coap_client_no_answer(client));
            return no_answer();
        }
        show_answer(session_of(client), answer->payload, answer->payload_len);
        status = lake_coap_client_next(client, answer, &request, payload, sizeof payload, &len);
    }
    if (status == LAKE_OK)
        return 1;

    client_failed(client, status);
    if (request.code != LAKE_COAP_CODE_EMPTY) { /* the server gets to know, too */
        show("->", 0, payload, len);
        post(coap, path, &request, payload, len);
    }
    return 0;
}

/* --- OSCORE --------------------------------------------------------------------- */

/* Whether the answer holds what only the server can know, under OSCORE only. Servers that are
 * not liblake's do not send that: with them, nobody can tell (--no-receipt). */
static int is_protected(lake_session *session)
{
    uint8_t receipt[RECEIPT_SIZE];

    quirks_receipt(session, receipt);
    return exchange.has_receipt && memcmp(exchange.receipt, receipt, sizeof receipt) == 0;
}

static int get_hello(coap_session_t *coap, lake_session *session)
{
    const struct lake_coap_incoming *answer = &exchange.answer.in;
    char ticket[TICKET_MAX];

    quirks_ticket(session, ticket);
    for (int tries = 0; tries < 3; tries++) {
        coap_pdu_t *pdu = new_request(coap, COAP_REQUEST_CODE_GET, "/hello");

        coap_add_option(pdu, COAP_OPTION_URI_QUERY, strlen(ticket), (const uint8_t *)ticket);
        printf("-> GET /hello, protected\n");
        /* libcoap's server takes a datagram that comes twice for a replay: it answers
         * 4.01, or not at all. */
        if ((ask(coap, pdu) && exchange.answer.in.code != COAP_RESPONSE_CODE_UNAUTHORIZED) ||
            exchange.unreachable || exchange.too_large)
            break;
    }
    if (!exchange.answered)
        return no_answer();
    if (!is_success())
        return refused("/hello");
    const int protected = is_protected(session);
    if (!protected && !options.no_receipt)
        return failed("the answer was not protected");
    printf("<- ");
    for (size_t i = 0; i < answer->payload_len; i++) /* text that somebody else wrote */
        putchar(isprint(answer->payload[i]) ? answer->payload[i] : '?');
    printf("\n%s\n", protected ? "the protected answer arrived" :
                                 "an answer without a receipt arrived, protected or not");
    return 1;
}

/* Uses the keys, in a CoAP session of its own, with its own port: libcoap keeps what is
 * protected apart from what is not. */
static int use_oscore(lake_session *session)
{
    coap_oscore_conf_t *conf = edhoc_oscore(session);
    coap_session_t *coap =
        conf ? coap_new_client_session_oscore(context, NULL, &options.address, COAP_PROTO_UDP, conf) : NULL;

    if (!coap)
        return failed("libcoap cannot use these keys");
    coap_session_set_ack_timeout(coap, options.ack_timeout);
    int arrived = get_hello(coap, session);
    coap_session_release(coap);
    return arrived;
}

/* --- All of it ------------------------------------------------------------------ */

static int run(coap_session_t *coap)
{
    char path[PATH_MAX_LENGTH] = "/" EDHOC_PATH, who[WHO_MAX], keys[KEYS_MAX];
    lake_coap_client *client;
    lake_session *session;
    int arrived = 0;

    CHECK(lake_coap_client_new(options.config, options.reverse ? LAKE_RESPONDER : LAKE_INITIATOR, NULL, &client));
    if ((!options.discover || discover(client, coap, path)) && run_edhoc(client, coap, path)) {
        session = session_of(client);
        edhoc_peer(session, who);
        edhoc_keys(session, keys);
        printf("authenticated: %s\nkeys %s\n", who, keys);
        arrived = use_oscore(session);
    }
    CHECK(lake_coap_client_free(client));
    return arrived;
}

int main(int argc, char **argv)
{
    options_read(&options, OPTIONS_CLIENT, argc, argv);
    setvbuf(stdout, NULL, _IOLBF, 0);
    coap_startup();
    coap_set_log_level(options.verbose ? COAP_LOG_WARN : COAP_LOG_EMERG);
    context = coap_new_context(NULL);
    if (!context || !coap_oscore_is_supported()) {
        failed("this libcoap has no OSCORE, or does not start");
        return 1;
    }
    /* Sessions take this over when they are made: bodies come whole. */
    coap_context_set_block_mode(context, COAP_BLOCK_USE_LIBCOAP | COAP_BLOCK_SINGLE_BODY);
    coap_register_response_handler(context, on_response);
    coap_register_nack_handler(context, on_nack);
    coap_session_t *coap = coap_new_client_session(context, NULL, &options.address, COAP_PROTO_UDP);
    if (!coap) {
        failed("cannot open a CoAP session");
        return 1;
    }
    coap_session_set_ack_timeout(coap, options.ack_timeout);

    int arrived = run(coap);

    CHECK(lake_config_free(options.config));
    coap_session_release(coap);
    coap_free_context(context);
    coap_cleanup();
    return arrived ? 0 : 1;
}
