/* Output buffers of the functions for CoAP. A buffer that is too small costs nothing:
 * the same request, or lake_coap_client_again, gives what did not fit. */
#define LAKE_NO_MARKS /* NULL is passed where it must not be, to see what it gives */
#include "buffers.h"
#include "coap_fixture.h"

static struct coap c;
static lake_coap_client *client;
static struct lake_coap_outgoing head = {.struct_size = sizeof head};
static struct lake_coap_profile profile = {.struct_size = sizeof profile};
static struct lake_coap_resource resource = {.struct_size = sizeof resource};
static int32_t edhoc;
static const char document[] = "</a>;rt=x,</.well-known/edhoc>;rt=core.edhoc;ed-r;ed-csuite=0;ed-method=3";

GETTER(well_known, lake_coap_profile_well_known(6, &profile, out, cap, len))
GETTER(encoded, lake_coap_profile_encode(&profile, out, cap, len))
GETTER(link_written, lake_coap_link_write("/edhoc", &resource, &profile, out, cap, len))
GETTER(link_read, lake_coap_link_read(document, sizeof document - 1, 0, &resource, &profile, out, cap, len))
GETTER(server_link, lake_coap_server_link(c.server, "/.well-known/edhoc", 1, out, cap, len))
GETTER(handled, lake_coap_server_handle(c.server, &c.last, &head, out, cap, len))
GETTER(discovered, lake_coap_client_discover(client, document, sizeof document - 1, out, cap, len))
GETTER(again, lake_coap_client_again(client, &head, out, cap, len))
GETTER(combined, lake_coap_client_combine(client, (const uint8_t *)"ciphertext", 10, 0, 0, &edhoc, out, cap, len))
GETTER(error_text, lake_coap_client_error_text(client, out, cap, len))

static void make(int32_t message_4)
{
    coap_make(&c);
    OK(lake_config_set_option(c.p.config_i, LAKE_OPTION_MESSAGE_4, message_4));
    OK(lake_config_set_option(c.p.config_r, LAKE_OPTION_MESSAGE_4, message_4));
}

static void objects(void)
{
    TEXT(well_known);
    BYTES(encoded);
    TEXT(link_written);
    TEXT(link_read);
    TEXT(server_link);
    client = client_of(&c, LAKE_INITIATOR, NULL);
    TEXT(discovered);
    TEXT(error_text); /* of no error */
    OK(lake_coap_client_free(client));
}

/* What comes beside the bytes is not written either. */
static void structs(void)
{
    static const struct lake_coap_profile nothing = {.struct_size = sizeof nothing};
    static const struct lake_coap_resource no_resource = {.struct_size = sizeof no_resource};
    struct lake_coap_profile p = nothing;
    struct lake_coap_resource r = no_resource;
    char small[4];
    size_t len;
    CHECK_STATUS(LAKE_ERR_BUFFER_TOO_SMALL, lake_coap_profile_well_known(0, &p, small, sizeof small, &len));
    CHECK_STATUS(LAKE_ERR_BUFFER_TOO_SMALL,
                 lake_coap_link_read(document, sizeof document - 1, 0, &r, &p, small, sizeof small, &len));
    CHECK(memcmp(&p, &nothing, sizeof p) == 0 && memcmp(&r, &no_resource, sizeof r) == 0);
}

static size_t needed;

static lake_status short_of(lake_status status, const struct outgoing *o)
{
    if (status == LAKE_ERR_BUFFER_TOO_SMALL) {
        needed = o->len;
        CHECK(needed > 0);
        CHECK_INT(LAKE_COAP_CODE_EMPTY, o->head.code);
        for (size_t i = 0; i < sizeof o->payload; i++) CHECK(o->payload[i] == 0);
    }
    return status;
}

/* Gives the server a request that its buffer cannot take the answer to. */
static void handle_short(struct lake_coap_incoming request, struct outgoing *answer, size_t cap)
{
    size_t len;
    static const struct lake_coap_outgoing untouched = {.struct_size = sizeof untouched};
    struct lake_coap_outgoing a = untouched;
    uint8_t small[1024];
    request.message_id = ++c.message_id;
    request.peer = (const uint8_t *)"peer";
    request.peer_len = 4;
    c.last = request;
    CHECK_STATUS(LAKE_ERR_BUFFER_TOO_SMALL, lake_coap_server_handle(c.server, &c.last, &a, small, cap, &len));
    CHECK(memcmp(&a, &untouched, sizeof a) == 0);
    BYTES(handled);
    CHECK_INT(1, head.duplicate);
    repeat(&c, answer);
    CHECK_BYTES(given.bytes, given.len, answer->payload, answer->len);
}

/* A run in which neither side has room at first. Events come once. */
static void a_run(int32_t role)
{
    struct outgoing request, answer;
    int requests = 0;
    coap_server(&c, NULL);
    client = client_of(&c, role, NULL);
    memset(&answer, 0, sizeof answer);
    for (;;) {
        const struct lake_coap_incoming in = incoming(&answer);
        memset(&request, 0, sizeof request);
        request.head.struct_size = sizeof request.head;
        lake_status status = requests == 0
                                 ? lake_coap_client_start(client, &request.head, NULL, 0, &request.len)
                                 : lake_coap_client_next(client, &in, &request.head, NULL, 0, &request.len);
        if (short_of(status, &request) == LAKE_ERR_BUFFER_TOO_SMALL) {
            BYTES(again);
            CHECK_INT(needed, given.len);
            CHECK_INT(LAKE_COAP_CODE_POST, head.code);
            OK(lake_coap_client_again(client, OUTGOING(&request)));
            CHECK_BYTES(given.bytes, given.len, request.payload, request.len);
        } else {
            OK(status); /* an empty request fits */
        }
        if (request.head.code == LAKE_COAP_CODE_EMPTY) break;
        requests++;
        if (requests < 3) {
            handle_short(incoming(&request), &answer, requests);
        } else { /* after message_4 there is nothing to say */
            handle(&c, incoming(&request), &answer);
            CHECK_INT(0, answer.len);
        }
    }
    CHECK_INT(1, c.established);
    check_same_context(&c, client);
    CHECK_INT(role == LAKE_INITIATOR ? 2 : 3, requests);
    OK(lake_coap_client_free(client));
    CHECK_INT(1, stats_of(&c).begun);
}

/* The pending answer that does not fit is kept for the request that it belongs to. */
static void resumed(void)
{
    struct outgoing message_3, answer;
    struct lake_coap_outgoing a = {.struct_size = sizeof a};
    size_t len = 0;
    make(1);
    OK(lake_config_set_option(c.p.config_r, LAKE_OPTION_PULL, LAKE_PULL_PEER));
    coap_server(&c, NULL);
    client = half(&c, &message_3);
    BYTES(again);
    handle(&c, incoming(&message_3), &answer);
    CHECK_INT(1, c.pending);
    CHECK_STATUS(LAKE_ERR_BUFFER_TOO_SMALL, lake_coap_server_continue(c.server, c.session, &a, NULL, 0, &len));
    CHECK(len > 0 && a.code == 0 && c.established == 1);
    BYTES(handled);
    CHECK_INT(len, given.len);
    CHECK_STATUS(LAKE_ERR_HANDLE, lake_coap_server_continue(c.server, c.session, &a, NULL, 0, &len)); /* freed in the callback */
    repeat(&c, &answer);
    OK(client_next(client, &answer, &message_3));
    check_same_context(&c, client);
    OK(lake_coap_client_free(client));
    coap_free(&c);
}

static void without_message_4(void)
{
    struct outgoing message_3;
    make(0);
    coap_server(&c, NULL);
    client = half(&c, &message_3);
    BYTES(combined);
    CHECK_INT(1, edhoc);
    OK(lake_coap_client_no_answer(client));
    TEXT(error_text);
    OK(lake_coap_client_free(client));
    coap_free(&c);
}

/* An error tells more than a buffer: the error message is fetched afterwards. */
static void error_messages(void)
{
    struct outgoing request, answer, o = {.head.struct_size = sizeof o.head};
    struct coap other;
    coap_make(&other); /* somebody else */
    coap_server(&other, NULL);
    client = client_of(&c, LAKE_INITIATOR, NULL);
    OK(client_start(client, &request));
    handle(&other, incoming(&request), &answer);
    const struct lake_coap_incoming in = incoming(&answer);
    lake_status status = lake_coap_client_next(client, &in, &o.head, o.payload, 1, &o.len);
    CHECK(status < 0 && status != LAKE_ERR_BUFFER_TOO_SMALL);
    CHECK(o.head.code == LAKE_COAP_CODE_EMPTY && o.len == 0);
    BYTES(again);
    OK(lake_coap_client_again(client, OUTGOING(&o)));
    handle(&other, incoming(&o), &answer);
    check_answer("an error message", &answer, CHANGED, NONE, -1);
    CHECK_INT(1, other.failed);
    OK(lake_coap_client_free(client));
    coap_free(&other);
}

int main(void)
{
    make(1);
    coap_server(&c, NULL);
    objects();
    structs();
    a_run(LAKE_INITIATOR);
    a_run(LAKE_RESPONDER);
    error_messages();
    coap_free(&c);
    resumed();
    without_message_4();
    CHECK_INT(0, lake_live_handles());
    return 0;
}
