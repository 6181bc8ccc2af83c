/* edhoc_server.c - a CoAP server whose resource /hello is protected by OSCORE,
 * with keys that come from EDHOC.
 *
 * A client POSTs message_1 and message_3 to /.well-known/edhoc (RFC 9528 appendix
 * A.2, forward flow). When it is authenticated, the server installs an OSCORE
 * context for it, and it can GET /hello.
 *
 * A session belongs to the connection identifier C_R that the server gave it,
 * never to an address. Each C_R serves one OSCORE context, and for ever: libcoap
 * cannot remove a context, and takes the oldest one that has the identifier. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <coap3/coap.h>
#include <lake.h>

#include "check.h"
#include "edhoc_coap.h"
#include "options.h"
#include "server_runs.h"
#include "server_sessions.h"

/* A client that was authenticated. */
struct client {
    int run;
    char ticket[2 * TICKET_SIZE + 1];
    uint8_t receipt[RECEIPT_SIZE];
    char who[WHO_MAX];
};

static struct options options;
static struct client clients[CONTEXTS_MAX];
static int n_clients;
static volatile sig_atomic_t stop;

/* --- EDHOC ---------------------------------------------------------------------- */

/* Starts a line about a run, or about none (0). */
static void about(int run)
{
    if (run)
        printf("[%d] ", run);
    else
        printf("[-] ");
}

static void show(int run, const char *name, const uint8_t *message, size_t len)
{
    about(run);
    printf("%s, %zu bytes\n", name, len);
    if (options.verbose)
        edhoc_dump(message, len);
}

/* Answers with an error that is not about a run. The texts are few and fixed. */
static void refuse(struct answer *answer, coap_pdu_code_t code, const char *text)
{
    answer->code = code;
    CHECK(lake_error_encode(1, text, NULL, 0, answer->bytes, sizeof answer->bytes, &answer->len));
    about(0);
    printf("refused: %s\n", text);
}

/* Says why a session failed, and gives the code of the answer. */
static coap_pdu_code_t failed(int run, lake_session *session, lake_status status)
{
    char why[WHY_MAX];
    size_t len;

    CHECK(lake_session_error_text(session, why, sizeof why, &len));
    about(run);
    printf("failed: %s\n", why);
    return status == LAKE_ERR_INTERNAL ? COAP_RESPONSE_CODE_INTERNAL_ERROR : COAP_RESPONSE_CODE_BAD_REQUEST;
}

/* Gives the session a C_R and makes message_2 with it. */
static lake_status prepare_message_2(lake_session *session, int *connection, struct answer *answer)
{
    uint8_t c_i[ID_MAX], c_r[2];
    size_t c_i_len;

    CHECK(lake_session_peer_connection_id(session, c_i, sizeof c_i, &c_i_len));
    *connection = connection_take(c_i, c_i_len);
    if (*connection < 0)
        return LAKE_ERR_LIMIT;
    CHECK(lake_session_set_connection_id(session, c_r, connection_bytes(*connection, c_r)));
    lake_status status = lake_session_prepare_message_2(session, answer->bytes, sizeof answer->bytes, &answer->len);
    if (status != LAKE_OK)
        connection_release(*connection);
    return status;
}

/* Starts a run. Nothing is kept of a message_1 that cannot be answered. */
static struct run *message_1(const uint8_t *message, size_t len, struct answer *answer)
{
    lake_session *session;
    int32_t method, suite;
    int connection;

    show(0, "<- message_1", message, len);
    if (n_clients == CONTEXTS_MAX) {
        refuse(answer, COAP_RESPONSE_CODE_SERVICE_UNAVAILABLE, "too many clients");
        return NULL;
    }
    CHECK(lake_session_new(options.config, LAKE_RESPONDER, &session));
    lake_status status = lake_session_process_message_1(session, message, len);
    if (status == LAKE_OK)
        status = prepare_message_2(session, &connection, answer);
    if (status != LAKE_OK) {
        answer->code = failed(0, session, status);
        if (lake_session_prepare_error(session, answer->bytes, sizeof answer->bytes, &answer->len) != LAKE_OK)
            answer->len = 0; /* none is due */
        CHECK(lake_session_free(session));
        return NULL;
    }
    answer->code = COAP_RESPONSE_CODE_CHANGED;
    struct run *run = runs_add(session, connection);

    CHECK(lake_session_method(session, &method));
    CHECK(lake_session_suite(session, &suite));
    about(run->number);
    printf("method %d, suite %d\n", method, suite);
    show(run->number, "-> message_2", answer->bytes, answer->len);
    return run;
}

/* Installs the OSCORE context of a client that was authenticated. */
static int welcome(const struct run *run, coap_context_t *context)
{
    struct client *client = &clients[n_clients];
    char conf[1024];
    size_t len;

    if (n_clients == CONTEXTS_MAX ||
        lake_session_oscore_libcoap_conf(run->session, conf, sizeof conf, &len) != LAKE_OK)
        return 0;
    coap_oscore_conf_t *parsed =
        coap_new_oscore_conf((coap_str_const_t){len, (const uint8_t *)conf}, NULL, NULL, 0);
    lake_wipe(conf, sizeof conf);
    if (!parsed || !coap_context_oscore_server(context, parsed)) /* which frees it */
        return 0;
    client->run = run->number;
    edhoc_ticket(run->session, client->ticket);
    edhoc_receipt(run->session, client->receipt);
    edhoc_peer(run->session, client->who);
    n_clients++;
    about(client->run);
    printf("authenticated: %s; its OSCORE context is installed\n", client->who);
    return 1;
}

/* Goes on with the run that a C_R names. Returns it if this was its end. */
static struct run *message_3(const uint8_t *c_r, size_t c_r_len, const uint8_t *message, size_t len,
                             coap_context_t *context, struct answer *answer)
{
    struct run *run = runs_find(c_r, c_r_len);
    int installed = 0;

    if (!run) {
        refuse(answer, COAP_RESPONSE_CODE_BAD_REQUEST, "no such session");
        if (edhoc_is_error(message, len))
            answer->len = 0; /* an error message is never answered by one */
        return NULL;
    }
    show(run->number, "<- message_3", message, len);
    lake_status status =
        lake_session_step(run->session, message, len, answer->bytes, sizeof answer->bytes, &answer->len);
    if (status == LAKE_OK) {
        answer->code = COAP_RESPONSE_CODE_CHANGED;
        installed = welcome(run, context);
        if (!installed)
            refuse(answer, COAP_RESPONSE_CODE_INTERNAL_ERROR, "no security context");
        else if (answer->len > 0)
            show(run->number, "-> message_4", answer->bytes, answer->len);
    } else {
        int32_t state;

        answer->code = failed(run->number, run->session, status);
        if (edhoc_is_error(message, len))
            answer->code = COAP_RESPONSE_CODE_CHANGED; /* it did what it was sent for */
        CHECK(lake_session_state(run->session, &state));
        if (state != LAKE_STATE_FAILED)
            return NULL; /* nonsense ends no run: anybody can send it */
    }
    runs_finish(run, installed);
    return run;
}

/* --- CoAP ----------------------------------------------------------------------- */

/* Copies what identifies the request, and its body. 0: it is too large. */
static int read_request(struct request *request, coap_session_t *session, const coap_pdu_t *pdu)
{
    coap_bin_const_t token = coap_pdu_get_token(pdu);
    coap_block_b_t block;
    const uint8_t *body = NULL;
    size_t offset, total;

    memset(request, 0, sizeof *request);
    coap_get_data_large(pdu, &request->len, &body, &offset, &total);
    if (request->len > sizeof request->bytes || token.length > sizeof request->token)
        return 0;
    coap_address_copy(&request->from, coap_session_get_addr_remote(session));
    request->later_block = coap_get_block_b(session, pdu, COAP_OPTION_BLOCK1, &block) && block.num > 0;
    request->answer_block = coap_get_block_b(session, pdu, COAP_OPTION_BLOCK2, &block) && block.num > 0;
    request->mid = coap_pdu_get_mid(pdu);
    request->token_len = token.length;
    memcpy(request->token, token.s, token.length);
    if (request->len > 0)
        memcpy(request->bytes, body, request->len);
    return 1;
}

static void free_copy(coap_session_t *session, void *copy)
{
    (void)session;
    coap_delete_binary(copy);
}

/* The resource /.well-known/edhoc. */
static void post_edhoc(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *pdu,
                       const coap_string_t *query, coap_pdu_t *response)
{
    static struct request request; /* too large for the stack of a small system */
    static struct answer answer;
    const int format = edhoc_content_format(pdu);
    const uint8_t *c_r;
    size_t c_r_len, prefix;

    memset(&answer, 0, sizeof answer);
    struct run *run = NULL;
    if (format != FORMAT_CID_EDHOC && format != FORMAT_NONE) {
        answer.code = COAP_RESPONSE_CODE_UNSUPPORTED_CONTENT_FORMAT;
    } else if (!read_request(&request, session, pdu)) {
        answer.code = COAP_RESPONSE_CODE_REQUEST_TOO_LARGE;
    } else if ((run = runs_repeated(&request))) {
        printf("[%d] the same request again: the same answer\n", run->number);
        answer = run->answer;
    } else {
        if (request.len > 0 && request.bytes[0] == EDHOC_NEW)
            run = message_1(request.bytes + 1, request.len - 1, &answer);
        else if ((prefix = edhoc_get_id(request.bytes, request.len, &c_r, &c_r_len)) > 0)
            run = message_3(c_r, c_r_len, request.bytes + prefix, request.len - prefix,
                            coap_session_get_context(session), &answer);
        else
            refuse(&answer, COAP_RESPONSE_CODE_BAD_REQUEST, "no connection identifier");
        if (run)
            runs_answered(run, &request, &answer);
    }

    coap_pdu_set_code(response, answer.code);
    if (answer.len > 0) {
        /* libcoap sends it in blocks, if need be, from a copy that it frees. */
        coap_binary_t *copy = coap_new_binary(answer.len);

        if (!copy) {
            coap_pdu_set_code(response, COAP_RESPONSE_CODE_INTERNAL_ERROR);
            return;
        }
        memcpy(copy->s, answer.bytes, answer.len);
        coap_add_data_large_response(resource, session, pdu, response, query, FORMAT_EDHOC, -1, 0, copy->length,
                                     copy->s, free_copy, copy);
    }
}

/* The client that shows this ticket, or NULL. */
static const struct client *find_client(const coap_string_t *ticket)
{
    for (int i = 0; i < n_clients && ticket; i++)
        if (ticket->length == strlen(clients[i].ticket) && memcmp(ticket->s, clients[i].ticket, ticket->length) == 0)
            return &clients[i];
    return NULL;
}

/* The resource /hello. */
static void get_hello(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *pdu,
                      const coap_string_t *query, coap_pdu_t *response)
{
    const struct client *client = find_client(query);
    char text[WHO_MAX + 8];

    (void)resource, (void)pdu;
    coap_pdu_set_code(response, COAP_RESPONSE_CODE_CONTENT);
    if (client) {
        printf("[%d] GET /hello, protected\n", client->run);
        coap_add_option(response, COAP_OPTION_ETAG, sizeof client->receipt, client->receipt);
    }
    int len = snprintf(text, sizeof text, "Hello %s", client ? client->who : "without a ticket");
    coap_add_data(response, (size_t)len, (const uint8_t *)text);
    sessions_give_up(session);
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

int main(int argc, char **argv)
{
    options_read(&options, LAKE_RESPONDER, argc, argv);
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
    coap_context_set_block_mode(context, COAP_BLOCK_USE_LIBCOAP | COAP_BLOCK_SINGLE_BODY);
    sessions_keep(context);

    coap_resource_t *edhoc = coap_resource_init(coap_make_str_const(EDHOC_PATH), 0);
    coap_register_handler(edhoc, COAP_REQUEST_POST, post_edhoc);
    coap_add_resource(context, edhoc);
    coap_resource_t *hello = coap_resource_init(coap_make_str_const("hello"), COAP_RESOURCE_FLAGS_OSCORE_ONLY);
    coap_register_handler(hello, COAP_REQUEST_GET, get_hello);
    coap_add_resource(context, hello);

    printf("listening on %s\n", coap_endpoint_str(endpoint));
    while (!stop && coap_io_process(context, 1000) >= 0)
        runs_expire();

    runs_clear();
    sessions_clear();
    coap_free_context(context);
    coap_cleanup();
    CHECK(lake_config_free(options.config));
    lake_wipe(clients, sizeof clients);
    printf("stopped after %d clients\n", n_clients);
    return 0;
}
