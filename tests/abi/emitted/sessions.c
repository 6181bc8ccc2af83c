#include "sessions.h"

#include <ctype.h>

/* --- A session as the file has it ------------------------------------------------ */

enum { LINES = 400 };

char session_name[128];
static struct {
    char *name, *value;
} lines[LINES];
static size_t lines_count;

int next_session(FILE *file)
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

const char *value_of(const char *name, size_t n)
{
    for (size_t i = 0; i < lines_count; i++)
        if (strcmp(lines[i].name, name) == 0 && n-- == 0) return lines[i].value;
    return NULL;
}

const char *need(const char *name)
{
    const char *value = value_of(name, 0);
    if (value == NULL) FAIL("%s has no %s", session_name, name);
    return value;
}

long long number(const char *name) { return atoll(need(name)); }

void unhex(const char *text, struct bytes *out)
{
    out->len = 0;
    for (; isxdigit((unsigned char)text[0]) && isxdigit((unsigned char)text[1]); text += 2) {
        char pair[3] = {text[0], text[1], 0};
        CHECK(out->len < sizeof out->at);
        out->at[out->len++] = (uint8_t)strtoul(pair, NULL, 16);
    }
    CHECK(*text == 0);
}

static struct bytes ring[8];

const struct bytes *bytes_of(const char *name)
{
    static unsigned next;
    struct bytes *out = &ring[next++ % 8];
    unhex(need(name), out);
    return out;
}

void forget(void) { lake_wipe(ring, sizeof ring); }

size_t numbers(const char *name, int64_t *out, size_t cap)
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

/* --- The two sides ------------------------------------------------------------------ */

const char *const party[2] = {"auth_i", "auth_r"};

static int32_t key_kind(const char *name)
{
    static const char *const names[] = {NULL, "P-256", "P-384", "X25519", "X448", "Ed25519", "Ed448"};
    for (int32_t kind = 1; kind <= 6; kind++)
        if (strcmp(names[kind], name) == 0) return kind;
    FAIL("%s: unknown key kind %s", session_name, name);
}

const char *of(const char *who, const char *field)
{
    static char name[64];
    snprintf(name, sizeof name, "%s.%s", who, field);
    return name;
}

lake_credential *credential_of(const char *who)
{
    lake_credential *credential;
    struct bytes id = *bytes_of(of(who, "id_cred")), cred = *bytes_of(of(who, "cred")), key = *bytes_of(of(who, "pk"));
    OK(lake_credential_from_parts(id.at, id.len, cred.at, cred.len, key_kind(need(of(who, "key_kind"))), key.at, key.len,
                                  &credential));
    return credential;
}

lake_credential *own_of(int role)
{
    lake_credential *own;
    if (number("method") == 4) {
        OK(lake_credential_from_psk(BYTES("psk_entry.id_cred"), BYTES("psk_entry.psk"),
                                    (int32_t)number("psk_entry.hash"), BYTES("psk_entry.cred_i"),
                                    BYTES("psk_entry.cred_r"), &own));
    } else {
        own = credential_of(party[role - 1]);
        const struct bytes *key = bytes_of(of(party[role - 1], "sk"));
        OK(lake_credential_set_private_key(own, key->at, key->len));
        OK(lake_test_sign_deterministically(own));
    }
    return own;
}

lake_config *side_config(int role, lake_credential *own, lake_credential *peer)
{
    int32_t method = (int32_t)number("method"), suites[32] = {(int32_t)number("selected_suite")};
    int64_t many[32];
    size_t n = 1;
    lake_config *config;
    OK(lake_config_new(&config));
    OK(lake_config_set_methods(config, &method, 1));
    if (role == LAKE_RESPONDER) {
        n = numbers("suites_r", many, 32);
        for (size_t i = 0; i < n; i++) suites[i] = (int32_t)many[i];
    }
    OK(lake_config_set_suites(config, suites, n));
    n = numbers("ead_known", many, 32);
    OK(lake_config_set_ead_labels(config, LAKE_EAD_UNDERSTOOD, many, n));
    OK(lake_config_set_option(config, LAKE_OPTION_MESSAGE_4, number("message_4_used") != 0));
    if (method == 4)
        OK(lake_config_add_psk(config, role, own));
    else
        OK(lake_config_add_own_credential(config, own));
    if (peer != NULL) OK(lake_config_add_peer_credential(config, peer));
    OK(lake_credential_free(own));
    OK(lake_credential_free(peer));
    return config;
}

lake_credential *peer_of(int role) { return number("method") == 4 ? NULL : credential_of(party[2 - role]); }

lake_session *side_session(lake_config *config, int role)
{
    lake_session *session;
    OK(lake_session_new(config, role, &session));
    OK(lake_test_set_ephemeral(session, BYTES(role == LAKE_INITIATOR ? "x" : "y")));
    if (role == LAKE_INITIATOR) {
        int64_t suites[32];
        size_t n = numbers("suites_i", suites, 32);
        OK(lake_test_set_suites_i(session, suites, n));
    }
    OK(lake_session_set_connection_id(session, BYTES(role == LAKE_INITIATOR ? "c_i" : "c_r")));
    return session;
}

int has_oscore(void)
{
    size_t limit = number("selected_suite") <= 3 ? 7 : 6;
    return bytes_of("c_i")->len <= limit && bytes_of("c_r")->len <= limit;
}

int ead_item(int message, size_t n, int64_t *label, struct bytes *value, int *has_value)
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

void add_ead(lake_session *sender, int message)
{
    int64_t label;
    struct bytes value;
    int has_value;
    for (size_t n = 0; ead_item(message, n, &label, &value, &has_value); n++)
        OK(lake_test_ead_add(sender, message, label, has_value ? value.at : NULL, value.len));
}

#define MESSAGE(n)                                                                              \
    static lake_status prepare_##n(lake_session *session, uint8_t *out, size_t cap, size_t *len) \
    {                                                                                           \
        return lake_session_prepare_message(session, n, out, cap, len);                         \
    }                                                                                           \
    static lake_status process_##n(lake_session *session, const uint8_t *in, size_t in_len)      \
    {                                                                                           \
        return lake_session_process_message(session, n, in, in_len);                            \
    }
MESSAGE(1)
MESSAGE(2)
MESSAGE(3)
MESSAGE(4)
const prepare_fn prepare[5] = {NULL, prepare_1, prepare_2, prepare_3, prepare_4};
const process_fn process[5] = {NULL, process_1, process_2, process_3, process_4};
