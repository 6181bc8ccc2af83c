/* What credentials say about their owners, and how they are built and converted. */
#include "shim.h"

#include "_cgo_export.h"

#include <string.h>

lake_status lake_credential_text(const lake_credential *credential, int32_t which, char *out, size_t cap,
                                 size_t *len)
{
    LAKEC_CHECK(credential != NULL && which >= LAKE_TEXT_SUBJECT && which <= LAKE_TEXT_DESCRIPTION &&
                lakec_output(out, cap, len));
    return lakego_credential_text((uintptr_t)credential, which, out, cap, len);
}

lake_status lake_credential_data(const lake_credential *credential, int32_t which, uint8_t *out, size_t cap,
                                 size_t *len)
{
    LAKEC_CHECK(credential != NULL && which >= LAKE_DATA_FINGERPRINT && which <= LAKE_DATA_ORIGIN_ID_CRED_R &&
                lakec_output(out, cap, len));
    return lakego_credential_data((uintptr_t)credential, which, out, cap, len);
}

lake_status lake_credential_info(const lake_credential *credential, struct lake_credential_info *info)
{
    struct lake_credential_info made = {0};
    LAKEC_CHECK(credential != NULL && lakec_room_credential_info(info));
    lake_status status = lakego_credential_info((uintptr_t)credential, &made);
    if (status == LAKE_OK)
        lakec_give_credential_info(info, &made);
    return status;
}

lake_status lake_credential_origin_peer(const lake_credential *credential, lake_credential **out)
{
    LAKEC_CHECK(credential != NULL && out != NULL);
    uintptr_t handle = 0;
    lake_status status = lakego_credential_origin_peer((uintptr_t)credential, &handle);
    if (status == LAKE_OK)
        *out = (lake_credential *)handle;
    return status;
}

/* --- As bytes ------------------------------------------------------------------ */

lake_status lake_ccs_build(const char *subject, const uint8_t *kid, size_t kid_len, int32_t key_kind,
                           const uint8_t *public_key, size_t public_key_len, uint8_t *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(lakec_input(kid, kid_len) && lakec_input(public_key, public_key_len) && lakec_output(out, cap, len));
    size_t subject_len = subject == NULL ? 0 : strlen(subject);
    LAKEC_CHECK(subject_len <= LAKEC_MAX_INPUT);
    return lakego_ccs_build((char *)subject, subject_len, (uint8_t *)kid, kid_len, key_kind, (uint8_t *)public_key,
                            public_key_len, out, cap, len);
}

lake_status lake_cose_key_build(const uint8_t *kid, size_t kid_len, int32_t key_kind, const uint8_t *public_key,
                                size_t public_key_len, uint8_t *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(lakec_input(kid, kid_len) && lakec_input(public_key, public_key_len) && lakec_output(out, cap, len));
    return lakego_cose_key_build((uint8_t *)kid, kid_len, key_kind, (uint8_t *)public_key, public_key_len, out, cap,
                                 len);
}

lake_status lake_cose_key_to_ccs(const uint8_t *cose_key, size_t cose_key_len, uint8_t *out, size_t cap,
                                 size_t *len)
{
    LAKEC_CHECK(lakec_input(cose_key, cose_key_len) && lakec_output(out, cap, len));
    return lakego_cose_key_to_ccs((uint8_t *)cose_key, cose_key_len, out, cap, len);
}

lake_status lake_x509_to_c509(const uint8_t *der, size_t der_len, uint8_t *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(lakec_input(der, der_len) && lakec_output(out, cap, len));
    return lakego_x509_to_c509((uint8_t *)der, der_len, out, cap, len);
}

lake_status lake_c509_to_x509(const uint8_t *c509, size_t c509_len, uint8_t *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(lakec_input(c509, c509_len) && lakec_output(out, cap, len));
    return lakego_c509_to_x509((uint8_t *)c509, c509_len, out, cap, len);
}
