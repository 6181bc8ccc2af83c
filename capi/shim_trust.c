/* Whom a config trusts to vouch for others, who is expected, and the host's last word. */
#include "shim.h"

#include "_cgo_export.h"

#include <string.h>

lake_status lake_config_add_trust_anchor(lake_config *config, lake_credential *certificate)
{
    LAKEC_CHECK(config != NULL && certificate != NULL);
    return lakego_config_add_trust_anchor((uintptr_t)config, (uintptr_t)certificate);
}

lake_status lake_config_add_intermediate(lake_config *config, lake_credential *certificate)
{
    LAKEC_CHECK(config != NULL && certificate != NULL);
    return lakego_config_add_intermediate((uintptr_t)config, (uintptr_t)certificate);
}

lake_status lake_config_add_cwt_issuer(lake_config *config, lake_credential *issuer, const char *name)
{
    LAKEC_CHECK(config != NULL && issuer != NULL);
    size_t name_len = name == NULL ? 0 : strlen(name);
    LAKEC_CHECK(name_len <= LAKEC_MAX_INPUT);
    return lakego_config_add_cwt_issuer((uintptr_t)config, (uintptr_t)issuer, (char *)name, name_len);
}

lake_status lake_config_set_time(lake_config *config, int64_t now)
{
    LAKEC_CHECK(config != NULL && now >= 0 && now <= LAKEC_MAX_TIME);
    return lakego_config_set_time((uintptr_t)config, now);
}

lake_status lake_config_require_key_purpose(lake_config *config, int32_t role, const char *oid)
{
    LAKEC_CHECK(config != NULL && (role == LAKE_INITIATOR || role == LAKE_RESPONDER) &&
                (oid == NULL || lakec_text(oid)));
    return lakego_config_require_key_purpose((uintptr_t)config, role, (char *)oid, oid == NULL ? 0 : strlen(oid));
}

lake_status lake_config_add_crl(lake_config *config, const uint8_t *file, size_t file_len)
{
    LAKEC_CHECK(config != NULL && lakec_input(file, file_len));
    return lakego_config_add_crl((uintptr_t)config, (uint8_t *)file, file_len);
}

lake_status lake_config_allow_peer(lake_config *config, int32_t kind, const char *name)
{
    LAKEC_CHECK(config != NULL && lakec_text(name));
    return lakego_config_allow_peer((uintptr_t)config, kind, (char *)name, strlen(name));
}

lake_status lake_session_expect_peer(lake_session *session, int32_t kind, const char *name)
{
    LAKEC_CHECK(session != NULL && lakec_text(name));
    return lakego_session_expect_peer((uintptr_t)session, kind, (char *)name, strlen(name));
}

lake_status lake_config_set_verify_callback(lake_config *config, lake_verify_fn fn, void *userdata,
                                            lake_destroy_fn destroy)
{
    LAKEC_CHECK(config != NULL);
    return lakego_config_set_verify_callback((uintptr_t)config, fn, (uintptr_t)userdata, destroy);
}

lake_status lake_config_verify_credential(lake_config *config, lake_credential *credential, int32_t signs)
{
    LAKEC_CHECK(config != NULL && credential != NULL && (signs == 0 || signs == 1));
    return lakego_config_verify_credential((uintptr_t)config, (uintptr_t)credential, signs);
}

lake_status lakec_call_verify(lake_verify_fn fn, uintptr_t userdata, uintptr_t session, uintptr_t peer)
{
    lake_status status;
    LAKEC_CALL(status =, fn((void *)userdata, (lake_session *)session, (lake_credential *)peer));
    return status;
}
