/* Credentials. */
#include "shim.h"

#include "_cgo_export.h"

/* Hands out the handle that an export has made. */
static lake_status give(lake_status status, uintptr_t handle, lake_credential **out)
{
    if (status == LAKE_OK)
        *out = (lake_credential *)handle;
    return status;
}

lake_status lake_credential_from_ccs(const uint8_t *ccs, size_t ccs_len, lake_credential **out)
{
    LAKEC_CHECK(lakec_input(ccs, ccs_len) && out != NULL);
    uintptr_t handle = 0;
    lake_status status = lakego_credential_from_ccs((uint8_t *)ccs, ccs_len, &handle);
    return give(status, handle, out);
}

lake_status lake_credential_from_x509(const uint8_t *const *ders, const size_t *der_lens, size_t n,
                                      lake_credential **out)
{
    LAKEC_CHECK(lakec_inputs(ders, der_lens, n) && out != NULL);
    uintptr_t handle = 0;
    lake_status status = lakego_credential_from_x509((uint8_t **)ders, (size_t *)der_lens, n, &handle);
    return give(status, handle, out);
}

lake_status lake_credential_from_c509(const uint8_t *const *certs, const size_t *cert_lens, size_t n,
                                      lake_credential **out)
{
    LAKEC_CHECK(lakec_inputs(certs, cert_lens, n) && out != NULL);
    uintptr_t handle = 0;
    lake_status status = lakego_credential_from_c509((uint8_t **)certs, (size_t *)cert_lens, n, &handle);
    return give(status, handle, out);
}

lake_status lake_credential_from_pem(const uint8_t *file, size_t file_len, lake_credential **out)
{
    LAKEC_CHECK(lakec_input(file, file_len) && out != NULL);
    uintptr_t handle = 0;
    lake_status status = lakego_credential_from_pem((uint8_t *)file, file_len, &handle);
    return give(status, handle, out);
}

lake_status lake_credential_from_cwt(const uint8_t *cwt, size_t cwt_len, lake_credential **out)
{
    LAKEC_CHECK(lakec_input(cwt, cwt_len) && out != NULL);
    uintptr_t handle = 0;
    lake_status status = lakego_credential_from_cwt((uint8_t *)cwt, cwt_len, &handle);
    return give(status, handle, out);
}

lake_status lake_credential_from_psk(const uint8_t *id_cred, size_t id_cred_len, const uint8_t *psk,
                                     size_t psk_len, int32_t hash, const uint8_t *cred_i, size_t cred_i_len,
                                     const uint8_t *cred_r, size_t cred_r_len, lake_credential **out)
{
    LAKEC_CHECK(lakec_input(id_cred, id_cred_len) && lakec_input(psk, psk_len) && lakec_input(cred_i, cred_i_len) &&
                lakec_input(cred_r, cred_r_len) && out != NULL);
    uintptr_t handle = 0;
    lake_status status =
        lakego_credential_from_psk((uint8_t *)id_cred, id_cred_len, (uint8_t *)psk, psk_len, hash, (uint8_t *)cred_i,
                                   cred_i_len, (uint8_t *)cred_r, cred_r_len, &handle);
    return give(status, handle, out);
}

lake_status lake_credential_from_parts(const uint8_t *id_cred, size_t id_cred_len, const uint8_t *cred,
                                       size_t cred_len, int32_t key_kind, const uint8_t *public_key,
                                       size_t public_key_len, lake_credential **out)
{
    LAKEC_CHECK(lakec_input(id_cred, id_cred_len) && lakec_input(cred, cred_len) &&
                lakec_input(public_key, public_key_len) && out != NULL);
    uintptr_t handle = 0;
    lake_status status = lakego_credential_from_parts((uint8_t *)id_cred, id_cred_len, (uint8_t *)cred, cred_len,
                                                      key_kind, (uint8_t *)public_key, public_key_len, &handle);
    return give(status, handle, out);
}

lake_status lake_credential_from_id_cred(const uint8_t *id_cred, size_t id_cred_len, lake_credential **out)
{
    LAKEC_CHECK(lakec_input(id_cred, id_cred_len) && out != NULL);
    uintptr_t handle = 0;
    lake_status status = lakego_credential_from_id_cred((uint8_t *)id_cred, id_cred_len, &handle);
    return give(status, handle, out);
}

lake_status lake_credential_set_id_cred(lake_credential *credential, const uint8_t *id_cred, size_t id_cred_len)
{
    LAKEC_CHECK(credential != NULL && lakec_input(id_cred, id_cred_len));
    return lakego_credential_set_id_cred((uintptr_t)credential, (uint8_t *)id_cred, id_cred_len);
}

lake_status lake_credential_set_id(lake_credential *credential, int32_t type, const uint8_t *value,
                                   size_t value_len)
{
    LAKEC_CHECK(credential != NULL && lakec_input(value, value_len));
    return lakego_credential_set_id((uintptr_t)credential, type, (uint8_t *)value, value_len);
}

lake_status lake_credential_set_private_key(lake_credential *credential, const uint8_t *key, size_t key_len)
{
    LAKEC_CHECK(credential != NULL && lakec_input(key, key_len));
    return lakego_credential_set_private_key((uintptr_t)credential, (uint8_t *)key, key_len);
}

lake_status lake_credential_set_private_key_pem(lake_credential *credential, const uint8_t *file, size_t file_len)
{
    LAKEC_CHECK(credential != NULL && lakec_input(file, file_len));
    return lakego_credential_set_private_key_pem((uintptr_t)credential, (uint8_t *)file, file_len);
}

lake_status lake_credential_retain(lake_credential *credential)
{
    LAKEC_CHECK(credential != NULL);
    return lakego_credential_retain((uintptr_t)credential);
}

lake_status lake_credential_free(lake_credential *credential)
{
    LAKEC_CHECK(1);
    return credential == NULL ? LAKE_OK : lakego_credential_free((uintptr_t)credential);
}
