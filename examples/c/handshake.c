/* handshake.c - EDHOC in memory: an Initiator and a Responder in one process.
 *
 * Each side has a credential of its own and knows the one of the other. Four
 * steps take them from nothing to keys that nobody else has. A real program
 * sends the messages over a network: see edhoc_client.c and edhoc_server.c. */
#include <stdio.h>
#include <string.h>

#include <lake.h>

#include "check.h"
#include "demo_credentials.h"

static lake_session *new_session(int32_t role, const struct demo_credential *own, const struct demo_credential *peer)
{
    lake_config *config;
    lake_session *session;

    CHECK(lake_config_new(&config));
    CHECK(lake_config_set_methods(config, &(int32_t){3}, 1)); /* static keys: the shortest messages */
    demo_add_own(config, own, 0);
    demo_add_peer(config, peer);
    CHECK(lake_session_new(config, role, &session));
    CHECK(lake_config_free(config)); /* the session keeps its own reference */
    return session;
}

int main(void)
{
    lake_session *initiator = new_session(LAKE_INITIATOR, &demo_client[DEMO_P256], &demo_server[DEMO_P256]);
    lake_session *responder = new_session(LAKE_RESPONDER, &demo_server[DEMO_P256], &demo_client[DEMO_P256]);

    /* A step takes what arrived, and gives what to send. */
    uint8_t message_1[128], message_2[128], message_3[128];
    size_t len_1, len_2, len_3, nothing;
    CHECK(lake_session_step(initiator, NULL, 0, message_1, sizeof message_1, &len_1));
    CHECK(lake_session_step(responder, message_1, len_1, message_2, sizeof message_2, &len_2));
    CHECK(lake_session_step(initiator, message_2, len_2, message_3, sizeof message_3, &len_3));
    CHECK(lake_session_step(responder, message_3, len_3, NULL, 0, &nothing));
    printf("message_1  -->  %zu bytes\n", len_1);
    printf("message_2  <--  %zu bytes\n", len_2);
    printf("message_3  -->  %zu bytes\n", len_3);

    struct lake_session_info info_i = {.struct_size = sizeof info_i}, info_r = {.struct_size = sizeof info_r};
    struct lake_method_info method = {.struct_size = sizeof method};
    struct lake_suite_info suite = {.struct_size = sizeof suite};
    CHECK(lake_session_info(initiator, &info_i));
    CHECK(lake_session_info(responder, &info_r));
    CHECK(lake_method_info(info_r.method, &method));
    CHECK(lake_suite_info(info_r.suite, &suite));
    printf("method %d (%s), suite %d (%s)\n", info_r.method, method.name, info_r.suite, suite.name);

    /* Both sides now make the same key of any label, here the first private one. */
    uint8_t key_i[16], key_r[16];
    CHECK(lake_session_export(initiator, 32768, NULL, 0, key_i, sizeof key_i));
    CHECK(lake_session_export(responder, 32768, NULL, 0, key_r, sizeof key_r));
    int agree = info_i.is_complete && info_r.is_complete && memcmp(key_i, key_r, sizeof key_i) == 0;
    printf("the exported keys %s\n", agree ? "agree" : "DIFFER");

    lake_wipe(key_i, sizeof key_i);
    lake_wipe(key_r, sizeof key_r);
    CHECK(lake_session_free(initiator));
    CHECK(lake_session_free(responder));
    return agree ? 0 : 1;
}
