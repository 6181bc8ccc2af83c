/* Configs and callbacks. */
#include "shim.h"

#include "_cgo_export.h"

lake_status lake_config_new(lake_config **out)
{
    LAKEC_CHECK(out != NULL);
    uintptr_t handle = 0;
    lake_status status = lakego_config_new(&handle);
    if (status == LAKE_OK)
        *out = (lake_config *)handle;
    return status;
}

lake_status lake_config_free(lake_config *config)
{
    LAKEC_CHECK(1);
    return config == NULL ? LAKE_OK : lakego_config_free((uintptr_t)config);
}

lake_status lake_config_set_suites(lake_config *config, const int32_t *suites, size_t n)
{
    LAKEC_CHECK(config != NULL && lakec_list(suites, n));
    return lakego_config_set_suites((uintptr_t)config, (int32_t *)suites, n);
}

lake_status lake_config_set_methods(lake_config *config, const int32_t *methods, size_t n)
{
    LAKEC_CHECK(config != NULL && lakec_list(methods, n));
    return lakego_config_set_methods((uintptr_t)config, (int32_t *)methods, n);
}

lake_status lake_config_add_own_credential(lake_config *config, lake_credential *credential)
{
    LAKEC_CHECK(config != NULL && credential != NULL);
    return lakego_config_add_own_credential((uintptr_t)config, (uintptr_t)credential);
}

lake_status lake_config_add_peer_credential(lake_config *config, lake_credential *credential)
{
    LAKEC_CHECK(config != NULL && credential != NULL);
    return lakego_config_add_peer_credential((uintptr_t)config, (uintptr_t)credential);
}

lake_status lake_config_add_psk(lake_config *config, int32_t role, lake_credential *credential)
{
    LAKEC_CHECK(config != NULL && (role == LAKE_INITIATOR || role == LAKE_RESPONDER) && credential != NULL);
    return lakego_config_add_psk((uintptr_t)config, role, (uintptr_t)credential);
}

lake_status lake_config_set_credential_callback(lake_config *config, lake_credential_fn fn, void *userdata,
                                                lake_destroy_fn destroy)
{
    LAKEC_CHECK(config != NULL);
    return lakego_config_set_credential_callback((uintptr_t)config, fn, (uintptr_t)userdata, destroy);
}

lake_status lake_config_set_ead_callback(lake_config *config, lake_ead_fn fn, void *userdata,
                                         lake_destroy_fn destroy)
{
    LAKEC_CHECK(config != NULL);
    return lakego_config_set_ead_callback((uintptr_t)config, fn, (uintptr_t)userdata, destroy);
}

lake_status lake_config_set_ead_labels(lake_config *config, uint32_t use, const int64_t *labels, size_t n)
{
    LAKEC_CHECK(config != NULL && use > 0 && use <= (LAKE_EAD_UNDERSTOOD | LAKE_EAD_EARLY) && lakec_list(labels, n));
    return lakego_config_set_ead_labels((uintptr_t)config, use, (int64_t *)labels, n);
}

lake_status lake_config_set_limits(lake_config *config, const struct lake_limits *limits)
{
    struct lake_limits taken;
    LAKEC_CHECK(config != NULL && lakec_take_limits(&taken, limits));
    return lakego_config_set_limits((uintptr_t)config, &taken);
}

lake_status lake_config_set_option(lake_config *config, int32_t option, int64_t value)
{
    LAKEC_CHECK(config != NULL);
    return lakego_config_set_option((uintptr_t)config, option, value);
}

lake_status lakec_call_credential(lake_credential_fn fn, uintptr_t userdata, uintptr_t session, const uint8_t *id_cred,
                                  size_t id_cred_len, uintptr_t *credential)
{
    lake_credential *answer = NULL;
    lake_status status;
    LAKEC_CALL(status =, fn((void *)userdata, (lake_session *)session, id_cred, id_cred_len, &answer));
    *credential = (uintptr_t)answer;
    return status;
}

lake_status lakec_call_ead(lake_ead_fn fn, uintptr_t userdata, uintptr_t session, int32_t message, int64_t label,
                           const uint8_t *value, size_t value_len)
{
    lake_status status;
    LAKEC_CALL(status =, fn((void *)userdata, (lake_session *)session, message, label, value, value_len));
    return status;
}
