/*
 * laketest.h - what liblake has besides lake.h when it is built with the Go build
 * tag laketest. It takes the randomness out of the protocol, so that test vectors
 * can be played through the C ABI; the installed library does not have it.
 */
#ifndef LAKE_TEST_H
#define LAKE_TEST_H

#include "lake.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Sets the ephemeral private key of a session, and wipes the one that was set before. */
lake_status lake_test_set_ephemeral(lake_session *session, const uint8_t *key, size_t key_len);
/** Sets SUITES_I of message_1. */
lake_status lake_test_set_suites_i(lake_session *session, const int64_t *suites, size_t n);
/** Is lake_session_ead_add for padding, too: label 0 with a value of one's own. */
lake_status lake_test_ead_add(lake_session *session, int32_t message, int64_t label, const uint8_t *value,
                              size_t value_len);
/** Makes an own credential, before it is added to a config, sign as RFC 6979
 *  says. LAKE_ERR_PRIVATE_KEY if it has no private key. */
lake_status lake_test_sign_deterministically(lake_credential *credential);
/** Collects garbage, all of it. What was freed is not given back to the system. */
lake_status lake_test_collect(void);

#ifdef __cplusplus
}
#endif

#endif
