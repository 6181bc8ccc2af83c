/* libcoap_oscore.c server | client [options] - EDHOC (libcoap_edhoc.h) for the OSCORE that libcoap
 * has of its own: the keys go to libcoap as text. edhoc_server.c and edhoc_client.c need none of
 * this, and have none of what is missing here. As of libcoap 4.3.4, in every release:
 *
 * - a context cannot be taken out again, and the older of two that a request fits is taken: so
 *   the server takes a number of clients in all, and then no more;
 * - a handler is not told who asks, and requests that are not protected reach those of
 *   COAP_RESOURCE_FLAGS_OSCORE_ONLY, too, from the address of one that was, for as long as somebody
 *   sends from there: the handler does its work, and only the answer, which libcoap has no key for,
 *   is not sent. So a client has a ticket, which only the two ends can know, as the query: who does
 *   not show it changes nothing here;
 * - a client takes an unprotected answer to a protected request for a good one. So the server
 *   puts a receipt into its answers, which the client looks for;
 * - there is no combined request (RFC 9668): libcoap decrypts before a handler could take
 *   message_3 off, and refuses the option, and encrypts after a client could put message_3 on;
 * - the first protected request of each context is answered with Echo, and a datagram that comes
 *   twice is refused as a replay. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "common.h"
#include "hello.h"
#include "libcoap_edhoc.h"
#include "options.h"
#include "request.h"

enum { TICKET_MAX = 2 * 16 + 1, RECEIPT_SIZE = 8, KEYS_MAX = 2 * 8 + 1 };

static struct options options;
static coap_context_t *context;

/* --- What both ends can export ---------------------------------------------------- */

/* Labels from 32768 on are for private use; the context tells the values apart. */
static void export(lake_session *session, const char *of, uint8_t *out, size_t len)
{
    CHECK(lake_session_export(session, 32768, (const uint8_t *)of, strlen(of), out, len));
}

static void export_hex(lake_session *session, const char *of, char *text, size_t size)
{
    uint8_t bytes[TICKET_MAX / 2];

    export(session, of, bytes, size / 2);
    for (size_t i = 0; i < size / 2; i++)
        sprintf(text + 2 * i, "%02x", bytes[i]);
    lake_wipe(bytes, sizeof bytes);
}

/* Who the peer is, and a fingerprint of the keys, which is not secret. */
static void describe(lake_session *session, char who[WHO_MAX], char keys[KEYS_MAX])
{
    lake_credential *credential;

    CHECK(lake_session_peer_credential(session, &credential));
    write_who(credential, who);
    export_hex(session, "fingerprint", keys, KEYS_MAX);
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

/* --- Server ----------------------------------------------------------------------- */

static struct client { /* that was authenticated */
    char ticket[TICKET_MAX];
    uint8_t receipt[RECEIPT_SIZE];
    char who[WHO_MAX];
} clients[CLIENTS_MAX];
static int n_clients;

/* Installs the OSCORE context of a client that was authenticated. With an error, the run has failed. */
static lake_status welcome(const struct lake_coap_event *event)
{
    struct client *client = &clients[n_clients];
    char keys[KEYS_MAX];

    if (n_clients == options.clients)
        return LAKE_ERR_LIMIT;
    coap_oscore_conf_t *conf = oscore_of(event->session);
    if (!conf || !coap_context_oscore_server(context, conf)) /* which frees it */
        return LAKE_ERR_UNSUPPORTED;
    n_clients++;
    export_hex(event->session, "ticket", client->ticket, TICKET_MAX);
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
    struct lake_coap_stats s = {.struct_size = sizeof s};
    coap_endpoint_t *endpoint = coap_new_endpoint(context, &options.address, COAP_PROTO_UDP);

    if (!endpoint) {
        fprintf(stderr, "Cannot listen on this address and port.\n");
        return 0;
    }
    stop_on_signals();
    coap_context_set_session_timeout(context, 1); /* after which unprotected requests are refused again */
    lake_coap_server *server = edhoc_serve(context, &options, on_event);
    hello_add(context, COAP_RESOURCE_FLAGS_OSCORE_ONLY, who_asks);
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

static void turn(int milliseconds) { coap_io_process(context, (uint32_t)milliseconds); }

/* Asks for the greeting, or for another one. Returns 1 if the answer holds what only the server
 * can know, under OSCORE only. Other servers than this one do not send that (--no-receipt). */
static int ask(coap_session_t *oscore, lake_session *session, const char *greeting)
{
    const char *method = greeting ? "PUT" : "GET";
    uint8_t receipt[RECEIPT_SIZE];
    char ticket[TICKET_MAX];

    export_hex(session, "ticket", ticket, TICKET_MAX);
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

/* Uses the keys, in a CoAP session of its own: libcoap keeps what is protected apart. */
static int use_oscore(lake_session *session)
{
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
    char who[WHO_MAX], keys[KEYS_MAX];
    coap_session_t *session = coap_new_client_session(context, NULL, &options.address, COAP_PROTO_UDP);
    lake_coap_client *client;
    lake_session *run;
    int arrived = 0;

    if (!session)
        return failed("cannot open a CoAP session");
    request_init(context);
    coap_session_set_ack_timeout(session, options.ack_timeout);
    CHECK(lake_coap_client_new(options.config, options.reverse ? LAKE_RESPONDER : LAKE_INITIATOR, NULL, &client));
    if (edhoc_run(client, session, &options, turn)) {
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
    coap_context_set_block_mode(context, COAP_BLOCK_USE_LIBCOAP | (is_server ? 0 : COAP_BLOCK_SINGLE_BODY));
    const int well = is_server ? serve() : run_client();
    CHECK(lake_config_free(options.config));
    coap_free_context(context);
    coap_cleanup();
    return well ? 0 : 1;
}
