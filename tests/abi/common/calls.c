#define LAKE_NO_MARKS /* handles that are NULL or stale */
#include "calls.h"

/* Arguments. Nobody looks at the results. */
static const uint8_t in[] = {0xa1, 0x04, 0x41, 0x2b}; /* a CBOR map: {4: h'2b'} */
static uint8_t out[4096], out2[128];
static char text[4096];
static size_t len, len2;
static int32_t number, numbers[32];
static int64_t big, bigs[32];
static void *pointer;
static lake_status status;
static lake_credential *credential;
static struct lake_suite_info suite = {.struct_size = sizeof suite};
static struct lake_method_info method = {.struct_size = sizeof method};
static const struct lake_limits limits = {.struct_size = sizeof limits};
static const struct lake_renewal_limits renewal = {.struct_size = sizeof renewal};
static struct lake_oscore_context oscore = {.struct_size = sizeof oscore};
static struct lake_coap_profile profile = {.struct_size = sizeof profile};
static struct lake_coap_resource resource = {.struct_size = sizeof resource};
static const struct lake_coap_limits coap_limits = {.struct_size = sizeof coap_limits};
static struct lake_coap_stats stats = {.struct_size = sizeof stats};
static const struct lake_coap_incoming request = {.struct_size = sizeof request, .code = 1, .format = -1};
static struct lake_session_info info = {.struct_size = sizeof info};
static struct lake_credential_info credential_info = {.struct_size = sizeof credential_info};
static struct lake_ead_item item = {.struct_size = sizeof item};
static struct lake_endpoint_action action = {.struct_size = sizeof action};
static struct lake_endpoint_peer endpoint_peer = {.struct_size = sizeof endpoint_peer};
static struct lake_endpoint_stats endpoint_stats = {.struct_size = sizeof endpoint_stats};
static struct lake_coap_outgoing answer = {.struct_size = sizeof answer};

#define IN in, sizeof in
#define OUT out, sizeof out, &len
#define TEXT text, sizeof text, &len
#define NUMBERS numbers, 32, &len
#define BIGS bigs, 32, &len
#define ANSWER &answer, OUT
#define LINK "</a>;rt=core.edhoc", 18

#define KEY blob_key, sizeof blob_key

lake_credential *calls_credential;
lake_session *calls_session;
lake_resumption *calls_resumption;

static const int32_t one = 1;
static const int64_t label = 1;
static const uint8_t blob_key[32], blob[100] = {1};
static const uint8_t *const ders[] = {in};
static const size_t der_lens[] = {sizeof in};

/* Handles as results: given back at once, so that nothing is left behind. */
static lake_status made_credential(lake_status s)
{
    return s == LAKE_OK ? lake_credential_free(credential) : s;
}

static lake_status made_config(void)
{
    lake_config *config;
    lake_status s = lake_config_new(&config);
    return s == LAKE_OK ? lake_config_free(config) : s;
}

static lake_session *session;

static lake_status made_session(lake_status s)
{
    return s == LAKE_OK ? lake_session_free(session) : s;
}

static lake_resumption *store;

static lake_status made_resumption(lake_status s)
{
    return s == LAKE_OK ? lake_resumption_free(store) : s;
}

static lake_coap_ids *ids;

static lake_status made_ids(lake_status s)
{
    return s == LAKE_OK ? lake_coap_ids_free(ids) : s;
}

static lake_coap_server *server;

static lake_status made_server(lake_status s)
{
    return s == LAKE_OK ? lake_coap_server_free(server) : s;
}

static lake_coap_client *client;

static lake_status made_client(lake_status s)
{
    return s == LAKE_OK ? lake_coap_client_free(client) : s;
}

static lake_endpoint *endpoint;

static lake_status made_endpoint(lake_status s)
{
    return s == LAKE_OK ? lake_endpoint_free(endpoint) : s;
}

static lake_status no_event(void *userdata, const struct lake_coap_event *event)
{
    (void)userdata, (void)event;
    return LAKE_OK;
}

/* A key of nobody's. */
static lake_status no_key(void *userdata, int32_t operation, const uint8_t *input, size_t input_len, uint8_t *answer,
                          size_t cap, size_t *answer_len)
{
    (void)userdata, (void)operation, (void)input, (void)input_len, (void)answer, (void)cap, (void)answer_len;
    return LAKE_ERR_UNSUPPORTED;
}

/* X(kind, function, call with the handle h) */
#define CALLS(X) \
    X(NO_HANDLE, lake_build_info, lake_build_info(TEXT)) \
    X(NO_HANDLE, lake_set_log, lake_set_log(NULL, NULL, NULL)) \
    X(NO_HANDLE, lake_suites, lake_suites(NUMBERS)) \
    X(NO_HANDLE, lake_suite_info, lake_suite_info(0, &suite)) \
    X(NO_HANDLE, lake_methods, lake_methods(NUMBERS)) \
    X(NO_HANDLE, lake_method_info, lake_method_info(0, &method)) \
    X(NO_HANDLE, lake_keypair_generate, \
      lake_keypair_generate(LAKE_KEY_X25519, out, sizeof out, &len, out2, sizeof out2, &len2)) \
    X(NO_HANDLE, lake_credential_from_ccs, made_credential(lake_credential_from_ccs(IN, &credential))) \
    X(NO_HANDLE, lake_credential_from_x509, made_credential(lake_credential_from_x509(ders, der_lens, 1, &credential))) \
    X(NO_HANDLE, lake_credential_from_parts, \
      made_credential(lake_credential_from_parts(IN, IN, LAKE_KEY_X25519, out, 32, &credential))) \
    X(NO_HANDLE, lake_credential_from_id_cred, made_credential(lake_credential_from_id_cred(IN, &credential))) \
    X(NO_HANDLE, lake_credential_from_pem, made_credential(lake_credential_from_pem(IN, &credential))) \
    X(NO_HANDLE, lake_credential_from_c509, made_credential(lake_credential_from_c509(ders, der_lens, 1, &credential))) \
    X(NO_HANDLE, lake_credential_from_cwt, made_credential(lake_credential_from_cwt(IN, &credential))) \
    X(NO_HANDLE, lake_credential_from_psk, \
      made_credential(lake_credential_from_psk(IN, blob, sizeof blob, -16, IN, blob, 1, &credential))) \
    X(NO_HANDLE, lake_ccs_build, lake_ccs_build("subject", IN, LAKE_KEY_X25519, blob, 32, OUT)) \
    X(NO_HANDLE, lake_cose_key_build, lake_cose_key_build(IN, LAKE_KEY_X25519, blob, 32, OUT)) \
    X(NO_HANDLE, lake_cose_key_to_ccs, lake_cose_key_to_ccs(IN, OUT)) \
    X(NO_HANDLE, lake_x509_to_c509, lake_x509_to_c509(IN, OUT)) \
    X(NO_HANDLE, lake_c509_to_x509, lake_c509_to_x509(IN, OUT)) \
    X(NO_HANDLE, lake_resumption_new, made_resumption(lake_resumption_new(NULL, &store))) \
    X(NO_HANDLE, lake_resumption_load, made_resumption(lake_resumption_load(KEY, blob, sizeof blob, NULL, &store))) \
    X(NO_HANDLE, lake_saved_id, lake_saved_id(blob, sizeof blob, out)) \
    X(NO_HANDLE, lake_config_new, made_config()) \
    X(NO_HANDLE, lake_error_build, lake_error_build(1, "text", NULL, 0, OUT)) \
    X(NO_HANDLE, lake_error_parse, lake_error_parse(IN, &big, TEXT)) \
    X(NO_HANDLE, lake_error_suites, lake_error_suites(IN, BIGS)) \
    X(NO_HANDLE, lake_coap_ids_new, made_ids(lake_coap_ids_new(1, 4, &ids))) \
    X(NO_HANDLE, lake_coap_profile_well_known, lake_coap_profile_well_known(0, &profile, TEXT)) \
    X(NO_HANDLE, lake_coap_profile_encode, lake_coap_profile_encode(&profile, OUT)) \
    X(NO_HANDLE, lake_coap_profile_decode, lake_coap_profile_decode(IN, &profile)) \
    X(NO_HANDLE, lake_coap_link_write, lake_coap_link_write("/a", &resource, &profile, TEXT)) \
    X(NO_HANDLE, lake_coap_link_read, lake_coap_link_read(LINK, 0, &resource, &profile, TEXT)) \
    X(CREDENTIAL, lake_credential_set_id_cred, lake_credential_set_id_cred(h, IN)) \
    X(CREDENTIAL, lake_credential_set_id, lake_credential_set_id(h, LAKE_ID_KID, IN)) \
    X(CREDENTIAL, lake_credential_set_private_key, lake_credential_set_private_key(h, IN)) \
    X(CREDENTIAL, lake_credential_set_private_key_pem, lake_credential_set_private_key_pem(h, IN)) \
    X(CREDENTIAL, lake_credential_set_external_key, lake_credential_set_external_key(h, no_key, NULL, NULL)) \
    X(CREDENTIAL, lake_credential_info, lake_credential_info(h, &credential_info)) \
    X(CREDENTIAL, lake_credential_origin_peer, made_credential(lake_credential_origin_peer(h, &credential))) \
    X(CREDENTIAL, lake_credential_text, lake_credential_text(h, LAKE_TEXT_SUBJECT, TEXT)) \
    X(CREDENTIAL, lake_credential_data, lake_credential_data(h, LAKE_DATA_FINGERPRINT, OUT)) \
    X(CREDENTIAL, lake_credential_retain, lake_credential_retain(h)) \
    X(CREDENTIAL, lake_credential_free, lake_credential_free(h)) \
    X(CONFIG, lake_config_set_suites, lake_config_set_suites(h, &one, 1)) \
    X(CONFIG, lake_config_set_methods, lake_config_set_methods(h, &one, 1)) \
    X(CONFIG, lake_config_add_own_credential, lake_config_add_own_credential(h, calls_credential)) \
    X(CONFIG, lake_config_add_peer_credential, lake_config_add_peer_credential(h, calls_credential)) \
    X(CONFIG, lake_config_add_psk, lake_config_add_psk(h, LAKE_INITIATOR, calls_credential)) \
    X(CONFIG, lake_config_add_trust_anchor, lake_config_add_trust_anchor(h, calls_credential)) \
    X(CONFIG, lake_config_add_intermediate, lake_config_add_intermediate(h, calls_credential)) \
    X(CONFIG, lake_config_add_cwt_issuer, lake_config_add_cwt_issuer(h, calls_credential, "name")) \
    X(CONFIG, lake_config_set_time, lake_config_set_time(h, 0)) \
    X(CONFIG, lake_config_require_key_purpose, lake_config_require_key_purpose(h, LAKE_INITIATOR, "")) \
    X(CONFIG, lake_config_add_crl, lake_config_add_crl(h, IN)) \
    X(CONFIG, lake_config_allow_peer, lake_config_allow_peer(h, LAKE_NAME_CCS, "name")) \
    X(CONFIG, lake_config_set_verify_callback, lake_config_set_verify_callback(h, NULL, NULL, NULL)) \
    X(CONFIG, lake_config_verify_credential, lake_config_verify_credential(h, calls_credential, 1)) \
    X(CONFIG, lake_config_set_resumption, lake_config_set_resumption(h, calls_resumption)) \
    X(CONFIG, lake_config_set_renewal_limits, lake_config_set_renewal_limits(h, &renewal)) \
    X(CONFIG, lake_session_restore, made_session(lake_session_restore(h, KEY, blob, sizeof blob, &session))) \
    X(CONFIG, lake_config_set_credential_callback, lake_config_set_credential_callback(h, NULL, NULL, NULL)) \
    X(CONFIG, lake_config_set_ead_callback, lake_config_set_ead_callback(h, NULL, NULL, NULL)) \
    X(CONFIG, lake_config_set_keylog, lake_config_set_keylog(h, NULL, NULL, NULL)) \
    X(CONFIG, lake_config_set_option, lake_config_set_option(h, LAKE_OPTION_MESSAGE_4, 1)) \
    X(CONFIG, lake_config_set_ead_labels, lake_config_set_ead_labels(h, LAKE_EAD_UNDERSTOOD, &label, 1)) \
    X(CONFIG, lake_config_set_limits, lake_config_set_limits(h, &limits)) \
    X(CONFIG, lake_session_new, made_session(lake_session_new(h, LAKE_INITIATOR, &session))) \
    X(CONFIG, lake_coap_profile_of, lake_coap_profile_of(h, LAKE_RESPONDER, 0, &profile)) \
    X(CONFIG, lake_coap_server_new, made_server(lake_coap_server_new(h, NULL, NULL, no_event, NULL, NULL, &server))) \
    X(CONFIG, lake_coap_client_new, made_client(lake_coap_client_new(h, LAKE_INITIATOR, NULL, &client))) \
    X(CONFIG, lake_config_free, lake_config_free(h)) \
    X(SESSION, lake_session_set_connection_id, lake_session_set_connection_id(h, IN)) \
    X(SESSION, lake_session_select_suite, lake_session_select_suite(h, 0)) \
    X(SESSION, lake_session_set_own_credential, lake_session_set_own_credential(h, calls_credential)) \
    X(SESSION, lake_session_key_question, lake_session_key_question(h, &status, OUT)) \
    X(SESSION, lake_session_answer_key, lake_session_answer_key(h, IN)) \
    X(SESSION, lake_session_use_resumption, lake_session_use_resumption(h, calls_resumption, IN)) \
    X(SESSION, lake_session_fall_back, lake_session_fall_back(h)) \
    X(SESSION, lake_session_resumption_credential, \
      made_credential(lake_session_resumption_credential(h, 0, &credential))) \
    X(SESSION, lake_session_save, lake_session_save(h, KEY, OUT)) \
    X(SESSION, lake_session_renewal, lake_session_renewal(h, 1, 1, 0, &number)) \
    X(SESSION, lake_session_set_userdata, lake_session_set_userdata(h, &len, NULL)) \
    X(SESSION, lake_session_userdata, lake_session_userdata(h, &pointer)) \
    X(SESSION, lake_session_step, lake_session_step(h, IN, OUT)) \
    X(SESSION, lake_session_prepare_message, lake_session_prepare_message(h, 1, OUT)) \
    X(SESSION, lake_session_process_message, lake_session_process_message(h, 1, IN)) \
    X(SESSION, lake_session_continue, lake_session_continue(h)) \
    X(SESSION, lake_session_complete_without_message_4, lake_session_complete_without_message_4(h)) \
    X(SESSION, lake_session_peer_proved, lake_session_peer_proved(h)) \
    X(SESSION, lake_session_restart, lake_session_restart(h)) \
    X(SESSION, lake_session_ead_add, lake_session_ead_add(h, 1, 1, IN)) \
    X(SESSION, lake_session_ead_pad, lake_session_ead_pad(h, 1, 1)) \
    X(SESSION, lake_session_ead_count, lake_session_ead_count(h, 1, &len)) \
    X(SESSION, lake_session_ead_get, lake_session_ead_get(h, 1, 0, &item, OUT)) \
    X(SESSION, lake_session_ead_accept, lake_session_ead_accept(h, 1, 0)) \
    X(SESSION, lake_session_ead_reject, lake_session_ead_reject(h, 1, 0)) \
    X(SESSION, lake_session_peer_id_cred, lake_session_peer_id_cred(h, OUT)) \
    X(SESSION, lake_session_set_peer_credential, lake_session_set_peer_credential(h, calls_credential)) \
    X(SESSION, lake_session_expect_peer, lake_session_expect_peer(h, LAKE_NAME_CCS, "name")) \
    X(SESSION, lake_session_own_credential, made_credential(lake_session_own_credential(h, &credential))) \
    X(SESSION, lake_session_reject_peer, lake_session_reject_peer(h, LAKE_ERR_PEER_REJECTED)) \
    X(SESSION, lake_session_peer_credential, made_credential(lake_session_peer_credential(h, &credential))) \
    X(SESSION, lake_session_peer_suites, lake_session_peer_suites(h, BIGS)) \
    X(SESSION, lake_session_prepare_error, lake_session_prepare_error(h, OUT)) \
    X(SESSION, lake_session_process_error, lake_session_process_error(h, IN)) \
    X(SESSION, lake_session_abort, lake_session_abort(h)) \
    X(SESSION, lake_session_error_text, lake_session_error_text(h, TEXT)) \
    X(SESSION, lake_session_peer_error, lake_session_peer_error(h, &big, TEXT)) \
    X(SESSION, lake_session_export, lake_session_export(h, 32768, IN, out, 16)) \
    X(SESSION, lake_session_key_update, lake_session_key_update(h, IN)) \
    X(SESSION, lake_session_oscore_context, lake_session_oscore_context(h, &oscore)) \
    X(SESSION, lake_session_oscore_libcoap_conf, lake_session_oscore_libcoap_conf(h, TEXT)) \
    X(SESSION, lake_session_info, lake_session_info(h, &info)) \
    X(SESSION, lake_coap_session_peer_profile, lake_coap_session_peer_profile(h, 1, 0, &profile, &number)) \
    X(SESSION, lake_session_free, lake_session_free(h)) \
    X(RESUMPTION, lake_resumption_keep, lake_resumption_keep(h, calls_session)) \
    X(RESUMPTION, lake_resumption_confirm, lake_resumption_confirm(h, calls_session)) \
    X(RESUMPTION, lake_resumption_forget, lake_resumption_forget(h, LAKE_DATA_KEY_HASH, KEY, NULL, 0, &len)) \
    X(RESUMPTION, lake_resumption_count, lake_resumption_count(h, &len)) \
    X(RESUMPTION, lake_resumption_save, lake_resumption_save(h, KEY, OUT)) \
    X(RESUMPTION, lake_resumption_free, lake_resumption_free(h)) \
    X(COAP_IDS, lake_coap_ids_take, lake_coap_ids_take(h, IN, out, &len)) \
    X(COAP_IDS, lake_coap_ids_reserve, lake_coap_ids_reserve(h, IN)) \
    X(COAP_IDS, lake_coap_ids_release, lake_coap_ids_release(h, IN)) \
    X(COAP_IDS, lake_coap_ids_count, lake_coap_ids_count(h, &len)) \
    X(COAP_IDS, lake_coap_ids_free, lake_coap_ids_free(h)) \
    X(CONFIG, lake_endpoint_new, made_endpoint(lake_endpoint_new(h, h, NULL, NULL, &endpoint))) \
    X(CONFIG, lake_endpoint_restore, made_endpoint(lake_endpoint_restore(h, h, NULL, NULL, KEY, blob, sizeof blob, 0, &endpoint))) \
    X(ENDPOINT, lake_endpoint_receive, lake_endpoint_receive(h, IN, IN, 0)) \
    X(ENDPOINT, lake_endpoint_send, lake_endpoint_send(h, 0, IN, IN, 0)) \
    X(ENDPOINT, lake_endpoint_tick, lake_endpoint_tick(h, 0)) \
    X(ENDPOINT, lake_endpoint_due, lake_endpoint_due(h, &big)) \
    X(ENDPOINT, lake_endpoint_next, lake_endpoint_next(h, &action, OUT)) \
    X(ENDPOINT, lake_endpoint_continue, lake_endpoint_continue(h, calls_session, 0)) \
    X(ENDPOINT, lake_endpoint_peers, lake_endpoint_peers(h, BIGS)) \
    X(ENDPOINT, lake_endpoint_peer, lake_endpoint_peer(h, 1, &endpoint_peer)) \
    X(ENDPOINT, lake_endpoint_peer_credential, made_credential(lake_endpoint_peer_credential(h, 1, &credential))) \
    X(ENDPOINT, lake_endpoint_drop, lake_endpoint_drop(h, 1, 0)) \
    X(ENDPOINT, lake_endpoint_stats, lake_endpoint_stats(h, &endpoint_stats)) \
    X(ENDPOINT, lake_endpoint_save, lake_endpoint_save(h, KEY, OUT)) \
    X(ENDPOINT, lake_endpoint_saved, lake_endpoint_saved(h, 0)) \
    X(ENDPOINT, lake_endpoint_free, lake_endpoint_free(h)) \
    X(COAP_SERVER, lake_coap_server_set_limits, lake_coap_server_set_limits(h, &coap_limits)) \
    X(COAP_SERVER, lake_coap_server_set_prepare, lake_coap_server_set_prepare(h, NULL, NULL, NULL)) \
    X(COAP_SERVER, lake_coap_server_add_profile, lake_coap_server_add_profile(h, &profile)) \
    X(COAP_SERVER, lake_coap_server_link, lake_coap_server_link(h, "/a", 0, TEXT)) \
    X(COAP_SERVER, lake_coap_server_handle, lake_coap_server_handle(h, &request, ANSWER)) \
    X(COAP_SERVER, lake_coap_server_continue, lake_coap_server_continue(h, calls_session, ANSWER)) \
    X(COAP_SERVER, lake_coap_server_expire, lake_coap_server_expire(h)) \
    X(COAP_SERVER, lake_coap_server_reserve, lake_coap_server_reserve(h, IN)) \
    X(COAP_SERVER, lake_coap_server_release, lake_coap_server_release(h, IN)) \
    X(COAP_SERVER, lake_coap_server_stats, lake_coap_server_stats(h, &stats)) \
    X(COAP_SERVER, lake_coap_server_free, lake_coap_server_free(h)) \
    X(COAP_CLIENT, lake_coap_client_set_prepare, lake_coap_client_set_prepare(h, NULL, NULL, NULL)) \
    X(COAP_CLIENT, lake_coap_client_discover, lake_coap_client_discover(h, LINK, TEXT)) \
    X(COAP_CLIENT, lake_coap_client_suit, lake_coap_client_suit(h, &profile)) \
    X(COAP_CLIENT, lake_coap_client_add_profile, lake_coap_client_add_profile(h, &profile)) \
    X(COAP_CLIENT, lake_coap_client_ask_profiles, lake_coap_client_ask_profiles(h, LAKE_COAP_YES)) \
    X(COAP_CLIENT, lake_coap_client_peer_profile, lake_coap_client_peer_profile(h, 0, &profile)) \
    X(COAP_CLIENT, lake_coap_client_start, lake_coap_client_start(h, ANSWER)) \
    X(COAP_CLIENT, lake_coap_client_next, lake_coap_client_next(h, &request, ANSWER)) \
    X(COAP_CLIENT, lake_coap_client_again, lake_coap_client_again(h, ANSWER)) \
    X(COAP_CLIENT, lake_coap_client_continue, lake_coap_client_continue(h, ANSWER)) \
    X(COAP_CLIENT, lake_coap_client_no_answer, lake_coap_client_no_answer(h)) \
    X(COAP_CLIENT, lake_coap_client_combine, lake_coap_client_combine(h, IN, 0, 0, &number, OUT)) \
    X(COAP_CLIENT, lake_coap_client_verified, lake_coap_client_verified(h)) \
    X(COAP_CLIENT, lake_coap_client_is_done, lake_coap_client_is_done(h, &number)) \
    X(COAP_CLIENT, lake_coap_client_session, lake_coap_client_session(h, &session)) \
    X(COAP_CLIENT, lake_coap_client_error_text, lake_coap_client_error_text(h, TEXT)) \
    X(COAP_CLIENT, lake_coap_client_free, lake_coap_client_free(h))

#define FUNCTION(kind, function, call) \
    static lake_status run_##function(void *h) { (void)h; return call; }
CALLS(FUNCTION)

#define ROW(kind, function, call) {#function, kind, run_##function},
const struct call calls[] = {CALLS(ROW)};
const size_t calls_count = sizeof calls / sizeof calls[0];

const char *const plain_functions[] = {
    "lake_version",     "lake_version_number", "lake_abi_version", "lake_strerror",    "lake_status_name",
    "lake_has_feature", "lake_live_handles",   "lake_wipe",
    "lake_state_name"};
const size_t plain_functions_count = sizeof plain_functions / sizeof plain_functions[0];
