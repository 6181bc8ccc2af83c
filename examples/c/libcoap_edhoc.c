#include "libcoap_edhoc.h"

#include <stdarg.h>
#include <stdio.h>

#include "check.h"
#include "common.h"
#include "hello.h"
#include "request.h"

enum { WHY_MAX = 301, PATH_MAX_LENGTH = 256 };

/* Puts the options and the payload of a message into one of libcoap. Returns 0 if there is no room. */
static int write_message(coap_pdu_t *pdu, const struct lake_coap_outgoing *message, const uint8_t *payload, size_t len)
{
    uint8_t number[2];

    if (message->format != LAKE_COAP_FORMAT_NONE)
        coap_add_option(pdu, COAP_OPTION_CONTENT_FORMAT,
                        coap_encode_var_safe(number, sizeof number, (unsigned)message->format), number);
    if (message->echo_len > 0)
        coap_add_option(pdu, COAP_OPTION_ECHO, message->echo_len, message->echo);
    return len == 0 || coap_add_data(pdu, len, payload);
}

/* --- Server ----------------------------------------------------------------------- */

static lake_coap_server *server;

/* POST /.well-known/edhoc */
static void post_edhoc(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *pdu,
                       const coap_string_t *query, coap_pdu_t *response)
{
    const coap_bin_const_t token = coap_pdu_get_token(pdu);
    coap_opt_iterator_t i;
    const coap_opt_t *format = coap_check_option(pdu, COAP_OPTION_CONTENT_FORMAT, &i);
    const coap_opt_t *echo = coap_check_option(pdu, COAP_OPTION_ECHO, &i);
    struct lake_coap_outgoing answer = {.struct_size = sizeof answer};
    uint8_t payload[BODY_MAX];
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
    if (status == LAKE_OK && !write_message(response, &answer, payload, len))
        coap_pdu_set_code(response, COAP_RESPONSE_CODE_INTERNAL_ERROR);
}

lake_coap_server *edhoc_serve(coap_context_t *context, const struct options *options, lake_coap_event_fn on_event)
{
    struct lake_coap_limits limits = {
        .struct_size = sizeof limits, .age = (uint32_t)options->age, .no_echo = options->no_echo};

    CHECK(lake_coap_server_new(options->config, options->config, NULL, on_event, NULL, NULL, &server));
    CHECK(lake_coap_server_set_limits(server, &limits));
    hello_add_edhoc(context, options->config, 0, post_edhoc);
    return server;
}

/* --- Client ----------------------------------------------------------------------- */

static const struct options *options;
static void (*turn)(int milliseconds);

int failed(const char *format, ...)
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
    for (size_t i = 0; i < len && options->verbose; i++)
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

    if (!request_ask(session, request_new(session, COAP_REQUEST_CODE_GET, well_known), turn, options->timeout) ||
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

    if (write_message(pdu, request, payload, len))
        return request_ask(session, pdu, turn, options->timeout);
    coap_delete_pdu(pdu);
    return 0;
}

int edhoc_run(lake_coap_client *client, coap_session_t *session, const struct options *its,
              void (*work)(int milliseconds))
{
    struct lake_coap_outgoing request = {.struct_size = sizeof request};
    struct lake_coap_incoming received = {.struct_size = sizeof received};
    char path[PATH_MAX_LENGTH] = "/" EDHOC_PATH;
    uint8_t payload[BODY_MAX];
    size_t len;

    options = its, turn = work;
    if (options->discover && !discover(client, session, path))
        return 0;
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
