/* Plays the sessions of vectors.json and of the EDHOC-PSK draft and compares every
 * message and every key that comes out. Linked with the library that has the hooks
 * of laketest.h. Argument: the file that tests/vectors/emit writes. */
#include "sessions.h"

static lake_session *sides[2];

static void compare(const char *name, const uint8_t *got, size_t len)
{
    const struct bytes *want = bytes_of(name);
    if (want->len != len || memcmp(want->at, got, len) != 0) FAIL("%s: other %s", session_name, name);
}

/* What the receiver read is what was sent, but for padding. */
static void compare_ead(int message)
{
    lake_session *receiver = sides[message % 2 == 1];
    int64_t label;
    struct lake_ead_item item = {.struct_size = sizeof item};
    struct bytes value, got;
    int has_value;
    size_t read = 0, count;
    for (size_t n = 0; ead_item(message, n, &label, &value, &has_value); n++) {
        if (label == 0) continue;
        OK(lake_session_ead_get(receiver, message, read++, &item, got.at, sizeof got.at, &got.len));
        CHECK_INT(label, item.label);
        CHECK_INT(has_value, item.has_value);
        CHECK_BYTES(value.at, value.len, got.at, got.len);
    }
    OK(lake_session_ead_count(receiver, message, &count));
    CHECK_INT(read, count);
}

static void pass(int message)
{
    static struct bytes made;
    char name[16];
    struct lake_ead_item item = {.struct_size = sizeof item};
    add_ead(sides[message % 2 == 0], message);
    OK(prepare[message](sides[message % 2 == 0], made.at, sizeof made.at, &made.len));
    snprintf(name, sizeof name, "message_%d", message);
    compare(name, made.at, made.len);
    OK(process[message](sides[message % 2 == 1], made.at, made.len));
    if (message == 2 && number("method") == 4)
        CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_ead_get(sides[0], 2, 0, &item, NULL, 0, &made.len));
    else
        compare_ead(message);
}

static int compared; /* figures of all sessions */

static void compare_export(const char *name, lake_session *session, uint64_t label, const struct bytes *context)
{
    uint8_t key[1024];
    if (value_of(name, 0) == NULL) return;
    size_t len = bytes_of(name)->len;
    CHECK(len <= sizeof key);
    OK(lake_session_export(session, label, context ? context->at : NULL, context ? context->len : 0, key, len));
    compare(name, key, len);
    compared++;
}

/* rKID; rPSK is compared by the sessions that are played with it. */
static void compare_rkid(lake_session *session)
{
    uint8_t kid[64];
    size_t len;
    lake_credential *key;
    if (value_of("rkid", 0) == NULL) return;
    OK(lake_session_resumption_credential(session, bytes_of("rkid")->len, &key));
    OK(lake_credential_data(key, LAKE_DATA_KID, kid, sizeof kid, &len));
    compare("rkid", kid, len);
    compared++;
    OK(lake_credential_free(key));
}

static void compare_oscore(const char *prefix, lake_session *session, int32_t role)
{
    struct lake_oscore_context c = {.struct_size = sizeof c};
    char name[64];
    snprintf(name, sizeof name, "%smaster_secret", prefix);
    if (value_of(name, 0) == NULL) return;
    if (!has_oscore()) { /* OSCORE takes no identifiers so long: the keys are right */
        CHECK_STATUS(LAKE_ERR_UNSUPPORTED, lake_session_oscore_context(session, &c));
        compare_export(name, session, 0, NULL);
        snprintf(name, sizeof name, "%smaster_salt", prefix);
        compare_export(name, session, 1, NULL);
        return;
    }
    OK(lake_session_oscore_context(session, &c));
    compare(name, c.master_secret, c.master_secret_len);
    snprintf(name, sizeof name, "%smaster_salt", prefix);
    compare(name, c.master_salt, c.master_salt_len);
    compare(role == LAKE_INITIATOR ? "oscore_initiator_sender_id" : "oscore_responder_sender_id", c.sender_id,
            c.sender_id_len);
    compare(role == LAKE_INITIATOR ? "oscore_responder_sender_id" : "oscore_initiator_sender_id", c.recipient_id,
            c.recipient_id_len);
    CHECK_INT(number("oscore_aead"), c.aead);
    CHECK_INT(number("oscore_hash"), c.hash);
    compared += 6;
}

/* Resumption keys of the sessions that were played. */
static struct kept {
    char session[128];
    lake_credential *keys[2];
} kept[256];
static size_t kept_count;

static void keep(void)
{
    CHECK(kept_count < 256);
    struct kept *k = &kept[kept_count++];
    snprintf(k->session, sizeof k->session, "%s", session_name);
    for (int i = 0; i < 2; i++) OK(lake_session_resumption_credential(sides[i], 0, &k->keys[i]));
}

static void play(struct kept *resumed)
{
    int message_4 = number("message_4_used") != 0;
    uint8_t refused;
    for (int role = LAKE_INITIATOR; role <= LAKE_RESPONDER; role++) {
        lake_credential *own = resumed ? resumed->keys[role - 1] : own_of(role);
        if (resumed) OK(lake_credential_retain(own)); /* side_config takes the reference */
        lake_config *config = side_config(role, own, peer_of(role));
        sides[role - 1] = side_session(config, role);
        OK(lake_config_free(config));
    }
    for (int message = 1; message <= 3 + message_4; message++) pass(message);
    for (int role = LAKE_INITIATOR; role <= LAKE_RESPONDER; role++) {
        lake_session *session = sides[role - 1];
        struct lake_session_info info = {.struct_size = sizeof info};
        if (!message_4) {
            int unproved = role == LAKE_INITIATOR && number("method") == 4;
            OK(unproved ? lake_session_peer_proved(session) : lake_session_complete_without_message_4(session));
        }
        OK(lake_session_info(session, &info));
        CHECK_INT(LAKE_STATE_COMPLETED, info.state);
    }
    if (number("method") == 4) compare_ead(2); /* which the fourth message has verified */
    if (resumed == NULL) keep();
    for (int role = LAKE_INITIATOR; role <= LAKE_RESPONDER; role++) {
        lake_session *session = sides[role - 1];
        compare_oscore("oscore_", session, role);
        CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_session_export(session, 2, NULL, 0, &refused, 1)); /* keys of resumption */
        CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_session_export(session, 3, NULL, 0, &refused, 1));
        compare_rkid(session);
        if (value_of("exporter_output", 0) != NULL) {
            struct bytes context = *bytes_of("exporter_context");
            compare_export("exporter_output", session, (uint64_t)number("exporter_label"), &context);
        }
        if (value_of("keyupdate_context", 0) != NULL) {
            OK(lake_session_key_update(session, BYTES("keyupdate_context")));
            compare_oscore("keyupdate_oscore_", session, role);
        }
        OK(lake_session_free(session));
    }
}

int main(int argc, char **argv)
{
    size_t live = lake_live_handles();
    int played[5] = {0}, resumptions = 0;
    CHECK(argc == 2);
    FILE *file = fopen(argv[1], "r");
    CHECK(file != NULL);
    while (next_session(file)) {
        long long method = number("method");
        CHECK(method >= 0 && method <= 4);
        play(NULL);
        played[method]++;
        for (size_t i = 0; value_of("resumed_from", 0) != NULL && i < kept_count; i++) {
            if (strcmp(kept[i].session, need("resumed_from")) != 0) continue;
            play(&kept[i]); /* with the keys that came out of that session */
            resumptions++;
        }
    }
    fclose(file);
    for (size_t i = 0; i < kept_count; i++)
        for (int side = 0; side < 2; side++) OK(lake_credential_free(kept[i].keys[side]));
    CHECK_INT(live, lake_live_handles());
    printf("sessions of methods 0 to 4: %d %d %d %d %d, resumptions %d, figures besides messages: %d\n", played[0],
           played[1], played[2], played[3], played[4], resumptions, compared);
    CHECK(played[4] > 1); /* the draft's is one of them */
    CHECK(compared > 100);
    return 0;
}
