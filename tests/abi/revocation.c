/* Certificates that were revoked, and keys of earlier runs that go back to them. */
#include "meeting.h"

/* The device's identity in C509, or X.509. */
static lake_credential *device_as(int compact)
{
    const struct certificate *chain[] = {&device, &intermediate};
    uint8_t file[4096];
    if (!compact) return device_chain();
    lake_credential *own = c509(chain, 2);
    OK(lake_credential_set_private_key_pem(own, file, key_file(device.key, "DER", "PrivateKeyInfo", NULL, file)));
    return own;
}

static lake_status add_list(const struct certificate *by, const struct certificate *revoked, int64_t until)
{
    uint8_t list[2048];
    size_t len = certificate_list(by, revoked, VALID_FROM, until, list);
    return lake_config_add_crl(p.config_i, list, len);
}

static void meet_revoked(int compact)
{
    meet(LAKE_PEER_X509, device_as(compact));
    OK(with(lake_config_add_trust_anchor, p.config_i, x509(&root)));
    OK(with(lake_config_add_intermediate, p.config_i, x509(&intermediate)));
}

static void revocation(void)
{
    for (int compact = 0; compact < 2; compact++) {
        meet_revoked(compact);
        OK(add_list(&intermediate, NULL, VALID_UNTIL));
        CHECK_STATUS(LAKE_OK, verdict());
        OK(add_list(&root, &gateway, VALID_UNTIL)); /* also when it is in use */
        CHECK_STATUS(LAKE_OK, verdict());
        peers_start(&p);
        OK(add_list(&intermediate, &device, VALID_UNTIL));
        CHECK_STATUS(LAKE_ERR_REVOKED, verdict_of());
        peers_free(&p);

        meet_revoked(compact); /* what is above it */
        OK(add_list(&root, &intermediate, VALID_UNTIL));
        check_verdict(LAKE_ERR_REVOKED);

        for (int accepted = 0; accepted < 2; accepted++) {
            meet_revoked(compact);
            OK(lake_config_set_option(p.config_i, LAKE_OPTION_OUTDATED_CRLS, accepted));
            OK(add_list(&intermediate, NULL, VALID_FROM + 86400));
            CHECK_STATUS(accepted ? LAKE_OK : LAKE_ERR_REVOKED, verdict());
            CHECK_STATUS(LAKE_ERR_FROZEN, lake_config_set_option(p.config_i, LAKE_OPTION_OUTDATED_CRLS, 1));
            peers_free(&p);
        }
    }

    /* Lists that nobody vouches for, and what is none. */
    struct certificate mute;
    uint8_t list[2048];
    certificate_make(&mute, LAKE_KEY_P256, "Mute", (struct certificate_options){.issuer = &root, .ca = 1, .usage = "keyCertSign"});
    meet_revoked(0);
    OK(with(lake_config_add_intermediate, p.config_i, x509(&mute)));
    CHECK_STATUS(LAKE_ERR_UNKNOWN_ISSUER, add_list(&other_root, NULL, VALID_UNTIL));
    CHECK_STATUS(LAKE_ERR_UNKNOWN_ISSUER, add_list(&device, &device, VALID_UNTIL));
    CHECK_STATUS(LAKE_ERR_KEY_USAGE, add_list(&mute, NULL, VALID_UNTIL));
    size_t len = certificate_list(&intermediate, &device, VALID_UNTIL, VALID_UNTIL + 1, list);
    CHECK_STATUS(LAKE_ERR_NOT_YET_VALID, lake_config_add_crl(p.config_i, list, len));
    len = certificate_list(&intermediate, &device, VALID_FROM, VALID_UNTIL, list);
    CHECK_STATUS(LAKE_ERR_CREDENTIAL_MALFORMED, lake_config_add_crl(p.config_i, list, len - 1));
    CHECK_STATUS(LAKE_ERR_CREDENTIAL_MALFORMED, lake_config_add_crl(p.config_i, NULL, 0));
    CHECK_STATUS(LAKE_ERR_CREDENTIAL_MALFORMED, lake_config_add_crl(p.config_i, device.der, device.len));
    list[len - 1] ^= 1;
    CHECK_STATUS(LAKE_ERR_ISSUER_SIGNATURE, lake_config_add_crl(p.config_i, list, len));
    check_verdict(LAKE_OK); /* none was added */
    certificate_free(&mute);
}

/* The device meets the Initiator, which keeps a key, in one form or the other. */
static lake_resumption *meet_and_keep(int compact)
{
    lake_resumption *store;
    OK(lake_resumption_new(NULL, &store));
    meet_revoked(compact);
    OK(lake_config_set_resumption(p.config_r, store));
    CHECK_STATUS(LAKE_OK, verdict());
    OK(lake_resumption_keep(store, p.i));
    return store;
}

static lake_status resume_with(lake_resumption *store)
{
    uint8_t cred[2048];
    size_t len;
    lake_credential *peer;
    OK(lake_session_peer_credential(p.i, &peer));
    OK(lake_credential_data(peer, LAKE_DATA_CRED, cred, sizeof cred, &len));
    OK(lake_credential_free(peer));
    peers_start(&p);
    return lake_session_use_resumption(p.i, store, cred, len);
}

static void part(lake_resumption *store)
{
    OK(lake_resumption_free(store));
    peers_free(&p);
}

/* A key is no better than the certificate that it goes back to. */
static void revoked_resumption(void)
{
    for (int compact = 0; compact < 2; compact++) {
        lake_resumption *store = meet_and_keep(compact);
        OK(add_list(&intermediate, NULL, VALID_UNTIL));
        CHECK_STATUS(LAKE_OK, resume_with(store));
        part(store);
        store = meet_and_keep(compact);
        OK(add_list(&intermediate, &device, VALID_UNTIL));
        CHECK_STATUS(LAKE_ERR_NOT_FOUND, resume_with(store)); /* so that the run is a full one */
        CHECK_STATUS(LAKE_ERR_REVOKED, verdict_of());
        part(store);
        store = meet_and_keep(compact);
        OK(lake_resumption_keep(store, p.r));
        CHECK_STATUS(LAKE_OK, resume_with(store)); /* the list comes while the run is under way */
        peers_exchange(&p, 1, 1);
        peers_prepare(&p, 2);
        OK(add_list(&intermediate, &device, VALID_UNTIL));
        CHECK_STATUS(LAKE_ERR_REVOKED, peers_process(&p, 2));
        CHECK_INT(LAKE_STATE_FAILED, state_of(p.i));
        part(store);
    }
}

static size_t data(const lake_credential *credential, int32_t what, uint8_t out[256])
{
    size_t len, size;
    CHECK_STATUS(LAKE_ERR_BUFFER_TOO_SMALL, lake_credential_data(credential, what, NULL, 0, &size));
    OK(lake_credential_data(credential, what, out, 256, &len));
    CHECK_INT(size, len);
    return len;
}

/* What openssl says about a certificate. */
static size_t wanted_data(const struct certificate *c, int32_t what, uint8_t out[256])
{
    uint8_t *der = NULL;
    unsigned n = 0;
    int len = what == LAKE_DATA_KEY_HASH      ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(c->x509), &der)
              : what == LAKE_DATA_FINGERPRINT ? i2d_re_X509_tbs(c->x509, &der)
              : what == LAKE_DATA_ISSUER      ? i2d_X509_NAME(X509_get_issuer_name(c->x509), &der)
                                              : 0;
    if (what == LAKE_DATA_SERIAL) {
        BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(c->x509), NULL);
        n = (unsigned)BN_bn2bin(number, out);
        BN_free(number);
    } else if (what == LAKE_DATA_ISSUER) {
        memcpy(out, der, n = (unsigned)len);
    } else {
        CHECK(EVP_Digest(der, (size_t)len, out, &n, EVP_sha256(), NULL) == 1);
    }
    OPENSSL_free(der);
    return n;
}

static void what_it_is(void)
{
    static const struct certificate *const alone[] = {&device};
    lake_credential *forms[] = {x509(&device), c509(alone, 1), NULL};
    identity_make(&p.id_i, LAKE_KEY_P256, 'i');
    forms[2] = p.id_i.credential;
    for (int32_t what = LAKE_DATA_FINGERPRINT; what <= LAKE_DATA_SERIAL; what++) {
        uint8_t wanted[256], got[256], fingerprint[32];
        size_t n = wanted_data(&device, what, wanted), len;
        for (int form = 0; form < 2; form++) CHECK_BYTES(wanted, n, got, data(forms[form], what, got));
        if (what != LAKE_DATA_FINGERPRINT) { /* others have no more than that */
            CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_credential_data(forms[2], what, got, sizeof got, &len));
            continue;
        }
        OK(fingerprint_of(forms[2], fingerprint));
        CHECK_BYTES(fingerprint, 32, got, data(forms[2], what, got));
    }
    OK(lake_credential_free(forms[0]));
    OK(lake_credential_free(forms[1]));
    identity_free(&p.id_i);
}

/* By what a certificate is forgotten, and by what not. */
static void forgetting(void)
{
    for (int compact = 0; compact < 2; compact++) {
        for (int way = 0; way < 3; way++) {
            lake_resumption *store = meet_and_keep(compact);
            uint8_t value[256], serial[2 + 256] = {0, 0}; /* leading zeros do not matter */
            size_t n, serial_n, kept, count = 99;
            for (int right = 0; right < 2; right++) {
                const struct certificate *whose = right ? &device : &gateway;
                if (way < 2) {
                    int32_t what = way ? LAKE_DATA_KEY_HASH : LAKE_DATA_FINGERPRINT;
                    n = wanted_data(whose, what, value);
                    OK(lake_resumption_forget(store, what, value, n, NULL, 0, &count));
                } else { /* neither the serial number nor the issuer alone is enough */
                    n = wanted_data(&device, LAKE_DATA_ISSUER, value);
                    serial_n = 2 + wanted_data(whose, LAKE_DATA_SERIAL, serial + 2);
                    OK(lake_resumption_forget(store, LAKE_DATA_ISSUER, value, n, serial, serial_n, &count));
                    if (!right) {
                        CHECK_INT(0, count);
                        n = wanted_data(whose, LAKE_DATA_ISSUER, value);
                        serial_n = wanted_data(&device, LAKE_DATA_SERIAL, serial);
                        OK(lake_resumption_forget(store, LAKE_DATA_ISSUER, value, n, serial, serial_n, &count));
                        memset(serial, 0, 2);
                    }
                }
                CHECK_INT(right, count);
                OK(lake_resumption_count(store, &kept));
                CHECK_INT(!right, kept);
            }
            CHECK_STATUS(LAKE_ERR_NOT_FOUND, resume_with(store));
            part(store);
        }
    }
    /* The hash of a key is one of certificates: 32 zeros are nobody's. */
    static const uint8_t zeros[32];
    lake_resumption *store;
    size_t count = 99;
    OK(lake_resumption_new(NULL, &store));
    peers_make(&p, 0, 2);
    peers_start(&p);
    peers_exchange(&p, 1, 4);
    OK(lake_resumption_keep(store, p.i));
    OK(lake_resumption_forget(store, LAKE_DATA_KEY_HASH, zeros, 32, NULL, 0, &count));
    CHECK_INT(0, count);
    OK(lake_resumption_forget(store, LAKE_DATA_FINGERPRINT, zeros, 32, NULL, 0, &count));
    CHECK_INT(0, count);
    OK(lake_resumption_forget(store, LAKE_DATA_ISSUER, zeros, 2, zeros, 0, &count));
    CHECK_INT(0, count);
    part(store);
}

/* Who was met in the run that a key goes back to. */
static void origin_peer(void)
{
    lake_resumption *store = meet_and_keep(0);
    lake_credential *key, *peer;
    uint8_t wanted[256], got[256];
    size_t n = wanted_data(&device, LAKE_DATA_FINGERPRINT, wanted);
    OK(lake_session_resumption_credential(p.i, 0, &key));
    OK(lake_credential_origin_peer(key, &peer));
    CHECK_BYTES(wanted, n, got, data(peer, LAKE_DATA_FINGERPRINT, got));
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_credential_data(key, LAKE_DATA_FINGERPRINT, got, sizeof got, &n));
    lake_credential *none;
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_credential_origin_peer(peer, &none));
    OK(lake_credential_free(peer));
    OK(lake_credential_free(key));
    part(store);
}

int main(void)
{
    size_t live = lake_live_handles();
    certificates_make();
    revocation();
    revoked_resumption();
    what_it_is();
    forgetting();
    origin_peer();
    certificates_free();
    CHECK_INT(live, lake_live_handles());
    return 0;
}
