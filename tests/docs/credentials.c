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
    CHECK(lake_config_set_option(config, LAKE_OPTION_PEER_POLICY, LAKE_PEER_X509));
    CHECK(lake_config_add_trust_anchor(config, root));
    CHECK(lake_config_add_intermediate(config, ca));
    CHECK(lake_config_add_own_credential(config, own));
    CHECK(lake_credential_free(root));
    CHECK(lake_credential_free(ca));
    CHECK(lake_credential_free(own));
    return config;
}

static lake_session *session_i, *session_r;

static void begin_with(lake_config *config_i, lake_config *config_r, const char *name)
{
    CHECK(session_with(config_i, name, &session_i));
    CHECK(lake_session_new(config_r, LAKE_RESPONDER, &session_r));
}

/* What comes of a run for the side that ends it: a session's step that fails, or the Responder
 * when it has message_3 or, of a resumption, message_4 is made. */
static lake_status go(void)
{
    static uint8_t messages[2][4096];
    size_t len = 0;
    lake_status status = LAKE_OK;

    for (int n = 0; n < 4 && status == LAKE_OK && (n == 0 || len > 0); n++)
        status = lake_session_step(n % 2 ? session_r : session_i, n ? messages[!(n % 2)] : NULL, len,
                                   messages[n % 2], sizeof messages[0], &len);
    if (status == LAKE_OK && len > 0)
        status = lake_session_step(session_i, messages[1], len, messages[0], sizeof messages[0], &len);
    return status;
}

static void end(void)
{
    CHECK(lake_session_free(session_i));
    CHECK(lake_session_free(session_r));
}

/* A run with the server that has a name. It frees the configs. */
static lake_status run_with(lake_config *config_i, lake_config *config_r, const char *name)
{
    begin_with(config_i, config_r, name);
    lake_status status = go();
    end();
    CHECK(lake_config_free(config_i));
    CHECK(lake_config_free(config_r));
    return status;
}

static lake_status run(lake_config *config_i, lake_config *config_r)
{
    return run_with(config_i, config_r, "server.example");
}

static lake_config *server(void) { return config_of(from_pem("server.pem", "server.key")); }
static lake_config *sensor(void) { return config_of(from_pem("sensor.pem", "sensor.key")); }

/* --- Whom you talk to -------------------------------------------------------------- */

/* A device plays the server; and a server has a list. */
static void check_names(void)
{
    lake_config *config = server();

    WANT(run_with(sensor(), server(), "other.example"), LAKE_ERR_PEER_REJECTED);
    WANT(run_with(server(), sensor(), "server.example"), LAKE_ERR_PEER_REJECTED);
    CHECK(lake_config_allow_peer(config, LAKE_NAME_SUBJECT, "CN=sensor,O=Example"));
    CHECK(run(sensor(), config));
    config = server();
    CHECK(lake_config_allow_peer(config, LAKE_NAME_DNS, "server.example"));
    WANT(run(sensor(), config), LAKE_ERR_PEER_REJECTED);

    uint8_t message[64];
    size_t len;
    lake_session *nobody;
    config = sensor();
    CHECK(lake_session_new(config, LAKE_INITIATOR, &nobody));
    WANT(lake_session_prepare_message(nobody, 1, message, sizeof message, &len), LAKE_ERR_STATE);
    CHECK(lake_session_free(nobody));
    CHECK(lake_config_free(config));
}

/* --- Revocation ------------------------------------------------------------------- */

/* The device in a form that it may choose: its ID_CRED_I carries the certificate. */
static lake_config *sensor_as(int32_t id)
{
    uint8_t der[FILE_MAX], key[FILE_MAX];
    lake_credential *own = NULL;

    if (id == LAKE_ID_C5C || id == LAKE_ID_C5B) {
        size_t der_len = read_file("sensor.der", der);
        CHECK(c509_identity(der, der_len, key, read_file("sensor.key", key), &own));
    } else {
        own = from_pem("sensor.pem", "sensor.key");
    }
    CHECK(lake_credential_set_id(own, id, NULL, 0));
    return config_of(own);
}

static void add_list(lake_config *config, const char *name)
{
    uint8_t file[FILE_MAX];

    CHECK(update_lists(config, file, read_file(name, file)));
}

static const int32_t forms[] = {LAKE_ID_X5CHAIN, LAKE_ID_X5BAG, LAKE_ID_C5C, LAKE_ID_C5B};
enum { FORMS = sizeof forms / sizeof forms[0] };

static void check_revoked(void)
{
    for (size_t form = 0; form < FORMS; form++) {
        lake_config *config = server();

        add_list(config, "p256-root.crl"); /* nobody is on it */
        CHECK(run(sensor_as(forms[form]), config));
        config = server();
        add_list(config, "p256-root.crl");
        add_list(config, "p256-ca.crl");
        WANT(run(sensor_as(forms[form]), config), LAKE_ERR_REVOKED);
    }
    lake_config *config = sensor(); /* the server is not revoked */
    add_list(config, "p256-ca.crl");
    CHECK(run(config, server()));
}

/* The device has met the server and comes back by a resumption; between the two, the server
 * gets to know of what was lost. */
enum news { NO_NEWS, LIST, FORGET };

static lake_status come_back(int32_t form, enum news news, size_t *count)
{
    lake_config *config_i = sensor_as(form), *config_r = server();
    lake_resumption *store_i, *store_r;
    lake_credential *peer;
    uint8_t cred[FILE_MAX], file[FILE_MAX];
    size_t cred_len;

    CHECK(lake_resumption_new(NULL, &store_i));
    CHECK(lake_resumption_new(NULL, &store_r));
    CHECK(lake_config_set_resumption(config_r, store_r));
    begin_with(config_i, config_r, "server.example");
    CHECK(go());
    CHECK(lake_resumption_keep(store_i, session_i));
    CHECK(lake_resumption_keep(store_r, session_r));
    CHECK(lake_session_peer_credential(session_i, &peer));
    CHECK(lake_credential_data(peer, LAKE_DATA_CRED, cred, sizeof cred, &cred_len));
    CHECK(lake_credential_free(peer));
    end();
    if (news == LIST)
        add_list(config_r, "p256-ca.crl");
    if (news == FORGET)
        CHECK(forget(store_r, file, read_file("sensor.crt", file), count));

    begin_with(config_i, config_r, "server.example");
    CHECK(lake_session_use_resumption(session_i, store_i, cred, cred_len));
    lake_status status = go();
    end();
    CHECK(lake_resumption_free(store_i));
    CHECK(lake_resumption_free(store_r));
    CHECK(lake_config_free(config_i));
    CHECK(lake_config_free(config_r));
    return status;
}

static void check_resumptions(void)
{
    for (size_t form = 0; form < FORMS; form++) {
        size_t count = 0;

        CHECK(come_back(forms[form], NO_NEWS, NULL));
        WANT(come_back(forms[form], LIST, NULL), LAKE_ERR_REVOKED);
        if (come_back(forms[form], FORGET, &count) == LAKE_OK || count != 1) {
            fprintf(stderr, "%zu keys were forgotten\n", count);
            exit(1);
        }
    }
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
    CHECK(lake_config_set_credential_callback(config, fetch_certificate, NULL, NULL));
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
    check_names();
    check_revoked();
    check_resumptions();

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
