#include "meeting.h"

#include <string.h>

struct peers p;
struct certificate root, other_root, intermediate, device, gateway;

void certificates_make(void)
{
    certificate_make(&root, LAKE_KEY_P256, "Root", (struct certificate_options){.ca = 1});
    certificate_make(&other_root, LAKE_KEY_ED25519, "Other root", (struct certificate_options){.ca = 1});
    certificate_make(&intermediate, LAKE_KEY_ED25519, "Intermediate", (struct certificate_options){.issuer = &root, .ca = 1});
    certificate_make(&device, LAKE_KEY_P256, "device-7",
                     (struct certificate_options){
                         .issuer = &intermediate, .usage = "digitalSignature", .names = "DNS:device.example,DNS:*.wild.example,IP:192.0.2.1,URI:coap://device.example,"
                                  "URI:urn:dev:mac:0024befffe804ff1",
                         .purpose = "serverAuth"});
    certificate_make(&gateway, LAKE_KEY_P256, "gateway", (struct certificate_options){.issuer = &root});
}

void certificates_free(void)
{
    certificate_free(&root);
    certificate_free(&other_root);
    certificate_free(&intermediate);
    certificate_free(&device);
    certificate_free(&gateway);
}

lake_credential *x509(const struct certificate *c)
{
    lake_credential *credential;
    OK(lake_credential_from_x509(&(const uint8_t *){c->der}, &(size_t){c->len}, 1, &credential));
    return credential;
}

/* Calls a function that takes a credential, and drops the reference. */
lake_status with(lake_status (*add)(lake_config *, lake_credential *), lake_config *config,
                        lake_credential *credential)
{
    lake_status status = add(config, credential);
    OK(lake_credential_free(credential));
    return status;
}

lake_config *config_with(int32_t policy, lake_credential *own)
{
    static const int32_t method = 0, suite = 2;
    lake_config *config;
    OK(lake_config_new(&config));
    OK(lake_config_set_methods(config, &method, 1));
    OK(lake_config_set_suites(config, &suite, 1));
    OK(lake_config_set_option(config, LAKE_OPTION_PEER_POLICY, policy));
    OK(lake_config_set_option(config, LAKE_OPTION_ANY_PEER, 1)); /* who it is matters where a test says so */
    OK(with(lake_config_add_own_credential, config, own));
    return config;
}

/* An Initiator with a raw key that the Responder has pinned, and a Responder with
 * this credential. The Initiator's trust is the test's. */
void meet(int32_t policy, lake_credential *responder)
{
    memset(&p, 0, sizeof p);
    p.method = 0;
    p.suite = 2;
    identity_make(&p.id_i, LAKE_KEY_P256, 'i');
    OK(lake_credential_retain(p.id_i.credential));
    p.config_i = config_with(policy, p.id_i.credential);
    p.config_r = config_with(LAKE_PEER_PINNED, responder);
    OK(with(lake_config_add_peer_credential, p.config_r, identity_public(&p.id_i)));
}

lake_status verdict_of(void)
{
    peers_exchange(&p, 1, 1);
    peers_prepare(&p, 2);
    lake_status status = peers_process(&p, 2);
    if (status == LAKE_OK) {
        peers_exchange(&p, 3, 4);
        peers_check_complete(&p);
    } else if (status < 0) {
        CHECK_INT(LAKE_STATE_FAILED, state_of(p.i));
        CHECK_STATUS(status, last_error(p.i));
    }
    return status;
}

lake_status verdict(void)
{
    peers_start(&p);
    return verdict_of();
}

void check_verdict(lake_status expected)
{
    CHECK_STATUS(expected, verdict());
    peers_free(&p);
}

lake_credential *device_chain(void)
{
    const struct certificate *chain[] = {&device, &intermediate};
    return certificate_credential(chain, 2);
}

lake_credential *c509(const struct certificate *const *chain, size_t n)
{
    static uint8_t bytes[4][2048];
    const uint8_t *certs[4];
    size_t lens[4];
    lake_credential *credential;
    for (size_t i = 0; i < n; i++) {
        certs[i] = bytes[i];
        OK(lake_x509_to_c509(chain[i]->der, chain[i]->len, bytes[i], sizeof bytes[i], &lens[i]));
    }
    OK(lake_credential_from_c509(certs, lens, n, &credential));
    return credential;
}
