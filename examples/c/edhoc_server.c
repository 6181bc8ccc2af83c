/* edhoc_server.c - a CoAP server whose resource /hello is protected by OSCORE, with
 * keys that come from EDHOC.
 *
 * A client runs EDHOC with /.well-known/edhoc (RFC 9528 appendix A.2), as Initiator
 * or, in the reverse flow, as Responder. When it is authenticated, the server installs
 * an OSCORE context for it, and it can GET /hello.
 *
 * lake_coap_server has all runs that are under way, and knows what to answer. What is
 * left is to pass requests to it, and contexts to libcoap. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <coap3/coap.h>
#include <lake.h>

#include "check.h"
#include "edhoc_coap.h"
#include "libcoap_quirks.h"
#include "options.h"

/* libcoap cannot remove a context, and takes the oldest one that has the identifier of
 * a request: so there is an end to them, and none is ever released (a server on another
 * stack calls lake_coap_server_release when it drops one). */
static struct client { /* that was authenticated */
    char ticket[TICKET_MAX];
    uint8_t receipt[RECEIPT_SIZE];
    char who[WHO_MAX];
} clients[CLIENTS_MAX];
static int n_clients;

static struct options options;
static lake_coap_server *server;
static volatile sig_atomic_t stop;

/* --- EDHOC ---------------------------------------------------------------------- */

/* Installs the OSCORE context of a client that was authenticated. With an error, the
 * run has failed. */
static lake_status welcome(coap_context_t *context, const struct lake_coap_event *event)
{
    struct client *client = &clients[n_clients];
    char keys[KEYS_MAX];

    if (n_clients == options.clients)
        return LAKE_ERR_LIMIT;
    coap_oscore_conf_t *conf = edhoc_oscore(event->session);
    if (!conf || !coap_context_oscore_server(context, conf)) /* which frees it */
        return LAKE_ERR_UNSUPPORTED;
    n_clients++;
    quirks_ticket(event->session, client->ticket);
    quirks_receipt(event->session, client->receipt);
    edhoc_peer(event->session, client->who);
    edhoc_keys(event->session, keys);
    printf("%.*s authenticated: %s, keys %s\n", (int)event->peer_len, (const char *)event->peer, client->who, keys);
    return lake_session_free(event->session);
}

/* What becomes of a run. */
static lake_status on_event(void *context, const struct lake_coap_event *event)
{
    if (event->kind == LAKE_COAP_EVENT_ESTABLISHED)
        return welcome(context, event);
    printf("%.*s failed: %s\n", (int)event->peer_len, (const char *)event->peer, event->text);
    return LAKE_OK;
}

static void show(const struct lake_coap_incoming *request, const struct lake_coap_outgoing *answer,
                 const uint8_t *payload, size_t len)
{
    printf("%.*s POST, %zu bytes -> %d.%02d, %zu bytes%s%s\n", (int)request->peer_len, (const char *)request->peer,
           request->payload_len, answer->code >> 5, answer->code & 0x1f, len,
           answer->echo_len > 0 ? ", with Echo" : "", answer->duplicate ? ", repeated" : "");
    if (!options.verbose)
        return;
    edhoc_dump(request->payload, request->payload_len);
    edhoc_dump(payload, len);
}

/* --- CoAP ----------------------------------------------------------------------- */

/* POST /.well-known/edhoc.
 *
 * Requests with the EDHOC option (RFC 9668) do not come here: libcoap would decrypt a
 * combined request before any handler sees message_3 in it. As it does not know the
 * option, it answers 4.02. */
static void post_edhoc(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *pdu,
                       const coap_string_t *query, coap_pdu_t *response)
{
    struct lake_coap_outgoing answer = {.struct_size = sizeof answer};
    static uint8_t payload[PAYLOAD_MAX]; /* not on the stack of a small system */
    coap_pdu_code_t refusal;
    size_t len;

    const struct lake_coap_incoming *request = quirks_read(session, pdu, &refusal);
    if (!request) {
        coap_pdu_set_code(response, refusal);
        return;
    }
    lake_status status = lake_coap_server_handle(server, request, &answer, payload, sizeof payload, &len);
    if (status != LAKE_OK) {
        printf("no answer: %s\n", lake_strerror(status));
        coap_pdu_set_code(response, COAP_RESPONSE_CODE_INTERNAL_ERROR);
        return;
    }
    show(request, &answer, payload, len);

    coap_pdu_set_code(response, answer.code);
    quirks_acknowledge(session, pdu, response);
    if (answer.echo_len > 0)
        coap_add_option(response, COAP_OPTION_ECHO, answer.echo_len, answer.echo);
    if (len > 0 && !quirks_add_payload(resource, session, pdu, query, response, answer.format, payload, len))
        coap_pdu_set_code(response, COAP_RESPONSE_CODE_INTERNAL_ERROR);
}

/* The client that shows this ticket, or NULL. */
static const struct client *find_client(const coap_string_t *ticket)
{
    for (int i = 0; i < n_clients && ticket; i++)
        if (ticket->length == strlen(clients[i].ticket) && memcmp(ticket->s, clients[i].ticket, ticket->length) == 0)
            return &clients[i];
    return NULL;
}

/* GET /hello, under OSCORE only. */
static void get_hello(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *pdu,
                      const coap_string_t *query, coap_pdu_t *response)
{
    const struct client *client = find_client(query);
    char text[WHO_MAX + 8];

    (void)resource, (void)pdu;
    coap_pdu_set_code(response, COAP_RESPONSE_CODE_CONTENT);
    if (client) {
        printf("GET /hello, protected: %s\n", client->who);
        coap_add_option(response, COAP_OPTION_ETAG, sizeof client->receipt, client->receipt);
    }
    int len = snprintf(text, sizeof text, "Hello %s", client ? client->who : "without a ticket");
    coap_add_data(response, (size_t)len, (const uint8_t *)text);
    quirks_give_up(session);
}

/* Adds the link of liblake to what libcoap answers to GET /.well-known/core. libcoap
 * puts each attribute before those that it has. */
static void add_attributes(coap_resource_t *edhoc)
{
    char text[1024];
    size_t len;

    CHECK(lake_coap_server_link(server, "/" EDHOC_PATH, 0, text, sizeof text, &len));
    for (char *name; (name = strrchr(text, ';')); ) {
        *name++ = '\0';
        char *value = strchr(name, '=');
        if (value)
            *value++ = '\0';
        coap_add_attr(edhoc, coap_make_str_const(name), value ? coap_make_str_const(value) : NULL, 0);
    }
}

static void add_resources(coap_context_t *context)
{
    coap_resource_t *edhoc = coap_resource_init(coap_make_str_const(EDHOC_PATH), 0);
    coap_register_handler(edhoc, COAP_REQUEST_POST, post_edhoc);
    add_attributes(edhoc);
    coap_add_resource(context, edhoc);

    coap_resource_t *hello = coap_resource_init(coap_make_str_const("hello"), COAP_RESOURCE_FLAGS_OSCORE_ONLY);
    coap_register_handler(hello, COAP_REQUEST_GET, get_hello);
    coap_add_resource(context, hello);
}

static void on_signal(int signal)
{
    (void)signal;
    stop = 1;
}

/* The Go runtime in liblake asks for SA_ONSTACK in every handler of the process. */
static void stop_on(int signal)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};

    sigaction(signal, &action, NULL);
}

static void print_stats(void)
{
    struct lake_coap_stats s = {.struct_size = sizeof s};

    CHECK(lake_coap_server_stats(server, &s));
    printf("stats: half-open %llu, contexts %llu, answers %llu, established %llu, failed %llu, expired %llu, "
           "evicted %llu, challenged %llu, refused %llu, duplicates %llu\n",
           (unsigned long long)s.half_open, (unsigned long long)s.contexts, (unsigned long long)s.answers,
           (unsigned long long)s.established, (unsigned long long)s.failed, (unsigned long long)s.expired,
           (unsigned long long)s.evicted, (unsigned long long)s.challenged, (unsigned long long)s.refused,
           (unsigned long long)s.duplicates);
}

int main(int argc, char **argv)
{
    struct lake_coap_limits limits = {.struct_size = sizeof limits};

    options_read(&options, OPTIONS_SERVER, argc, argv);
    limits.age = (uint32_t)options.age;
    setvbuf(stdout, NULL, _IOLBF, 0);
    stop_on(SIGINT);
    stop_on(SIGTERM);

    coap_startup();
    coap_set_log_level(options.verbose ? COAP_LOG_WARN : COAP_LOG_EMERG);
    coap_context_t *context = coap_new_context(NULL);
    coap_endpoint_t *endpoint = context ? coap_new_endpoint(context, &options.address, COAP_PROTO_UDP) : NULL;
    if (!endpoint || !coap_oscore_is_supported()) {
        fprintf(stderr, endpoint ? "This libcoap has no OSCORE.\n" : "Cannot listen on this address and port.\n");
        return 1;
    }
    coap_context_set_block_mode(context, COAP_BLOCK_USE_LIBCOAP); /* bodies: quirks_read */
    quirks_keep_sessions(context);

    /* The same config for both flows. */
    CHECK(lake_coap_server_new(options.config, options.config, NULL, on_event, context, NULL, &server));
    CHECK(lake_coap_server_set_limits(server, &limits));
    CHECK(lake_config_free(options.config));
    add_resources(context);

    printf("listening on %s\n", coap_endpoint_str(endpoint));
    while (!stop && coap_io_process(context, 1000) >= 0)
        CHECK(lake_coap_server_expire(server));

    print_stats();
    CHECK(lake_coap_server_free(server));
    quirks_clear();
    coap_free_context(context);
    coap_cleanup();
    lake_wipe(clients, sizeof clients);
    return 0;
}
