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

lake_status lake_session_set_userdata(lake_session *session, void *userdata)
{
    LAKEC_CHECK(session != NULL);
    return lakego_session_set_userdata((uintptr_t)session, (uintptr_t)userdata);
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

static lake_status prepare(lake_session *session, int32_t message, uint8_t *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(session != NULL && lakec_output(out, cap, len));
    return lakego_session_prepare((uintptr_t)session, message, out, cap, len);
}

static lake_status process(lake_session *session, int32_t message, const uint8_t *in, size_t in_len)
{
    LAKEC_CHECK(session != NULL && lakec_input(in, in_len));
    return lakego_session_process((uintptr_t)session, message, (uint8_t *)in, in_len);
}

lake_status lake_session_prepare_message_1(lake_session *session, uint8_t *out, size_t cap, size_t *len)
{
    return prepare(session, 1, out, cap, len);
}

lake_status lake_session_process_message_1(lake_session *session, const uint8_t *in, size_t in_len)
{
    return process(session, 1, in, in_len);
}

lake_status lake_session_prepare_message_2(lake_session *session, uint8_t *out, size_t cap, size_t *len)
{
    return prepare(session, 2, out, cap, len);
}

lake_status lake_session_process_message_2(lake_session *session, const uint8_t *in, size_t in_len)
{
    return process(session, 2, in, in_len);
}

lake_status lake_session_prepare_message_3(lake_session *session, uint8_t *out, size_t cap, size_t *len)
{
    return prepare(session, 3, out, cap, len);
}

lake_status lake_session_process_message_3(lake_session *session, const uint8_t *in, size_t in_len)
{
    return process(session, 3, in, in_len);
}

lake_status lake_session_prepare_message_4(lake_session *session, uint8_t *out, size_t cap, size_t *len)
{
    return prepare(session, 4, out, cap, len);
}

lake_status lake_session_process_message_4(lake_session *session, const uint8_t *in, size_t in_len)
{
    return process(session, 4, in, in_len);
}

lake_status lake_session_resume(lake_session *session)
{
    LAKEC_CHECK(session != NULL);
    return lakego_session_resume((uintptr_t)session);
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

lake_status lake_session_ead_get(lake_session *session, int32_t message, size_t index, int64_t *label,
                                 int32_t *has_value, uint8_t *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(session != NULL && label != NULL && has_value != NULL && lakec_output(out, cap, len));
    return lakego_session_ead_get((uintptr_t)session, message, index, label, has_value, out, cap, len);
}

lake_status lake_session_ead_is_unverified(lake_session *session, int32_t message, size_t index,
                                           int32_t *unverified)
{
    LAKEC_CHECK(session != NULL && unverified != NULL);
    return lakego_session_ead_is_unverified((uintptr_t)session, message, index, unverified);
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

lake_status lake_session_peer_is_new(lake_session *session, int32_t *is_new)
{
    LAKEC_CHECK(session != NULL && is_new != NULL);
    return lakego_session_peer_is_new((uintptr_t)session, is_new);
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

/* One number of lakec_info; found is whether it is known yet. */
#define INFO(function, field, found) \
    lake_status function(lake_session *session, int32_t *field) \
    { \
        LAKEC_CHECK(session != NULL && field != NULL); \
        struct lakec_info info; \
        lake_status status = lakego_session_info((uintptr_t)session, &info); \
        if (status == LAKE_OK && !(found)) \
            return LAKE_ERR_NOT_FOUND; \
        if (status == LAKE_OK) \
            *field = info.field; \
        return status; \
    }

INFO(lake_session_role, role, 1)
INFO(lake_session_state, state, 1)
INFO(lake_session_next, next, 1)
INFO(lake_session_method, method, info.method >= 0)
INFO(lake_session_suite, suite, info.suite >= 0)
INFO(lake_session_is_complete, complete, 1)
INFO(lake_session_authenticated, authenticated, 1)
INFO(lake_session_is_resumed, resumed, 1)

static lake_status connection_id(lake_session *session, int32_t peer, uint8_t *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(session != NULL && lakec_output(out, cap, len));
    return lakego_session_connection_id((uintptr_t)session, peer, out, cap, len);
}

lake_status lake_session_own_connection_id(lake_session *session, uint8_t *out, size_t cap, size_t *len)
{
    return connection_id(session, 0, out, cap, len);
}

lake_status lake_session_peer_connection_id(lake_session *session, uint8_t *out, size_t cap, size_t *len)
{
    return connection_id(session, 1, out, cap, len);
}
