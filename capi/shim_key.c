/* Keys that stay elsewhere: in a secure element, a token, a service. */
#include "shim.h"

#include "_cgo_export.h"

lake_status lake_credential_set_external_key(lake_credential *credential, lake_key_fn fn, void *userdata,
                                             lake_destroy_fn destroy)
{
    LAKEC_CHECK(credential != NULL);
    return lakego_credential_set_external_key((uintptr_t)credential, fn, (uintptr_t)userdata, destroy);
}

lake_status lake_session_key_question(lake_session *session, lake_status *pending, uint8_t *out, size_t cap,
                                      size_t *len)
{
    LAKEC_CHECK(session != NULL && pending != NULL && lakec_output(out, cap, len));
    return lakego_session_key_question((uintptr_t)session, pending, out, cap, len);
}

lake_status lake_session_answer_key(lake_session *session, const uint8_t *answer, size_t answer_len)
{
    LAKEC_CHECK(session != NULL && lakec_input(answer, answer_len));
    return lakego_session_answer_key((uintptr_t)session, (uint8_t *)answer, answer_len);
}

lake_status lakec_call_key(lake_key_fn fn, uintptr_t userdata, int32_t operation, const uint8_t *in, size_t in_len,
                           uint8_t *out, size_t cap, size_t *len)
{
    lake_status status;
    LAKEC_CALL(status =, fn((void *)userdata, operation, in, in_len, out, cap, len));
    return status;
}
