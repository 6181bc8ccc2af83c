/* Calls of the host's functions: Go cannot call a function pointer itself. */
#include "shim.h"

_Thread_local int lakec_callbacks;
static _Thread_local int in_log;

int lakec_in_callback(void)
{
    return lakec_callbacks > 0;
}

uintptr_t lakec_thread(void)
{
    return (uintptr_t)&lakec_callbacks;
}

void lakec_call_destroy(lake_destroy_fn fn, uintptr_t userdata)
{
    LAKEC_CALL(, fn((void *)userdata));
}

int lakec_in_log(void)
{
    return in_log;
}

void lakec_call_log(lake_log_fn fn, uintptr_t userdata, const char *line)
{
    in_log = 1;
    LAKEC_CALL(, fn((void *)userdata, line));
    in_log = 0;
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

lake_status lakec_call_verify(lake_verify_fn fn, uintptr_t userdata, uintptr_t session, uintptr_t peer)
{
    lake_status status;
    LAKEC_CALL(status =, fn((void *)userdata, (lake_session *)session, (lake_credential *)peer));
    return status;
}

void lakec_call_keylog(lake_keylog_fn fn, uintptr_t userdata, const char *text)
{
    LAKEC_CALL(, fn((void *)userdata, text));
}

lake_status lakec_call_key(lake_key_fn fn, uintptr_t userdata, int32_t operation, const uint8_t *in, size_t in_len,
                           uint8_t *out, size_t cap, size_t *len)
{
    lake_status status;
    LAKEC_CALL(status =, fn((void *)userdata, operation, in, in_len, out, cap, len));
    return status;
}

lake_status lakec_call_coap_prepare(lake_coap_prepare_fn fn, uintptr_t userdata, uintptr_t session)
{
    lake_status status;
    LAKEC_CALL(status =, fn((void *)userdata, (lake_session *)session));
    return status;
}

lake_status lakec_call_endpoint_prepare(lake_endpoint_prepare_fn fn, uintptr_t userdata, uintptr_t session,
                                        const uint8_t *address, size_t address_len)
{
    lake_status status;
    LAKEC_CALL(status =, fn((void *)userdata, (lake_session *)session, address, address_len));
    return status;
}

lake_status lakec_call_coap_event(lake_coap_event_fn fn, uintptr_t userdata, int32_t kind, lake_status status,
                                  const char *text, const uint8_t *peer, size_t peer_len, const uint8_t *id,
                                  size_t id_len, uintptr_t session)
{
    const struct lake_coap_event event = {
        .struct_size = sizeof event,
        .kind = kind,
        .status = status,
        .text = text,
        .peer = peer,
        .peer_len = peer_len,
        .id = id,
        .id_len = id_len,
        .session = (lake_session *)session,
    };
    lake_status answer;
    LAKEC_CALL(answer =, fn((void *)userdata, &event));
    return answer;
}
