/* credentials.c - uses the C code of docs/credentials.md (page.inc) with the files
 * that the commands there have made. It runs in their folder. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lake.h>

#include "page.inc"

enum { FILE_MAX = 8192 };

#define WANT(call, status)                                                                                \
    do {                                                                                                  \
        lake_status got = (call);                                                                         \
        if (got != (status)) {                                                                            \
            fprintf(stderr, "line %d: %s: %s, not %s\n", __LINE__, #call, lake_status_name(got),          \
                    lake_status_name(status));                                                            \
            exit(1);                                                                                      \
        }                                                                                                 \
    } while (0)
#define CHECK(call) WANT(call, LAKE_OK)

static size_t read_file(const char *name, uint8_t out[FILE_MAX])
{
    FILE *file = fopen(name, "rb");
    size_t len = file ? fread(out, 1, FILE_MAX, file) : 0;

    if (len == 0 || len == FILE_MAX) {
        fprintf(stderr, "%s cannot be read\n", name);
        exit(1);
    }
    fclose(file);
    return len;
}

static lake_credential *from_pem(const char *name, const char *key)
{
    uint8_t file[FILE_MAX];
    lake_credential *credential;

    CHECK(lake_credential_from_pem(file, read_file(name, file), &credential));
    if (key)
        CHECK(lake_credential_set_private_key_pem(credential, file, read_file(key, file)));
    return credential;
}

/* A config that signs with its own credential and trusts the page's authority. */
static lake_config *config_of(lake_credential *own)
{
    lake_credential *root = from_pem("p256-root.pem", NULL), *ca = from_pem("p256-ca.pem", NULL);
    lake_config *config;

    CHECK(lake_config_new(&config));
    CHECK(lake_config_set_methods(config, &(int32_t){0}, 1));
    CHECK(lake_config_set_peer_policy(config, LAKE_PEER_X509));
    CHECK(lake_config_add_trust_anchor(config, root));
    CHECK(lake_config_add_intermediate(config, ca));
    CHECK(lake_config_add_own_credential(config, own));
    CHECK(lake_credential_free(root));
    CHECK(lake_credential_free(ca));
    CHECK(lake_credential_free(own));
    return config;
}

/* What comes of a run, for the Responder when it has message_3. It frees the configs. */
static lake_status run(lake_config *config_i, lake_config *config_r)
{
    uint8_t a[4096], b[4096];
    lake_session *i, *r;
    size_t len;

    CHECK(lake_session_new(config_i, LAKE_INITIATOR, &i));
    CHECK(lake_session_new(config_r, LAKE_RESPONDER, &r));
    CHECK(meet_server(i));
    CHECK(lake_session_step(i, NULL, 0, a, sizeof a, &len));
    CHECK(lake_session_step(r, a, len, b, sizeof b, &len));
    CHECK(lake_session_step(i, b, len, a, sizeof a, &len));
    lake_status status = lake_session_step(r, a, len, b, sizeof b, &len);
    CHECK(lake_session_free(i));
    CHECK(lake_session_free(r));
    CHECK(lake_config_free(config_i));
    CHECK(lake_config_free(config_r));
    return status;
}

static lake_config *server(void) { return config_of(from_pem("server.pem", "server.key")); }
static lake_config *sensor(void) { return config_of(from_pem("sensor.pem", "sensor.key")); }

/* --- Whom you talk to --------------------------------------------------------------- */

/* The sensor means server.example, and meets whoever has the credential. */
static void check_expectation(lake_credential *met, lake_status status)
{
    uint8_t a[4096], b[4096];
    lake_config *config_i = sensor(), *config_r = config_of(met);
    lake_session *i, *r;
    size_t len;

    CHECK(lake_session_new(config_i, LAKE_INITIATOR, &i));
    CHECK(lake_session_new(config_r, LAKE_RESPONDER, &r));
    WANT(lake_session_step(i, NULL, 0, a, sizeof a, &len), LAKE_ERR_STATE); /* nobody is expected */
    CHECK(meet_server(i));
    CHECK(lake_session_step(i, NULL, 0, a, sizeof a, &len));
    CHECK(lake_session_step(r, a, len, b, sizeof b, &len));
    WANT(lake_session_step(i, b, len, a, sizeof a, &len), status);
    CHECK(lake_session_free(i));
    CHECK(lake_session_free(r));
    CHECK(lake_config_free(config_i));
    CHECK(lake_config_free(config_r));
}

static lake_status run_with_allowed(const char *own, const char *key)
{
    lake_config *config = server();

    CHECK(allow_devices(config));
    return run(config_of(from_pem(own, key)), config);
}

/* --- Revocation ------------------------------------------------------------------- */

static lake_status run_with_crl(const char *name)
{
    lake_config *config = server();
    uint8_t file[FILE_MAX];

    CHECK(renew_lists(config, file, read_file(name, file)));
    return run(sensor(), config);
}

static lake_status run_with_list(const char *revoked)
{
    static struct revoked list;
    lake_config *config = server();

    list.n = 0;
    if (revoked) {
        lake_credential *credential = from_pem(revoked, NULL);

        CHECK(lake_credential_fingerprint(credential, list.fingerprints[list.n++]));
        CHECK(lake_credential_free(credential));
    }
    CHECK(refuse_revoked(config, &list));
    return run(sensor(), config);
}

/* --- x5u ---------------------------------------------------------------------------- */

static const char *fetched; /* the file at the URI; NULL: there is none */

size_t fetch(const char *uri, size_t uri_len, uint8_t *out, size_t cap)
{
    static const char expected[] = "coap://store.example/sensor";

    if (cap != FILE_MAX || uri_len != sizeof expected - 1 || memcmp(uri, expected, uri_len) != 0)
        return 0;
    return fetched ? read_file(fetched, out) : 0;
}

static lake_status run_with_uri(const char *uri, const char *file)
{
    lake_credential *own = from_pem("sensor.pem", "sensor.key");
    lake_config *config = server();

    fetched = file;
    CHECK(lake_credential_set_id(own, LAKE_ID_X5U, (const uint8_t *)uri, strlen(uri)));
    CHECK(lake_config_set_credential_callback(config, fetch_certificate, NULL));
    return run(config_of(own), config);
}

/* --- C509, pre-shared keys, CWT ------------------------------------------------------ */

static lake_status run_with_c509(void)
{
    uint8_t der[FILE_MAX], key[FILE_MAX];
    size_t der_len = read_file("sensor.der", der), key_len = read_file("sensor.key", key);
    lake_credential *own;

    CHECK(c509_identity(der, der_len, key, key_len, &own));
    return run(config_of(own), server());
}

static lake_status run_with_psk(const uint8_t *key_of_device)
{
    static const uint8_t id_cred[] = {0xa1, 0x04, 0x41, 0x07}, key[16] = "0123456789abcde";
    static const uint8_t device[] = "\xa1\x02\x66gadget", other[] = "\xa1\x02\x66portal";
    lake_config *config_i, *config_r;
    lake_credential *psk;

    CHECK(lake_config_new(&config_i));
    CHECK(lake_config_new(&config_r));
    CHECK(add_device_psk(config_r, key));
    CHECK(lake_credential_from_psk(id_cred, sizeof id_cred, key_of_device ? key_of_device : key, 16, -16, device,
                                   sizeof device - 1, other, sizeof other - 1, &psk));
    CHECK(lake_config_add_psk(config_i, LAKE_INITIATOR, psk));
    CHECK(lake_credential_free(psk));
    return run(config_i, config_r);
}

static void check_cwt_issuer(void)
{
    lake_config *config = server();
    uint8_t ccs[FILE_MAX];

    CHECK(trust_cwts(config, ccs, read_file("portal.ccs", ccs)));
    WANT(trust_cwts(config, (const uint8_t *)"nonsense", 8), LAKE_ERR_CREDENTIAL_MALFORMED);
    CHECK(lake_config_free(config));
}

int main(void)
{
    CHECK(run(sensor(), server()));
    check_expectation(from_pem("server.pem", "server.key"), LAKE_OK);
    check_expectation(from_pem("meter.pem", "meter.key"), LAKE_ERR_PEER_REJECTED);
    CHECK(run_with_allowed("sensor.pem", "sensor.key"));
    WANT(run_with_allowed("meter.pem", "meter.key"), LAKE_ERR_PEER_REJECTED);

    CHECK(run_with_crl("before.crl"));
    WANT(run_with_crl("p256-ca.crl"), LAKE_ERR_REVOKED);
    CHECK(run_with_list(NULL));
    CHECK(run_with_list("server.crt"));
    WANT(run_with_list("sensor.crt"), LAKE_ERR_PEER_REJECTED);

    CHECK(run_with_uri("coap://store.example/sensor", "sensor.crt"));
    WANT(run_with_uri("coap://store.example/sensor", NULL), LAKE_ERR_CREDENTIAL_UNSUPPORTED);
    WANT(run_with_uri("coap://store.example/others", "sensor.crt"), LAKE_ERR_CREDENTIAL_UNSUPPORTED);
    WANT(run_with_uri("coap://short", "sensor.crt"), LAKE_ERR_CREDENTIAL_UNSUPPORTED);
    WANT(run_with_uri("coap://store.example/sensor", "ed-sensor.pem"), LAKE_ERR_UNKNOWN_ISSUER);
    WANT(run_with_uri("coap://store.example/sensor", "p256-ca.pem"), LAKE_ERR_KEY_USAGE);

    CHECK(run_with_c509());
    CHECK(run_with_psk(NULL));
    WANT(run_with_psk((const uint8_t *)"another key of 16"), LAKE_ERR_DECRYPTION);
    check_cwt_issuer();
    return lake_live_handles() == 0 ? 0 : 1;
}
