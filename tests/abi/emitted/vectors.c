/* Plays the sessions of vectors.json and of the EDHOC-PSK draft and compares every
 * message and every key that comes out. Linked with the library that has the hooks
 * of laketest.h. Argument: the file that tests/vectors/emit writes. */
#include <ctype.h>

#include "check.h"
#include "laketest.h"

struct bytes {
    uint8_t at[65536];
    size_t len;
};

/* --- A session as the file has it ------------------------------------------------ */

enum { LINES = 400 };

static char session_name[128];
static struct {
    char *name, *value;
} lines[LINES];
static size_t lines_count;

/* Reads up to the next session; 0 at the end. */
static int next_session(FILE *file)
{
    static char *line, *following;
    static size_t room;
    ssize_t n;
    for (size_t i = 0; i < lines_count; i++) free(lines[i].name);
    lines_count = 0;
    if (following == NULL) following = getline(&line, &room, file) > 0 ? strdup(line) : NULL;
    if (following == NULL) {
        free(line);
        line = NULL;
        return 0;
    }
    CHECK(sscanf(following, "session %127s", session_name) == 1);
    free(following);
    following = NULL;
    while ((n = getline(&line, &room, file)) > 0) {
        line[n - 1] = 0;
        if (strncmp(line, "session ", 8) == 0) {
            following = strdup(line);
            break;
        }
        CHECK(lines_count < LINES);
        char *name = strdup(line), *space = strchr(name, ' ');
        CHECK(space != NULL);
        *space = 0;
        lines[lines_count].name = name;
        lines[lines_count++].value = space + 1;
    }
    return 1;
}

/* The value of the n-th line with a name, or NULL. */
static const char *value_of(const char *name, size_t n)
{
    for (size_t i = 0; i < lines_count; i++)
        if (strcmp(lines[i].name, name) == 0 && n-- == 0) return lines[i].value;
    return NULL;
}

static const char *need(const char *name)
{
    const char *value = value_of(name, 0);
    if (value == NULL) FAIL("%s has no %s", session_name, name);
    return value;
}

static long long number(const char *name) { return atoll(need(name)); }

static void unhex(const char *text, struct bytes *out)
{
    out->len = 0;
    for (; isxdigit((unsigned char)text[0]) && isxdigit((unsigned char)text[1]); text += 2) {
        char pair[3] = {text[0], text[1], 0};
        CHECK(out->len < sizeof out->at);
        out->at[out->len++] = (uint8_t)strtoul(pair, NULL, 16);
    }
    CHECK(*text == 0);
}

static const struct bytes *bytes_of(const char *name)
{
    static struct bytes ring[8];
    static unsigned next;
    struct bytes *out = &ring[next++ % 8];
    unhex(need(name), out);
    return out;
}
#define BYTES(name) bytes_of(name)->at, bytes_of(name)->len

static size_t numbers(const char *name, int64_t *out, size_t cap)
{
    const char *text = value_of(name, 0);
    size_t n = 0;
    char *end;
    for (long long each; text != NULL && (each = strtoll(text, &end, 10), end != text); text = end) {
        CHECK(n < cap);
        out[n++] = each;
    }
    return n;
}

static void compare(const char *name, const uint8_t *got, size_t len)
{
    const struct bytes *want = bytes_of(name);
    if (want->len != len || memcmp(want->at, got, len) != 0) FAIL("%s: other %s", session_name, name);
}

/* --- The two sides ------------------------------------------------------------------ */

static const char *const party[] = {"auth_i", "auth_r"};
static lake_session *sides[2];

static int32_t key_kind(const char *name)
{
    static const char *const names[] = {NULL, "P-256", "P-384", "X25519", "X448", "Ed25519", "Ed448"};
    for (int32_t kind = 1; kind <= 6; kind++)
        if (strcmp(names[kind], name) == 0) return kind;
    FAIL("%s: unknown key kind %s", session_name, name);
}

static const char *of(const char *who, const char *field)
{
    static char name[64];
    snprintf(name, sizeof name, "%s.%s", who, field);
    return name;
}

static lake_credential *credential_of(const char *who)
{
    lake_credential *credential;
    struct bytes id = *bytes_of(of(who, "id_cred")), cred = *bytes_of(of(who, "cred")), key = *bytes_of(of(who, "pk"));
    OK(lake_credential_from_parts(id.at, id.len, cred.at, cred.len, key_kind(need(of(who, "key_kind"))), key.at, key.len,
                                  &credential));
    return credential;
}

static lake_credential *psk_of_session(void)
{
    lake_credential *credential;
    OK(lake_credential_from_psk(BYTES("psk_entry.id_cred"), BYTES("psk_entry.psk"), (int32_t)number("psk_entry.hash"),
                                BYTES("psk_entry.cred_i"), BYTES("psk_entry.cred_r"), &credential));
    return credential;
}

/* Of method 4 with this key, if it is not NULL. */
static lake_session *side_make(int role, lake_credential *resumption)
{
    int32_t method = (int32_t)number("method"), suite = (int32_t)number("selected_suite"), suites[32];
    int64_t many[32];
    size_t n = 1;
    lake_config *config;
    lake_session *session;
    lake_credential *own, *peer;
    const struct bytes *key;
    OK(lake_config_new(&config));
    OK(lake_config_set_methods(config, &method, 1));
    suites[0] = suite;
    if (role == LAKE_RESPONDER) {
        n = numbers("suites_r", many, 32);
        for (size_t i = 0; i < n; i++) suites[i] = (int32_t)many[i];
    }
    OK(lake_config_set_suites(config, suites, n));
    n = numbers("ead_known", many, 32);
    OK(lake_config_set_ead_labels(config, many, n));
    OK(lake_config_require_message_4(config, number("message_4_used") != 0));
    if (method == 4) {
        own = resumption ? resumption : psk_of_session();
        OK(lake_config_add_psk(config, role, own));
        if (resumption) OK(lake_credential_retain(own)); /* freed below */
    } else {
        own = credential_of(party[role - 1]);
        peer = credential_of(party[2 - role]);
        key = bytes_of(of(party[role - 1], "sk"));
        OK(lake_credential_set_private_key(own, key->at, key->len));
        OK(lake_test_sign_deterministically(own));
        OK(lake_config_add_own_credential(config, own));
        OK(lake_config_add_peer_credential(config, peer));
        OK(lake_credential_free(peer));
    }
    OK(lake_credential_free(own));
    OK(lake_session_new(config, role, &session));
    OK(lake_config_free(config));
    OK(lake_test_set_ephemeral(session, BYTES(role == LAKE_INITIATOR ? "x" : "y")));
    if (role == LAKE_INITIATOR) {
        n = numbers("suites_i", many, 32);
        OK(lake_test_set_suites_i(session, many, n));
    }
    OK(lake_session_set_connection_id(session, BYTES(role == LAKE_INITIATOR ? "c_i" : "c_r")));
    return session;
}

/* The n-th item of EAD of a message; 0 if there is none. */
static int ead_item(int message, size_t n, int64_t *label, struct bytes *value, int *has_value)
{
    char name[32];
    snprintf(name, sizeof name, "ead_%d_items", message);
    const char *text = value_of(name, n);
    char *end;
    if (text == NULL || *text == 0) return 0;
    *label = strtoll(text, &end, 10);
    *has_value = strcmp(end, " null") != 0;
    value->len = 0;
    if (*has_value && *end != 0) unhex(end + 1, value);
    return 1;
}

static void add_ead(int message)
{
    int64_t label;
    struct bytes value;
    int has_value;
    for (size_t n = 0; ead_item(message, n, &label, &value, &has_value); n++)
        OK(lake_test_ead_add(sides[message % 2 == 0], message, label, has_value ? value.at : NULL, value.len));
}

/* What the receiver read is what was sent, but for padding. */
static void compare_ead(int message)
{
    lake_session *receiver = sides[message % 2 == 1];
    int64_t label, got_label;
    struct bytes value, got;
    int has_value;
    int32_t got_value;
    size_t read = 0, count;
    for (size_t n = 0; ead_item(message, n, &label, &value, &has_value); n++) {
        if (label == 0) continue;
        OK(lake_session_ead_get(receiver, message, read++, &got_label, &got_value, got.at, sizeof got.at, &got.len));
        CHECK_INT(label, got_label);
        CHECK_INT(has_value, got_value);
        CHECK_BYTES(value.at, value.len, got.at, got.len);
    }
    OK(lake_session_ead_count(receiver, message, &count));
    CHECK_INT(read, count);
}

typedef lake_status (*prepare_fn)(lake_session *, uint8_t *, size_t, size_t *);
typedef lake_status (*process_fn)(lake_session *, const uint8_t *, size_t);
static const prepare_fn prepare[] = {NULL, lake_session_prepare_message_1, lake_session_prepare_message_2,
                                     lake_session_prepare_message_3, lake_session_prepare_message_4};
static const process_fn process[] = {NULL, lake_session_process_message_1, lake_session_process_message_2,
                                     lake_session_process_message_3, lake_session_process_message_4};

static void pass(int message)
{
    static struct bytes made;
    char name[16];
    int64_t label;
    int32_t has_value;
    add_ead(message);
    OK(prepare[message](sides[message % 2 == 0], made.at, sizeof made.at, &made.len));
    snprintf(name, sizeof name, "message_%d", message);
    compare(name, made.at, made.len);
    OK(process[message](sides[message % 2 == 1], made.at, made.len));
    if (message == 2 && number("method") == 4)
        CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_ead_get(sides[0], 2, 0, &label, &has_value, NULL, 0, &made.len));
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
    OK(lake_credential_kid(key, kid, sizeof kid, &len));
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
    const size_t most = number("selected_suite") <= 3 ? 7 : 6;
    if (bytes_of("c_i")->len > most || bytes_of("c_r")->len > most) { /* OSCORE takes none so long: their keys are right */
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
    for (int role = LAKE_INITIATOR; role <= LAKE_RESPONDER; role++)
        sides[role - 1] = side_make(role, resumed ? resumed->keys[role - 1] : NULL);
    for (int message = 1; message <= 3 + message_4; message++) pass(message);
    for (int role = LAKE_INITIATOR; role <= LAKE_RESPONDER; role++) {
        lake_session *session = sides[role - 1];
        int32_t state;
        if (!message_4) {
            int unproved = role == LAKE_INITIATOR && number("method") == 4;
            OK(unproved ? lake_session_peer_proved(session) : lake_session_complete_without_message_4(session));
        }
        OK(lake_session_state(session, &state));
        CHECK_INT(LAKE_STATE_COMPLETED, state);
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
