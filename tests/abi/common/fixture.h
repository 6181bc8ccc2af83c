/* Two sides that know each other, and the messages between them. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "check.h"
#include "lake.h"

extern const int32_t all_suites[9];

struct message {
    uint8_t bytes[2048];
    size_t len;
};

/* Who somebody is: a key, and a CCS made from it by hand. */
struct identity {
    lake_credential *credential; /* with the private key */
    uint8_t private_key[64];
    size_t private_len;
    uint8_t ccs[256];
    size_t ccs_len;
};

void identity_make(struct identity *who, int32_t key_kind, uint8_t kid);
/* What others have of an identity: a credential without the private key. */
lake_credential *identity_public(const struct identity *who);
void identity_free(struct identity *who);

/* An Initiator and a Responder. Between peers_make and peers_start the configs
 * can be changed. */
struct peers {
    int32_t method, suite;
    struct identity id_i, id_r; /* kid 0x69 and 0x72 */
    lake_config *config_i, *config_r;
    lake_session *i, *r;
    struct message messages[5]; /* [1] to [4] */
};

/* Configs with one own credential each, one suite and one method. */
void peers_make_strangers(struct peers *p, int32_t method, int32_t suite);
/* The same, and each has the other's credential pinned. */
void peers_make(struct peers *p, int32_t method, int32_t suite);
/* Takes the reference. */
void add_psk(lake_config *config, int32_t role, lake_credential *credential);
/* A config for method 4 alone. */
lake_config *psk_config(int32_t suite);
/* Two of them, with a pre-shared key each; the Responder's may be NULL. */
void peers_make_psk(struct peers *p, int32_t suite, lake_credential *i, lake_credential *r);
/* New sessions, in place of those that there were. */
void peers_start(struct peers *p);
void peers_stop(struct peers *p);
void peers_free(struct peers *p);

/* The functions for message n, and who calls them. */
typedef lake_status (*prepare_fn)(lake_session *, uint8_t *, size_t, size_t *);
typedef lake_status (*process_fn)(lake_session *, const uint8_t *, size_t);
extern const prepare_fn prepare[5];
extern const process_fn process[5];
lake_session *sender(struct peers *p, int n);
lake_session *receiver(struct peers *p, int n);

void peers_prepare(struct peers *p, int n);       /* message n into p->messages */
lake_status peers_process(struct peers *p, int n); /* message n from p->messages */
/* Exchanges the messages from first to last; all succeed. */
void peers_exchange(struct peers *p, int first, int last);
/* A run by steps, to its end. */
void peers_run(struct peers *p);
/* Both sides are complete and have the same keys. */
void peers_check_complete(struct peers *p);

/* Whether OSCORE takes the connection identifiers of a session. */
int fits_oscore(lake_session *session);

/* A step of a session with room enough; what it gives goes to out. */
lake_status step(lake_session *session, const struct message *in, struct message *out);

/* What lake_session_info tells, and whether it tells anything. */
struct lake_session_info info_of(lake_session *session);
lake_status info_status(lake_session *session);
/* Single facts; lake_session_info and lake_credential_info have them all. */
lake_status own_id_of(lake_session *session, uint8_t *out, size_t cap, size_t *len);
lake_status peer_id_of(lake_session *session, uint8_t *out, size_t cap, size_t *len);
lake_status kind_of(const lake_credential *credential, int32_t *kind);
lake_status validity_of(const lake_credential *credential, int64_t *not_before, int64_t *not_after);
lake_status public_key_of(const lake_credential *credential, int32_t *key_kind, uint8_t *out, size_t cap, size_t *len);
lake_status fingerprint_of(const lake_credential *credential, uint8_t out[32]);

int32_t state_of(lake_session *session);
lake_status last_error(lake_session *session);

#endif
