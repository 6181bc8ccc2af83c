/* coap.c - runs the C code of docs/coap.md (page.inc): its server and its client, over
 * a stack that is two function calls. Prints the link that the page shows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lake.h>

struct datagram {
    int code, content_format, has_edhoc, message_id;
    const uint8_t *payload, *echo, *kid, *token, *from;
    size_t payload_len, echo_len, kid_len, token_len, from_len;
};

/* What both ends share: a server, and what they have installed. */
struct stack {
    lake_coap_server *server;
    int answers; /* that arrive */
    int full;    /* nothing more can be installed */
    int contexts;
    struct lake_oscore_context context[2];
    struct lake_coap_outgoing answer;
    uint8_t payload[4096];
    size_t len;
};

static struct stack stack;

static lake_status install(void *at, lake_session *session)
{
    struct stack *s = at;

    if (s->full)
        return LAKE_ERR_LIMIT;
    struct lake_oscore_context *context = &s->context[s->contexts++];
    context->struct_size = sizeof *context;
    lake_status status = lake_session_oscore_context(session, context);
    lake_session_free(session); /* LAKE_ERR_STATE for the client's, which it frees */
    return status;
}

static void pass_to_oscore(const struct datagram *datagram, size_t offset)
{
    (void)datagram, (void)offset;
    fprintf(stderr, "something goes to OSCORE\n");
    exit(1);
}

static void send_response(const struct datagram *datagram, const struct lake_coap_outgoing *answer,
                          const uint8_t *payload, size_t len)
{
    (void)datagram;
    stack.answer = *answer;
    stack.len = len;
    memcpy(stack.payload, payload, len);
}

static int exchange(void *at, const struct lake_coap_outgoing *request, const uint8_t *payload, size_t len,
                    struct lake_coap_incoming *response);

#include "page.inc"

static int exchange(void *at, const struct lake_coap_outgoing *request, const uint8_t *payload, size_t len,
                    struct lake_coap_incoming *response)
{
    static int mid;
    struct stack *s = at;
    uint8_t body[4096];
    struct datagram datagram = {
        .code = request->code, .content_format = request->format, .message_id = ++mid,
        .payload = memcpy(body, payload, len), .payload_len = len,
        .echo = request->echo_len ? request->echo : NULL, .echo_len = request->echo_len,
        .from = (const uint8_t *)"the client", .from_len = 10,
    };

    serve(s->server, &datagram);
    response->code = s->answer.code;
    response->format = s->answer.format;
    response->payload = s->payload;
    response->payload_len = s->len;
    response->echo = s->answer.echo_len ? s->answer.echo : NULL;
    response->echo_len = s->answer.echo_len;
    return s->answers-- > 0;
}

#define WANT(condition)                                                    \
    do {                                                                   \
        if (!(condition)) {                                                \
            fprintf(stderr, "line %d: not %s\n", __LINE__, #condition);    \
            exit(1);                                                       \
        }                                                                  \
    } while (0)
#define CHECK(call) WANT((call) == LAKE_OK)

static lake_credential *credential(const char *kid, const uint8_t *public_key, const uint8_t *private_key)
{
    uint8_t ccs[256];
    size_t len;
    lake_credential *made;

    CHECK(lake_ccs_build(NULL, (const uint8_t *)kid, 1, LAKE_KEY_P256, public_key, 64, ccs, sizeof ccs, &len));
    CHECK(lake_credential_from_ccs(ccs, len, &made));
    if (private_key)
        CHECK(lake_credential_set_private_key(made, private_key, 32));
    return made;
}

static lake_config *config_of(lake_credential *own, lake_credential *peer)
{
    static const int32_t method = 3, suite = 2;
    lake_config *config;

    CHECK(lake_config_new(&config));
    CHECK(lake_config_set_methods(config, &method, 1));
    CHECK(lake_config_set_suites(config, &suite, 1));
    CHECK(lake_config_add_own_credential(config, own));
    CHECK(lake_config_add_peer_credential(config, peer));
    return config;
}

int main(void)
{
    uint8_t private_key[2][32], public_key[2][64];
    lake_credential *own[2], *peer[2];
    lake_config *config[2];
    char link[256];
    size_t len, len2;

    for (int i = 0; i < 2; i++) {
        CHECK(lake_keypair_generate(LAKE_KEY_P256, private_key[i], 32, &len, public_key[i], 64, &len2));
        own[i] = credential(i ? "\x01" : "\x02", public_key[i], private_key[i]);
        peer[i] = credential(i ? "\x01" : "\x02", public_key[i], NULL);
    }
    for (int i = 0; i < 2; i++)
        config[i] = config_of(own[i], peer[!i]);
    WANT((stack.server = start(config[1], &stack)) != NULL);
    CHECK(lake_coap_server_link(stack.server, "/.well-known/edhoc", 1, link, sizeof link, &len));
    puts(link);

    stack.answers = 100;
    WANT(run(config[0], &stack) == 0);
    WANT(stack.contexts == 2);
    WANT(stack.context[0].master_secret_len == 16);
    WANT(memcmp(stack.context[0].master_secret, stack.context[1].master_secret, 16) == 0);

    stack.answers = 1; /* the second is lost: the client gives up */
    stack.contexts = 0;
    WANT(run(config[0], &stack) == 1);
    WANT(stack.contexts == 1);

    stack.answers = 100;
    stack.full = 1;
    WANT(run(config[0], &stack) == 1);
    WANT(run(config[1], &stack) == 1); /* one's own key */

    CHECK(lake_coap_server_free(stack.server));
    for (int i = 0; i < 2; i++) {
        CHECK(lake_config_free(config[i]));
        CHECK(lake_credential_free(own[i]));
        CHECK(lake_credential_free(peer[i]));
    }
    WANT(lake_live_handles() == 0);
    return 0;
}
