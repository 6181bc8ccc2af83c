/* Connection identifiers, of which each is in use once; contexts that are reported; and the
 * configuration of a server, which is final with its first use. */
#include "coap_fixture.h"

static struct coap c;

/* A message_1 of a new client, which is gone then. */
static void message_1(struct outgoing *answer)
{
    struct outgoing request;
    lake_coap_client *client = client_of(&c, LAKE_INITIATOR, NULL);
    OK(client_start(client, &request));
    handle(&c, incoming(&request), answer);
    OK(lake_coap_client_free(client));
}

/* --- The configuration is final with the first use -------------------------------------- */

static void first_request(void)
{
    struct outgoing answer;
    handle(&c, post(NULL, 0), &answer);
}
static void first_expire(void) { OK(lake_coap_server_expire(c.server)); }
static void first_reserve(void) { OK(lake_coap_server_reserve(c.server, (const uint8_t *)"abc", 3)); }
static void first_release(void) { OK(lake_coap_server_release(c.server, (const uint8_t *)"abc", 3)); }

static void frozen(void)
{
    static void (*const uses[])(void) = {first_request, first_expire, first_reserve, first_release};
    static const struct lake_coap_limits limits = {.struct_size = sizeof limits};
    struct lake_coap_profile profile = {.struct_size = sizeof profile, .has_id = 1};
    for (size_t i = 0; i < COUNT(uses); i++) {
        coap_server(&c, NULL);
        stats_of(&c); /* is none */
        OK(lake_coap_server_set_limits(c.server, &limits));
        OK(lake_coap_server_set_prepare(c.server, NULL, NULL, NULL));
        OK(lake_coap_server_add_profile(c.server, &profile));
        uses[i]();
        CHECK_STATUS(LAKE_ERR_FROZEN, lake_coap_server_set_limits(c.server, &limits));
        CHECK_STATUS(LAKE_ERR_FROZEN, lake_coap_server_set_prepare(c.server, NULL, NULL, NULL));
        CHECK_STATUS(LAKE_ERR_FROZEN, lake_coap_server_add_profile(c.server, &profile));
    }
}

/* --- Identifiers -------------------------------------------------------------------------------- */

static void exhausted(void)
{
    lake_coap_ids *ids, *long_ids;
    struct outgoing request, answer;
    OK(lake_coap_ids_new(1, 1, &ids));
    OK(lake_coap_ids_new(2, 2, &long_ids));
    coap_server(&c, ids);
    struct lake_coap_limits limits = {.struct_size = sizeof limits, .threshold = 100};
    OK(lake_coap_server_set_limits(c.server, &limits));
    uint8_t id[7];
    size_t len, count;
    for (int n = 0; n < 47; n++) OK(lake_coap_ids_take(ids, NULL, 0, id, &len));
    CHECK_INT(1, len);
    lake_coap_client *client = client_of(&c, LAKE_INITIATOR, long_ids); /* C_I is not the one that is left */
    OK(client_start(client, &request));
    handle(&c, incoming(&request), &answer);
    OK(client_next(client, &answer, &request));
    OK(lake_coap_ids_count(ids, &count));
    CHECK_INT(48, count);
    message_1(&answer);
    check_answer("none left", &answer, UNAVAILABLE, NONE, -1);
    CHECK(c.failed == 1 && c.id_len == 0);
    CHECK_STATUS(LAKE_ERR_EXHAUSTED, c.status);
    CHECK_STATUS(LAKE_ERR_EXHAUSTED, lake_coap_ids_take(ids, NULL, 0, id, &len));
    lake_coap_client *another = client_of(&c, LAKE_INITIATOR, ids);
    CHECK_STATUS(LAKE_ERR_EXHAUSTED, client_start(another, &answer));
    OK(lake_coap_client_free(another));
    OK(lake_coap_ids_release(ids, id, 1));
    CHECK_STATUS(LAKE_ERR_EXHAUSTED, lake_coap_ids_take(ids, id, 1, id, &len)); /* which is the peer's */
    handle(&c, incoming(&request), &answer);
    OK(client_next(client, &answer, &request));
    check_same_context(&c, client);
    OK(lake_coap_client_free(client));
    OK(lake_coap_ids_free(long_ids));
    OK(lake_coap_ids_free(ids));
}

/* A host that is server and client shares its identifiers. */
static void shared(void)
{
    static const uint8_t restored[] = {1, 2, 3};
    lake_coap_ids *ids;
    struct outgoing answer;
    size_t count;
    OK(lake_coap_ids_new(1, 4, &ids));
    coap_server(&c, ids);
    OK(lake_coap_server_reserve(c.server, restored, sizeof restored));
    CHECK_STATUS(LAKE_ERR_STATE, lake_coap_server_reserve(c.server, restored, sizeof restored));
    CHECK_STATUS(LAKE_ERR_STATE, lake_coap_ids_reserve(ids, restored, sizeof restored));
    struct lake_coap_incoming oscore = post("x", 1);
    oscore.kid = restored;
    oscore.kid_len = sizeof restored;
    handle(&c, oscore, &answer);
    CHECK_INT(1, answer.head.oscore);
    /* A context of a client of this host, with an empty Recipient ID: who took it gives
     * it back. (Its 'kid' is empty, not absent.) */
    OK(lake_coap_ids_reserve(ids, NULL, 0));
    OK(lake_coap_server_reserve(c.server, NULL, 0));
    CHECK_STATUS(LAKE_ERR_STATE, lake_coap_server_reserve(c.server, NULL, 0));
    oscore.kid_len = 0;
    handle(&c, oscore, &answer);
    CHECK_INT(1, answer.head.oscore);
    OK(lake_coap_server_release(c.server, NULL, 0));
    handle(&c, oscore, &answer);
    check_answer("no context", &answer, UNAUTHORIZED, NONE, -1);
    CHECK_STATUS(LAKE_ERR_STATE, lake_coap_ids_reserve(ids, NULL, 0));
    lake_coap_client *client = client_of(&c, LAKE_INITIATOR, ids);
    OK(run(&c, client));
    OK(lake_coap_ids_count(ids, &count));
    CHECK_INT(4, count); /* both, the client's and the server's */
    CHECK_INT(4, stats_of(&c).ids);
    OK(lake_coap_client_free(client));
    OK(lake_coap_server_release(c.server, c.id, c.id_len));
    OK(lake_coap_server_release(c.server, restored, sizeof restored));
    OK(lake_coap_ids_release(ids, NULL, 0));
    OK(lake_coap_ids_release(ids, NULL, 0));
    OK(lake_coap_ids_count(ids, &count));
    CHECK_INT(0, count);
    message_1(&answer);
    OK(lake_coap_server_free(c.server)); /* a half-open run goes with it */
    c.server = NULL;
    OK(lake_coap_ids_count(ids, &count));
    CHECK_INT(0, count);
    OK(lake_coap_ids_free(ids));
}

int main(void)
{
    coap_make(&c);
    frozen();
    exhausted();
    shared();
    coap_free(&c);
    CHECK_INT(0, lake_live_handles());
    return 0;
}
