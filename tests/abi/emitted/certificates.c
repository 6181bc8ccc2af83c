/* The certificate test set as handshakes: each chain from either side, in the
 * message (a bag in three orders) and supplied by the host. Argument: the folder
 * that ake/internal/pkix/certtest/emit writes. */
#include "fixture.h"

static const char *folder;

struct file {
    uint8_t bytes[16384];
    size_t len;
};

static void read_file(const char *name, struct file *out)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) FAIL("cannot open %s", path);
    out->len = fread(out->bytes, 1, sizeof out->bytes, file);
    CHECK(out->len < sizeof out->bytes);
    fclose(file);
}

/* The files of a list with commas; "-" is an empty one. */
static size_t read_files(char *list, struct file *out, size_t cap)
{
    size_t n = 0;
    char *rest;
    if (strcmp(list, "-") == 0) return 0;
    for (char *name = strtok_r(list, ",", &rest); name != NULL; name = strtok_r(NULL, ",", &rest)) {
        CHECK(n < cap);
        read_file(name, &out[n++]);
    }
    return n;
}

/* --- A case -------------------------------------------------------------------------- */

enum { CERTIFICATES = 64 };

static struct {
    char name[256];
    int bag, signs;
    int64_t time;
    uint32_t depth;
    lake_status want;
    int32_t kind, suite;
    struct file key, chain[CERTIFICATES], anchors[8], intermediates[8];
    uint8_t public_key[128];
    size_t chain_n, anchors_n, intermediates_n, public_len;
} now;

static lake_status status_named(const char *name)
{
    static const struct {
        const char *name;
        lake_status status;
    } names[] = {
        {"ok", LAKE_OK},
        {"expired", LAKE_ERR_EXPIRED},
        {"not-yet-valid", LAKE_ERR_NOT_YET_VALID},
        {"unknown-issuer", LAKE_ERR_UNKNOWN_ISSUER},
        {"bad-signature", LAKE_ERR_ISSUER_SIGNATURE},
        {"algorithm", LAKE_ERR_ISSUER_SIGNATURE},
        {"key-kind", LAKE_ERR_KEY_KIND},
        {"key-usage", LAKE_ERR_KEY_USAGE},
        {"not-ca", LAKE_ERR_NOT_CA},
        {"path-length", LAKE_ERR_PATH_LENGTH},
        {"chain-too-long", LAKE_ERR_PATH_LENGTH},
        {"name-constraints", LAKE_ERR_NAME_CONSTRAINTS},
        {"critical-extension", LAKE_ERR_CRITICAL_EXTENSION},
        {"chain-order", LAKE_ERR_CERTIFICATE_HASH},
        {"malformed", LAKE_ERR_CREDENTIAL_MALFORMED},
    };
    for (size_t i = 0; i < COUNT(names); i++)
        if (strcmp(names[i].name, name) == 0) return names[i].status;
    FAIL("no status is known for \"%s\"", name);
}

static int32_t suite_of(int32_t kind)
{
    switch (kind) {
    case LAKE_KEY_P256: return 2;
    case LAKE_KEY_P384: return 24;
    case LAKE_KEY_X448: case LAKE_KEY_ED448: return 25;
    }
    return 0;
}

/* The public key that belongs to the private one: that of the first certificate,
 * or of another one where the order is wrong. If it is in none any pair will do. */
static void find_public_key(void)
{
    for (size_t i = 0; i < now.chain_n; i++) {
        lake_credential *c;
        int32_t kind;
        if (lake_credential_from_x509(&(const uint8_t *){now.chain[i].bytes}, &(size_t){now.chain[i].len}, 1, &c) != LAKE_OK) continue;
        int found = lake_credential_set_private_key(c, now.key.bytes, now.key.len) == LAKE_OK;
        if (found) OK(public_key_of(c, &kind, now.public_key, sizeof now.public_key, &now.public_len));
        OK(lake_credential_free(c));
        if (found) return;
    }
    OK(lake_keypair_generate(now.kind, now.key.bytes, sizeof now.key.bytes, &now.key.len, now.public_key,
                             sizeof now.public_key, &now.public_len));
}

static int read_case(FILE *cases)
{
    static const char tab[] = "\t\n";
    char line[4096], *fields[11], *rest;
    if (fgets(line, sizeof line, cases) == NULL) return 0;
    CHECK(strchr(line, '\n') != NULL); /* the whole of it */
    for (int i = 0; i < 11; i++) CHECK((fields[i] = strtok_r(i ? NULL : line, tab, &rest)) != NULL);
    memset(&now, 0, sizeof now);
    snprintf(now.name, sizeof now.name, "%s", fields[0]);
    now.bag = strcmp(fields[1], "x5bag") == 0;
    now.signs = strcmp(fields[2], "signature") == 0;
    now.time = atoll(fields[3]);
    now.depth = (uint32_t)atoi(fields[4]);
    now.want = status_named(fields[5]);
    now.kind = atoi(fields[6]);
    now.suite = suite_of(now.kind);
    read_file(fields[7], &now.key);
    now.chain_n = read_files(fields[8], now.chain, COUNT(now.chain));
    now.anchors_n = read_files(fields[9], now.anchors, COUNT(now.anchors));
    now.intermediates_n = read_files(fields[10], now.intermediates, COUNT(now.intermediates));
    find_public_key();
    return 1;
}

/* --- CBOR by hand ---------------------------------------------------------------------- */

struct cbor {
    uint8_t bytes[60000];
    size_t len;
};

static void put(struct cbor *to, const void *bytes, size_t n)
{
    CHECK(to->len + n <= sizeof to->bytes);
    if (n > 0) memcpy(to->bytes + to->len, bytes, n);
    to->len += n;
}

static void put_head(struct cbor *to, int major, size_t n)
{
    const uint8_t head[] = {(uint8_t)(major << 5 | (n < 24 ? (int)n : n < 256 ? 24 : 25)), (uint8_t)(n >> 8), (uint8_t)n};
    CHECK(n < 65536);
    put(to, head, 1);
    if (n >= 24) put(to, head + (n < 256 ? 2 : 1), n < 256 ? 1 : 2);
}

static void put_string(struct cbor *to, const struct file *content)
{
    put_head(to, 2, content->len);
    put(to, content->bytes, content->len);
}

/* The ID_CRED map with the chain; of a bag, the end entity is at this place. */
static void id_of_chain(struct cbor *id, size_t place)
{
    id->len = 0;
    put(id, now.bag ? "\xa1\x18\x20" : "\xa1\x18\x21", 3);
    if (now.chain_n != 1) put_head(id, 4, now.chain_n);
    for (size_t i = 1; i <= now.chain_n; i++) {
        if (i == place + 1) put_string(id, &now.chain[0]);
        if (i < now.chain_n) put_string(id, &now.chain[i]);
    }
}

/* --- A handshake ------------------------------------------------------------------------- */

static struct peers p;

static lake_config *config_make(int32_t method)
{
    lake_config *config;
    OK(lake_config_new(&config));
    OK(lake_config_set_suites(config, &now.suite, 1));
    OK(lake_config_set_methods(config, &method, 1));
    return config;
}

static void add_all(lake_status (*add)(lake_config *, lake_credential *), lake_config *config, const struct file *files,
                    size_t n)
{
    for (size_t i = 0; i < n; i++) {
        lake_credential *certificate;
        OK(lake_credential_from_x509(&(const uint8_t *){files[i].bytes}, &(size_t){files[i].len}, 1, &certificate));
        OK(add(config, certificate));
        OK(lake_credential_free(certificate));
    }
}

static lake_credential *presented(const struct cbor *id)
{
    static struct cbor cred;
    lake_credential *own;
    cred.len = 0;
    put_string(&cred, &now.chain[0]);
    OK(lake_credential_from_parts(id->bytes, id->len, cred.bytes, cred.len, now.kind, now.public_key, now.public_len, &own));
    OK(lake_credential_set_private_key(own, now.key.bytes, now.key.len));
    return own;
}

/* The chain as one credential of the host's. NULL if it cannot be one. */
static lake_credential *fetched(void)
{
    const uint8_t *ders[CERTIFICATES];
    size_t lens[CERTIFICATES];
    lake_credential *answer = NULL;
    for (size_t i = 0; i < now.chain_n; i++) {
        ders[i] = now.chain[i].bytes;
        lens[i] = now.chain[i].len;
    }
    if (now.chain_n == 0 || lake_credential_from_x509(ders, lens, now.chain_n, &answer) != LAKE_OK) return NULL;
    return answer;
}

/* Somebody in a role authenticates with the case's end entity, referred to by id.
 * Returns what the other side makes of it. */
static lake_status present(int32_t role, const struct cbor *id, lake_credential *answer)
{
    static uint8_t bytes[1 << 17]; /* a chain does not fit a struct message */
    int32_t method = now.signs ? 0 : 3;
    struct lake_limits limits = {.struct_size = sizeof limits, .chain = now.depth, .message_size = 1 << 20};
    lake_status status;
    size_t len;
    memset(&p, 0, sizeof p);
    identity_make(&p.id_i, now.kind, 'v'); /* who looks at the certificates */
    lake_config *verifier = config_make(method), *other = config_make(method);
    lake_credential *own = presented(id), *known = identity_public(&p.id_i);
    OK(lake_config_add_own_credential(other, own));
    OK(lake_config_add_peer_credential(other, known));
    OK(lake_credential_free(own));
    OK(lake_credential_free(known));
    OK(lake_config_add_own_credential(verifier, p.id_i.credential));
    OK(lake_config_set_option(verifier, LAKE_OPTION_PEER_POLICY, LAKE_PEER_X509));
    OK(lake_config_set_option(verifier, LAKE_OPTION_ANY_PEER, 1));
    OK(lake_config_set_option(verifier, LAKE_OPTION_CLOCK_TOLERANCE, 0)); /* the cases know the seconds */
    OK(lake_config_set_time(verifier, now.time));
    OK(lake_config_set_limits(verifier, &limits));
    if (answer) OK(lake_config_set_option(verifier, LAKE_OPTION_PULL, LAKE_PULL_CREDENTIAL));
    add_all(lake_config_add_trust_anchor, verifier, now.anchors, now.anchors_n);
    add_all(lake_config_add_intermediate, verifier, now.intermediates, now.intermediates_n);
    p.config_i = role == LAKE_INITIATOR ? other : verifier;
    p.config_r = role == LAKE_INITIATOR ? verifier : other;
    peers_start(&p);

    int message = role == LAKE_INITIATOR ? 3 : 2;
    peers_exchange(&p, 1, message - 1);
    lake_session *judge = receiver(&p, message);
    OK(prepare[message](sender(&p, message), bytes, sizeof bytes, &len));
    status = process[message](judge, bytes, len);
    if (answer) {
        CHECK_STATUS(LAKE_PENDING_CREDENTIAL, status);
        OK(lake_session_set_peer_credential(judge, answer));
        status = lake_session_continue(judge);
    }
    if (status == LAKE_OK) {
        peers_exchange(&p, message + 1, 4);
        peers_check_complete(&p);
    } else {
        CHECK_INT(LAKE_STATE_FAILED, state_of(judge));
        CHECK_STATUS(status, last_error(judge));
        OK(lake_session_prepare_error(judge, bytes, sizeof bytes, &len));
        CHECK_INT(1, bytes[0]); /* whatever it was: ERR_CODE 1 */
    }
    peers_free(&p);
    return status;
}

/* A certificate with an RSA key may certify, and nothing else. */
static void check_keyless(lake_credential *certificate)
{
    lake_config *config;
    int32_t kind;
    uint8_t key[128];
    char line[256];
    size_t len;
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, public_key_of(certificate, &kind, key, sizeof key, &len));
    CHECK_STATUS(LAKE_ERR_KEY_KIND, lake_credential_set_private_key(certificate, now.key.bytes, now.key.len));
    CHECK_STATUS(LAKE_ERR_KEY_KIND, lake_credential_set_private_key_pem(certificate, now.key.bytes, now.key.len));
    CHECK_STATUS(LAKE_ERR_UNSUPPORTED, lake_credential_set_external_key(certificate, NULL, NULL, NULL));
    OK(lake_credential_text(certificate, LAKE_TEXT_DESCRIPTION, line, sizeof line, &len));
    CHECK(strstr(line, "RSA key") != NULL);
    OK(lake_config_new(&config));
    OK(lake_config_set_time(config, now.time));
    CHECK_STATUS(LAKE_ERR_KEY_KIND, lake_config_add_own_credential(config, certificate));
    CHECK_STATUS(LAKE_ERR_KEY_KIND, lake_config_add_peer_credential(config, certificate));
    CHECK_STATUS(LAKE_ERR_UNSUPPORTED, lake_config_add_cwt_issuer(config, certificate, NULL));
    OK(lake_config_add_trust_anchor(config, certificate));
    OK(lake_config_add_intermediate(config, certificate));
    CHECK_STATUS(LAKE_ERR_KEY_KIND, lake_config_verify_credential(config, certificate, now.signs));
    OK(lake_config_free(config));
}

static void check(lake_status status, int32_t role, const char *how)
{
    if (status != now.want)
        FAIL("%s, of the %s%s: expected %s, got %s", now.name, role == LAKE_INITIATOR ? "Initiator" : "Responder", how,
             lake_status_name(now.want), lake_status_name(status));
}

int main(int argc, char **argv)
{
    static struct cbor id;
    size_t live = lake_live_handles();
    int cases_n = 0, refused = 0, keyless = 0, handshakes = 0;
    char path[4096], header[512];
    CHECK(argc == 2);
    folder = argv[1];
    snprintf(path, sizeof path, "%s/cases.tsv", folder);
    FILE *cases = fopen(path, "r");
    CHECK(cases != NULL);
    CHECK(fgets(header, sizeof header, cases) != NULL);
    while (read_case(cases)) {
        size_t places[] = {0, now.chain_n / 2, now.chain_n - 1};
        lake_credential *answer = fetched();
        if (now.want == LAKE_ERR_KEY_KIND) {
            check_keyless(answer);
            keyless++;
        }
        cases_n++;
        refused += now.want != LAKE_OK;
        for (int32_t role = LAKE_INITIATOR; role <= LAKE_RESPONDER; role++) {
            for (size_t i = 0; i < (now.bag ? 3 : 1); i++, handshakes++) {
                id_of_chain(&id, places[i]);
                check(present(role, &id, NULL), role, "");
            }
            if (answer == NULL || now.bag) continue; /* it cannot be an answer, or would be put in order for that */
            id.len = 0;
            put(&id, "\xa1\x18\x23\xd8\x20\x69" "coap://ca", 15); /* x5u */
            check(present(role, &id, answer), role, ", by URI");
            handshakes++;
        }
        OK(lake_credential_free(answer));
    }
    fclose(cases);
    printf("%d cases, of which %d are bad, in %d handshakes\n", cases_n, refused, handshakes);
    CHECK(cases_n > 300 && refused > 170 && keyless >= 5);
    CHECK_INT(live, lake_live_handles());
    return 0;
}
