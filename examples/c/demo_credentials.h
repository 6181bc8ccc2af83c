/* Credentials of the examples: raw public keys as CWT Claims Sets (RFC 9528
 * section 3.5.2), with their private keys. Everybody can read these private
 * keys here: they protect nothing. */
#ifndef DEMO_CREDENTIALS_H
#define DEMO_CREDENTIALS_H

#include <stddef.h>
#include <stdint.h>

#include <lake.h>

enum {
    DEMO_P256,    /* signs and agrees on keys, suites 2 and 3 */
    DEMO_ED25519, /* signs, suites 0 and 1 */
    DEMO_X25519,  /* agrees on keys, suites 0 and 1 */
    DEMO_KEYS
};

struct demo_credential {
    size_t ccs_len;
    uint8_t ccs[96];
    uint8_t private_key[32];
};

extern const struct demo_credential demo_client[DEMO_KEYS]; /* kid 01, 02, 03 */
extern const struct demo_credential demo_server[DEMO_KEYS]; /* kid 21, 22, 23 */

/* Adds a credential as one's own, with its private key, which goes by value or not; or as a peer's. */
void demo_add_own(lake_config *config, const struct demo_credential *demo, int by_value);
void demo_add_peer(lake_config *config, const struct demo_credential *demo);

#endif
