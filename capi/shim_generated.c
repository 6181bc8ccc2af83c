/* Made from include/lake.h by make generate. Do not edit. */
#include "shim.h"

#include "_cgo_export.h"

lake_status lake_build_info(char *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(lakec_output(out, cap, len));
    return lakego_build_info(out, cap, len);
}

lake_status lake_set_log(lake_log_fn fn, void *userdata, lake_destroy_fn destroy)
{
    LAKEC_CHECK(1);
    return lakego_set_log(fn, (uintptr_t)userdata, destroy);
}

lake_status lake_suites(int32_t *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(lakec_output(out, cap, len));
    return lakego_suites(out, cap, len);
}

lake_status lake_methods(int32_t *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(lakec_output(out, cap, len));
    return lakego_methods(out, cap, len);
}

lake_status lake_keypair_generate(int32_t kind, uint8_t *private_key, size_t private_cap, size_t *private_len,
        uint8_t *public_key, size_t public_cap, size_t *public_len)
{
    LAKEC_CHECK(lakec_output(private_key, private_cap, private_len) &&
        lakec_output(public_key, public_cap, public_len));
    return lakego_keypair_generate(kind, private_key, private_cap, private_len, public_key, public_cap, public_len);
}

lake_status lake_credential_from_ccs(const uint8_t *ccs, size_t ccs_len, lake_credential **out)
{
    uintptr_t made_out = 0;
    LAKEC_CHECK(lakec_input(ccs, ccs_len) && out != NULL);
    lake_status status = lakego_credential_from_ccs((uint8_t *)ccs, ccs_len, &made_out);
    if (status == LAKE_OK)
        *out = (lake_credential *)made_out;
    return status;
}

lake_status lake_credential_from_x509(const uint8_t *const *ders, const size_t *der_lens, size_t n,
        lake_credential **out)
{
    uintptr_t made_out = 0;
    LAKEC_CHECK(lakec_inputs(ders, der_lens, n) && out != NULL);
    lake_status status = lakego_credential_from_x509((uint8_t **)ders, (size_t *)der_lens, n, &made_out);
    if (status == LAKE_OK)
        *out = (lake_credential *)made_out;
    return status;
}

lake_status lake_credential_from_pem(const uint8_t *file, size_t file_len, lake_credential **out)
{
    uintptr_t made_out = 0;
    LAKEC_CHECK(lakec_input(file, file_len) && out != NULL);
    lake_status status = lakego_credential_from_pem((uint8_t *)file, file_len, &made_out);
    if (status == LAKE_OK)
        *out = (lake_credential *)made_out;
    return status;
}

lake_status lake_credential_from_c509(const uint8_t *const *certs, const size_t *cert_lens, size_t n,
        lake_credential **out)
{
    uintptr_t made_out = 0;
    LAKEC_CHECK(lakec_inputs(certs, cert_lens, n) && out != NULL);
    lake_status status = lakego_credential_from_c509((uint8_t **)certs, (size_t *)cert_lens, n, &made_out);
    if (status == LAKE_OK)
        *out = (lake_credential *)made_out;
    return status;
}

lake_status lake_credential_from_cwt(const uint8_t *cwt, size_t cwt_len, lake_credential **out)
{
    uintptr_t made_out = 0;
    LAKEC_CHECK(lakec_input(cwt, cwt_len) && out != NULL);
    lake_status status = lakego_credential_from_cwt((uint8_t *)cwt, cwt_len, &made_out);
    if (status == LAKE_OK)
        *out = (lake_credential *)made_out;
    return status;
}

lake_status lake_credential_from_psk(const uint8_t *id_cred, size_t id_cred_len, const uint8_t *psk, size_t psk_len,
        int32_t hash, const uint8_t *cred_i, size_t cred_i_len, const uint8_t *cred_r, size_t cred_r_len,
        lake_credential **out)
{
    uintptr_t made_out = 0;
    LAKEC_CHECK(lakec_input(id_cred, id_cred_len) && lakec_input(psk, psk_len) && lakec_input(cred_i, cred_i_len) &&
        lakec_input(cred_r, cred_r_len) && out != NULL);
    lake_status status = lakego_credential_from_psk((uint8_t *)id_cred, id_cred_len, (uint8_t *)psk, psk_len, hash,
        (uint8_t *)cred_i, cred_i_len, (uint8_t *)cred_r, cred_r_len, &made_out);
    if (status == LAKE_OK)
        *out = (lake_credential *)made_out;
    return status;
}

lake_status lake_credential_from_parts(const uint8_t *id_cred, size_t id_cred_len, const uint8_t *cred,
        size_t cred_len, int32_t key_kind, const uint8_t *public_key, size_t public_key_len, lake_credential **out)
{
    uintptr_t made_out = 0;
    LAKEC_CHECK(lakec_input(id_cred, id_cred_len) && lakec_input(cred, cred_len) &&
        lakec_input(public_key, public_key_len) && out != NULL);
    lake_status status = lakego_credential_from_parts((uint8_t *)id_cred, id_cred_len, (uint8_t *)cred, cred_len,
        key_kind, (uint8_t *)public_key, public_key_len, &made_out);
    if (status == LAKE_OK)
        *out = (lake_credential *)made_out;
    return status;
}

lake_status lake_credential_from_id_cred(const uint8_t *id_cred, size_t id_cred_len, lake_credential **out)
{
    uintptr_t made_out = 0;
    LAKEC_CHECK(lakec_input(id_cred, id_cred_len) && out != NULL);
    lake_status status = lakego_credential_from_id_cred((uint8_t *)id_cred, id_cred_len, &made_out);
    if (status == LAKE_OK)
        *out = (lake_credential *)made_out;
    return status;
}

lake_status lake_credential_set_id_cred(lake_credential *credential, const uint8_t *id_cred, size_t id_cred_len)
{
    LAKEC_CHECK(credential != NULL && lakec_input(id_cred, id_cred_len));
    return lakego_credential_set_id_cred((uintptr_t)credential, (uint8_t *)id_cred, id_cred_len);
}

lake_status lake_credential_set_id(lake_credential *credential, int32_t type, const uint8_t *value, size_t value_len)
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

lake_status lake_credential_set_external_key(lake_credential *credential, lake_key_fn fn, void *userdata,
        lake_destroy_fn destroy)
{
    LAKEC_CHECK(credential != NULL);
    return lakego_credential_set_external_key((uintptr_t)credential, fn, (uintptr_t)userdata, destroy);
}

lake_status lake_credential_info(const lake_credential *credential, struct lake_credential_info *info)
{
    struct lake_credential_info made_info = {0};
    LAKEC_CHECK(credential != NULL && lakec_room_credential_info(info));
    lake_status status = lakego_credential_info((uintptr_t)credential, &made_info);
    if (status == LAKE_OK)
        lakec_give_credential_info(info, &made_info);
    return status;
}

lake_status lake_credential_text(const lake_credential *credential, int32_t which, char *out, size_t cap, size_t *len)
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

lake_status lake_credential_origin_peer(const lake_credential *credential, lake_credential **out)
{
    uintptr_t made_out = 0;
    LAKEC_CHECK(credential != NULL && out != NULL);
    lake_status status = lakego_credential_origin_peer((uintptr_t)credential, &made_out);
    if (status == LAKE_OK)
        *out = (lake_credential *)made_out;
    return status;
}

lake_status lake_ccs_build(const char *subject, const uint8_t *kid, size_t kid_len, int32_t key_kind,
        const uint8_t *public_key, size_t public_key_len, uint8_t *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(lakec_optional_text(subject) && lakec_input(kid, kid_len) &&
        lakec_input(public_key, public_key_len) && lakec_output(out, cap, len));
    return lakego_ccs_build((char *)subject, lakec_text_length(subject), (uint8_t *)kid, kid_len, key_kind,
        (uint8_t *)public_key, public_key_len, out, cap, len);
}

lake_status lake_cose_key_build(const uint8_t *kid, size_t kid_len, int32_t key_kind, const uint8_t *public_key,
        size_t public_key_len, uint8_t *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(lakec_input(kid, kid_len) && lakec_input(public_key, public_key_len) && lakec_output(out, cap, len));
    return lakego_cose_key_build((uint8_t *)kid, kid_len, key_kind, (uint8_t *)public_key, public_key_len, out, cap,
        len);
}

lake_status lake_cose_key_to_ccs(const uint8_t *cose_key, size_t cose_key_len, uint8_t *out, size_t cap, size_t *len)
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

lake_status lake_config_new(lake_config **out)
{
    uintptr_t made_out = 0;
    LAKEC_CHECK(out != NULL);
    lake_status status = lakego_config_new(&made_out);
    if (status == LAKE_OK)
        *out = (lake_config *)made_out;
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
    LAKEC_CHECK(config != NULL && lakec_role(role) && credential != NULL);
    return lakego_config_add_psk((uintptr_t)config, role, (uintptr_t)credential);
}

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
    LAKEC_CHECK(config != NULL && issuer != NULL && lakec_optional_text(name));
    return lakego_config_add_cwt_issuer((uintptr_t)config, (uintptr_t)issuer, (char *)name, lakec_text_length(name));
}

lake_status lake_config_set_time(lake_config *config, int64_t now)
{
    LAKEC_CHECK(config != NULL && now >= 0 && now <= LAKEC_MAX_TIME);
    return lakego_config_set_time((uintptr_t)config, now);
}

lake_status lake_config_require_key_purpose(lake_config *config, int32_t role, const char *oid)
{
    LAKEC_CHECK(config != NULL && lakec_role(role) && lakec_optional_text(oid));
    return lakego_config_require_key_purpose((uintptr_t)config, role, (char *)oid, lakec_text_length(oid));
}

lake_status lake_config_add_crl(lake_config *config, const uint8_t *file, size_t file_len)
{
    LAKEC_CHECK(config != NULL && lakec_input(file, file_len));
    return lakego_config_add_crl((uintptr_t)config, (uint8_t *)file, file_len);
}

lake_status lake_config_allow_peer(lake_config *config, int32_t kind, const char *name)
{
    LAKEC_CHECK(config != NULL && lakec_text(name));
    return lakego_config_allow_peer((uintptr_t)config, kind, (char *)name, lakec_text_length(name));
}

lake_status lake_config_set_verify_callback(lake_config *config, lake_verify_fn fn, void *userdata,
        lake_destroy_fn destroy)
{
    LAKEC_CHECK(config != NULL);
    return lakego_config_set_verify_callback((uintptr_t)config, fn, (uintptr_t)userdata, destroy);
}

lake_status lake_config_verify_credential(lake_config *config, lake_credential *credential, int32_t signs)
{
    LAKEC_CHECK(config != NULL && credential != NULL && lakec_flag(signs));
    return lakego_config_verify_credential((uintptr_t)config, (uintptr_t)credential, signs);
}

lake_status lake_config_set_credential_callback(lake_config *config, lake_credential_fn fn, void *userdata,
        lake_destroy_fn destroy)
{
    LAKEC_CHECK(config != NULL);
    return lakego_config_set_credential_callback((uintptr_t)config, fn, (uintptr_t)userdata, destroy);
}

lake_status lake_config_set_ead_callback(lake_config *config, lake_ead_fn fn, void *userdata, lake_destroy_fn destroy)
{
    LAKEC_CHECK(config != NULL);
    return lakego_config_set_ead_callback((uintptr_t)config, fn, (uintptr_t)userdata, destroy);
}

lake_status lake_config_set_keylog(lake_config *config, lake_keylog_fn fn, void *userdata, lake_destroy_fn destroy)
{
    LAKEC_CHECK(config != NULL);
    return lakego_config_set_keylog((uintptr_t)config, fn, (uintptr_t)userdata, destroy);
}

lake_status lake_config_set_ead_labels(lake_config *config, uint32_t use, const int64_t *labels, size_t n)
{
    LAKEC_CHECK(config != NULL && use > 0 && use <= (LAKE_EAD_UNDERSTOOD | LAKE_EAD_EARLY) && lakec_list(labels, n));
    return lakego_config_set_ead_labels((uintptr_t)config, use, (int64_t *)labels, n);
}

lake_status lake_config_set_option(lake_config *config, int32_t option, int64_t value)
{
    LAKEC_CHECK(config != NULL);
    return lakego_config_set_option((uintptr_t)config, option, value);
}

lake_status lake_config_set_limits(lake_config *config, const struct lake_limits *limits)
{
    struct lake_limits taken_limits;
    LAKEC_CHECK(config != NULL && lakec_in_limits(&taken_limits, limits));
    return lakego_config_set_limits((uintptr_t)config, &taken_limits);
}

lake_status lake_session_new(lake_config *config, int32_t role, lake_session **out)
{
    uintptr_t made_out = 0;
    LAKEC_CHECK(config != NULL && lakec_role(role) && out != NULL);
    lake_status status = lakego_session_new((uintptr_t)config, role, &made_out);
    if (status == LAKE_OK)
        *out = (lake_session *)made_out;
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

lake_status lake_session_set_userdata(lake_session *session, void *userdata, lake_destroy_fn destroy)
{
    LAKEC_CHECK(session != NULL);
    return lakego_session_set_userdata((uintptr_t)session, (uintptr_t)userdata, destroy);
}

lake_status lake_session_userdata(const lake_session *session, void **userdata)
{
    uintptr_t made_userdata = 0;
    LAKEC_CHECK(session != NULL && userdata != NULL);
    lake_status status = lakego_session_userdata((uintptr_t)session, &made_userdata);
    if (status == LAKE_OK)
        *userdata = (void *)made_userdata;
    return status;
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
    struct lake_ead_item made_item = {0};
    LAKEC_CHECK(session != NULL && lakec_room_ead_item(item) && lakec_output(out, cap, len));
    lake_status status = lakego_session_ead_get((uintptr_t)session, message, index, &made_item, out, cap, len);
    if (status == LAKE_OK)
        lakec_give_ead_item(item, &made_item);
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

lake_status lake_session_expect_peer(lake_session *session, int32_t kind, const char *name)
{
    LAKEC_CHECK(session != NULL && lakec_text(name));
    return lakego_session_expect_peer((uintptr_t)session, kind, (char *)name, lakec_text_length(name));
}

lake_status lake_session_own_credential(lake_session *session, lake_credential **out)
{
    uintptr_t made_out = 0;
    LAKEC_CHECK(session != NULL && out != NULL);
    lake_status status = lakego_session_own_credential((uintptr_t)session, &made_out);
    if (status == LAKE_OK)
        *out = (lake_credential *)made_out;
    return status;
}

lake_status lake_session_peer_credential(lake_session *session, lake_credential **out)
{
    uintptr_t made_out = 0;
    LAKEC_CHECK(session != NULL && out != NULL);
    lake_status status = lakego_session_peer_credential((uintptr_t)session, &made_out);
    if (status == LAKE_OK)
        *out = (lake_credential *)made_out;
    return status;
}

lake_status lake_session_peer_suites(lake_session *session, int64_t *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(session != NULL && lakec_output(out, cap, len));
    return lakego_session_peer_suites((uintptr_t)session, out, cap, len);
}

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

lake_status lake_error_build(int32_t code, const char *text, const int32_t *suites, size_t n, uint8_t *out, size_t cap,
        size_t *len)
{
    LAKEC_CHECK(lakec_optional_text(text) && (text != NULL || code != 1) && lakec_list(suites, n) &&
        lakec_output(out, cap, len));
    return lakego_error_build(code, (char *)text, lakec_text_length(text), (int32_t *)suites, n, out, cap, len);
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

lake_status lake_session_export(lake_session *session, uint64_t label, const uint8_t *context, size_t context_len,
        uint8_t *out, size_t out_len)
{
    LAKEC_CHECK(session != NULL && lakec_input(context, context_len) && out != NULL && out_len <= LAKEC_MAX_INPUT);
    return lakego_session_export((uintptr_t)session, label, (uint8_t *)context, context_len, out, out_len);
}

lake_status lake_session_key_update(lake_session *session, const uint8_t *context, size_t context_len)
{
    LAKEC_CHECK(session != NULL && lakec_input(context, context_len));
    return lakego_session_key_update((uintptr_t)session, (uint8_t *)context, context_len);
}

lake_status lake_session_oscore_libcoap_conf(lake_session *session, char *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(session != NULL && lakec_output(out, cap, len));
    return lakego_session_oscore_libcoap_conf((uintptr_t)session, out, cap, len);
}

lake_status lake_resumption_new(const struct lake_resumption_options *options, lake_resumption **out)
{
    struct lake_resumption_options taken_options;
    uintptr_t made_out = 0;
    LAKEC_CHECK(lakec_in_resumption_options(&taken_options, options) && out != NULL);
    lake_status status = lakego_resumption_new(&taken_options, &made_out);
    if (status == LAKE_OK)
        *out = (lake_resumption *)made_out;
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

lake_status lake_resumption_forget(lake_resumption *store, int32_t which, const uint8_t *value, size_t value_len,
        const uint8_t *serial, size_t serial_len, size_t *count)
{
    LAKEC_CHECK(store != NULL && lakec_input(value, value_len) &&
        lakec_input(serial, serial_len) && lakec_names_peers(which, value, value_len, serial, serial_len) &&
        count != NULL);
    return lakego_resumption_forget((uintptr_t)store, which, (uint8_t *)value, value_len, (uint8_t *)serial,
        serial_len, count);
}

lake_status lake_resumption_count(lake_resumption *store, size_t *count)
{
    LAKEC_CHECK(store != NULL && count != NULL);
    return lakego_resumption_count((uintptr_t)store, count);
}

lake_status lake_resumption_save(lake_resumption *store, const uint8_t *key, size_t key_len, uint8_t *out, size_t cap,
        size_t *len)
{
    LAKEC_CHECK(store != NULL && lakec_input(key, key_len) && lakec_output(out, cap, len));
    return lakego_resumption_save((uintptr_t)store, (uint8_t *)key, key_len, out, cap, len);
}

lake_status lake_resumption_load(const uint8_t *key, size_t key_len, const uint8_t *blob, size_t blob_len,
        const struct lake_resumption_options *options, lake_resumption **out)
{
    struct lake_resumption_options taken_options;
    uintptr_t made_out = 0;
    LAKEC_CHECK(lakec_input(key, key_len) && lakec_store(blob, blob_len) &&
        lakec_in_resumption_options(&taken_options, options) && taken_options.limit == 0 && taken_options.lifetime == 0 &&
        out != NULL);
    lake_status status = lakego_resumption_load((uint8_t *)key, key_len, (uint8_t *)blob, blob_len, &taken_options,
        &made_out);
    if (status == LAKE_OK)
        *out = (lake_resumption *)made_out;
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
    uintptr_t made_out = 0;
    LAKEC_CHECK(session != NULL && kid_len <= LAKEC_MAX_INPUT && out != NULL);
    lake_status status = lakego_session_resumption_credential((uintptr_t)session, kid_len, &made_out);
    if (status == LAKE_OK)
        *out = (lake_credential *)made_out;
    return status;
}

lake_status lake_session_save(lake_session *session, const uint8_t *key, size_t key_len, uint8_t *out, size_t cap,
        size_t *len)
{
    LAKEC_CHECK(session != NULL && lakec_input(key, key_len) && lakec_output(out, cap, len));
    return lakego_session_save((uintptr_t)session, (uint8_t *)key, key_len, out, cap, len);
}

lake_status lake_session_restore(lake_config *config, const uint8_t *key, size_t key_len, const uint8_t *blob,
        size_t blob_len, lake_session **out)
{
    uintptr_t made_out = 0;
    LAKEC_CHECK(config != NULL && lakec_input(key, key_len) && lakec_input(blob, blob_len) && out != NULL);
    lake_status status = lakego_session_restore((uintptr_t)config, (uint8_t *)key, key_len, (uint8_t *)blob, blob_len,
        &made_out);
    if (status == LAKE_OK)
        *out = (lake_session *)made_out;
    return status;
}

lake_status lake_saved_id(const uint8_t *blob, size_t blob_len, uint8_t out[16])
{
    LAKEC_CHECK(lakec_input(blob, blob_len) && out != NULL);
    return lakego_saved_id((uint8_t *)blob, blob_len, out);
}

lake_status lake_session_renewal(lake_session *session, uint64_t sent, uint64_t received, uint64_t failures,
        int32_t *due)
{
    LAKEC_CHECK(session != NULL && due != NULL);
    return lakego_session_renewal((uintptr_t)session, sent, received, failures, due);
}

lake_status lake_config_set_renewal_limits(lake_config *config, const struct lake_renewal_limits *limits)
{
    struct lake_renewal_limits taken_limits;
    LAKEC_CHECK(config != NULL && lakec_in_renewal_limits(&taken_limits, limits));
    return lakego_config_set_renewal_limits((uintptr_t)config, &taken_limits);
}

lake_status lake_session_info(lake_session *session, struct lake_session_info *info)
{
    struct lake_session_info made_info = {0};
    LAKEC_CHECK(session != NULL && lakec_room_session_info(info));
    lake_status status = lakego_session_info((uintptr_t)session, &made_info);
    if (status == LAKE_OK)
        lakec_give_session_info(info, &made_info);
    return status;
}

lake_status lake_coap_ids_new(size_t min, size_t max, lake_coap_ids **out)
{
    uintptr_t made_out = 0;
    LAKEC_CHECK(min <= LAKEC_MAX_INPUT && max <= LAKEC_MAX_INPUT && out != NULL);
    lake_status status = lakego_coap_ids_new(min, max, &made_out);
    if (status == LAKE_OK)
        *out = (lake_coap_ids *)made_out;
    return status;
}

lake_status lake_coap_ids_free(lake_coap_ids *ids)
{
    LAKEC_CHECK(1);
    return ids == NULL ? LAKE_OK : lakego_coap_ids_free((uintptr_t)ids);
}

lake_status lake_coap_ids_take(lake_coap_ids *ids, const uint8_t *peer_id, size_t peer_id_len, uint8_t out[7],
        size_t *len)
{
    LAKEC_CHECK(ids != NULL && lakec_input(peer_id, peer_id_len) && out != NULL && len != NULL);
    return lakego_coap_ids_take((uintptr_t)ids, (uint8_t *)peer_id, peer_id_len, out, len);
}

lake_status lake_coap_ids_reserve(lake_coap_ids *ids, const uint8_t *id, size_t id_len)
{
    LAKEC_CHECK(ids != NULL && lakec_id(id, id_len));
    return lakego_coap_ids_reserve((uintptr_t)ids, (uint8_t *)id, id_len);
}

lake_status lake_coap_ids_release(lake_coap_ids *ids, const uint8_t *id, size_t id_len)
{
    LAKEC_CHECK(ids != NULL && lakec_input(id, id_len));
    return lakego_coap_ids_release((uintptr_t)ids, (uint8_t *)id, id_len);
}

lake_status lake_coap_ids_count(lake_coap_ids *ids, size_t *count)
{
    LAKEC_CHECK(ids != NULL && count != NULL);
    return lakego_coap_ids_count((uintptr_t)ids, count);
}

lake_status lake_coap_profile_of(lake_config *config, int32_t role, int32_t combined_request,
        struct lake_coap_profile *profile)
{
    struct lake_coap_profile made_profile = {0};
    LAKEC_CHECK(config != NULL && lakec_role(role) && lakec_flag(combined_request) && lakec_room_coap_profile(profile));
    lake_status status = lakego_coap_profile_of((uintptr_t)config, role, combined_request, &made_profile);
    if (status == LAKE_OK)
        lakec_give_coap_profile(profile, &made_profile);
    return status;
}

lake_status lake_coap_profile_well_known(int64_t id, struct lake_coap_profile *profile, char *name, size_t cap,
        size_t *len)
{
    struct lake_coap_profile made_profile = {0};
    LAKEC_CHECK(lakec_room_coap_profile(profile) && lakec_output(name, cap, len));
    lake_status status = lakego_coap_profile_well_known(id, &made_profile, name, cap, len);
    if (status == LAKE_OK)
        lakec_give_coap_profile(profile, &made_profile);
    return status;
}

lake_status lake_coap_profile_encode(const struct lake_coap_profile *profile, uint8_t *out, size_t cap, size_t *len)
{
    struct lake_coap_profile taken_profile;
    LAKEC_CHECK(lakec_in_coap_profile(&taken_profile, profile) && lakec_output(out, cap, len));
    return lakego_coap_profile_encode(&taken_profile, out, cap, len);
}

lake_status lake_coap_profile_decode(const uint8_t *in, size_t in_len, struct lake_coap_profile *profile)
{
    struct lake_coap_profile made_profile = {0};
    LAKEC_CHECK(lakec_input(in, in_len) && lakec_room_coap_profile(profile));
    lake_status status = lakego_coap_profile_decode((uint8_t *)in, in_len, &made_profile);
    if (status == LAKE_OK)
        lakec_give_coap_profile(profile, &made_profile);
    return status;
}

lake_status lake_coap_link_write(const char *path, const struct lake_coap_resource *resource,
        const struct lake_coap_profile *profile, char *out, size_t cap, size_t *len)
{
    struct lake_coap_resource taken_resource;
    struct lake_coap_profile taken_profile;
    LAKEC_CHECK(lakec_text(path) && lakec_in_coap_resource(&taken_resource, resource) &&
        lakec_in_coap_profile(&taken_profile, profile) && lakec_output(out, cap, len));
    return lakego_coap_link_write((char *)path, lakec_text_length(path), &taken_resource, &taken_profile, out, cap,
        len);
}

lake_status lake_coap_link_read(const char *text, size_t text_len, size_t index, struct lake_coap_resource *resource,
        struct lake_coap_profile *profile, char *path, size_t cap, size_t *len)
{
    struct lake_coap_resource made_resource = {0};
    struct lake_coap_profile made_profile = {0};
    LAKEC_CHECK(lakec_input(text, text_len) && lakec_room_coap_resource(resource) &&
        lakec_room_coap_profile(profile) && lakec_output(path, cap, len));
    lake_status status = lakego_coap_link_read((char *)text, text_len, index, &made_resource, &made_profile, path,
        cap, len);
    if (status == LAKE_OK) {
        lakec_give_coap_resource(resource, &made_resource);
        lakec_give_coap_profile(profile, &made_profile);
    }
    return status;
}

lake_status lake_coap_session_peer_profile(lake_session *session, int32_t message, size_t index,
        struct lake_coap_profile *profile, int32_t *ask)
{
    struct lake_coap_profile made_profile = {0};
    LAKEC_CHECK(session != NULL && (message == 1 || message == 2) && lakec_room_coap_profile(profile) && ask != NULL);
    lake_status status = lakego_coap_session_peer_profile((uintptr_t)session, message, index, &made_profile, ask);
    if (status == LAKE_OK)
        lakec_give_coap_profile(profile, &made_profile);
    return status;
}

lake_status lake_coap_server_new(lake_config *responder, lake_config *initiator, lake_coap_ids *ids,
        lake_coap_event_fn on_event, void *userdata, lake_destroy_fn destroy, lake_coap_server **out)
{
    uintptr_t made_out = 0;
    LAKEC_CHECK((responder != NULL || initiator != NULL) && on_event != NULL && out != NULL);
    lake_status status = lakego_coap_server_new((uintptr_t)responder, (uintptr_t)initiator, (uintptr_t)ids, on_event,
        (uintptr_t)userdata, destroy, &made_out);
    if (status == LAKE_OK)
        *out = (lake_coap_server *)made_out;
    return status;
}

lake_status lake_coap_server_free(lake_coap_server *server)
{
    LAKEC_CHECK(1);
    return server == NULL ? LAKE_OK : lakego_coap_server_free((uintptr_t)server);
}

lake_status lake_coap_server_set_limits(lake_coap_server *server, const struct lake_coap_limits *limits)
{
    struct lake_coap_limits taken_limits;
    LAKEC_CHECK(server != NULL && lakec_in_coap_limits(&taken_limits, limits));
    return lakego_coap_server_set_limits((uintptr_t)server, &taken_limits);
}

lake_status lake_coap_server_set_prepare(lake_coap_server *server, lake_coap_prepare_fn fn, void *userdata,
        lake_destroy_fn destroy)
{
    LAKEC_CHECK(server != NULL);
    return lakego_coap_server_set_prepare((uintptr_t)server, fn, (uintptr_t)userdata, destroy);
}

lake_status lake_coap_server_add_profile(lake_coap_server *server, const struct lake_coap_profile *profile)
{
    struct lake_coap_profile taken_profile;
    LAKEC_CHECK(server != NULL && lakec_in_coap_profile(&taken_profile, profile));
    return lakego_coap_server_add_profile((uintptr_t)server, &taken_profile);
}

lake_status lake_coap_server_link(lake_coap_server *server, const char *path, int32_t combined_request, char *out,
        size_t cap, size_t *len)
{
    LAKEC_CHECK(server != NULL && lakec_text(path) && lakec_flag(combined_request) && lakec_output(out, cap, len));
    return lakego_coap_server_link((uintptr_t)server, (char *)path, lakec_text_length(path), combined_request, out,
        cap, len);
}

lake_status lake_coap_server_handle(lake_coap_server *server, const struct lake_coap_incoming *request,
        struct lake_coap_outgoing *answer, uint8_t *out, size_t cap, size_t *len)
{
    struct lake_coap_incoming taken_request;
    struct lake_coap_outgoing made_answer = {0};
    LAKEC_CHECK(server != NULL && lakec_in_coap_incoming(&taken_request, request) &&
        lakec_room_coap_outgoing(answer) && lakec_output(out, cap, len));
    lake_status status = lakego_coap_server_handle((uintptr_t)server, &taken_request, &made_answer, out, cap, len);
    if (status == LAKE_OK)
        lakec_give_coap_outgoing(answer, &made_answer);
    return status;
}

lake_status lake_coap_server_continue(lake_coap_server *server, lake_session *session,
        struct lake_coap_outgoing *answer, uint8_t *out, size_t cap, size_t *len)
{
    struct lake_coap_outgoing made_answer = {0};
    LAKEC_CHECK(server != NULL && session != NULL && lakec_room_coap_outgoing(answer) && lakec_output(out, cap, len));
    lake_status status = lakego_coap_server_continue((uintptr_t)server, (uintptr_t)session, &made_answer, out, cap,
        len);
    if (status == LAKE_OK)
        lakec_give_coap_outgoing(answer, &made_answer);
    return status;
}

lake_status lake_coap_server_expire(lake_coap_server *server)
{
    LAKEC_CHECK(server != NULL);
    return lakego_coap_server_expire((uintptr_t)server);
}

lake_status lake_coap_server_reserve(lake_coap_server *server, const uint8_t *recipient_id, size_t recipient_id_len)
{
    LAKEC_CHECK(server != NULL && lakec_id(recipient_id, recipient_id_len));
    return lakego_coap_server_reserve((uintptr_t)server, (uint8_t *)recipient_id, recipient_id_len);
}

lake_status lake_coap_server_release(lake_coap_server *server, const uint8_t *recipient_id, size_t recipient_id_len)
{
    LAKEC_CHECK(server != NULL && lakec_input(recipient_id, recipient_id_len));
    return lakego_coap_server_release((uintptr_t)server, (uint8_t *)recipient_id, recipient_id_len);
}

lake_status lake_coap_server_stats(lake_coap_server *server, struct lake_coap_stats *stats)
{
    struct lake_coap_stats made_stats = {0};
    LAKEC_CHECK(server != NULL && lakec_room_coap_stats(stats));
    lake_status status = lakego_coap_server_stats((uintptr_t)server, &made_stats);
    if (status == LAKE_OK)
        lakec_give_coap_stats(stats, &made_stats);
    return status;
}

lake_status lake_coap_client_new(lake_config *config, int32_t role, lake_coap_ids *ids, lake_coap_client **out)
{
    uintptr_t made_out = 0;
    LAKEC_CHECK(config != NULL && lakec_role(role) && out != NULL);
    lake_status status = lakego_coap_client_new((uintptr_t)config, role, (uintptr_t)ids, &made_out);
    if (status == LAKE_OK)
        *out = (lake_coap_client *)made_out;
    return status;
}

lake_status lake_coap_client_free(lake_coap_client *client)
{
    LAKEC_CHECK(1);
    return client == NULL ? LAKE_OK : lakego_coap_client_free((uintptr_t)client);
}

lake_status lake_coap_client_set_prepare(lake_coap_client *client, lake_coap_prepare_fn fn, void *userdata,
        lake_destroy_fn destroy)
{
    LAKEC_CHECK(client != NULL);
    return lakego_coap_client_set_prepare((uintptr_t)client, fn, (uintptr_t)userdata, destroy);
}

lake_status lake_coap_client_discover(lake_coap_client *client, const char *text, size_t text_len, char *path,
        size_t cap, size_t *len)
{
    LAKEC_CHECK(client != NULL && lakec_input(text, text_len) && lakec_output(path, cap, len));
    return lakego_coap_client_discover((uintptr_t)client, (char *)text, text_len, path, cap, len);
}

lake_status lake_coap_client_suit(lake_coap_client *client, const struct lake_coap_profile *profile)
{
    struct lake_coap_profile taken_profile;
    LAKEC_CHECK(client != NULL && lakec_in_coap_profile(&taken_profile, profile));
    return lakego_coap_client_suit((uintptr_t)client, &taken_profile);
}

lake_status lake_coap_client_add_profile(lake_coap_client *client, const struct lake_coap_profile *profile)
{
    struct lake_coap_profile taken_profile;
    LAKEC_CHECK(client != NULL && lakec_in_coap_profile(&taken_profile, profile));
    return lakego_coap_client_add_profile((uintptr_t)client, &taken_profile);
}

lake_status lake_coap_client_ask_profiles(lake_coap_client *client, int32_t ask)
{
    LAKEC_CHECK(client != NULL && lakec_answer(ask));
    return lakego_coap_client_ask_profiles((uintptr_t)client, ask);
}

lake_status lake_coap_client_peer_profile(lake_coap_client *client, size_t index, struct lake_coap_profile *profile)
{
    struct lake_coap_profile made_profile = {0};
    LAKEC_CHECK(client != NULL && lakec_room_coap_profile(profile));
    lake_status status = lakego_coap_client_peer_profile((uintptr_t)client, index, &made_profile);
    if (status == LAKE_OK)
        lakec_give_coap_profile(profile, &made_profile);
    return status;
}

lake_status lake_coap_client_no_answer(lake_coap_client *client)
{
    LAKEC_CHECK(client != NULL);
    return lakego_coap_client_no_answer((uintptr_t)client);
}

lake_status lake_coap_client_combine(lake_coap_client *client, const uint8_t *in, size_t in_len, size_t block,
        size_t max, int32_t *edhoc, uint8_t *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(client != NULL && lakec_input(in, in_len) && block <= INT32_MAX && max <= INT32_MAX &&
        edhoc != NULL && lakec_output(out, cap, len));
    return lakego_coap_client_combine((uintptr_t)client, (uint8_t *)in, in_len, block, max, edhoc, out, cap, len);
}

lake_status lake_coap_client_verified(lake_coap_client *client)
{
    LAKEC_CHECK(client != NULL);
    return lakego_coap_client_verified((uintptr_t)client);
}

lake_status lake_coap_client_is_done(lake_coap_client *client, int32_t *done)
{
    LAKEC_CHECK(client != NULL && done != NULL);
    return lakego_coap_client_is_done((uintptr_t)client, done);
}

lake_status lake_coap_client_session(lake_coap_client *client, lake_session **session)
{
    uintptr_t made_session = 0;
    LAKEC_CHECK(client != NULL && session != NULL);
    lake_status status = lakego_coap_client_session((uintptr_t)client, &made_session);
    if (status == LAKE_OK)
        *session = (lake_session *)made_session;
    return status;
}

lake_status lake_coap_client_error_text(lake_coap_client *client, char *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(client != NULL && lakec_output(out, cap, len));
    return lakego_coap_client_error_text((uintptr_t)client, out, cap, len);
}

lake_status lake_endpoint_new(lake_config *responder, lake_config *initiator, lake_resumption *resumption,
        const struct lake_endpoint_options *options, lake_endpoint **out)
{
    struct lake_endpoint_options taken_options;
    uintptr_t made_out = 0;
    LAKEC_CHECK((responder != NULL || initiator != NULL) && lakec_in_endpoint_options(&taken_options, options) &&
        out != NULL);
    lake_status status = lakego_endpoint_new((uintptr_t)responder, (uintptr_t)initiator, (uintptr_t)resumption,
        &taken_options, &made_out);
    if (status == LAKE_OK)
        *out = (lake_endpoint *)made_out;
    return status;
}

lake_status lake_endpoint_restore(lake_config *responder, lake_config *initiator, lake_resumption *resumption,
        const struct lake_endpoint_options *options, const uint8_t *key, size_t key_len, const uint8_t *blob,
        size_t blob_len, int64_t now, lake_endpoint **out)
{
    struct lake_endpoint_options taken_options;
    uintptr_t made_out = 0;
    LAKEC_CHECK((responder != NULL || initiator != NULL) && lakec_in_endpoint_options(&taken_options, options) &&
        lakec_input(key, key_len) && lakec_store(blob, blob_len) && lakec_milliseconds(now) && out != NULL);
    lake_status status = lakego_endpoint_restore((uintptr_t)responder, (uintptr_t)initiator, (uintptr_t)resumption,
        &taken_options, (uint8_t *)key, key_len, (uint8_t *)blob, blob_len, now, &made_out);
    if (status == LAKE_OK)
        *out = (lake_endpoint *)made_out;
    return status;
}

lake_status lake_endpoint_free(lake_endpoint *endpoint)
{
    LAKEC_CHECK(1);
    return endpoint == NULL ? LAKE_OK : lakego_endpoint_free((uintptr_t)endpoint);
}

lake_status lake_endpoint_receive(lake_endpoint *endpoint, const uint8_t *address, size_t address_len,
        const uint8_t *datagram, size_t datagram_len, int64_t now)
{
    LAKEC_CHECK(endpoint != NULL && lakec_address(address, address_len) && lakec_input(datagram, datagram_len) &&
        lakec_milliseconds(now));
    return lakego_endpoint_receive((uintptr_t)endpoint, (uint8_t *)address, address_len, (uint8_t *)datagram,
        datagram_len, now);
}

lake_status lake_endpoint_send(lake_endpoint *endpoint, int64_t peer, const uint8_t *address, size_t address_len,
        const uint8_t *datagram, size_t datagram_len, int64_t now)
{
    LAKEC_CHECK(endpoint != NULL && peer >= 0 && lakec_address(address, address_len) &&
        lakec_input(datagram, datagram_len) && lakec_milliseconds(now));
    return lakego_endpoint_send((uintptr_t)endpoint, peer, (uint8_t *)address, address_len, (uint8_t *)datagram,
        datagram_len, now);
}

lake_status lake_endpoint_tick(lake_endpoint *endpoint, int64_t now)
{
    LAKEC_CHECK(endpoint != NULL && lakec_milliseconds(now));
    return lakego_endpoint_tick((uintptr_t)endpoint, now);
}

lake_status lake_endpoint_due(lake_endpoint *endpoint, int64_t *due)
{
    LAKEC_CHECK(endpoint != NULL && due != NULL);
    return lakego_endpoint_due((uintptr_t)endpoint, due);
}

lake_status lake_endpoint_next(lake_endpoint *endpoint, struct lake_endpoint_action *action, uint8_t *out, size_t cap,
        size_t *len)
{
    struct lake_endpoint_action made_action = {0};
    LAKEC_CHECK(endpoint != NULL && lakec_room_endpoint_action(action) && lakec_output(out, cap, len));
    lake_status status = lakego_endpoint_next((uintptr_t)endpoint, &made_action, out, cap, len);
    if (status == LAKE_OK)
        lakec_give_endpoint_action(action, &made_action);
    return status;
}

lake_status lake_endpoint_continue(lake_endpoint *endpoint, lake_session *session, int64_t now)
{
    LAKEC_CHECK(endpoint != NULL && session != NULL && lakec_milliseconds(now));
    return lakego_endpoint_continue((uintptr_t)endpoint, (uintptr_t)session, now);
}

lake_status lake_endpoint_peers(lake_endpoint *endpoint, int64_t *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(endpoint != NULL && lakec_output(out, cap, len));
    return lakego_endpoint_peers((uintptr_t)endpoint, out, cap, len);
}

lake_status lake_endpoint_peer(lake_endpoint *endpoint, int64_t peer, struct lake_endpoint_peer *info)
{
    struct lake_endpoint_peer made_info = {0};
    LAKEC_CHECK(endpoint != NULL && peer >= 0 && lakec_room_endpoint_peer(info));
    lake_status status = lakego_endpoint_peer((uintptr_t)endpoint, peer, &made_info);
    if (status == LAKE_OK)
        lakec_give_endpoint_peer(info, &made_info);
    return status;
}

lake_status lake_endpoint_peer_credential(lake_endpoint *endpoint, int64_t peer, lake_credential **out)
{
    uintptr_t made_out = 0;
    LAKEC_CHECK(endpoint != NULL && peer >= 0 && out != NULL);
    lake_status status = lakego_endpoint_peer_credential((uintptr_t)endpoint, peer, &made_out);
    if (status == LAKE_OK)
        *out = (lake_credential *)made_out;
    return status;
}

lake_status lake_endpoint_drop(lake_endpoint *endpoint, int64_t peer, int64_t now)
{
    LAKEC_CHECK(endpoint != NULL && peer >= 0 && lakec_milliseconds(now));
    return lakego_endpoint_drop((uintptr_t)endpoint, peer, now);
}

lake_status lake_endpoint_stats(lake_endpoint *endpoint, struct lake_endpoint_stats *stats)
{
    struct lake_endpoint_stats made_stats = {0};
    LAKEC_CHECK(endpoint != NULL && lakec_room_endpoint_stats(stats));
    lake_status status = lakego_endpoint_stats((uintptr_t)endpoint, &made_stats);
    if (status == LAKE_OK)
        lakec_give_endpoint_stats(stats, &made_stats);
    return status;
}

lake_status lake_endpoint_save(lake_endpoint *endpoint, const uint8_t *key, size_t key_len, uint8_t *out, size_t cap,
        size_t *len)
{
    LAKEC_CHECK(endpoint != NULL && lakec_input(key, key_len) && lakec_output(out, cap, len));
    return lakego_endpoint_save((uintptr_t)endpoint, (uint8_t *)key, key_len, out, cap, len);
}

lake_status lake_endpoint_saved(lake_endpoint *endpoint, int64_t now)
{
    LAKEC_CHECK(endpoint != NULL && lakec_milliseconds(now));
    return lakego_endpoint_saved((uintptr_t)endpoint, now);
}
