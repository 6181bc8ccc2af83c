/* A refused cipher suite leads to another message_1, in both flows. */
#include "coap_fixture.h"

static struct coap c;

static int32_t suite_of(lake_coap_client *client)
{
    int32_t suite;
    suite = info_of(session_of(client)).suite;
    return suite;
}

static void suites(void)
{
    static const int32_t both[] = {1, 0}, other[] = {1};
    for (int32_t role = LAKE_INITIATOR; role <= LAKE_RESPONDER; role++) {
        for (int common = 1; common >= 0; common--) {
            coap_make(&c);
            /* The Initiator prefers 1, the Responder has but 0. */
            OK(lake_config_set_suites(role == LAKE_INITIATOR ? c.p.config_i : c.p.config_r, common ? both : other,
                                      common ? 2 : 1));
            coap_server(&c, NULL);
            lake_coap_client *client = client_of(&c, role, NULL);
            const lake_status status = run(&c, client);
            if (common) {
                OK(status);
                check_same_context(&c, client);
                CHECK_INT(0, suite_of(client));
                CHECK(c.established == 1 && c.failed <= 1);
            } else {
                CHECK(role == LAKE_RESPONDER ? status < 0 : status == LAKE_ERR_NO_COMMON_SUITE);
                CHECK(c.established == 0 && c.failed == 1);
                check_nothing_left(&c);
            }
            OK(lake_coap_client_free(client));
            coap_free(&c);
        }
    }
}

/* With a run that begins again, the session of the one before is gone. */
static void sessions(void)
{
    static const int32_t both[] = {1, 0};
    struct outgoing request, answer;
    coap_make(&c);
    OK(lake_config_set_suites(c.p.config_r, both, 2)); /* the Initiator of the reverse flow */
    coap_server(&c, NULL);
    lake_coap_client *client = client_of(&c, LAKE_RESPONDER, NULL);
    OK(client_start(client, &request));
    lake_session *first = session_of(client);
    handle(&c, incoming(&request), &answer);
    OK(client_next(client, &answer, &request)); /* the error message with what this side supports */
    CHECK_INT(LAKE_COAP_CODE_POST, request.head.code);
    CHECK_STATUS(LAKE_ERR_HANDLE, info_status(first));
    lake_session *second = session_of(client);
    CHECK_INT(LAKE_STATE_START, state_of(second));
    handle(&c, incoming(&request), &answer);
    OK(client_next(client, &answer, &request));
    CHECK(session_of(client) == second);
    OK(lake_coap_client_free(client));
    CHECK_STATUS(LAKE_ERR_HANDLE, info_status(second));
    coap_free(&c);
}

int main(void)
{
    suites();
    sessions();
    CHECK_INT(0, lake_live_handles());
    return 0;
}
