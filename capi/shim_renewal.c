/* Resumption, saved sessions, when to renew. */
#include "shim.h"

#include "_cgo_export.h"

/* --- Resumption ------------------------------------------------------------------ */

/* What a host that says nothing wants. */
static int take_options(struct lake_resumption_options *taken, const struct lake_resumption_options *options)
{
    memset(taken, 0, sizeof *taken);
    return options == NULL || (lakec_take_resumption_options(taken, options) && taken->kid_length <= LAKEC_MAX_INPUT &&
                               taken->limit <= LAKEC_MAX_INPUT && taken->lifetime <= LAKEC_MAX_AGE &&
                               taken->chain_limit <= LAKEC_MAX_AGE);
}

lake_status lake_resumption_new(const struct lake_resumption_options *options, lake_resumption **out)
{
    struct lake_resumption_options taken;
    LAKEC_CHECK(take_options(&taken, options) && out != NULL);
    uintptr_t handle = 0;
    lake_status status = lakego_resumption_new(&taken, &handle);
    if (status == LAKE_OK)
        *out = (lake_resumption *)handle;
    return status;
}

lake_status lake_resumption_free(lake_resumption *store)
{
    LAKEC_CHECK(1);
    return store == NULL ? LAKE_OK : lakego_resumption_free((uintptr_t)store);
}

lake_status lake_resumption_keep(lake_resumption *store, lake_session *session)
{
    LAKEC_CHECK(store != NULL && session != NULL);
    return lakego_resumption_keep((uintptr_t)store, (uintptr_t)session);
}

lake_status lake_resumption_confirm(lake_resumption *store, lake_session *session)
{
    LAKEC_CHECK(store != NULL && session != NULL);
    return lakego_resumption_confirm((uintptr_t)store, (uintptr_t)session);
}

/* Of a LAKE_DATA_* that is a hash. */
#define HASH_LEN 32

static int names_peers(int32_t which, const uint8_t *value, size_t value_len, const uint8_t *serial, size_t serial_len)
{
    if (which == LAKE_DATA_ISSUER)
        return value != NULL && value_len > 0;
    return serial == NULL && serial_len == 0 &&
           (which == LAKE_DATA_CRED ||
            ((which == LAKE_DATA_FINGERPRINT || which == LAKE_DATA_KEY_HASH) && value != NULL && value_len == HASH_LEN));
}

lake_status lake_resumption_forget(lake_resumption *store, int32_t which, const uint8_t *value, size_t value_len,
                                   const uint8_t *serial, size_t serial_len, size_t *count)
{
    LAKEC_CHECK(store != NULL && lakec_input(value, value_len) && lakec_input(serial, serial_len) &&
                names_peers(which, value, value_len, serial, serial_len) && count != NULL);
    return lakego_resumption_forget((uintptr_t)store, which, (uint8_t *)value, value_len, (uint8_t *)serial, serial_len,
                                    count);
}

lake_status lake_resumption_count(lake_resumption *store, size_t *count)
{
    LAKEC_CHECK(store != NULL && count != NULL);
    return lakego_resumption_count((uintptr_t)store, count);
}

lake_status lake_resumption_save(lake_resumption *store, const uint8_t *key, size_t key_len, uint8_t *out,
                                 size_t cap, size_t *len)
{
    LAKEC_CHECK(store != NULL && lakec_input(key, key_len) && lakec_output(out, cap, len));
    return lakego_resumption_save((uintptr_t)store, (uint8_t *)key, key_len, out, cap, len);
}

lake_status lake_resumption_load(const uint8_t *key, size_t key_len, const uint8_t *blob, size_t blob_len,
                                 const struct lake_resumption_options *options, lake_resumption **out)
{
    struct lake_resumption_options taken;
    LAKEC_CHECK(lakec_input(key, key_len) && lakec_store(blob, blob_len) && take_options(&taken, options) &&
                taken.limit == 0 && taken.lifetime == 0 && out != NULL);
    uintptr_t handle = 0;
    lake_status status = lakego_resumption_load((uint8_t *)key, key_len, (uint8_t *)blob, blob_len, &taken, &handle);
    if (status == LAKE_OK)
        *out = (lake_resumption *)handle;
    return status;
}

lake_status lake_config_set_resumption(lake_config *config, lake_resumption *store)
{
    LAKEC_CHECK(config != NULL && store != NULL);
    return lakego_config_set_resumption((uintptr_t)config, (uintptr_t)store);
}

lake_status lake_session_use_resumption(lake_session *session, lake_resumption *store, const uint8_t *cred_r,
                                        size_t cred_r_len)
{
    LAKEC_CHECK(session != NULL && store != NULL && lakec_input(cred_r, cred_r_len));
    return lakego_session_use_resumption((uintptr_t)session, (uintptr_t)store, (uint8_t *)cred_r, cred_r_len);
}

lake_status lake_session_fall_back(lake_session *session)
{
    LAKEC_CHECK(session != NULL);
    return lakego_session_fall_back((uintptr_t)session);
}

lake_status lake_session_resumption_credential(lake_session *session, size_t kid_len, lake_credential **out)
{
    LAKEC_CHECK(session != NULL && kid_len <= LAKEC_MAX_INPUT && out != NULL);
    uintptr_t handle = 0;
    lake_status status = lakego_session_resumption_credential((uintptr_t)session, kid_len, &handle);
    if (status == LAKE_OK)
        *out = (lake_credential *)handle;
    return status;
}

/* --- Saved sessions ---------------------------------------------------------------- */

lake_status lake_session_save(lake_session *session, const uint8_t *key, size_t key_len, uint8_t *out, size_t cap,
                              size_t *len)
{
    LAKEC_CHECK(session != NULL && lakec_input(key, key_len) && lakec_output(out, cap, len));
    return lakego_session_save((uintptr_t)session, (uint8_t *)key, key_len, out, cap, len);
}

lake_status lake_session_restore(lake_config *config, const uint8_t *key, size_t key_len, const uint8_t *blob,
                                 size_t blob_len, lake_session **out)
{
    LAKEC_CHECK(config != NULL && lakec_input(key, key_len) && lakec_input(blob, blob_len) && out != NULL);
    uintptr_t handle = 0;
    lake_status status =
        lakego_session_restore((uintptr_t)config, (uint8_t *)key, key_len, (uint8_t *)blob, blob_len, &handle);
    if (status == LAKE_OK)
        *out = (lake_session *)handle;
    return status;
}

lake_status lake_saved_id(const uint8_t *blob, size_t blob_len, uint8_t out[LAKEC_SAVED_ID])
{
    LAKEC_CHECK(lakec_input(blob, blob_len) && out != NULL);
    return lakego_saved_id((uint8_t *)blob, blob_len, out);
}

/* --- When to renew ------------------------------------------------------------------- */

lake_status lake_config_set_renewal_limits(lake_config *config, const struct lake_renewal_limits *limits)
{
    struct lake_renewal_limits taken;
    LAKEC_CHECK(config != NULL && lakec_take_renewal_limits(&taken, limits) && taken.key_sets <= LAKEC_MAX_INPUT &&
                taken.key_age <= LAKEC_MAX_AGE && taken.run_age <= LAKEC_MAX_AGE);
    return lakego_config_set_renewal_limits((uintptr_t)config, &taken);
}

lake_status lake_session_renewal(lake_session *session, uint64_t sent, uint64_t received, uint64_t failures,
                                 int32_t *due)
{
    LAKEC_CHECK(session != NULL && due != NULL);
    return lakego_session_renewal((uintptr_t)session, sent, received, failures, due);
}
