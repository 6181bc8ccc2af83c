/* Whom a config trusts to vouch for others, and the host's last word. */
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

lake_status lake_config_set_verify_callback(lake_config *config, lake_verify_fn fn, void *userdata)
{
    LAKEC_CHECK(config != NULL);
    return lakego_config_set_verify_callback((uintptr_t)config, fn, (uintptr_t)userdata);
}

lake_status lake_config_verify_credential(lake_config *config, lake_credential *credential, int32_t signs)
{
    LAKEC_CHECK(config != NULL && credential != NULL && (signs == 0 || signs == 1));
    return lakego_config_verify_credential((uintptr_t)config, (uintptr_t)credential, signs);
}

lake_status lakec_call_verify(lake_verify_fn fn, uintptr_t userdata, uintptr_t session, uintptr_t peer)
{
    return fn((void *)userdata, (lake_session *)session, (lake_credential *)peer);
}
