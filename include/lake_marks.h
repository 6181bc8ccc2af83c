/*
 * lake_marks.h - what compilers can know of the functions of lake.h, which includes it:
 * that a status is to be looked at, which pointers must not be NULL, which buffers are read
 * and written, and how large they are.
 *
 * Made from lake.h and what it includes by make generate. Do not edit.
 *
 * Copyright the liblake authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef LAKE_MARKS_H
#define LAKE_MARKS_H

#if defined(__has_attribute)
#if __has_attribute(warn_unused_result)
#define LAKE_CHECKED __attribute__((warn_unused_result))
#endif
#if __has_attribute(nonnull)
#define LAKE_NONNULL(...) __attribute__((nonnull(__VA_ARGS__)))
#endif
#if __has_attribute(access)
#define LAKE_READS(...) __attribute__((access(read_only, __VA_ARGS__)))
#define LAKE_WRITES(...) __attribute__((access(write_only, __VA_ARGS__)))
#endif
#endif
#ifndef LAKE_CHECKED
#define LAKE_CHECKED
#endif
#ifndef LAKE_NONNULL
#define LAKE_NONNULL(...)
#endif
#ifndef LAKE_READS
#define LAKE_READS(...)
#define LAKE_WRITES(...)
#endif

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wredundant-decls"
#endif
#ifdef __cplusplus
extern "C" {
#endif

lake_status lake_build_info(char *, size_t, size_t *)
    LAKE_CHECKED LAKE_WRITES(1, 2) LAKE_NONNULL(3);
void lake_wipe(void *, size_t)
    LAKE_WRITES(1, 2);
lake_status lake_set_log(lake_log_fn, void *, lake_destroy_fn)
    LAKE_CHECKED;
lake_status lake_suites(int32_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_WRITES(1, 2) LAKE_NONNULL(3);
lake_status lake_suite_info(int32_t, struct lake_suite_info *)
    LAKE_CHECKED LAKE_NONNULL(2);
lake_status lake_methods(int32_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_WRITES(1, 2) LAKE_NONNULL(3);
lake_status lake_method_info(int32_t, struct lake_method_info *)
    LAKE_CHECKED LAKE_NONNULL(2);
lake_status lake_keypair_generate(int32_t, uint8_t *, size_t, size_t *, uint8_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_WRITES(2, 3) LAKE_WRITES(5, 6) LAKE_NONNULL(4, 7);
lake_status lake_credential_from_ccs(const uint8_t *, size_t, lake_credential **)
    LAKE_CHECKED LAKE_READS(1, 2) LAKE_NONNULL(3);
lake_status lake_credential_from_x509(const uint8_t *const *, const size_t *, size_t, lake_credential **)
    LAKE_CHECKED LAKE_READS(2, 3) LAKE_NONNULL(1, 4);
lake_status lake_credential_from_pem(const uint8_t *, size_t, lake_credential **)
    LAKE_CHECKED LAKE_READS(1, 2) LAKE_NONNULL(3);
lake_status lake_credential_from_c509(const uint8_t *const *, const size_t *, size_t, lake_credential **)
    LAKE_CHECKED LAKE_READS(2, 3) LAKE_NONNULL(1, 4);
lake_status lake_credential_from_cwt(const uint8_t *, size_t, lake_credential **)
    LAKE_CHECKED LAKE_READS(1, 2) LAKE_NONNULL(3);
lake_status lake_credential_from_psk(const uint8_t *, size_t, const uint8_t *, size_t, int32_t, const uint8_t *, size_t, const uint8_t *, size_t, lake_credential **)
    LAKE_CHECKED LAKE_READS(1, 2) LAKE_READS(3, 4) LAKE_READS(6, 7) LAKE_READS(8, 9) LAKE_NONNULL(10);
lake_status lake_credential_from_parts(const uint8_t *, size_t, const uint8_t *, size_t, int32_t, const uint8_t *, size_t, lake_credential **)
    LAKE_CHECKED LAKE_READS(1, 2) LAKE_READS(3, 4) LAKE_READS(6, 7) LAKE_NONNULL(8);
lake_status lake_credential_from_id_cred(const uint8_t *, size_t, lake_credential **)
    LAKE_CHECKED LAKE_READS(1, 2) LAKE_NONNULL(3);
lake_status lake_credential_set_id_cred(lake_credential *, const uint8_t *, size_t)
    LAKE_CHECKED LAKE_READS(2, 3) LAKE_NONNULL(1);
lake_status lake_credential_set_id(lake_credential *, int32_t, const uint8_t *, size_t)
    LAKE_CHECKED LAKE_READS(3, 4) LAKE_NONNULL(1);
lake_status lake_credential_set_private_key(lake_credential *, const uint8_t *, size_t)
    LAKE_CHECKED LAKE_READS(2, 3) LAKE_NONNULL(1);
lake_status lake_credential_set_private_key_pem(lake_credential *, const uint8_t *, size_t)
    LAKE_CHECKED LAKE_READS(2, 3) LAKE_NONNULL(1);
lake_status lake_credential_set_external_key(lake_credential *, lake_key_fn, void *, lake_destroy_fn)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_credential_info(const lake_credential *, struct lake_credential_info *)
    LAKE_CHECKED LAKE_NONNULL(1, 2);
lake_status lake_credential_text(const lake_credential *, int32_t, char *, size_t, size_t *)
    LAKE_CHECKED LAKE_WRITES(3, 4) LAKE_NONNULL(1, 5);
lake_status lake_credential_data(const lake_credential *, int32_t, uint8_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_WRITES(3, 4) LAKE_NONNULL(1, 5);
lake_status lake_credential_origin_peer(const lake_credential *, lake_credential **)
    LAKE_CHECKED LAKE_NONNULL(1, 2);
lake_status lake_ccs_build(const char *, const uint8_t *, size_t, int32_t, const uint8_t *, size_t, uint8_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_READS(2, 3) LAKE_READS(5, 6) LAKE_WRITES(7, 8) LAKE_NONNULL(9);
lake_status lake_cose_key_build(const uint8_t *, size_t, int32_t, const uint8_t *, size_t, uint8_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_READS(1, 2) LAKE_READS(4, 5) LAKE_WRITES(6, 7) LAKE_NONNULL(8);
lake_status lake_cose_key_to_ccs(const uint8_t *, size_t, uint8_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_READS(1, 2) LAKE_WRITES(3, 4) LAKE_NONNULL(5);
lake_status lake_x509_to_c509(const uint8_t *, size_t, uint8_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_READS(1, 2) LAKE_WRITES(3, 4) LAKE_NONNULL(5);
lake_status lake_c509_to_x509(const uint8_t *, size_t, uint8_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_READS(1, 2) LAKE_WRITES(3, 4) LAKE_NONNULL(5);
lake_status lake_credential_retain(lake_credential *)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_config_new(lake_config **)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_config_set_suites(lake_config *, const int32_t *, size_t)
    LAKE_CHECKED LAKE_READS(2, 3) LAKE_NONNULL(1);
lake_status lake_config_set_methods(lake_config *, const int32_t *, size_t)
    LAKE_CHECKED LAKE_READS(2, 3) LAKE_NONNULL(1);
lake_status lake_config_add_own_credential(lake_config *, lake_credential *)
    LAKE_CHECKED LAKE_NONNULL(1, 2);
lake_status lake_config_add_peer_credential(lake_config *, lake_credential *)
    LAKE_CHECKED LAKE_NONNULL(1, 2);
lake_status lake_config_add_psk(lake_config *, int32_t, lake_credential *)
    LAKE_CHECKED LAKE_NONNULL(1, 3);
lake_status lake_config_add_trust_anchor(lake_config *, lake_credential *)
    LAKE_CHECKED LAKE_NONNULL(1, 2);
lake_status lake_config_add_intermediate(lake_config *, lake_credential *)
    LAKE_CHECKED LAKE_NONNULL(1, 2);
lake_status lake_config_add_cwt_issuer(lake_config *, lake_credential *, const char *)
    LAKE_CHECKED LAKE_NONNULL(1, 2);
lake_status lake_config_set_time(lake_config *, int64_t)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_config_require_key_purpose(lake_config *, int32_t, const char *)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_config_add_crl(lake_config *, const uint8_t *, size_t)
    LAKE_CHECKED LAKE_READS(2, 3) LAKE_NONNULL(1);
lake_status lake_config_allow_peer(lake_config *, int32_t, const char *)
    LAKE_CHECKED LAKE_READS(3) LAKE_NONNULL(1, 3);
lake_status lake_config_set_verify_callback(lake_config *, lake_verify_fn, void *, lake_destroy_fn)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_config_verify_credential(lake_config *, lake_credential *, int32_t)
    LAKE_CHECKED LAKE_NONNULL(1, 2);
lake_status lake_config_set_credential_callback(lake_config *, lake_credential_fn, void *, lake_destroy_fn)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_config_set_ead_callback(lake_config *, lake_ead_fn, void *, lake_destroy_fn)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_config_set_keylog(lake_config *, lake_keylog_fn, void *, lake_destroy_fn)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_config_set_ead_labels(lake_config *, uint32_t, const int64_t *, size_t)
    LAKE_CHECKED LAKE_READS(3, 4) LAKE_NONNULL(1);
lake_status lake_config_set_option(lake_config *, int32_t, int64_t)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_config_set_limits(lake_config *, const struct lake_limits *)
    LAKE_CHECKED LAKE_READS(2) LAKE_NONNULL(1, 2);
lake_status lake_session_new(lake_config *, int32_t, lake_session **)
    LAKE_CHECKED LAKE_NONNULL(1, 3);
lake_status lake_session_set_connection_id(lake_session *, const uint8_t *, size_t)
    LAKE_CHECKED LAKE_READS(2, 3) LAKE_NONNULL(1);
lake_status lake_session_select_suite(lake_session *, int32_t)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_session_set_own_credential(lake_session *, lake_credential *)
    LAKE_CHECKED LAKE_NONNULL(1, 2);
lake_status lake_session_key_question(lake_session *, lake_status *, uint8_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_WRITES(3, 4) LAKE_NONNULL(1, 2, 5);
lake_status lake_session_answer_key(lake_session *, const uint8_t *, size_t)
    LAKE_CHECKED LAKE_READS(2, 3) LAKE_NONNULL(1);
lake_status lake_session_set_userdata(lake_session *, void *, lake_destroy_fn)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_session_userdata(const lake_session *, void **)
    LAKE_CHECKED LAKE_NONNULL(1, 2);
lake_status lake_session_step(lake_session *, const uint8_t *, size_t, uint8_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_READS(2, 3) LAKE_WRITES(4, 5) LAKE_NONNULL(1, 6);
lake_status lake_session_prepare_message(lake_session *, int32_t, uint8_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_WRITES(3, 4) LAKE_NONNULL(1, 5);
lake_status lake_session_process_message(lake_session *, int32_t, const uint8_t *, size_t)
    LAKE_CHECKED LAKE_READS(3, 4) LAKE_NONNULL(1);
lake_status lake_session_continue(lake_session *)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_session_complete_without_message_4(lake_session *)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_session_peer_proved(lake_session *)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_session_restart(lake_session *)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_session_ead_add(lake_session *, int32_t, int64_t, const uint8_t *, size_t)
    LAKE_CHECKED LAKE_READS(4, 5) LAKE_NONNULL(1);
lake_status lake_session_ead_pad(lake_session *, int32_t, size_t)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_session_ead_count(lake_session *, int32_t, size_t *)
    LAKE_CHECKED LAKE_NONNULL(1, 3);
lake_status lake_session_ead_get(lake_session *, int32_t, size_t, struct lake_ead_item *, uint8_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_WRITES(5, 6) LAKE_NONNULL(1, 4, 7);
lake_status lake_session_ead_accept(lake_session *, int32_t, size_t)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_session_ead_reject(lake_session *, int32_t, size_t)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_session_peer_id_cred(lake_session *, uint8_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_WRITES(2, 3) LAKE_NONNULL(1, 4);
lake_status lake_session_set_peer_credential(lake_session *, lake_credential *)
    LAKE_CHECKED LAKE_NONNULL(1, 2);
lake_status lake_session_reject_peer(lake_session *, lake_status)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_session_expect_peer(lake_session *, int32_t, const char *)
    LAKE_CHECKED LAKE_READS(3) LAKE_NONNULL(1, 3);
lake_status lake_session_own_credential(lake_session *, lake_credential **)
    LAKE_CHECKED LAKE_NONNULL(1, 2);
lake_status lake_session_peer_credential(lake_session *, lake_credential **)
    LAKE_CHECKED LAKE_NONNULL(1, 2);
lake_status lake_session_peer_suites(lake_session *, int64_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_WRITES(2, 3) LAKE_NONNULL(1, 4);
lake_status lake_session_prepare_error(lake_session *, uint8_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_WRITES(2, 3) LAKE_NONNULL(1, 4);
lake_status lake_session_process_error(lake_session *, const uint8_t *, size_t)
    LAKE_CHECKED LAKE_READS(2, 3) LAKE_NONNULL(1);
lake_status lake_session_abort(lake_session *)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_session_error_text(lake_session *, char *, size_t, size_t *)
    LAKE_CHECKED LAKE_WRITES(2, 3) LAKE_NONNULL(1, 4);
lake_status lake_session_peer_error(lake_session *, int64_t *, char *, size_t, size_t *)
    LAKE_CHECKED LAKE_WRITES(3, 4) LAKE_NONNULL(1, 2, 5);
lake_status lake_error_build(int32_t, const char *, const int32_t *, size_t, uint8_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_READS(3, 4) LAKE_WRITES(5, 6) LAKE_NONNULL(7);
lake_status lake_error_parse(const uint8_t *, size_t, int64_t *, char *, size_t, size_t *)
    LAKE_CHECKED LAKE_READS(1, 2) LAKE_WRITES(4, 5) LAKE_NONNULL(3, 6);
lake_status lake_error_suites(const uint8_t *, size_t, int64_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_READS(1, 2) LAKE_WRITES(3, 4) LAKE_NONNULL(5);
lake_status lake_session_export(lake_session *, uint64_t, const uint8_t *, size_t, uint8_t *, size_t)
    LAKE_CHECKED LAKE_READS(3, 4) LAKE_WRITES(5, 6) LAKE_NONNULL(1, 5);
lake_status lake_session_key_update(lake_session *, const uint8_t *, size_t)
    LAKE_CHECKED LAKE_READS(2, 3) LAKE_NONNULL(1);
lake_status lake_session_oscore_context(lake_session *, struct lake_oscore_context *)
    LAKE_CHECKED LAKE_NONNULL(1, 2);
lake_status lake_session_oscore_libcoap_conf(lake_session *, char *, size_t, size_t *)
    LAKE_CHECKED LAKE_WRITES(2, 3) LAKE_NONNULL(1, 4);
lake_status lake_resumption_new(const struct lake_resumption_options *, lake_resumption **)
    LAKE_CHECKED LAKE_NONNULL(2);
lake_status lake_resumption_keep(lake_resumption *, lake_session *)
    LAKE_CHECKED LAKE_NONNULL(1, 2);
lake_status lake_resumption_confirm(lake_resumption *, lake_session *)
    LAKE_CHECKED LAKE_NONNULL(1, 2);
lake_status lake_resumption_forget(lake_resumption *, int32_t, const uint8_t *, size_t, const uint8_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_READS(3, 4) LAKE_READS(5, 6) LAKE_NONNULL(1, 7);
lake_status lake_resumption_count(lake_resumption *, size_t *)
    LAKE_CHECKED LAKE_NONNULL(1, 2);
lake_status lake_resumption_save(lake_resumption *, const uint8_t *, size_t, uint8_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_READS(2, 3) LAKE_WRITES(4, 5) LAKE_NONNULL(1, 6);
lake_status lake_resumption_load(const uint8_t *, size_t, const uint8_t *, size_t, const struct lake_resumption_options *, lake_resumption **)
    LAKE_CHECKED LAKE_READS(1, 2) LAKE_READS(3, 4) LAKE_NONNULL(6);
lake_status lake_config_set_resumption(lake_config *, lake_resumption *)
    LAKE_CHECKED LAKE_NONNULL(1, 2);
lake_status lake_session_use_resumption(lake_session *, lake_resumption *, const uint8_t *, size_t)
    LAKE_CHECKED LAKE_READS(3, 4) LAKE_NONNULL(1, 2);
lake_status lake_session_fall_back(lake_session *)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_session_resumption_credential(lake_session *, size_t, lake_credential **)
    LAKE_CHECKED LAKE_NONNULL(1, 3);
lake_status lake_session_save(lake_session *, const uint8_t *, size_t, uint8_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_READS(2, 3) LAKE_WRITES(4, 5) LAKE_NONNULL(1, 6);
lake_status lake_session_restore(lake_config *, const uint8_t *, size_t, const uint8_t *, size_t, lake_session **)
    LAKE_CHECKED LAKE_READS(2, 3) LAKE_READS(4, 5) LAKE_NONNULL(1, 6);
lake_status lake_saved_id(const uint8_t *, size_t, uint8_t[16])
    LAKE_CHECKED LAKE_READS(1, 2) LAKE_WRITES(3) LAKE_NONNULL(3);
lake_status lake_session_renewal(lake_session *, uint64_t, uint64_t, uint64_t, int32_t *)
    LAKE_CHECKED LAKE_NONNULL(1, 5);
lake_status lake_config_set_renewal_limits(lake_config *, const struct lake_renewal_limits *)
    LAKE_CHECKED LAKE_READS(2) LAKE_NONNULL(1, 2);
lake_status lake_session_info(lake_session *, struct lake_session_info *)
    LAKE_CHECKED LAKE_NONNULL(1, 2);
lake_status lake_coap_ids_new(size_t, size_t, lake_coap_ids **)
    LAKE_CHECKED LAKE_NONNULL(3);
lake_status lake_coap_ids_take(lake_coap_ids *, const uint8_t *, size_t, uint8_t[7], size_t *)
    LAKE_CHECKED LAKE_READS(2, 3) LAKE_WRITES(4) LAKE_NONNULL(1, 4, 5);
lake_status lake_coap_ids_reserve(lake_coap_ids *, const uint8_t *, size_t)
    LAKE_CHECKED LAKE_READS(2, 3) LAKE_NONNULL(1);
lake_status lake_coap_ids_release(lake_coap_ids *, const uint8_t *, size_t)
    LAKE_READS(2, 3) LAKE_NONNULL(1);
lake_status lake_coap_ids_count(lake_coap_ids *, size_t *)
    LAKE_CHECKED LAKE_NONNULL(1, 2);
lake_status lake_coap_profile_of(lake_config *, int32_t, int32_t, struct lake_coap_profile *)
    LAKE_CHECKED LAKE_NONNULL(1, 4);
lake_status lake_coap_profile_well_known(int64_t, struct lake_coap_profile *, char *, size_t, size_t *)
    LAKE_CHECKED LAKE_WRITES(3, 4) LAKE_NONNULL(2, 5);
lake_status lake_coap_profile_encode(const struct lake_coap_profile *, uint8_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_READS(1) LAKE_WRITES(2, 3) LAKE_NONNULL(1, 4);
lake_status lake_coap_profile_decode(const uint8_t *, size_t, struct lake_coap_profile *)
    LAKE_CHECKED LAKE_READS(1, 2) LAKE_NONNULL(3);
lake_status lake_coap_link_write(const char *, const struct lake_coap_resource *, const struct lake_coap_profile *, char *, size_t, size_t *)
    LAKE_CHECKED LAKE_READS(1) LAKE_READS(2) LAKE_READS(3) LAKE_WRITES(4, 5) LAKE_NONNULL(1, 2, 3, 6);
lake_status lake_coap_link_read(const char *, size_t, size_t, struct lake_coap_resource *, struct lake_coap_profile *, char *, size_t, size_t *)
    LAKE_CHECKED LAKE_READS(1, 2) LAKE_WRITES(6, 7) LAKE_NONNULL(4, 5, 8);
lake_status lake_coap_session_peer_profile(lake_session *, int32_t, size_t, struct lake_coap_profile *, int32_t *)
    LAKE_CHECKED LAKE_NONNULL(1, 4, 5);
lake_status lake_coap_server_new(lake_config *, lake_config *, lake_coap_ids *, lake_coap_event_fn, void *, lake_destroy_fn, lake_coap_server **)
    LAKE_CHECKED LAKE_NONNULL(4, 7);
lake_status lake_coap_server_set_limits(lake_coap_server *, const struct lake_coap_limits *)
    LAKE_CHECKED LAKE_READS(2) LAKE_NONNULL(1, 2);
lake_status lake_coap_server_set_prepare(lake_coap_server *, lake_coap_prepare_fn, void *, lake_destroy_fn)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_coap_server_add_profile(lake_coap_server *, const struct lake_coap_profile *)
    LAKE_CHECKED LAKE_READS(2) LAKE_NONNULL(1, 2);
lake_status lake_coap_server_link(lake_coap_server *, const char *, int32_t, char *, size_t, size_t *)
    LAKE_CHECKED LAKE_READS(2) LAKE_WRITES(4, 5) LAKE_NONNULL(1, 2, 6);
lake_status lake_coap_server_handle(lake_coap_server *, const struct lake_coap_incoming *, struct lake_coap_outgoing *, uint8_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_READS(2) LAKE_WRITES(4, 5) LAKE_NONNULL(1, 2, 3, 6);
lake_status lake_coap_server_continue(lake_coap_server *, lake_session *, struct lake_coap_outgoing *, uint8_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_WRITES(4, 5) LAKE_NONNULL(1, 2, 3, 6);
lake_status lake_coap_server_expire(lake_coap_server *)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_coap_server_reserve(lake_coap_server *, const uint8_t *, size_t)
    LAKE_CHECKED LAKE_READS(2, 3) LAKE_NONNULL(1);
lake_status lake_coap_server_release(lake_coap_server *, const uint8_t *, size_t)
    LAKE_READS(2, 3) LAKE_NONNULL(1);
lake_status lake_coap_server_stats(lake_coap_server *, struct lake_coap_stats *)
    LAKE_CHECKED LAKE_NONNULL(1, 2);
lake_status lake_coap_client_new(lake_config *, int32_t, lake_coap_ids *, lake_coap_client **)
    LAKE_CHECKED LAKE_NONNULL(1, 4);
lake_status lake_coap_client_set_prepare(lake_coap_client *, lake_coap_prepare_fn, void *, lake_destroy_fn)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_coap_client_discover(lake_coap_client *, const char *, size_t, char *, size_t, size_t *)
    LAKE_CHECKED LAKE_READS(2, 3) LAKE_WRITES(4, 5) LAKE_NONNULL(1, 6);
lake_status lake_coap_client_suit(lake_coap_client *, const struct lake_coap_profile *)
    LAKE_CHECKED LAKE_READS(2) LAKE_NONNULL(1, 2);
lake_status lake_coap_client_add_profile(lake_coap_client *, const struct lake_coap_profile *)
    LAKE_CHECKED LAKE_READS(2) LAKE_NONNULL(1, 2);
lake_status lake_coap_client_ask_profiles(lake_coap_client *, int32_t)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_coap_client_peer_profile(lake_coap_client *, size_t, struct lake_coap_profile *)
    LAKE_CHECKED LAKE_NONNULL(1, 3);
lake_status lake_coap_client_start(lake_coap_client *, struct lake_coap_outgoing *, uint8_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_WRITES(3, 4) LAKE_NONNULL(1, 2, 5);
lake_status lake_coap_client_next(lake_coap_client *, const struct lake_coap_incoming *, struct lake_coap_outgoing *, uint8_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_READS(2) LAKE_WRITES(4, 5) LAKE_NONNULL(1, 2, 3, 6);
lake_status lake_coap_client_again(lake_coap_client *, struct lake_coap_outgoing *, uint8_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_WRITES(3, 4) LAKE_NONNULL(1, 2, 5);
lake_status lake_coap_client_continue(lake_coap_client *, struct lake_coap_outgoing *, uint8_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_WRITES(3, 4) LAKE_NONNULL(1, 2, 5);
lake_status lake_coap_client_no_answer(lake_coap_client *)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_coap_client_combine(lake_coap_client *, const uint8_t *, size_t, size_t, size_t, int32_t *, uint8_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_READS(2, 3) LAKE_WRITES(7, 8) LAKE_NONNULL(1, 6, 9);
lake_status lake_coap_client_verified(lake_coap_client *)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_coap_client_is_done(lake_coap_client *, int32_t *)
    LAKE_CHECKED LAKE_NONNULL(1, 2);
lake_status lake_coap_client_session(lake_coap_client *, lake_session **)
    LAKE_CHECKED LAKE_NONNULL(1, 2);
lake_status lake_coap_client_error_text(lake_coap_client *, char *, size_t, size_t *)
    LAKE_CHECKED LAKE_WRITES(2, 3) LAKE_NONNULL(1, 4);
lake_status lake_endpoint_new(lake_config *, lake_config *, lake_resumption *, const struct lake_endpoint_options *, lake_endpoint **)
    LAKE_CHECKED LAKE_NONNULL(5);
lake_status lake_endpoint_restore(lake_config *, lake_config *, lake_resumption *, const struct lake_endpoint_options *, const uint8_t *, size_t, const uint8_t *, size_t, int64_t, lake_endpoint **)
    LAKE_CHECKED LAKE_READS(5, 6) LAKE_READS(7, 8) LAKE_NONNULL(10);
lake_status lake_endpoint_receive(lake_endpoint *, const uint8_t *, size_t, const uint8_t *, size_t, int64_t)
    LAKE_CHECKED LAKE_READS(2, 3) LAKE_READS(4, 5) LAKE_NONNULL(1);
lake_status lake_endpoint_send(lake_endpoint *, int64_t, const uint8_t *, size_t, const uint8_t *, size_t, int64_t)
    LAKE_CHECKED LAKE_READS(3, 4) LAKE_READS(5, 6) LAKE_NONNULL(1);
lake_status lake_endpoint_tick(lake_endpoint *, int64_t)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_endpoint_due(lake_endpoint *, int64_t *)
    LAKE_CHECKED LAKE_NONNULL(1, 2);
lake_status lake_endpoint_next(lake_endpoint *, struct lake_endpoint_action *, uint8_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_WRITES(3, 4) LAKE_NONNULL(1, 2, 5);
lake_status lake_endpoint_continue(lake_endpoint *, lake_session *, int64_t)
    LAKE_CHECKED LAKE_NONNULL(1, 2);
lake_status lake_endpoint_peers(lake_endpoint *, int64_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_WRITES(2, 3) LAKE_NONNULL(1, 4);
lake_status lake_endpoint_peer(lake_endpoint *, int64_t, struct lake_endpoint_peer *)
    LAKE_CHECKED LAKE_NONNULL(1, 3);
lake_status lake_endpoint_peer_credential(lake_endpoint *, int64_t, lake_credential **)
    LAKE_CHECKED LAKE_NONNULL(1, 3);
lake_status lake_endpoint_drop(lake_endpoint *, int64_t, int64_t)
    LAKE_CHECKED LAKE_NONNULL(1);
lake_status lake_endpoint_stats(lake_endpoint *, struct lake_endpoint_stats *)
    LAKE_CHECKED LAKE_NONNULL(1, 2);
lake_status lake_endpoint_save(lake_endpoint *, const uint8_t *, size_t, uint8_t *, size_t, size_t *)
    LAKE_CHECKED LAKE_READS(2, 3) LAKE_WRITES(4, 5) LAKE_NONNULL(1, 6);
lake_status lake_endpoint_saved(lake_endpoint *, int64_t)
    LAKE_CHECKED LAKE_NONNULL(1);

#ifdef __cplusplus
}
#endif
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

#undef LAKE_CHECKED
#undef LAKE_NONNULL
#undef LAKE_READS
#undef LAKE_WRITES

#endif
