/* Output buffers: every function that has one, asked for the size, with every
 * size that is too small, with the exact one and with room. (coap_buffers.c has those
 * of CoAP.) */
#define LAKE_NO_MARKS /* NULL is passed where it must not be, to see what it gives */
#include "buffers.h"

static struct peers p;
static lake_credential *credential;
static lake_session *session; /* of the getter under test */
static struct message reply, error_message;
static const uint8_t suites_error[] = {0x02, 0x82, 0x00, 0x02}; /* code 2, suites [0, 2] */
static const uint8_t text_error[] = {0x01, 0x62, 'h', 'i'};
/* {1: 1, -1: 4, -2: an X25519 key} */
static const uint8_t cose_key[] = {0xa3, 0x01, 0x01, 0x20, 0x04, 0x21, 0x58, 0x20, [39] = 9};
static const uint8_t key[32] = {0x58, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
                                0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
                                0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66}; /* the base point of Ed25519 */
static lake_resumption *store;
static lake_status status;
static int64_t big;
static struct lake_ead_item item = {.struct_size = sizeof item};

GETTER(build_info, lake_build_info(out, cap, len))
GETTER(suites, lake_suites(out, cap, len))
GETTER(methods, lake_methods(out, cap, len))
GETTER(id_cred, lake_credential_data(credential, LAKE_DATA_ID_CRED, out, cap, len))
GETTER(cred, lake_credential_data(credential, LAKE_DATA_CRED, out, cap, len))
GETTER(public_key, lake_credential_data(credential, LAKE_DATA_PUBLIC_KEY, out, cap, len))
GETTER(describe, lake_credential_text(credential, LAKE_TEXT_DESCRIPTION, out, cap, len))
GETTER(subject, lake_credential_text(credential, LAKE_TEXT_SUBJECT, out, cap, len))
GETTER(names, lake_credential_text(credential, LAKE_TEXT_NAMES, out, cap, len))
GETTER(kid, lake_credential_data(credential, LAKE_DATA_KID, out, cap, len))
GETTER(cose_key_build, lake_cose_key_build(key, 2, LAKE_KEY_ED25519, key, 32, out, cap, len))
GETTER(ccs_build, lake_ccs_build("subject", key, 2, LAKE_KEY_ED25519, key, 32, out, cap, len))
GETTER(cose_key_to_ccs, lake_cose_key_to_ccs(cose_key, sizeof cose_key, out, cap, len))
GETTER(save, lake_session_save(session, key, sizeof key, out, cap, len))
GETTER(resumption_save, lake_resumption_save(store, key, sizeof key, out, cap, len))
GETTER(key_question, lake_session_key_question(session, &status, out, cap, len))
GETTER(message_1, lake_session_prepare_message(session, 1, out, cap, len))
GETTER(message_2, lake_session_prepare_message(session, 2, out, cap, len))
GETTER(message_3, lake_session_prepare_message(session, 3, out, cap, len))
GETTER(message_4, lake_session_prepare_message(session, 4, out, cap, len))
GETTER(step_again, lake_session_step(session, reply.bytes, reply.len, out, cap, len))
GETTER(step_nothing, lake_session_step(session, NULL, 0, out, cap, len))
GETTER(ead, lake_session_ead_get(session, 1, 0, &item, out, cap, len))
GETTER(peer_id_cred, lake_session_peer_id_cred(session, out, cap, len))
GETTER(peer_suites, lake_session_peer_suites(session, out, cap, len))
GETTER(prepare_error, lake_session_prepare_error(session, out, cap, len))
GETTER(error_text, lake_session_error_text(session, out, cap, len))
GETTER(peer_error, lake_session_peer_error(session, &big, out, cap, len))
GETTER(encode_text, lake_error_build(1, "what was wrong", NULL, 0, out, cap, len))
GETTER(encode_suites, lake_error_build(2, NULL, all_suites, 9, out, cap, len))
GETTER(encode_unknown, lake_error_build(3, NULL, NULL, 0, out, cap, len))
GETTER(parse_text, lake_error_parse(text_error, sizeof text_error, &big, out, cap, len))
GETTER(parse_no_text, lake_error_parse(suites_error, sizeof suites_error, &big, out, cap, len))
GETTER(parse_suites, lake_error_suites(suites_error, sizeof suites_error, out, cap, len))
GETTER(libcoap_conf, lake_session_oscore_libcoap_conf(session, out, cap, len))

/* The two sides of a key pair, each with room for the other. */
static uint8_t other[128];
static size_t other_len;
GETTER(private_key, lake_keypair_generate(LAKE_KEY_P384, out, cap, len, other, sizeof other, &other_len))
GETTER(public_half, lake_keypair_generate(LAKE_KEY_P384, other, sizeof other, &other_len, out, cap, len))

static void without_session(void)
{
    TEXT(build_info);
    NUMBERS(suites, int32_t);
    NUMBERS(methods, int32_t);
    check_buffer("private_key", private_key, 1, 0, 0);
    check_buffer("public_half", public_half, 1, 0, 0);
    BYTES(encode_text);
    BYTES(encode_suites);
    BYTES(encode_unknown);
    TEXT(parse_text);
    TEXT(parse_no_text);
    NUMBERS(parse_suites, int64_t);
    credential = p.id_i.credential;
    BYTES(id_cred);
    BYTES(cred);
    BYTES(public_key);
    TEXT(describe);
    TEXT(subject); /* both are empty */
    TEXT(names);
    BYTES(kid);
    BYTES(ccs_build);
    BYTES(cose_key_build);
    BYTES(cose_key_to_ccs);
    OK(lake_resumption_new(NULL, &store));
    check_buffer("resumption_save", resumption_save, 1, 0, 0);
    OK(lake_resumption_free(store));
    /* A key pair with two buffers that are too small: both lengths are told. */
    size_t a = 0, b = 0;
    CHECK_STATUS(LAKE_ERR_BUFFER_TOO_SMALL, lake_keypair_generate(LAKE_KEY_P256, NULL, 0, &a, NULL, 0, &b));
    CHECK(a == 32 && b == 64);
    a = b = 0;
    CHECK_STATUS(LAKE_ERR_BUFFER_TOO_SMALL,
                 lake_keypair_generate(LAKE_KEY_ED448, NULL, 0, &a, other, sizeof other, &b));
    CHECK(a == 57 && b == 57);
}

static void message_by_message(void)
{
    static const getter prepared[] = {NULL, message_1, message_2, message_3, message_4};
    peers_start(&p);
    OK(lake_session_ead_add(p.i, 1, 5, (const uint8_t *)"value", 5));
    for (int n = 1; n <= 4; n++) {
        session = sender(&p, n);
        check_buffer("message", prepared[n], 1, 0, 1);
        peers_exchange(&p, n, n);
        session = receiver(&p, n);
        if (n == 1) {
            BYTES(ead);
            NUMBERS(peer_suites, int64_t);
        }
    }
    peers_check_complete(&p);
    session = p.i;
    BYTES(peer_id_cred);
    TEXT(libcoap_conf);
}

/* Steps with a short buffer, then with the same input or with nothing. */
static void step_by_step(getter get)
{
    struct message nothing;
    peers_start(&p);
    reply.len = 0;
    for (int n = 1; n <= 4; n++) {
        struct message *m = &p.messages[n];
        size_t len;
        session = sender(&p, n);
        if (get == step_nothing && n > 1) /* the input only once */
            CHECK_STATUS(LAKE_ERR_BUFFER_TOO_SMALL, lake_session_step(session, reply.bytes, reply.len, NULL, 0, &len));
        check_buffer("step", get, 1, 0, 0);
        OK(prepare[n](session, m->bytes, sizeof m->bytes, &m->len));
        CHECK_BYTES(m->bytes, m->len, given.bytes, given.len);
        reply = *m;
    }
    OK(step(p.i, &reply, &nothing));
    CHECK_INT(0, nothing.len);
    peers_check_complete(&p);
}

/* Asking for the size is not saving: the sessions go on, whatever their state is. */
static void saving(void)
{
    size_t len;
    uint8_t small[64];
    peers_start(&p);
    peers_exchange(&p, 1, 1);
    session = p.i;
    for (int n = 1; n <= 4; n++) {
        if (n > 1) {
            peers_exchange(&p, n, n);
            session = sender(&p, n);
        }
        CHECK_STATUS(LAKE_ERR_BUFFER_TOO_SMALL, lake_session_save(session, key, sizeof key, NULL, 0, &len));
        CHECK_STATUS(LAKE_ERR_BUFFER_TOO_SMALL,
                     lake_session_save(session, key, sizeof key, small, sizeof small, &len));
    }
    peers_check_complete(&p);
    session = p.i;
    check_buffer("save", save, 1, 0, 0);
    peers_check_complete(&p);
    CHECK_STATUS(LAKE_OK, last_error(p.i));
    peers_start(&p);
    peers_exchange(&p, 1, 1);
    session = p.i;
    check_buffer("save", save, 1, 0, 0);
    CHECK_INT(LAKE_STATE_FAILED, state_of(p.i));
    CHECK_STATUS(LAKE_ERR_ABORTED, last_error(p.i));
}

/* A question about a key, which has to be answered. */
static void question(void)
{
    lake_credential *own = identity_public(&p.id_r);
    struct message none;
    OK(lake_credential_set_external_key(own, NULL, NULL, NULL));
    peers_start(&p);
    OK(lake_session_set_own_credential(p.r, own));
    OK(lake_credential_free(own));
    peers_exchange(&p, 1, 1);
    CHECK_STATUS(LAKE_PENDING_SIGNATURE, lake_session_prepare_message(p.r, 2, NULL, 0, &none.len));
    session = p.r;
    BYTES(key_question);
    CHECK_STATUS(LAKE_PENDING_SIGNATURE, status);
}

static void errors(void)
{
    size_t len;
    struct message none;
    static const uint8_t bad[] = {0x03};

    /* By message functions. */
    peers_start(&p);
    session = p.r;
    CHECK_STATUS(LAKE_ERR_MALFORMED, lake_session_process_message(p.r, 1, bad, sizeof bad));
    TEXT(error_text);
    BYTES(prepare_error);

    /* By steps: a short buffer, then prepare_error gives it. */
    peers_start(&p);
    session = p.r;
    memcpy(reply.bytes, bad, sizeof bad);
    reply.len = sizeof bad;
    len = 12345;
    CHECK_STATUS(LAKE_ERR_MALFORMED, lake_session_step(p.r, bad, sizeof bad, NULL, 0, &len));
    CHECK_INT(0, len);
    CHECK_INT(LAKE_STATE_FAILED, state_of(p.r));
    BYTES(prepare_error);

    /* By steps, with room: the status tells what was wrong, out has what to send. */
    peers_start(&p);
    CHECK_STATUS(LAKE_ERR_MALFORMED, step(p.r, &reply, &error_message));
    CHECK(error_message.len > 0);
    OK(lake_session_prepare_error(p.r, none.bytes, sizeof none.bytes, &none.len));
    CHECK_BYTES(none.bytes, none.len, error_message.bytes, error_message.len);

    /* The peer's. */
    peers_prepare(&p, 1);
    CHECK_STATUS(LAKE_ERR_PEER_UNSPECIFIED,
                 lake_session_process_message(p.i, 2, error_message.bytes, error_message.len));
    session = p.i;
    TEXT(peer_error);
    TEXT(error_text);
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_prepare_error(p.i, none.bytes, sizeof none.bytes, &none.len));
}

int main(void)
{
    size_t live = lake_live_handles();
    peers_make(&p, 0, 2);
    OK(lake_config_set_option(p.config_i, LAKE_OPTION_MESSAGE_4, 1));
    OK(lake_config_set_option(p.config_r, LAKE_OPTION_MESSAGE_4, 1));
    without_session();
    message_by_message();
    step_by_step(step_again);
    step_by_step(step_nothing);
    saving();
    question();
    errors();
    peers_free(&p);
    CHECK_INT(live, lake_live_handles());
    return 0;
}
