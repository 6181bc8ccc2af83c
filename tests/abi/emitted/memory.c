/* Searches the memory of this process for the secrets of a run after everything
 * was freed: of runs that succeed, and of every way in which they fail. The runs
 * are those of vectors.json, whose secrets are known. Argument: the file that
 * tests/vectors/emit writes. MEMORY_VERBOSE=1 in the environment shows all that is
 * found, and what is allowed.
 *
 * What this program itself has of a secret is hexadecimal text, a needle under a
 * mask, or wiped by forget(). */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sessions.h"

/* --- Needles ----------------------------------------------------------------------- */

enum { SECRETS = 40, LONGEST = 512, SHORTEST = 12, MASK = 0xa7 };

/* How a secret may lie in memory: as it is, with its bytes in reverse (as numbers
 * of several words are), and as HMAC begins with it (RFC 2104). */
enum { PLAIN, REVERSED, IPAD, OPAD, FORMS };
static const char *const form_names[FORMS] = {"", ", reversed", ", in HMAC's ipad", ", in HMAC's opad"};

/* Not PLAINTEXT_3B and PLAINTEXT_4: these are EAD, which the host has as well. */
static const char *const names[] = {
    "auth_i.sk", "auth_r.sk", "psk_entry.psk", "x", "y", "g_xy", "g_rx", "g_iy", "prk_2e", "prk_3e2m", "prk_4e3m",
    "prk_out", "prk_exporter", "salt_3e2m", "salt_4e3m", "keystream_2", "keystream_2a", "keystream_3a", "plaintext_2",
    "plaintext_2a", "plaintext_3", "plaintext_3a", "k_3", "k_4", "oscore_master_secret",
    "rpsk", "keyupdate_prk_out", "keyupdate_prk_exporter", "keyupdate_oscore_master_secret", "exporter_output"};

static struct secret {
    const char *name;
    size_t len;
    uint8_t masked[FORMS][LONGEST];
    int found[FORMS];
} secrets[SECRETS];
static size_t secrets_count;
static uint8_t begins[65536]; /* by the first two bytes of a needle */

/* A secret that is too short or too even would be found by chance. */
static int can_be_searched(const uint8_t *at, size_t len)
{
    uint8_t seen[256] = {0};
    int different = 0;
    for (size_t i = 0; i < len; i++) different += !seen[at[i]]++;
    return len >= SHORTEST && len <= LONGEST && different >= SHORTEST * 3 / 4;
}

static void add_secret(const char *name, const uint8_t *at, size_t len)
{
    struct secret *s = &secrets[secrets_count];
    CHECK(secrets_count < SECRETS);
    s->name = name;
    s->len = len;
    for (size_t i = 0; i < len; i++) {
        s->masked[PLAIN][i] = at[i] ^ MASK;
        s->masked[REVERSED][len - 1 - i] = at[i] ^ MASK;
        s->masked[IPAD][i] = at[i] ^ 0x36 ^ MASK;
        s->masked[OPAD][i] = at[i] ^ 0x5c ^ MASK;
    }
    for (size_t i = 0; i < secrets_count; i++) /* PRK_3e2m may be PRK_2e */
        if (secrets[i].len == len && memcmp(secrets[i].masked, s->masked, len) == 0) return;
    for (int form = 0; form < FORMS; form++)
        begins[(s->masked[form][0] ^ MASK) << 8 | (s->masked[form][1] ^ MASK)] = 1;
    secrets_count++;
}

/* The draft's vector has its PSK in CRED_I and CRED_R, too. */
static int is_public(const char *hexadecimal)
{
    return strstr(need("cred_i"), hexadecimal) != NULL || strstr(need("cred_r"), hexadecimal) != NULL;
}

static void secrets_of_session(void)
{
    secrets_count = 0;
    memset(begins, 0, sizeof begins);
    for (size_t i = 0; i < COUNT(names); i++) {
        if (value_of(names[i], 0) == NULL || is_public(need(names[i]))) continue;
        const struct bytes *secret = bytes_of(names[i]);
        if (can_be_searched(secret->at, secret->len)) add_secret(names[i], secret->at, secret->len);
    }
    forget();
}

/* --- The search ----------------------------------------------------------------------- */

enum { CHUNK = 1 << 20 };
static uint8_t *chunk; /* of CHUNK + LONGEST, shared: none of the mappings that are searched */
static int memory, pages; /* of /proc/self: mem, pagemap */
static size_t searched;

/* Counts the needles that begin before starts and end before len, and overwrites
 * them if nobody uses them: the next search then tells of what came after this one. */
static void search_chunk(const uint8_t *at, size_t starts, size_t len, unsigned long address, int overwrite)
{
    static const uint8_t zeros[LONGEST];
    for (size_t i = 0; i < starts && i + 1 < len; i++) {
        if (!begins[at[i] << 8 | at[i + 1]]) continue;
        for (struct secret *s = secrets; s < secrets + secrets_count; s++)
            for (int form = 0; form < FORMS && s->len <= len - i; form++) {
                size_t n = 0;
                while (n < s->len && (at[i + n] ^ MASK) == s->masked[form][n]) n++;
                if (n < s->len) continue;
                s->found[form]++;
                if (overwrite) CHECK(pwrite(memory, zeros, n, (off_t)(address + i)) == (ssize_t)n);
            }
    }
}

static void search_pages(unsigned long begin, unsigned long end, int overwrite)
{
    size_t kept = 0; /* bytes at which no needle has been looked for */
    while (begin < end) {
        size_t want = end - begin < CHUNK ? end - begin : CHUNK;
        ssize_t got = pread(memory, chunk + kept, want, (off_t)begin);
        if (got <= 0) return; /* unmapped meanwhile */
        size_t len = kept + (size_t)got;
        begin += (size_t)got;
        searched += (size_t)got;
        kept = begin == end || len < LONGEST ? 0 : LONGEST - 1;
        search_chunk(chunk, len - kept, len, begin - len, overwrite);
        memmove(chunk, chunk + len - kept, kept);
    }
}

/* Leaves out what was never written: Go reserves a lot. */
static void search_mapping(unsigned long begin, unsigned long end, int overwrite)
{
    static const unsigned long page = 4096;
    static const uint64_t in_memory = UINT64_C(1) << 63, in_swap = UINT64_C(1) << 62;
    uint64_t known[512];
    unsigned long from = begin; /* of a row of pages that are there */
    while (begin < end) {
        size_t n = (end - begin) / page < COUNT(known) ? (end - begin) / page : COUNT(known);
        CHECK(pread(pages, known, 8 * n, (off_t)(begin / page * 8)) == (ssize_t)(8 * n));
        for (size_t i = 0; i < n; i++, begin += page)
            if (!(known[i] & (in_memory | in_swap))) {
                search_pages(from, begin, overwrite);
                from = begin + page;
            }
    }
    search_pages(from, end, overwrite);
}

/* All private memory that can be read: heaps, stacks, data, Go's arenas. */
static void search(int overwrite)
{
    char line[512];
    unsigned long begin, end;
    char permissions[8];
    for (size_t i = 0; i < secrets_count; i++) memset(secrets[i].found, 0, sizeof secrets[i].found);
    searched = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    CHECK(maps != NULL);
    while (fgets(line, sizeof line, maps) != NULL) {
        CHECK(sscanf(line, "%lx-%lx %7s", &begin, &end, permissions) == 3);
        if (permissions[0] == 'r' && permissions[3] == 'p' && strstr(line, "[v") == NULL)
            search_mapping(begin, end, overwrite);
    }
    fclose(maps);
    CHECK(searched > CHUNK);
}

/* The search finds what is there: a secret of a run that is under way. */
static void must_find(const char *name)
{
    if (value_of(name, 0) == NULL) return;
    search(0);
    for (size_t i = 0; i < secrets_count; i++)
        if (strcmp(secrets[i].name, name) == 0) {
            if (secrets[i].found[PLAIN] == 0) FAIL("%s: the search does not find %s", session_name, name);
            return;
        }
}

/* --- What may be found -------------------------------------------------------------------- */

/* What liblake cannot overwrite, because a library of Go has it for itself. */
static const struct allowed {
    const char *name;
    int most; /* times, in all forms together */
    const char *why;
} allowed[] = {
#ifndef LAKE_RUNTIME_SECRET
    {"auth_i.sk", 5, "crypto/ecdsa and crypto/ed25519 have keys of their own"},
    {"auth_r.sk", 5, "crypto/ecdsa and crypto/ed25519 have keys of their own"},
#endif
    {"k_3", 12, "the key schedules of AES, one for each message and side, begin and end with it"},
    {"k_4", 12, "the key schedules of AES, one for each message and side, begin and end with it"},
};

static int signs(const char *name)
{
    long long method = number("method");
    return strcmp(name, "auth_i.sk") == 0 ? method == 0 || method == 1 : method == 0 || method == 2;
}

static const struct allowed *allows(const char *name)
{
    if (strncmp(name, "auth_", 5) == 0 && !signs(name)) return NULL; /* static Diffie-Hellman */
    for (size_t i = 0; i < COUNT(allowed); i++)
        if (strcmp(allowed[i].name, name) == 0) return &allowed[i];
    return NULL;
}

static int verbose, failures, ways, chances;

/* What a signal that came at the wrong moment has saved of registers is found in one
 * way, and not when the session is played again: see docs/embedding.md. */
static struct finding {
    char path[64];
    const char *name;
} suspects[64];
static size_t suspects_count;
static int again;

static int is_suspect(const char *path, const char *name)
{
    for (size_t i = 0; i < suspects_count; i++)
        if (strcmp(suspects[i].path, path) == 0 && suspects[i].name == name) return 1;
    return 0;
}

static void found(const char *path, const char *name)
{
    if (again) {
        failures += is_suspect(path, name);
        return;
    }
    CHECK(suspects_count < COUNT(suspects));
    snprintf(suspects[suspects_count].path, sizeof suspects->path, "%s", path);
    suspects[suspects_count++].name = name;
}

static void after(const char *path)
{
    forget();
    CHECK_INT(0, lake_live_handles());
    ways++;
    OK(lake_test_collect());
    search(1);
    for (size_t i = 0; i < secrets_count; i++) {
        const struct secret *s = &secrets[i];
        const struct allowed *rule = allows(s->name);
        int times = 0, most = rule != NULL ? rule->most : 0;
        for (int form = 0; form < FORMS; form++) times += s->found[form];
        if (verbose || times > most)
            for (int form = 0; form < FORMS; form++)
                if (s->found[form] > 0)
                    fprintf(stderr, "%s, %s: %s%s is found %d times, allowed are %d%s%s\n", session_name, path, s->name,
                            form_names[form], s->found[form], most, rule != NULL ? ": " : "",
                            rule != NULL ? rule->why : "");
        if (times > most) found(path, s->name);
    }
}

/* --- Runs ------------------------------------------------------------------------------------ */

static lake_config *configs[2];
static lake_session *sides[2];
#define I sides[0]
#define R sides[1]
static struct message {
    uint8_t at[65536];
    size_t len;
} messages[5];

static void make_configs(void)
{
    for (int role = LAKE_INITIATOR; role <= LAKE_RESPONDER; role++)
        configs[role - 1] = side_config(role, own_of(role), peer_of(role));
}

static void start(void)
{
    for (int role = LAKE_INITIATOR; role <= LAKE_RESPONDER; role++)
        sides[role - 1] = side_session(configs[role - 1], role);
}

/* The hook has a copy of its own of X or Y. */
static void free_session(int side)
{
    if (sides[side] != NULL) OK(lake_test_set_ephemeral(sides[side], NULL, 0));
    OK(lake_session_free(sides[side]));
    sides[side] = NULL;
}

static void free_all(void)
{
    for (int side = 0; side < 2; side++) {
        free_session(side);
        OK(lake_config_free(configs[side]));
        configs[side] = NULL;
    }
}

static void make(int n)
{
    struct message *m = &messages[n];
    add_ead(sides[n % 2 == 0], n);
    OK(prepare[n](sides[n % 2 == 0], m->at, sizeof m->at, &m->len));
}

static lake_status take(int n) { return process[n](sides[n % 2 == 1], messages[n].at, messages[n].len); }

static void exchange(int first, int last)
{
    for (int n = first; n <= last; n++) {
        make(n);
        OK(take(n));
    }
}

static int is_psk(void) { return number("method") == 4; }
static int has_message_4(void) { return number("message_4_used") != 0; }

static void finish(void)
{
    if (has_message_4()) {
        exchange(4, 4);
    } else {
        OK(is_psk() ? lake_session_peer_proved(I) : lake_session_complete_without_message_4(I));
        OK(lake_session_complete_without_message_4(R));
    }
}

/* Takes out all that can be had, and forgets it. */
static void use(void)
{
    for (int side = 0; side < 2; side++) {
        struct lake_oscore_context c = {.struct_size = sizeof c};
        uint8_t key[64];
        if (has_oscore()) OK(lake_session_oscore_context(sides[side], &c));
        OK(lake_session_export(sides[side], 32768, NULL, 0, key, sizeof key));
        if (value_of("keyupdate_context", 0) != NULL) {
            OK(lake_session_key_update(sides[side], BYTES("keyupdate_context")));
            if (has_oscore()) OK(lake_session_oscore_context(sides[side], &c));
        }
        lake_wipe(&c, sizeof c);
        lake_wipe(key, sizeof key);
    }
}

/* --- Paths -------------------------------------------------------------------------------------- */

static void succeeds(void)
{
    make_configs();
    start();
    must_find("auth_i.sk");
    must_find("auth_r.sk");
    must_find("psk_entry.psk");
    must_find("y");
    make(1);
    must_find("x");
    OK(take(1));
    make(2);
    must_find("prk_3e2m");
    OK(take(2));
    exchange(3, 3);
    must_find("prk_4e3m");
    must_find("prk_out");
    finish();
    must_find("prk_exporter");
    use();
    free_all();
    after("succeeds");
}

/* The last byte of message n is another one. */
static void damaged(int n, const char *path)
{
    make_configs();
    start();
    if (n > 1) exchange(1, n - 1);
    make(n);
    messages[n].at[messages[n].len - 1] ^= 1;
    lake_status status = take(n);
    if (n == 2 && is_psk() && status == LAKE_OK) { /* which authenticates nothing */
        make(3);
        status = take(3);
    }
    CHECK(status < 0);
    free_all();
    after(path);
}

/* Ends after n messages, or when message n + 1 is on its way. */
static void ends(int n, int on_its_way, int abort, const char *path)
{
    make_configs();
    start();
    exchange(1, n);
    if (on_its_way) make(n + 1);
    if (abort) {
        (void)!lake_session_abort(I);
        (void)!lake_session_abort(R);
    }
    free_all();
    after(path);
}

/* A peer's credential with the public key of somebody else. */
static lake_credential *wrong_peer(int role)
{
    const char *who = party[2 - role];
    uint8_t private_key[64], key[128];
    size_t private_len, len;
    struct lake_credential_info info = {.struct_size = sizeof info};
    lake_credential *right = credential_of(who), *wrong;
    OK(lake_credential_info(right, &info));
    const int32_t kind = info.key_kind;
    OK(lake_credential_free(right));
    OK(lake_keypair_generate(kind, private_key, sizeof private_key, &private_len, key, sizeof key, &len));
    struct bytes id = *bytes_of(of(who, "id_cred")), cred = *bytes_of(of(who, "cred"));
    OK(lake_credential_from_parts(id.at, id.len, cred.at, cred.len, kind, key, len, &wrong));
    return wrong;
}

/* MAC_2, MAC_3 or a signature that another key made, or another PSK. */
static void wrong_key(int judge, const char *path)
{
    int last = judge == LAKE_INITIATOR ? 2 : 3;
    make_configs();
    if (is_psk()) {
        lake_credential *wrong;
        uint8_t key[32] = {1, 2, 3};
        if (judge == LAKE_INITIATOR) {
            free_all();
            return;
        }
        OK(lake_config_free(configs[1]));
        OK(lake_credential_from_psk(BYTES("psk_entry.id_cred"), key, sizeof key, (int32_t)number("psk_entry.hash"),
                                    BYTES("psk_entry.cred_i"), BYTES("psk_entry.cred_r"), &wrong));
        configs[1] = side_config(LAKE_RESPONDER, wrong, NULL);
    } else {
        OK(lake_config_free(configs[judge - 1]));
        configs[judge - 1] = side_config(judge, own_of(judge), wrong_peer(judge));
    }
    start();
    exchange(1, last - 1);
    make(last);
    CHECK(take(last) < 0);
    uint8_t error[256];
    size_t len;
    OK(lake_session_prepare_error(sides[judge - 1], error, sizeof error, &len));
    if (judge == LAKE_RESPONDER) CHECK(lake_session_process_message(I, 4, error, len) < 0);
    else CHECK(lake_session_process_message(R, 3, error, len) < 0);
    free_all();
    after(path);
}

/* The session of one side goes to storage after n messages and comes back, or not. */
static void saved(int n, int side, int comes_back, const char *path)
{
    static const uint8_t key[32] = {7, 7, 7};
    uint8_t blob[4096];
    size_t len;
    lake_session *again;
    make_configs();
    start();
    exchange(1, n - 1);
    make(n);
    if (side == (n % 2 == 1)) OK(take(n));
    OK(lake_session_save(sides[side], key, sizeof key, blob, sizeof blob, &len));
    if (comes_back) {
        OK(lake_session_restore(configs[side], key, sizeof key, blob, len, &again));
        free_session(side);
        sides[side] = again;
        if (side != (n % 2 == 1)) OK(take(n));
        exchange(n + 1, 3);
        finish();
        use();
    }
    free_all();
    after(path);
}

/* The host is asked about the peer. */
enum { REJECTED, RESUMED, LEFT };
static void pending(int judge, uint32_t question, int answer, const char *path)
{
    int last = judge == LAKE_INITIATOR ? 2 : 3;
    if (is_psk() && judge == LAKE_INITIATOR) return; /* who has chosen the key itself */
    make_configs();
    OK(lake_config_set_option(configs[judge - 1], LAKE_OPTION_PULL, question));
    start();
    exchange(1, last - 1);
    make(last);
    CHECK_STATUS(LAKE_PENDING_PEER, take(last));
    if (answer == REJECTED) OK(lake_session_reject_peer(sides[judge - 1], LAKE_ERR_PEER_REJECTED));
    if (answer == RESUMED) {
        OK(lake_session_continue(sides[judge - 1]));
        exchange(last + 1, 3);
        finish();
    }
    free_all();
    after(path);
}

static void stranger(int judge, const char *path)
{
    int last = judge == LAKE_INITIATOR ? 2 : 3;
    if (is_psk()) return;
    make_configs();
    OK(lake_config_free(configs[judge - 1]));
    configs[judge - 1] = side_config(judge, own_of(judge), NULL);
    OK(lake_config_set_option(configs[judge - 1], LAKE_OPTION_PULL, LAKE_PULL_CREDENTIAL));
    start();
    exchange(1, last - 1);
    make(last);
    CHECK_STATUS(LAKE_PENDING_CREDENTIAL, take(last));
    free_all();
    after(path);
}

/* The Responder refuses the cipher suite, and the Initiator begins anew with the
 * right one, which has the same curve. */
static void restarted(void)
{
    int32_t right = (int32_t)number("selected_suite"), wrong = right ^ 1, both[] = {wrong, right};
    if (right > 3) return;
    make_configs();
    OK(lake_config_set_suites(configs[0], both, 2));
    OK(lake_config_set_suites(configs[1], &right, 1));
    start();
    free_session(0);
    OK(lake_session_new(configs[0], LAKE_INITIATOR, &I));
    OK(lake_test_set_ephemeral(I, BYTES("x")));
    OK(lake_session_set_connection_id(I, BYTES("c_i")));
    OK(prepare[1](I, messages[1].at, sizeof messages[1].at, &messages[1].len));
    CHECK(take(1) < 0);
    OK(lake_session_prepare_error(R, messages[2].at, sizeof messages[2].at, &messages[2].len));
    CHECK_STATUS(LAKE_ERR_PEER_SUITE, take(2));
    OK(lake_session_restart(I));
    free_session(1);
    R = side_session(configs[1], LAKE_RESPONDER);
    exchange(1, 3);
    finish();
    use();
    free_all();
    after("restarted");
}

/* A resumption that the Responder refuses, then a run in full, with the same keys. */
static void fell_back(void)
{
    lake_resumption *store[2];
    if (is_psk()) return;
    make_configs();
    for (int side = 0; side < 2; side++) OK(lake_resumption_new(&(struct lake_resumption_options){.struct_size = sizeof(struct lake_resumption_options), .limit = 10, .lifetime = 3600}, &store[side]));
    OK(lake_config_set_resumption(configs[1], store[1]));
    start();
    exchange(1, 3);
    finish();
    OK(lake_resumption_keep(store[0], I));
    must_find("rpsk");
    free_session(0);
    free_session(1);
    start();
    OK(lake_session_use_resumption(I, store[0], BYTES("auth_r.cred")));
    exchange(1, 2);
    make(3);
    CHECK_STATUS(LAKE_ERR_CREDENTIAL_UNKNOWN, take(3));
    OK(lake_session_prepare_error(R, messages[4].at, sizeof messages[4].at, &messages[4].len));
    CHECK_STATUS(LAKE_ERR_PEER_CREDENTIAL, take(4));
    OK(lake_session_fall_back(I));
    free_session(1);
    R = side_session(configs[1], LAKE_RESPONDER);
    exchange(1, 3);
    finish();
    use();
    for (int side = 0; side < 2; side++) OK(lake_resumption_free(store[side]));
    free_all();
    after("fell back");
}

static void fails_in_every_way(void)
{
    damaged(2, "message_2 damaged");
    damaged(3, "message_3 damaged");
    if (has_message_4()) damaged(4, "message_4 damaged");
    wrong_key(LAKE_INITIATOR, "message_2 of another key");
    wrong_key(LAKE_RESPONDER, "message_3 of another key");
    ends(0, 0, 0, "closed at the start");
    ends(0, 1, 0, "closed with message_1 on its way");
    ends(1, 0, 0, "closed after message_1");
    ends(1, 1, 0, "closed with message_2 on its way");
    ends(2, 0, 0, "closed after message_2");
    ends(2, 1, 0, "closed with message_3 on its way");
    ends(3, 0, 0, "closed after message_3");
    ends(1, 1, 1, "aborted with message_2 on its way");
    ends(2, 1, 1, "aborted with message_3 on its way");
    ends(3, 0, 1, "aborted after message_3");
    saved(1, 0, 0, "Initiator saved after message_1");
    saved(1, 0, 1, "Initiator restored after message_1");
    saved(2, 1, 0, "Responder saved after message_2");
    saved(2, 1, 1, "Responder restored after message_2");
    pending(LAKE_INITIATOR, LAKE_PULL_PEER, REJECTED, "Responder rejected");
    pending(LAKE_RESPONDER, LAKE_PULL_PEER, REJECTED, "Initiator rejected");
    pending(LAKE_INITIATOR, LAKE_PULL_PEER, RESUMED, "Responder accepted");
    pending(LAKE_RESPONDER, LAKE_PULL_PEER, RESUMED, "Initiator accepted");
    pending(LAKE_INITIATOR, LAKE_PULL_PEER, LEFT, "closed while the Responder is judged");
    pending(LAKE_RESPONDER, LAKE_PULL_PEER, LEFT, "closed while the Initiator is judged");
    stranger(LAKE_INITIATOR, "Responder unknown");
    stranger(LAKE_RESPONDER, "Initiator unknown");
    restarted();
    fell_back();
}

/* A key pair that was made, copied out and wiped. */
static void generated(void)
{
    uint8_t key[64], public_key[128];
    size_t key_len, len;
    char path[32];
    for (int32_t kind = LAKE_KEY_P256; kind <= LAKE_KEY_ED448; kind++) {
        OK(lake_keypair_generate(kind, key, sizeof key, &key_len, public_key, sizeof public_key, &len));
        secrets_count = 0;
        memset(begins, 0, sizeof begins);
        add_secret("a generated key", key, key_len);
        search(0);
        CHECK(secrets[0].found[PLAIN] > 0);
        lake_wipe(key, sizeof key);
        snprintf(path, sizeof path, "kind %d", (int)kind);
        after(path);
    }
}

/* Every method, and the curves between them. */
static int is_tried_in_every_way(void)
{
    static const char *const sessions[] = {"m0-s2", "m0-s0", "m1-s3", "m2-s2", "m3-s1", "m3-s24", "m4-s2"};
    for (size_t i = 0; i < COUNT(sessions); i++)
        if (strcmp(session_name, sessions[i]) == 0) return 1;
    return 0;
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    verbose = getenv("MEMORY_VERBOSE") != NULL;
    memory = open("/proc/self/mem", O_RDWR);
    pages = open("/proc/self/pagemap", O_RDONLY);
    CHECK(memory >= 0 && pages >= 0 && sysconf(_SC_PAGESIZE) == 4096);
    chunk = mmap(NULL, CHUNK + LONGEST, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(chunk != MAP_FAILED);
    FILE *file = fopen(argv[1], "r");
    CHECK(file != NULL);
    snprintf(session_name, sizeof session_name, "key pairs");
    for (again = 0; again == 0 || (again == 1 && suspects_count > 0); again++) generated();
    while (next_session(file)) {
        secrets_of_session();
        suspects_count = 0;
        for (again = 0; again == 0 || (again == 1 && suspects_count > 0); again++) {
            succeeds();
            if (is_tried_in_every_way()) fails_in_every_way();
        }
        chances += again == 2;
    }
    fclose(file);
    printf("%d ways, %d sessions played again, %zu bytes searched in the last\n", ways, chances, searched);
    CHECK_INT(0, failures);
    return 0;
}
