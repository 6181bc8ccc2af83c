/* libcoap_oscore.c server | client [options] - EDHOC for the OSCORE that libcoap has of its own.
 *
 * lake_coap_server and lake_coap_client say what to answer and what to send; the keys go to
 * libcoap as text. edhoc_server.c and edhoc_client.c need none of this, and have none of what is
 * missing here. As of libcoap 4.3.4, in every
 * release:
 *
 * - a context cannot be taken out again, and the older of two that a request fits is taken: so
 *   the server takes a number of clients in all, and then no more;
 * - a handler is not told who asks, and requests that are not protected reach those of
 *   COAP_RESOURCE_FLAGS_OSCORE_ONLY too, from the address of one that was, for as long as
 *   somebody sends from there. So a client has a ticket, which only the two ends can know, as the
 *   query: who does not show it changes nothing here;
 * - a client takes an unprotected answer to a protected request for a good one. So the server
 *   puts a receipt into its answers, which the client looks for;
 * - there is no combined request (RFC 9668): libcoap decrypts before a handler could take
 *   message_3 off, and refuses the option, and encrypts after a client could put message_3 on;
 * - the first protected request of each context is answered with Echo, and a datagram that comes
 *   twice is refused as a replay;
 * - what strangers send in blocks is put together without bounds, if at all: here it is refused,
 *   so that EDHOC messages have to fit into one datagram each way. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "check.h"
#include "common.h"
#include "hello.h"
#include "options.h"
#include "request.h"

enum { TICKET_MAX = 2 * 16 + 1, RECEIPT_SIZE = 8, KEYS_MAX = 17, WHY_MAX = 301, PATH_MAX_LENGTH = 256 };

static struct options options;
static coap_context_t *context;

/* --- What both ends can export ---------------------------------------------------- */

static void hex(char *text, const uint8_t *bytes, size_t len)
{
    text[0] = '\0';
    for (size_t i = 0; i < len; i++)
        sprintf(text + 2 * i, "%02x", bytes[i]);
}

/* Labels from 32768 on are for private use; the context tells the values apart. */
static void export(lake_session *session, const char *of, uint8_t *out, size_t len)
{
    CHECK(lake_session_export(session, 32768, (const uint8_t *)of, strlen(of), out, len));
}

static void ticket_of(lake_session *session, char ticket[TICKET_MAX])
{
    uint8_t bytes[(TICKET_MAX - 1) / 2];

    export(session, "ticket", bytes, sizeof bytes);
    hex(ticket, bytes, sizeof bytes);
    lake_wipe(bytes, sizeof bytes);
}

/* Who the peer is, and a fingerprint of the keys, which is not secret. */
static void describe(lake_session *session, char who[WHO_MAX], char keys[KEYS_MAX])
{
    lake_credential *credential;
    uint8_t bytes[(KEYS_MAX - 1) / 2];

    CHECK(lake_session_peer_credential(session, &credential));
    write_who(credential, who);
    export(session, "fingerprint", bytes, sizeof bytes);
    hex(keys, bytes, sizeof bytes);
}

/* The OSCORE context for libcoap, which frees it. NULL: the suite has algorithms that libcoap has not. */
static coap_oscore_conf_t *oscore_of(lake_session *session)
{
    char conf[1024];
    size_t len;

    if (lake_session_oscore_libcoap_conf(session, conf, sizeof conf, &len) != LAKE_OK)
        return NULL;
    coap_oscore_conf_t *parsed = coap_new_oscore_conf((coap_str_const_t){len, (const uint8_t *)conf}, NULL, NULL, 0);
    lake_wipe(conf, sizeof conf);
    return parsed;
}

/* Writes the keys to a file that others cannot read, as Wireshark wants them: the client's
 * identifier first. Returns 0 if that is not possible. */
static int write_oscore(lake_session *session, const char *name, int is_server)
{
    struct lake_oscore_context c = {.struct_size = sizeof c};
    char ids[2][2 * sizeof c.sender_id + 1], secret[2 * sizeof c.master_secret + 1], salt[2 * sizeof c.master_salt + 1];
    const mode_t mask = umask(077);
    FILE *file = fopen(name, "w");

    umask(mask);
    if (!file)
        return 0;
    CHECK(lake_session_oscore_context(session, &c));
    hex(ids[0], c.sender_id, c.sender_id_len);
    hex(ids[1], c.recipient_id, c.recipient_id_len);
    hex(secret, c.master_secret, c.master_secret_len);
    hex(salt, c.master_salt, c.master_salt_len);
    fprintf(file, "\"%s\",\"%s\",\"%s\",\"%s\",\"\",\"AES-CCM-16-64-128 (CCM*)\"\n", ids[is_server], ids[!is_server], secret, salt);
    lake_wipe(&c, sizeof c);
    lake_wipe(secret, sizeof secret);
    return fclose(file) == 0;
}

/* --- Server ----------------------------------------------------------------------- */

static struct client { /* that was authenticated */
    char ticket[TICKET_MAX];
    uint8_t receipt[RECEIPT_SIZE];
    char who[WHO_MAX];
} clients[CLIENTS_MAX];
static int n_clients;
static lake_coap_server *server;

/* Installs the OSCORE context of a client that was authenticated. With an error, the run has failed. */
static lake_status welcome(const struct lake_coap_event *event)
{
    struct client *client = &clients[n_clients];
    char keys[KEYS_MAX];

    if (n_clients == options.clients)
        return LAKE_ERR_LIMIT;
    if (options.oscore && !write_oscore(event->session, options.oscore, 1))
        return LAKE_ERR_ARGUMENT;
    coap_oscore_conf_t *conf = oscore_of(event->session);
    if (!conf || !coap_context_oscore_server(context, conf)) /* which frees it */
        return LAKE_ERR_UNSUPPORTED;
    n_clients++;
    ticket_of(event->session, client->ticket);
    export(event->session, "receipt", client->receipt, RECEIPT_SIZE);
    describe(event->session, client->who, keys);
    printf("%.*s authenticated: %s, keys %s\n", (int)event->peer_len, (const char *)event->peer, client->who, keys);
    return lake_session_free(event->session);
}

static lake_status on_event(void *userdata, const struct lake_coap_event *event)
{
    (void)userdata;
    if (event->kind == LAKE_COAP_EVENT_ESTABLISHED)
        return welcome(event);
    printf("%.*s failed: %s\n", (int)event->peer_len, (const char *)event->peer, event->text);
    return LAKE_OK;
}

/* POST /.well-known/edhoc */
static void post_edhoc(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *pdu,
                       const coap_string_t *query, coap_pdu_t *response)
{
    const coap_bin_const_t token = coap_pdu_get_token(pdu);
    coap_opt_iterator_t i;
    const coap_opt_t *format = coap_check_option(pdu, COAP_OPTION_CONTENT_FORMAT, &i);
    const coap_opt_t *echo = coap_check_option(pdu, COAP_OPTION_ECHO, &i);
    struct lake_coap_outgoing answer = {.struct_size = sizeof answer};
    uint8_t payload[BODY_MAX], number[2];
    char peer[ADDRESS_MAX];
    const uint8_t *data = NULL;
    size_t len = 0;

    (void)resource, (void)query;
    coap_pdu_set_code(response, COAP_RESPONSE_CODE_REQUEST_TOO_LARGE);
    if (coap_check_option(pdu, COAP_OPTION_BLOCK1, &i) || coap_check_option(pdu, COAP_OPTION_BLOCK2, &i))
        return;
    (void)coap_get_data(pdu, &len, &data);
    struct lake_coap_incoming request = {
        .struct_size = sizeof request, .code = (int32_t)coap_pdu_get_code(pdu), .payload = data, .payload_len = len,
        .format = format ? (int32_t)coap_decode_var_bytes(coap_opt_value(format), coap_opt_length(format))
                         : LAKE_COAP_FORMAT_NONE,
        .echo = echo ? coap_opt_value(echo) : NULL, .echo_len = echo ? coap_opt_length(echo) : 0,
        .message_id = coap_pdu_get_mid(pdu), .token = token.s, .token_len = token.length, .peer = (const uint8_t *)peer};
    request.peer_len = address_write(coap_session_get_addr_remote(session), peer, &request.host_len);
    lake_status status = lake_coap_server_handle(server, &request, &answer, payload, sizeof payload, &len);
    printf("%s POST, %zu bytes -> %d.%02d, %zu bytes%s%s\n", peer, request.payload_len, answer.code >> 5,
           answer.code & 0x1f, len, answer.echo_len > 0 ? ", with Echo" : "", answer.duplicate ? ", repeated" : "");

    coap_pdu_set_code(response, status == LAKE_OK ? (coap_pdu_code_t)answer.code : COAP_RESPONSE_CODE_INTERNAL_ERROR);
    if (answer.format != LAKE_COAP_FORMAT_NONE)
        coap_add_option(response, COAP_OPTION_CONTENT_FORMAT,
                        coap_encode_var_safe(number, sizeof number, (unsigned)answer.format), number);
    if (answer.echo_len > 0)
        coap_add_option(response, COAP_OPTION_ECHO, answer.echo_len, answer.echo);
    if (status == LAKE_OK && len > 0 && !coap_add_data(response, len, payload))
        coap_pdu_set_code(response, COAP_RESPONSE_CODE_INTERNAL_ERROR);
}

/* Who shows this ticket; gives a receipt for it. */
static int who_asks(const coap_session_t *session, const coap_string_t *ticket, coap_pdu_t *response, char who[WHO_MAX])
{
    (void)session;
    for (int i = 0; i < n_clients && ticket; i++)
        if (ticket->length == TICKET_MAX - 1 && memcmp(ticket->s, clients[i].ticket, TICKET_MAX - 1) == 0) {
            strcpy(who, clients[i].who);
            coap_add_option(response, COAP_OPTION_ETAG, RECEIPT_SIZE, clients[i].receipt);
            return 1;
        }
    return 0;
}

static int serve(void)
{
    struct lake_coap_limits limits = {.struct_size = sizeof limits, .age = (uint32_t)options.age};
    struct lake_coap_stats s = {.struct_size = sizeof s};
    coap_endpoint_t *endpoint = coap_new_endpoint(context, &options.address, COAP_PROTO_UDP);

    if (!endpoint) {
        fprintf(stderr, "Cannot listen on this address and port.\n");
        return 0;
    }
    stop_on_signals();
    coap_context_set_session_timeout(context, 1); /* after which unprotected requests are refused again */
    CHECK(lake_coap_server_new(options.config, options.config, NULL, on_event, NULL, NULL, &server));
    CHECK(lake_coap_server_set_limits(server, &limits));
    hello_add(context, COAP_RESOURCE_FLAGS_OSCORE_ONLY, who_asks);
    hello_add_edhoc(context, options.config, 0, post_edhoc);
    printf("listening on %s\n", coap_endpoint_str(endpoint));
    while (!stopped && coap_io_process(context, 1000) >= 0)
        CHECK(lake_coap_server_expire(server));

    CHECK(lake_coap_server_stats(server, &s));
    printf("stats: half-open %llu, contexts %llu, established %llu, failed %llu, expired %llu, evicted %llu, "
           "challenged %llu\n", (unsigned long long)s.half_open, (unsigned long long)s.contexts,
           (unsigned long long)s.established, (unsigned long long)s.failed, (unsigned long long)s.expired,
           (unsigned long long)s.evicted, (unsigned long long)s.challenged);
    CHECK(lake_coap_server_free(server));
    lake_wipe(clients, sizeof clients);
    return 1;
}

/* --- Client ----------------------------------------------------------------------- */

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

static void turn(int milliseconds)
{
    coap_io_process(context, (uint32_t)milliseconds);
}

static struct lake_session_info info_of(lake_coap_client *client)
{
    struct lake_session_info info = {.struct_size = sizeof info};
    lake_session *session;

    CHECK(lake_coap_client_session(client, &session));
    CHECK(lake_session_info(session, &info));
    return info;
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
    for (size_t i = 0; i < len && options.verbose; i++)
        printf("%02x%s", payload[i], i + 1 == len ? "\n" : "");
}

static void show_request(lake_coap_client *client, const uint8_t *payload, size_t len)
{
    const struct lake_session_info info = info_of(client);
    const int next = info.next / 2; /* LAKE_NEXT_PROCESS_MESSAGE_1 is 2, and so on */
    const size_t id = len == 0 ? 0 : payload[0] >> 5 == 2 ? 1 + (payload[0] & 0x1f) : 1; /* or f5, before the message */

    if (next == 2 || next == 3) /* message_1 and message_2 settle them */
        printf("method %d, suite %d\n", info.method, info.suite);
    show("->", next > 0 ? next - 1 : 4, payload + id, len - id);
}

/* Asks the server where its EDHOC resource is, and what it does. */
static int discover(lake_coap_client *client, coap_session_t *session, char path[PATH_MAX_LENGTH])
{
    static const char well_known[] = "/.well-known/core";
    size_t len;

    if (!request_ask(session, request_new(session, COAP_REQUEST_CODE_GET, well_known), turn, options.timeout) ||
        COAP_RESPONSE_CLASS(answer.code) != 2)
        return request_failed("GET", well_known);
    lake_status status = lake_coap_client_discover(client, (const char *)answer.payload, answer.payload_len, path,
                                                   PATH_MAX_LENGTH, &len);
    if (status == LAKE_ERR_NOT_FOUND)
        return failed("no EDHOC resource of the server suits");
    if (status != LAKE_OK)
        return client_failed(client, status);
    printf("found %s\n", path);
    return 1;
}

/* POSTs what the client object says. */
static int post(coap_session_t *session, const char *path, const struct lake_coap_outgoing *request,
                const uint8_t *payload, size_t len)
{
    coap_pdu_t *pdu = request_new(session, (coap_pdu_code_t)request->code, path);
    uint8_t format[2];

    if (request->format != LAKE_COAP_FORMAT_NONE)
        coap_add_option(pdu, COAP_OPTION_CONTENT_FORMAT,
                        coap_encode_var_safe(format, sizeof format, (unsigned)request->format), format);
    if (request->echo_len > 0)
        coap_add_option(pdu, COAP_OPTION_ECHO, request->echo_len, request->echo);
    if (len > 0 && !coap_add_data(pdu, len, payload)) {
        coap_delete_pdu(pdu);
        return 0;
    }
    return request_ask(session, pdu, turn, options.timeout);
}

/* Runs EDHOC. Returns 1 if both sides have the keys. */
static int run_edhoc(lake_coap_client *client, coap_session_t *session, const char *path)
{
    struct lake_coap_outgoing request = {.struct_size = sizeof request};
    struct lake_coap_incoming received = {.struct_size = sizeof received};
    uint8_t payload[BODY_MAX];
    size_t len;
    lake_status status = lake_coap_client_start(client, &request, payload, sizeof payload, &len);

    while (status == LAKE_OK && request.code != LAKE_COAP_CODE_EMPTY) {
        show_request(client, payload, len);
        if (!post(session, path, &request, payload, len)) {
            CHECK(lake_coap_client_no_answer(client));
            return request_failed("POST", path);
        }
        received.code = answer.code;
        received.format = answer.format < 0 ? LAKE_COAP_FORMAT_NONE : answer.format;
        received.payload = answer.payload, received.payload_len = answer.payload_len;
        received.echo = answer.echo, received.echo_len = answer.echo_len;
        show("<-", COAP_RESPONSE_CLASS(answer.code) == 2 ? info_of(client).next / 2 : 0, answer.payload, answer.payload_len);
        status = lake_coap_client_next(client, &received, &request, payload, sizeof payload, &len);
    }
    if (status == LAKE_OK)
        return 1;
    client_failed(client, status);
    if (request.code != LAKE_COAP_CODE_EMPTY) { /* the server gets to know, too */
        show("->", 0, payload, len);
        post(session, path, &request, payload, len);
    }
    return 0;
}

/* Asks for the greeting, or for another one. Returns 1 if the answer holds what only the server
 * can know, under OSCORE only. Other servers than this one do not send that (--no-receipt). */
static int ask(coap_session_t *oscore, lake_session *session, const char *greeting)
{
    const char *method = greeting ? "PUT" : "GET";
    uint8_t receipt[RECEIPT_SIZE];
    char ticket[TICKET_MAX];

    ticket_of(session, ticket);
    export(session, "receipt", receipt, sizeof receipt);
    for (int tries = 0; tries < 3; tries++) {
        coap_pdu_t *pdu = request_new(oscore, greeting ? COAP_REQUEST_CODE_PUT : COAP_REQUEST_CODE_GET, "/hello");
        coap_add_option(pdu, COAP_OPTION_URI_QUERY, strlen(ticket), (const uint8_t *)ticket);
        if (greeting)
            coap_add_data(pdu, strlen(greeting), (const uint8_t *)greeting);
        printf("-> %s /hello, protected\n", method);
        /* libcoap's server takes a datagram that comes twice for a replay: it answers 4.01, or not at all. */
        if ((request_ask(oscore, pdu, turn, options.timeout) && answer.code != COAP_RESPONSE_CODE_UNAUTHORIZED) ||
            answer.unreachable)
            break;
    }
    if (COAP_RESPONSE_CLASS(answer.code) != 2)
        return request_failed(method, "/hello");
    const int protected = answer.etag_len == sizeof receipt && memcmp(answer.etag, receipt, sizeof receipt) == 0;
    if (!protected && !options.no_receipt)
        return failed("the answer was not protected%s",
                      answer.etag_len ? "" : ", or its server sends no receipt (--no-receipt takes it)");
    request_print();
    printf("%s\n", protected ? "the protected answer arrived" : "an answer without a receipt arrived, protected or not");
    return 1;
}

/* Uses the keys, in a CoAP session of its own, with its own port: libcoap keeps what is
 * protected apart from what is not. */
static int use_oscore(lake_session *session)
{
    if (options.oscore && !write_oscore(session, options.oscore, 0))
        return failed("%s cannot be written", options.oscore);
    coap_oscore_conf_t *conf = oscore_of(session);
    coap_session_t *oscore =
        conf ? coap_new_client_session_oscore(context, NULL, &options.address, COAP_PROTO_UDP, conf) : NULL;

    if (!oscore)
        return failed("libcoap cannot use these keys");
    coap_session_set_ack_timeout(oscore, options.ack_timeout);
    const int arrived = (!options.greeting || ask(oscore, session, options.greeting)) && ask(oscore, session, NULL);
    coap_session_release(oscore);
    return arrived;
}

static int run_client(void)
{
    char path[PATH_MAX_LENGTH] = "/" EDHOC_PATH, who[WHO_MAX], keys[KEYS_MAX];
    coap_session_t *session = coap_new_client_session(context, NULL, &options.address, COAP_PROTO_UDP);
    lake_coap_client *client;
    lake_session *run;
    int arrived = 0;

    if (!session)
        return failed("cannot open a CoAP session");
    request_init(context);
    coap_session_set_ack_timeout(session, options.ack_timeout);
    CHECK(lake_coap_client_new(options.config, options.reverse ? LAKE_RESPONDER : LAKE_INITIATOR, NULL, &client));
    if ((!options.discover || discover(client, session, path)) && run_edhoc(client, session, path)) {
        CHECK(lake_coap_client_session(client, &run));
        describe(run, who, keys);
        printf("authenticated: %s\nkeys %s\n", who, keys);
        arrived = use_oscore(run);
    }
    CHECK(lake_coap_client_free(client));
    coap_session_release(session);
    return arrived;
}

int main(int argc, char **argv)
{
    const int is_server = argc > 1 && strcmp(argv[1], "server") == 0;

    if (!is_server && (argc < 2 || strcmp(argv[1], "client") != 0)) {
        fprintf(stderr, "usage: %s server | client [options]\n", argv[0]);
        return 2;
    }
    options_read(&options, is_server ? OPTIONS_LIBCOAP_SERVER : OPTIONS_LIBCOAP_CLIENT, argc - 1, argv + 1);
    coap_startup();
    coap_set_log_level(options.verbose ? COAP_LOG_WARN : COAP_LOG_EMERG);
    context = coap_new_context(NULL);
    if (!context || !coap_oscore_is_supported()) {
        failed("this libcoap has no OSCORE, or does not start");
        return 1;
    }
    coap_context_set_block_mode(context, is_server ? COAP_BLOCK_USE_LIBCOAP : COAP_BLOCK_USE_LIBCOAP | COAP_BLOCK_SINGLE_BODY);
    const int well = is_server ? serve() : run_client();
    CHECK(lake_config_free(options.config));
    coap_free_context(context);
    coap_cleanup();
    return well ? 0 : 1;
}
