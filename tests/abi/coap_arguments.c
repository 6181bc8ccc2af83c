/* Wrong arguments of the functions for CoAP: NULL for every pointer, numbers and flags
 * that mean nothing, lists and names that are too long, structs that are too small.
 * Nothing is written, and nothing changes. */
#define LAKE_NO_MARKS /* here NULL is passed where it must not be */
#include "arguments.h"
#include "coap_fixture.h"

static struct coap c;
static lake_coap_ids *ids;
static lake_coap_client *client;

static struct outputs {
    uint8_t out[256];
    char text[512];
    int32_t number;
    size_t len;
    lake_session *session;
    lake_coap_ids *ids;
    lake_coap_server *server;
    lake_coap_client *client;
    struct lake_coap_outgoing answer;
    struct lake_coap_profile profile;
    struct lake_coap_resource resource;
    struct lake_coap_stats stats;
} o, untouched;

#define OUT o.out, sizeof o.out, &o.len
#define TEXT o.text, sizeof o.text, &o.len
#define S c.server,
#define C client,
#define ID (const uint8_t *)"\1", 1

/* Sets the size of a struct to that of an older version, or back to what it was. */
#define OLD(member) (untouched.member.struct_size = o.member.struct_size = sizeof o.member - 1)
#define NEW(member) (untouched.member.struct_size = o.member.struct_size = sizeof o.member)

static void identifiers(void)
{
    static const uint8_t long_id[65] = {1};
    BAD(lake_coap_ids_new(1, 1, NULL));
    BAD(lake_coap_ids_new(0, 1, &o.ids));
    BAD(lake_coap_ids_new(0, 0, &o.ids));
    BAD(lake_coap_ids_new(1, 8, &o.ids));
    BAD(lake_coap_ids_new(3, 2, &o.ids));
    BAD(lake_coap_ids_new(SIZE_MAX, SIZE_MAX, &o.ids));
    BAD(lake_coap_ids_new(1, SIZE_MAX, &o.ids));
    BAD(lake_coap_ids_new(1, TOO_LONG + 1, &o.ids));
    BAD(lake_coap_ids_take(ids, NULL, 1, o.out, &o.len));
    BAD(lake_coap_ids_take(ids, long_id, TOO_LONG, o.out, &o.len));
    BAD(lake_coap_ids_take(ids, ID, NULL, &o.len));
    BAD(lake_coap_ids_take(ids, ID, o.out, NULL));
    BAD(lake_coap_ids_reserve(ids, NULL, 1));
    BAD(lake_coap_ids_reserve(ids, long_id, 65));
    BAD(lake_coap_ids_reserve(ids, long_id, TOO_LONG));
    BAD(lake_coap_ids_release(ids, NULL, 1));
    BAD(lake_coap_ids_release(ids, long_id, TOO_LONG));
    BAD(lake_coap_ids_count(ids, NULL));
    OK(lake_coap_ids_release(ids, long_id, 65)); /* which is not in use */
}

/* Every function that takes a profile. */
static void bad_profile(const struct lake_coap_profile *profile)
{
    static const struct lake_coap_resource resource = {.struct_size = sizeof resource};
    BAD(lake_coap_profile_encode(profile, OUT));
    BAD(lake_coap_link_write("/a", &resource, profile, TEXT));
    BAD(lake_coap_server_add_profile(S profile));
    BAD(lake_coap_client_suit(C profile));
    BAD(lake_coap_client_add_profile(C profile));
}

static void profiles(void)
{
    struct lake_coap_profile good = {.struct_size = sizeof good, .has_id = 1, .n_methods = 1, .n_cred_types = 1};
    uint32_t *const lists[] = {&good.n_methods, &good.n_suites, &good.n_cred_types, &good.n_id_cred_types,
                               &good.n_eads, &good.n_exports};
    int32_t *const answers[] = {&good.message_4, &good.combined_request, &good.resumption};
    static const int32_t no_answers[] = {-1, 3, INT32_MAX, INT32_MIN};
    static const uint32_t no_lengths[] = {65, 1000, INT32_MAX, (uint32_t)INT32_MAX + 1, UINT32_MAX};
    bad_profile(NULL);
    good.struct_size--;
    bad_profile(&good);
    good.struct_size = 0;
    bad_profile(&good);
    good.struct_size = sizeof good;
    good.has_id = 2;
    bad_profile(&good);
    good.has_id = 1;
    for (size_t i = 0; i < COUNT(answers); i++) {
        for (size_t k = 0; k < COUNT(no_answers); k++) {
            *answers[i] = no_answers[k];
            bad_profile(&good);
        }
        *answers[i] = 0;
    }
    for (size_t i = 0; i < COUNT(lists); i++) {
        const uint32_t before = *lists[i];
        for (size_t k = 0; k < COUNT(no_lengths); k++) {
            *lists[i] = no_lengths[k];
            bad_profile(&good);
        }
        *lists[i] = before;
    }
    BAD_BUFFER(o.out, sizeof o.out, lake_coap_profile_encode, &good, );
    BAD(lake_coap_profile_decode(NULL, 1, &o.profile));
    BAD(lake_coap_profile_decode(o.out, TOO_LONG, &o.profile));
    BAD(lake_coap_profile_decode(ID, NULL));
    GIVES(LAKE_ERR_MALFORMED, lake_coap_profile_decode(NULL, 0, &o.profile));
    BAD_BUFFER(o.text, sizeof o.text, lake_coap_profile_well_known, 0, &o.profile, );
    BAD(lake_coap_profile_well_known(0, NULL, TEXT));
    BAD(lake_coap_profile_of(c.p.config_r, 0, 0, &o.profile));
    BAD(lake_coap_profile_of(c.p.config_r, 3, 0, &o.profile));
    BAD(lake_coap_profile_of(c.p.config_r, LAKE_RESPONDER, 2, &o.profile));
    BAD(lake_coap_profile_of(c.p.config_r, LAKE_RESPONDER, -1, &o.profile));
    BAD(lake_coap_profile_of(c.p.config_r, LAKE_RESPONDER, 1, NULL));
    BAD(lake_coap_session_peer_profile(c.p.i, 0, 0, &o.profile, &o.number));
    BAD(lake_coap_session_peer_profile(c.p.i, 3, 0, &o.profile, &o.number));
    BAD(lake_coap_session_peer_profile(c.p.i, 1, 0, NULL, &o.number));
    BAD(lake_coap_session_peer_profile(c.p.i, 1, 0, &o.profile, NULL));
    OLD(profile);
    BAD(lake_coap_profile_decode(ID, &o.profile));
    BAD(lake_coap_profile_well_known(0, &o.profile, TEXT));
    BAD(lake_coap_profile_of(c.p.config_r, LAKE_RESPONDER, 1, &o.profile));
    BAD(lake_coap_session_peer_profile(c.p.i, 1, 0, &o.profile, &o.number));
    BAD(lake_coap_client_peer_profile(C 0, &o.profile));
    BAD(lake_coap_link_read("</a>", 4, 0, &o.resource, &o.profile, TEXT));
    NEW(profile);
    BAD(lake_coap_client_peer_profile(C 0, NULL));
    BAD(lake_coap_client_ask_profiles(C 3));
    BAD(lake_coap_client_ask_profiles(C -1));
}

static void links(void)
{
    const struct lake_coap_profile says_nothing = {.struct_size = sizeof says_nothing};
    struct lake_coap_resource resource = {.struct_size = sizeof resource};
    BAD(lake_coap_link_write(NULL, &resource, &says_nothing, TEXT));
    BAD(lake_coap_link_write("/a", NULL, &says_nothing, TEXT));
    BAD_BUFFER(o.text, sizeof o.text, lake_coap_link_write, "/a", &resource, &says_nothing, );
    resource.struct_size--;
    BAD(lake_coap_link_write("/a", &resource, &says_nothing, TEXT));
    resource.struct_size++;
    resource.initiator = 2;
    BAD(lake_coap_link_write("/a", &resource, &says_nothing, TEXT));
    resource.initiator = 0;
    resource.responder = -1;
    BAD(lake_coap_link_write("/a", &resource, &says_nothing, TEXT));
    resource.responder = 1;
    resource.n_profile_ids = 65;
    BAD(lake_coap_link_write("/a", &resource, &says_nothing, TEXT));
    resource.n_profile_ids = UINT32_MAX;
    BAD(lake_coap_link_write("/a", &resource, &says_nothing, TEXT));
    static const char *const no_paths[] = {"", "a", "a/b", "/a b", "/<a", "/a>", "/\"a\"", "/a\\", "/a\n", "/a\r"};
    resource.n_profile_ids = 0;
    for (size_t i = 0; i < COUNT(no_paths); i++) {
        BAD(lake_coap_link_write(no_paths[i], &resource, &says_nothing, TEXT));
        BAD(lake_coap_server_link(S no_paths[i], 0, TEXT));
    }
    BAD(lake_coap_server_link(S NULL, 0, TEXT));
    BAD(lake_coap_server_link(S "/a", 2, TEXT));
    BAD(lake_coap_server_link(S "/a", -1, TEXT));
    BAD_BUFFER(o.text, sizeof o.text, lake_coap_server_link, S "/a", 1, );
    BAD(lake_coap_link_read(NULL, 1, 0, &o.resource, &o.profile, TEXT));
    BAD(lake_coap_link_read("<", TOO_LONG, 0, &o.resource, &o.profile, TEXT));
    BAD(lake_coap_link_read("</a>", 4, 0, NULL, &o.profile, TEXT));
    BAD(lake_coap_link_read("</a>", 4, 0, &o.resource, NULL, TEXT));
    BAD_BUFFER(o.text, sizeof o.text, lake_coap_link_read, "</a>", 4, 0, &o.resource, &o.profile, );
    OLD(resource);
    BAD(lake_coap_link_read("</a>", 4, 0, &o.resource, &o.profile, TEXT));
    NEW(resource);
    GIVES(LAKE_ERR_NOT_FOUND, lake_coap_link_read(NULL, 0, 0, &o.resource, &o.profile, TEXT));
    GIVES(LAKE_ERR_NOT_FOUND, lake_coap_link_read("</a>", 4, SIZE_MAX, &o.resource, &o.profile, TEXT));
}

/* A request that is wrong in itself, and no message of CoAP. */
static void bad_request(struct lake_coap_incoming in) { BAD(lake_coap_server_handle(S &in, &o.answer, OUT)); }

static void requests(void)
{
    const struct lake_coap_incoming good = post("\1", 1);
    struct lake_coap_incoming in;
    BAD(lake_coap_server_handle(S NULL, &o.answer, OUT));
    BAD(lake_coap_server_handle(S &good, NULL, OUT));
    BAD_BUFFER(o.out, sizeof o.out, lake_coap_server_handle, S &good, &o.answer, );
    BAD_BUFFER(o.out, sizeof o.out, lake_coap_server_continue, S c.p.i, &o.answer, );
    BAD(lake_coap_server_continue(S c.p.i, NULL, OUT));
    OLD(answer);
    BAD(lake_coap_server_handle(S &good, &o.answer, OUT));
    BAD(lake_coap_server_continue(S c.p.i, &o.answer, OUT));
    NEW(answer);
#define WRONG(change) (in = good, change, bad_request(in))
    WRONG(in.struct_size--);
    WRONG(in.struct_size = 0);
    WRONG(in.code = -1);
    WRONG(in.code = 256);
    WRONG(in.code = INT32_MAX);
    WRONG(in.edhoc = 2);
    WRONG(in.edhoc = -1);
    WRONG(in.message_id = -2);
    WRONG(in.message_id = INT32_MIN);
    WRONG(in.message_id = 65536);
    WRONG((in.payload = NULL, in.payload_len = 1));
    WRONG(in.payload_len = TOO_LONG);
    WRONG(in.echo_len = 1);
    WRONG((in.echo = o.out, in.echo_len = TOO_LONG));
    WRONG(in.kid_len = 1);
    WRONG((in.kid = o.out, in.kid_len = TOO_LONG));
    WRONG(in.token_len = 1);
    WRONG((in.token = o.out, in.token_len = TOO_LONG));
    WRONG(in.peer_len = 1);
    WRONG((in.peer = o.out, in.peer_len = 256));
    WRONG(in.host_len = 1);
    WRONG((in.peer = o.out, in.peer_len = 4, in.host_len = 5));
    WRONG((in.peer = o.out, in.peer_len = 4, in.host_len = SIZE_MAX));
    in = good;
    in.peer = o.out;
    in.peer_len = in.host_len = 255;
    in.message_id = 65535;
    struct lake_coap_outgoing answer = {.struct_size = sizeof answer};
    size_t len;
    uint8_t out[64];
    OK(lake_coap_server_handle(S &in, &answer, out, sizeof out, &len));
    CHECK(answer.code == BAD_REQUEST && answer.struct_size == sizeof answer && len > 0);
}

static void servers(void)
{
    static const uint8_t long_id[65] = {1};
    BAD(lake_coap_server_new(NULL, NULL, ids, on_event, NULL, NULL, &o.server));
    BAD(lake_coap_server_new(c.p.config_r, NULL, ids, NULL, NULL, NULL, &o.server));
    BAD(lake_coap_server_new(c.p.config_r, NULL, ids, on_event, NULL, NULL, NULL));
    struct lake_coap_limits limits = {.struct_size = sizeof limits};
    BAD(lake_coap_server_set_limits(S NULL));
    limits.struct_size = offsetof(struct lake_coap_limits, echo_age); /* less than its first version */
    BAD(lake_coap_server_set_limits(S &limits));
#define LIMITS(...) (struct lake_coap_limits){.struct_size = sizeof limits, __VA_ARGS__}
    const struct lake_coap_limits too_much[] = {
        LIMITS(.half_open = (1 << 20) + 1), LIMITS(.half_open = UINT32_MAX), LIMITS(.threshold = (1 << 20) + 1),
        LIMITS(.threshold = UINT32_MAX),    LIMITS(.per_host = UINT32_MAX),  LIMITS(.age = 86401),
        LIMITS(.age = UINT32_MAX),          LIMITS(.cache = 4095),           LIMITS(.cache = UINT32_MAX),
        LIMITS(.body = 63),                 LIMITS(.body = (1 << 20) + 1),   LIMITS(.body = UINT32_MAX),
        LIMITS(.echo_age = 86401),          LIMITS(.echo_age = UINT32_MAX),  LIMITS(.message_1 = 63),
        LIMITS(.message_1 = (1 << 20) + 1), LIMITS(.message_1 = UINT32_MAX),
        LIMITS(.no_echo = 2),               LIMITS(.no_echo = -1)};
    for (size_t i = 0; i < COUNT(too_much); i++) BAD(lake_coap_server_set_limits(S &too_much[i]));
    BAD(lake_coap_server_stats(S NULL));
    OLD(stats);
    BAD(lake_coap_server_stats(S &o.stats));
    NEW(stats);
    BAD(lake_coap_server_reserve(S NULL, 1));
    BAD(lake_coap_server_reserve(S long_id, 65));
    BAD(lake_coap_server_reserve(S long_id, TOO_LONG));
    BAD(lake_coap_server_release(S NULL, 1));
    BAD(lake_coap_server_release(S long_id, TOO_LONG));
}

/* Clients write the request and its length whatever the status is: there is none. */
#define NO_REQUEST(call)                                                                 \
    do {                                                                                 \
        struct outgoing r = answer_of(77, 77, "junk", 4);                                \
        CHECK_STATUS(LAKE_ERR_ARGUMENT, call);                                           \
        CHECK(r.head.code == LAKE_COAP_CODE_EMPTY && r.head.format == NONE && r.head.struct_size == sizeof r.head); \
        CHECK_INT(0, r.len);                                                             \
    } while (0)

static void clients(void)
{
    const struct lake_coap_incoming good = {.struct_size = sizeof good, .code = CHANGED, .format = NONE};
    struct lake_coap_incoming in;
    BAD(lake_coap_client_new(NULL, LAKE_INITIATOR, ids, &o.client));
    BAD(lake_coap_client_new(c.p.config_i, 0, ids, &o.client));
    BAD(lake_coap_client_new(c.p.config_i, 3, ids, &o.client));
    BAD(lake_coap_client_new(c.p.config_i, LAKE_INITIATOR, ids, NULL));
    BAD(lake_coap_client_discover(C NULL, 1, TEXT));
    BAD(lake_coap_client_discover(C "<", TOO_LONG, TEXT));
    BAD_BUFFER(o.text, sizeof o.text, lake_coap_client_discover, C "</a>", 4, );
    BAD_BUFFER(o.text, sizeof o.text, lake_coap_client_error_text, C);
    BAD(lake_coap_client_is_done(C NULL));
    BAD(lake_coap_client_session(C NULL));
    BAD(lake_coap_client_combine(C NULL, 1, 0, 0, &o.number, OUT));
    BAD(lake_coap_client_combine(C o.out, TOO_LONG, 0, 0, &o.number, OUT));
    BAD(lake_coap_client_combine(C ID, 0, 0, NULL, OUT));
    BAD(lake_coap_client_combine(C ID, SIZE_MAX, 0, &o.number, OUT));
    BAD(lake_coap_client_combine(C ID, 0, SIZE_MAX, &o.number, OUT));
    BAD_BUFFER(o.out, sizeof o.out, lake_coap_client_combine, C ID, 0, 0, &o.number, );

    NO_REQUEST(lake_coap_client_start(C & r.head, NULL, 1, &r.len));
    NO_REQUEST(lake_coap_client_again(C & r.head, NULL, 1, &r.len));
    NO_REQUEST(lake_coap_client_continue(C & r.head, NULL, 1, &r.len));
    NO_REQUEST(lake_coap_client_next(C & good, &r.head, NULL, 1, &r.len));
    NO_REQUEST(lake_coap_client_next(C NULL, OUTGOING(&r)));
#define WRONG_ANSWER(change) do { in = good; change; NO_REQUEST(lake_coap_client_next(C &in, OUTGOING(&r))); } while (0)
    WRONG_ANSWER(in.struct_size--);
    WRONG_ANSWER(in.code = -1);
    WRONG_ANSWER(in.code = 256);
    WRONG_ANSWER(in.payload_len = 1);
    WRONG_ANSWER((in.payload = o.out, in.payload_len = TOO_LONG));
    WRONG_ANSWER(in.echo_len = 1);
    struct outgoing r = {.head = {.struct_size = sizeof r.head - 1, .code = 77}};
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_coap_client_start(client, OUTGOING(&r)));
    CHECK_INT(77, r.head.code); /* nothing is known about this struct */
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_coap_client_start(client, NULL, r.payload, sizeof r.payload, &r.len));
    r.head.struct_size++;
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_coap_client_start(client, &r.head, r.payload, sizeof r.payload, NULL));
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_coap_client_next(client, &good, NULL, r.payload, sizeof r.payload, &r.len));
}

int main(void)
{
    coap_make(&c);
    OK(lake_coap_ids_new(1, 1, &ids));
    coap_server(&c, ids);
    client = client_of(&c, LAKE_INITIATOR, ids);
    peers_start(&c.p);
    memset(&o, 0xa5, sizeof o);
    untouched = o;
    NEW(answer), NEW(profile), NEW(resource), NEW(stats);
    const size_t live = lake_live_handles();
    identifiers();
    profiles();
    links();
    servers();
    clients();
    requests();
    CHECK_INT(live, lake_live_handles());
    /* None of that was noticed. */
    check_nothing_left(&c);
    CHECK_INT(0, stats_of(&c).begun);
    OK(run(&c, client));
    check_same_context(&c, client);
    OK(lake_coap_client_free(client));
    OK(lake_coap_ids_free(ids));
    coap_free(&c);
    CHECK_INT(0, lake_live_handles());
    return 0;
}
