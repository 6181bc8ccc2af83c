//go:build laketest

/* Made from capi/laketest.h by make generate. Do not edit. */
#include "laketest.h"
#include "shim.h"

#include "_cgo_export.h"

lake_status lake_test_set_ephemeral(lake_session *session, const uint8_t *key, size_t key_len)
{
    LAKEC_CHECK(session != NULL && lakec_input(key, key_len));
    return lakego_test_set_ephemeral((uintptr_t)session, (uint8_t *)key, key_len);
}

lake_status lake_test_set_suites_i(lake_session *session, const int64_t *suites, size_t n)
{
    LAKEC_CHECK(session != NULL && lakec_list(suites, n));
    return lakego_test_set_suites_i((uintptr_t)session, (int64_t *)suites, n);
}

lake_status lake_test_ead_add(lake_session *session, int32_t message, int64_t label, const uint8_t *value,
        size_t value_len)
{
    LAKEC_CHECK(session != NULL && lakec_input(value, value_len));
    return lakego_test_ead_add((uintptr_t)session, message, label, (uint8_t *)value, value_len);
}

lake_status lake_test_sign_deterministically(lake_credential *credential)
{
    LAKEC_CHECK(credential != NULL);
    return lakego_test_sign_deterministically((uintptr_t)credential);
}

lake_status lake_test_collect(void)
{
    LAKEC_CHECK(1);
    return lakego_test_collect();
}
