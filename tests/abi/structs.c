/* Structs of programs that were compiled with an older or a newer header. */
#define LAKE_NO_MARKS
#include "coap_fixture.h"
#include "fixture.h"
#include "growth.h"

/* --- A struct that grew ------------------------------------------------------------- */

struct first { /* version 1 */
    uint32_t struct_size;
    uint32_t a;
};
struct second { /* version 2 */
    uint32_t struct_size;
    uint32_t a;
    uint64_t b;
};
struct third { /* version 3 */
    uint32_t struct_size;
    uint32_t a;
    uint64_t b, c;
};
#define FIRST LAKEC_SIZE_TO(struct second, a)

static void sizes(void)
{
    CHECK_INT(8, FIRST);
    CHECK_INT(sizeof(struct second), LAKEC_SIZE_TO(struct third, b));
    CHECK_INT(sizeof(struct third), LAKEC_SIZE_TO(struct third, c));
    CHECK_INT(sizeof(struct lake_coap_outgoing), LAKEC_SIZE_TO(struct lake_coap_outgoing, duplicate));
}

/* The library is of version 2. */
static void taken(void)
{
    struct second ours;
    struct first older = {.struct_size = sizeof older, .a = 5};
    struct second same = {.struct_size = sizeof same, .a = 6, .b = 7};
    struct third newer = {.struct_size = sizeof newer, .a = 8, .b = 9};
    memset(&ours, 0xff, sizeof ours);
    CHECK(lakec_take(&ours, &older, sizeof ours, FIRST) && ours.a == 5 && ours.b == 0);
    CHECK(lakec_take(&ours, &same, sizeof ours, FIRST) && ours.a == 6 && ours.b == 7);
    CHECK(lakec_take(&ours, &newer, sizeof ours, FIRST) && ours.a == 8 && ours.b == 9);
    for (size_t i = 0; i < sizeof newer.c; i++) {
        newer.c = 0;
        ((uint8_t *)&newer.c)[i] = 1;
        CHECK(!lakec_take(&ours, &newer, sizeof ours, FIRST));
    }
    CHECK(!lakec_take(&ours, NULL, sizeof ours, FIRST));
    static const uint32_t wrong[] = {0, 1, 4, 7, LAKEC_MAX_STRUCT + 1, UINT32_MAX};
    const void *volatile theirs = &same; /* or the compiler sees what would be read if it were taken */
    for (size_t i = 0; i < COUNT(wrong); i++) {
        same.struct_size = wrong[i];
        CHECK(!lakec_take(&ours, theirs, sizeof ours, FIRST));
        CHECK(!lakec_struct(theirs, FIRST));
    }
}

static void given(void)
{
    const struct second ours = {.struct_size = 99, .a = 5, .b = 6};
    struct {
        struct first head;
        uint64_t beyond;
    } older = {.head.struct_size = sizeof older.head, .beyond = 7};
    struct third newer = {.struct_size = sizeof newer, .b = 8, .c = 9};
    lakec_give(&older, &ours, sizeof ours);
    CHECK(older.head.struct_size == sizeof older.head && older.head.a == 5 && older.beyond == 7);
    lakec_give(&newer, &ours, sizeof ours);
    CHECK(newer.struct_size == sizeof newer && newer.a == 5 && newer.b == 6 && newer.c == 0);
}

/* --- The library's structs -------------------------------------------------------------- */

/* A struct with room for what a later version may add. */
union grown {
    uint32_t struct_size;
    uint8_t bytes[8192];
    uint64_t aligned;
};

typedef lake_status (*call_fn)(void *object, union grown *s);

/* What comes in: every size from size on, of first bytes s, with 0 behind it. */
static void comes_in(const char *name, call_fn call, void *object, const void *s, size_t size, size_t first,
                     lake_status expected)
{
    union grown g;
    static const size_t more[] = {0, 1, 4, 8, 100, 4096};
    for (size_t i = 0; i < COUNT(more); i++) {
        memset(&g, 0, sizeof g);
        memcpy(&g, s, size);
        g.struct_size = (uint32_t)(size + more[i]);
        lake_status status = call(object, &g);
        if (status != expected) FAIL("%s + %zu: %s", name, more[i], lake_status_name(status));
        if (more[i] == 0) continue;
        g.bytes[size + more[i] - 1] = 1;
        if (call(object, &g) != LAKE_ERR_ARGUMENT) FAIL("%s + %zu: what is not known is taken", name, more[i]);
        g.struct_size--; /* not part of it */
        if (call(object, &g) != expected) FAIL("%s: read beyond its end", name);
    }
    memset(&g, 0, sizeof g);
    memcpy(&g, s, size);
    static const uint32_t wrong[] = {0, 4, 1 << 20, UINT32_MAX};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        g.struct_size = wrong[i];
        if (call(object, &g) != LAKE_ERR_ARGUMENT) FAIL("%s with %u bytes", name, (unsigned)wrong[i]);
    }
    g.struct_size = (uint32_t)first - 1;
    if (call(object, &g) != LAKE_ERR_ARGUMENT) FAIL("%s with a byte less than its first version", name);
    g.struct_size = (uint32_t)first; /* what came later has its default */
    if (call(object, &g) != expected) FAIL("%s of the first version", name);
}

/* What goes out: bytes that the library does not know are 0, and none beyond is touched. */
static void goes_out(const char *name, call_fn call, void *object, size_t size)
{
    union grown plain, g;
    memset(&plain, 0xaa, sizeof plain);
    plain.struct_size = (uint32_t)size;
    OK(call(object, &plain));
    CHECK_INT(size, plain.struct_size);
    if (plain.bytes[size] != 0xaa) FAIL("%s: wrote beyond its end", name);
    static const size_t more[] = {1, 8, 100, 4096};
    for (size_t i = 0; i < COUNT(more); i++) {
        memset(&g, 0xaa, sizeof g);
        g.struct_size = (uint32_t)(size + more[i]);
        OK(call(object, &g));
        CHECK_INT(size + more[i], g.struct_size);
        CHECK(memcmp(g.bytes + 4, plain.bytes + 4, size - 4) == 0);
        for (size_t at = size; at < size + more[i]; at++) CHECK_INT(0, g.bytes[at]);
        CHECK_INT(0xaa, g.bytes[size + more[i]]);
    }
    static const uint32_t wrong[] = {0, 4, 1 << 20, UINT32_MAX};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        g.struct_size = wrong[i];
        if (call(object, &g) != LAKE_ERR_ARGUMENT) FAIL("%s with %u bytes", name, (unsigned)wrong[i]);
    }
}

#define CALL(name, expression) \
    static lake_status name(void *object, union grown *s) { (void)object; return expression; }
CALL(suite_info, lake_suite_info(2, (void *)s))
CALL(method_info, lake_method_info(3, (void *)s))
CALL(credential_info, lake_credential_info(object, (void *)s))
CALL(session_info, lake_session_info(object, (void *)s))
CALL(limits, lake_config_set_limits(object, (void *)s))
CALL(renewal_limits, lake_config_set_renewal_limits(object, (void *)s))
CALL(oscore_context, lake_session_oscore_context(object, (void *)s))
CALL(profile_of, lake_coap_profile_of(object, LAKE_INITIATOR, 0, (void *)s))
CALL(server_limits, lake_coap_server_set_limits(object, (void *)s))
CALL(server_stats, lake_coap_server_stats(object, (void *)s))

static uint8_t out[2048];
static size_t len;
CALL(ead_item, lake_session_ead_get(object, 1, 0, (void *)s, out, sizeof out, &len))

static lake_status resumption_options(void *object, union grown *s)
{
    lake_resumption *store;
    lake_status status = lake_resumption_new((void *)s, &store);
    (void)object;
    if (status == LAKE_OK) OK(lake_resumption_free(store));
    return status;
}

CALL(profile_encode, lake_coap_profile_encode((void *)s, out, sizeof out, &len))

static const struct lake_coap_profile some_profile = {.struct_size = sizeof some_profile, .has_id = 1, .id = 5,
                                                      .n_methods = 1, .methods = {3}, .n_cred_types = 1, .cred_types = {1}};
CALL(link_write, lake_coap_link_write("/edhoc", (void *)s, &some_profile, (char *)out, sizeof out, &len))

static struct lake_coap_outgoing some_answer = {.struct_size = sizeof some_answer};
CALL(request, lake_coap_server_handle(object, (void *)s, &some_answer, out, sizeof out, &len))

static struct lake_coap_incoming some_request = {.struct_size = sizeof some_request, .code = 1, .format = -1,
                                                 .message_id = -1, .peer = (const uint8_t *)"p", .peer_len = 1};
CALL(answer, lake_coap_server_handle(object, &some_request, (void *)s, out, sizeof out, &len))
CALL(client_request, lake_coap_client_start(object, (void *)s, out, sizeof out, &len))

static lake_status no_event(void *userdata, const struct lake_coap_event *event)
{
    (void)userdata, (void)event;
    return LAKE_OK;
}

static void the_library_s(void)
{
    struct peers p;
    lake_coap_server *server;
    peers_make(&p, 3, 2);

    goes_out("suite_info", suite_info, NULL, sizeof(struct lake_suite_info));
    goes_out("method_info", method_info, NULL, sizeof(struct lake_method_info));
    comes_in("limits", limits, p.config_i, &(struct lake_limits){.chain = 3}, sizeof(struct lake_limits),
             sizeof(struct lake_limits), LAKE_OK);
    comes_in("renewal_limits", renewal_limits, p.config_i, &(struct lake_renewal_limits){.run_age = 3},
             sizeof(struct lake_renewal_limits), sizeof(struct lake_renewal_limits), LAKE_OK);
    goes_out("coap_profile", profile_of, p.config_i, sizeof(struct lake_coap_profile));
    comes_in("coap_profile", profile_encode, NULL, &some_profile, sizeof some_profile, sizeof some_profile, LAKE_OK);
    comes_in("coap_resource", link_write, NULL, &(struct lake_coap_resource){.responder = 1},
             sizeof(struct lake_coap_resource), sizeof(struct lake_coap_resource), LAKE_OK);

    OK(lake_coap_server_new(p.config_r, NULL, NULL, no_event, NULL, NULL, &server));
    comes_in("coap_limits", server_limits, server, &(struct lake_coap_limits){.half_open = 3},
             sizeof(struct lake_coap_limits), LAKEC_SIZE_TO(struct lake_coap_limits, echo_age), LAKE_OK);
    goes_out("coap_stats", server_stats, server, sizeof(struct lake_coap_stats));
    comes_in("coap_incoming", request, server, &some_request, sizeof some_request, sizeof some_request, LAKE_OK);
    goes_out("coap_outgoing", answer, server, sizeof(struct lake_coap_outgoing));
    OK(lake_coap_server_free(server));

    comes_in("resumption_options", resumption_options, NULL, &(struct lake_resumption_options){.limit = 3},
             sizeof(struct lake_resumption_options), sizeof(struct lake_resumption_options), LAKE_OK);
    goes_out("credential_info", credential_info, p.id_i.credential, sizeof(struct lake_credential_info));
    peers_start(&p);
    OK(lake_session_ead_add(p.i, 1, 5, (const uint8_t *)"value", 5));
    peers_exchange(&p, 1, 4);
    goes_out("session_info", session_info, p.i, sizeof(struct lake_session_info));
    goes_out("ead_item", ead_item, p.r, sizeof(struct lake_ead_item));
    goes_out("oscore_context", oscore_context, p.i, sizeof(struct lake_oscore_context));
    peers_free(&p);
}

/* A client fills in its request on errors, too. */
static void a_request_that_failed(void)
{
    union grown g;
    memset(&g, 0xaa, sizeof g);
    g.struct_size = sizeof(struct lake_coap_outgoing) + 8;
    CHECK(client_request(NULL, &g) == LAKE_ERR_ARGUMENT);
    CHECK_INT(LAKE_COAP_FORMAT_NONE, ((struct lake_coap_outgoing *)&g)->format);
    for (size_t at = 0; at < 8; at++) CHECK_INT(0, g.bytes[sizeof(struct lake_coap_outgoing) + at]);
    CHECK_INT(0xaa, g.bytes[sizeof(struct lake_coap_outgoing) + 8]);
}

int main(void)
{
    sizes();
    taken();
    given();
    the_library_s();
    a_request_that_failed();
    CHECK_INT(0, lake_live_handles());
    return 0;
}
