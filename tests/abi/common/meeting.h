/* An Initiator that trusts issuers meets a Responder with a credential. */
#ifndef MEETING_H
#define MEETING_H

#include "certificate.h"
#include "fixture.h"

extern struct peers p;

/* The device's is signed by the intermediate, which the root has signed, like the gateway's. */
extern struct certificate root, other_root, intermediate, device, gateway;
void certificates_make(void);
void certificates_free(void);

lake_credential *x509(const struct certificate *c); /* without a private key */
lake_credential *c509(const struct certificate *const *chain, size_t n);
lake_credential *device_chain(void); /* its certificate and the intermediate's, with its key */

/* Calls a function that takes a credential, and drops the reference. */
lake_status with(lake_status (*add)(lake_config *, lake_credential *), lake_config *config, lake_credential *credential);
lake_config *config_with(int32_t policy, lake_credential *own);

/* An Initiator with a raw key that the Responder has pinned, and a Responder with
 * this credential. The Initiator's trust is the test's. */
void meet(int32_t policy, lake_credential *responder);
/* What the Initiator says to message_2; a run that goes on is complete. */
lake_status verdict(void);
lake_status verdict_of(void); /* the same for sessions that are there */
void check_verdict(lake_status expected); /* the last of a meeting */

#endif
