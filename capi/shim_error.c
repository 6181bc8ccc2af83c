/* Errors of sessions, and EDHOC error messages. */
#include "shim.h"

#include "_cgo_export.h"

#include <string.h>

lake_status lake_session_prepare_error(lake_session *session, uint8_t *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(session != NULL && lakec_output(out, cap, len));
    return lakego_session_prepare_error((uintptr_t)session, out, cap, len);
}

lake_status lake_session_process_error(lake_session *session, const uint8_t *in, size_t in_len)
{
    LAKEC_CHECK(session != NULL && lakec_input(in, in_len));
    return lakego_session_process_error((uintptr_t)session, (uint8_t *)in, in_len);
}

lake_status lake_session_abort(lake_session *session)
{
    LAKEC_CHECK(session != NULL);
    return lakego_session_abort((uintptr_t)session);
}

lake_status lake_session_error_text(lake_session *session, char *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(session != NULL && lakec_output(out, cap, len));
    return lakego_session_error_text((uintptr_t)session, out, cap, len);
}

lake_status lake_session_peer_error(lake_session *session, int64_t *code, char *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(session != NULL && code != NULL && lakec_output(out, cap, len));
    return lakego_session_peer_error((uintptr_t)session, code, out, cap, len);
}

lake_status lake_error_build(int32_t code, const char *text, const int32_t *suites, size_t n, uint8_t *out,
                              size_t cap, size_t *len)
{
    LAKEC_CHECK((text != NULL || code != 1) && lakec_list(suites, n) && lakec_output(out, cap, len));
    size_t text_len = text == NULL ? 0 : strlen(text);
    LAKEC_CHECK(text_len <= LAKEC_MAX_INPUT);
    return lakego_error_build(code, (char *)text, text_len, (int32_t *)suites, n, out, cap, len);
}

lake_status lake_error_parse(const uint8_t *in, size_t in_len, int64_t *code, char *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(lakec_input(in, in_len) && code != NULL && lakec_output(out, cap, len));
    return lakego_error_parse((uint8_t *)in, in_len, code, out, cap, len);
}

lake_status lake_error_suites(const uint8_t *in, size_t in_len, int64_t *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(lakec_input(in, in_len) && lakec_output(out, cap, len));
    return lakego_error_suites((uint8_t *)in, in_len, out, cap, len);
}
