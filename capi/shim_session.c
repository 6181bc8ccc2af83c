/* Sessions. */
#include "shim.h"

#include "_cgo_export.h"

#include <string.h>

lake_status lake_session_new(lake_config *config, int32_t role, lake_session **out)
{
    LAKEC_CHECK(config != NULL && (role == LAKE_INITIATOR || role == LAKE_RESPONDER) && out != NULL);
    uintptr_t handle = 0;
    lake_status status = lakego_session_new((uintptr_t)config, role, &handle);
    if (status == LAKE_OK)
        *out = (lake_session *)handle;
    return status;
}

lake_status lake_session_free(lake_session *session)
{
    LAKEC_CHECK(1);
    return session == NULL ? LAKE_OK : lakego_session_free((uintptr_t)session);
}

lake_status lake_session_set_connection_id(lake_session *session, const uint8_t *id, size_t id_len)
{
    LAKEC_CHECK(session != NULL && lakec_input(id, id_len));
    return lakego_session_set_connection_id((uintptr_t)session, (uint8_t *)id, id_len);
}

lake_status lake_session_select_suite(lake_session *session, int32_t suite)
{
    LAKEC_CHECK(session != NULL);
    return lakego_session_select_suite((uintptr_t)session, suite);
}

lake_status lake_session_set_own_credential(lake_session *session, lake_credential *credential)
{
    LAKEC_CHECK(session != NULL && credential != NULL);
    return lakego_session_set_own_credential((uintptr_t)session, (uintptr_t)credential);
}

lake_status lake_session_set_userdata(lake_session *session, void *userdata, lake_destroy_fn destroy)
{
    LAKEC_CHECK(session != NULL);
    return lakego_session_set_userdata((uintptr_t)session, (uintptr_t)userdata, destroy);
}

lake_status lake_session_userdata(const lake_session *session, void **userdata)
{
    LAKEC_CHECK(session != NULL && userdata != NULL);
    uintptr_t value = 0;
    lake_status status = lakego_session_userdata((uintptr_t)session, &value);
    if (status == LAKE_OK)
        *userdata = (void *)value;
    return status;
}

/* --- The run ------------------------------------------------------------------ */

lake_status lake_session_step(lake_session *session, const uint8_t *in, size_t in_len, uint8_t *out, size_t cap,
                              size_t *len)
{
    /* Hosts send what *len says after an error, too. */
    if (len != NULL)
        *len = 0;
    LAKEC_CHECK(session != NULL && lakec_input(in, in_len) && lakec_output(out, cap, len));
    return lakego_session_step((uintptr_t)session, (uint8_t *)in, in_len, out, cap, len);
}

lake_status lake_session_prepare_message(lake_session *session, int32_t message, uint8_t *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(session != NULL && message >= 1 && message <= 4 && lakec_output(out, cap, len));
    return lakego_session_prepare_message((uintptr_t)session, message, out, cap, len);
}

lake_status lake_session_process_message(lake_session *session, int32_t message, const uint8_t *in, size_t in_len)
{
    LAKEC_CHECK(session != NULL && message >= 1 && message <= 4 && lakec_input(in, in_len));
    return lakego_session_process_message((uintptr_t)session, message, (uint8_t *)in, in_len);
}

lake_status lake_session_continue(lake_session *session)
{
    LAKEC_CHECK(session != NULL);
    return lakego_session_continue((uintptr_t)session);
}

lake_status lake_session_complete_without_message_4(lake_session *session)
{
    LAKEC_CHECK(session != NULL);
    return lakego_session_complete_without_message_4((uintptr_t)session);
}

lake_status lake_session_peer_proved(lake_session *session)
{
    LAKEC_CHECK(session != NULL);
    return lakego_session_peer_proved((uintptr_t)session);
}

lake_status lake_session_restart(lake_session *session)
{
    LAKEC_CHECK(session != NULL);
    return lakego_session_restart((uintptr_t)session);
}

/* --- External authorization data ------------------------------------------------ */

lake_status lake_session_ead_add(lake_session *session, int32_t message, int64_t label, const uint8_t *value,
                                 size_t value_len)
{
    LAKEC_CHECK(session != NULL && lakec_input(value, value_len));
    return lakego_session_ead_add((uintptr_t)session, message, label, (uint8_t *)value, value_len);
}

lake_status lake_session_ead_pad(lake_session *session, int32_t message, size_t n)
{
    LAKEC_CHECK(session != NULL && n <= LAKEC_MAX_INPUT);
    return lakego_session_ead_pad((uintptr_t)session, message, n);
}

lake_status lake_session_ead_count(lake_session *session, int32_t message, size_t *count)
{
    LAKEC_CHECK(session != NULL && count != NULL);
    return lakego_session_ead_count((uintptr_t)session, message, count);
}

lake_status lake_session_ead_get(lake_session *session, int32_t message, size_t index, struct lake_ead_item *item,
                                 uint8_t *out, size_t cap, size_t *len)
{
    struct lake_ead_item made = {0};
    LAKEC_CHECK(session != NULL && lakec_room_ead_item(item) && lakec_output(out, cap, len));
    lake_status status = lakego_session_ead_get((uintptr_t)session, message, index, &made, out, cap, len);
    if (status == LAKE_OK)
        lakec_give_ead_item(item, &made);
    return status;
}

lake_status lake_session_ead_accept(lake_session *session, int32_t message, size_t index)
{
    LAKEC_CHECK(session != NULL);
    return lakego_session_ead_accept((uintptr_t)session, message, index);
}

lake_status lake_session_ead_reject(lake_session *session, int32_t message, size_t index)
{
    LAKEC_CHECK(session != NULL);
    return lakego_session_ead_reject((uintptr_t)session, message, index);
}

/* --- The peer ---------------------------------------------------------------------- */

lake_status lake_session_peer_id_cred(lake_session *session, uint8_t *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(session != NULL && lakec_output(out, cap, len));
    return lakego_session_peer_id_cred((uintptr_t)session, out, cap, len);
}

lake_status lake_session_set_peer_credential(lake_session *session, lake_credential *credential)
{
    LAKEC_CHECK(session != NULL && credential != NULL);
    return lakego_session_set_peer_credential((uintptr_t)session, (uintptr_t)credential);
}

lake_status lake_session_reject_peer(lake_session *session, lake_status reason)
{
    LAKEC_CHECK(session != NULL);
    return lakego_session_reject_peer((uintptr_t)session, reason);
}

lake_status lake_session_own_credential(lake_session *session, lake_credential **out)
{
    LAKEC_CHECK(session != NULL && out != NULL);
    uintptr_t handle = 0;
    lake_status status = lakego_session_own_credential((uintptr_t)session, &handle);
    if (status == LAKE_OK)
        *out = (lake_credential *)handle;
    return status;
}

lake_status lake_session_peer_credential(lake_session *session, lake_credential **out)
{
    LAKEC_CHECK(session != NULL && out != NULL);
    uintptr_t handle = 0;
    lake_status status = lakego_session_peer_credential((uintptr_t)session, &handle);
    if (status == LAKE_OK)
        *out = (lake_credential *)handle;
    return status;
}

lake_status lake_session_peer_suites(lake_session *session, int64_t *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(session != NULL && lakec_output(out, cap, len));
    return lakego_session_peer_suites((uintptr_t)session, out, cap, len);
}

/* --- Keys ---------------------------------------------------------------------------- */

lake_status lake_session_export(lake_session *session, uint64_t label, const uint8_t *context,
                                size_t context_len, uint8_t *out, size_t out_len)
{
    LAKEC_CHECK(session != NULL && lakec_input(context, context_len) && out != NULL && out_len <= LAKEC_MAX_INPUT);
    return lakego_session_export((uintptr_t)session, label, (uint8_t *)context, context_len, out, out_len);
}

lake_status lake_session_key_update(lake_session *session, const uint8_t *context, size_t context_len)
{
    LAKEC_CHECK(session != NULL && lakec_input(context, context_len));
    return lakego_session_key_update((uintptr_t)session, (uint8_t *)context, context_len);
}

lake_status lake_session_oscore_context(lake_session *session, struct lake_oscore_context *out)
{
    struct lake_oscore_context made;
    LAKEC_CHECK(session != NULL && lakec_room_oscore_context(out));
    memset(&made, 0, sizeof made);
    lake_status status = lakego_session_oscore_context((uintptr_t)session, &made);
    if (status == LAKE_OK)
        lakec_give_oscore_context(out, &made);
    lake_wipe(&made, sizeof made);
    return status;
}

lake_status lake_session_oscore_libcoap_conf(lake_session *session, char *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(session != NULL && lakec_output(out, cap, len));
    return lakego_session_oscore_libcoap_conf((uintptr_t)session, out, cap, len);
}

/* --- Introspection --------------------------------------------------------------------- */

lake_status lake_session_info(lake_session *session, struct lake_session_info *info)
{
    struct lake_session_info made = {0};
    LAKEC_CHECK(session != NULL && lakec_room_session_info(info));
    lake_status status = lakego_session_info((uintptr_t)session, &made);
    if (status == LAKE_OK)
        lakec_give_session_info(info, &made);
    return status;
}
