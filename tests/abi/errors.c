/* EDHOC error messages: as bytes, from a session that failed, and what they do
 * to the session that gets them. */
#include "fixture.h"

static struct peers p;

/* --- As bytes ------------------------------------------------------------------- */

static void codec(void)
{
    static const struct {
        int32_t code;
        const char *text;
        int32_t suites[3];
        size_t n;
        const char *wire;
        size_t wire_len;
    } cases[] = {
        {1, "", {0}, 0, "\x01\x60", 2},
        {1, "no", {0}, 0, "\x01\x62no", 4},
        {2, NULL, {2}, 1, "\x02\x02", 2},
        {2, NULL, {0, 2, 24}, 3, "\x02\x83\x00\x02\x18\x18", 6},
        {2, NULL, {-21, 0}, 2, "\x02\x82\x34\x00", 4},
        {3, NULL, {0}, 0, "\x03\xf5", 2},
    };
    uint8_t out[64];
    char text[64];
    int64_t code, suites[8];
    size_t len, n;
    for (size_t i = 0; i < COUNT(cases); i++) {
        OK(lake_error_build(cases[i].code, cases[i].text, cases[i].n ? cases[i].suites : NULL, cases[i].n, out, sizeof out, &len));
        CHECK_BYTES(cases[i].wire, cases[i].wire_len, out, len);
        OK(lake_error_parse(out, len, &code, text, sizeof text, &n));
        CHECK_INT(cases[i].code, code);
        CHECK(strcmp(cases[i].text ? cases[i].text : "", text) == 0 && n == strlen(text));
        CHECK_STATUS(cases[i].n ? LAKE_OK : LAKE_ERR_NOT_FOUND, lake_error_suites(out, len, suites, 8, &n));
        for (size_t s = 0; s < cases[i].n; s++) CHECK_INT(cases[i].suites[s], suites[s]);
    }
    /* Codes that this version does not know are read nonetheless. */
    OK(lake_error_parse((const uint8_t *)"\x17\xf6", 2, &code, text, sizeof text, &n));
    CHECK(code == 23 && n == 0 && text[0] == 0);
}

#define WIRE(text) {(const uint8_t *)(text), sizeof(text) - 1}
static const struct {
    const uint8_t *bytes;
    size_t len;
} malformed[] = {
    WIRE(""), WIRE("\x01"), WIRE("\x01\x61"), WIRE("\x01\x40"), WIRE("\x01\x60\x00"), WIRE("\x01\xf5"),
    WIRE("\x01\x62\xff\xfe"),                     /* not UTF-8 */
    WIRE("\x18\x01\x60"), WIRE("\x01\x78\x01n"), /* not the shortest form */
    WIRE("\x02\xf5"), WIRE("\x02\x80"), WIRE("\x02\x81\x00"), WIRE("\x02\x82\x00\x40"), WIRE("\x02\x82\x00"),
    WIRE("\x03\xf4"), WIRE("\x03\x01"), WIRE("\x03"), WIRE("\x40\x60"), WIRE("\xf5\xf5"), WIRE("\x41\x00"),
    WIRE("\x5b\xff\xff\xff\xff\xff\xff\xff\xff"), WIRE("\x02\x9b\xff\xff\xff\xff\xff\xff\xff\xff"),
};

static void no_error_messages(void)
{
    int64_t code = 77, suites[4];
    size_t len;
    char text[64];
    for (size_t i = 0; i < COUNT(malformed); i++) {
        const uint8_t *bytes = malformed[i].bytes;
        lake_status parsed = lake_error_parse(bytes, malformed[i].len, &code, text, sizeof text, &len);
        lake_status listed = lake_error_suites(bytes, malformed[i].len, suites, 4, &len);
        if (parsed != LAKE_ERR_MALFORMED && parsed != LAKE_ERR_NOT_DETERMINISTIC)
            FAIL("malformed[%zu]: %s", i, lake_status_name(parsed));
        CHECK_STATUS(parsed, listed);
        CHECK_INT(77, code);
        /* The peer has ended the run, however badly it says so. */
        peers_start(&p);
        peers_prepare(&p, 1);
        CHECK_STATUS(parsed, lake_session_process_error(p.i, bytes, malformed[i].len));
        CHECK_INT(LAKE_STATE_FAILED, state_of(p.i));
        CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_prepare_error(p.i, NULL, 0, &len));
        CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_peer_error(p.i, &code, text, sizeof text, &len));

        /* In the place of message_2, what begins with an integer looks like one. */
        peers_start(&p);
        peers_prepare(&p, 1);
        CHECK(lake_session_process_message(p.i, 2, bytes, malformed[i].len) < 0);
        CHECK_INT(LAKE_STATE_FAILED, state_of(p.i));
        int looks = malformed[i].len > 0 && bytes[0] < 0x40;
        CHECK_STATUS(looks ? LAKE_ERR_NOT_FOUND : LAKE_ERR_BUFFER_TOO_SMALL,
                     lake_session_prepare_error(p.i, NULL, 0, &len));
    }
}

/* --- What a failure sends ---------------------------------------------------------- */

struct wire {
    int64_t code;
    char text[64];
};

/* The error message that is due; it ends the run, and is the same each time. */
static struct wire due(lake_session *session)
{
    struct wire w;
    uint8_t out[128], again[128];
    size_t len, len2;
    OK(lake_session_prepare_error(session, out, sizeof out, &len));
    CHECK_INT(LAKE_STATE_FAILED, state_of(session));
    OK(lake_session_prepare_error(session, again, sizeof again, &len2));
    CHECK_BYTES(out, len, again, len2);
    memset(&w, 0, sizeof w);
    OK(lake_error_parse(out, len, &w.code, w.text, sizeof w.text, &len));
    return w;
}

static void check_due(lake_session *session, int64_t code, const char *text)
{
    struct wire w = due(session);
    CHECK_INT(code, w.code);
    if (strcmp(text, w.text) != 0) FAIL("on the wire: \"%s\", expected \"%s\"", w.text, text);
}

static lake_status give_1(const char *bytes, size_t len)
{
    peers_start(&p);
    return lake_session_process_message(p.r, 1, (const uint8_t *)bytes, len);
}
#define GIVE_1(text) give_1(text, sizeof(text) - 1)
#define X32 "\1\2\3\4\5\6\7\10\1\2\3\4\5\6\7\10\1\2\3\4\5\6\7\10\1\2\3\4\5\6\7\10"
#define ZERO32 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

/* A Responder with method 3 and suite 0 gets a message_1 that will not do. */
static void refused_message_1(void)
{
    peers_free(&p);
    peers_make(&p, 3, 0);
    CHECK_STATUS(LAKE_OK, GIVE_1("\x03\x00\x58\x20" X32 "\x01")); /* this one would */
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_prepare_error(p.r, NULL, 0, &(size_t){0}));
    CHECK_STATUS(LAKE_ERR_MALFORMED, GIVE_1("\x03\x00\x58\x20" X32));
    check_due(p.r, 1, "malformed message");
    CHECK_STATUS(LAKE_ERR_NOT_DETERMINISTIC, GIVE_1("\x03\x18\x00\x58\x20" X32 "\x01"));
    check_due(p.r, 1, "malformed message");
    CHECK_STATUS(LAKE_ERR_CONNECTION_ID, GIVE_1("\x03\x00\x58\x20" X32 "\x41\x01")); /* has to be an int */
    CHECK_INT(1, due(p.r).code);
    CHECK_STATUS(LAKE_ERR_CONNECTION_ID, GIVE_1("\x03\x00\x58\x20" X32 "\x18\x18"));
    CHECK_INT(1, due(p.r).code);
    CHECK_STATUS(LAKE_ERR_EAD, GIVE_1("\x03\x00\x58\x20" X32 "\x01\x40"));
    CHECK_INT(1, due(p.r).code);
    CHECK_STATUS(LAKE_ERR_EAD_CRITICAL, GIVE_1("\x03\x00\x58\x20" X32 "\x01\x20"));
    CHECK_INT(1, due(p.r).code);
    CHECK_STATUS(LAKE_ERR_METHOD, GIVE_1("\x02\x00\x58\x20" X32 "\x01"));
    CHECK_INT(1, due(p.r).code);
    CHECK_STATUS(LAKE_ERR_METHOD, GIVE_1("\x1b\x7f\xff\xff\xff\xff\xff\xff\xff\x00\x58\x20" X32 "\x01"));
    CHECK_INT(1, due(p.r).code);
    CHECK_STATUS(LAKE_ERR_PUBLIC_KEY, GIVE_1("\x03\x00\x58\x20" ZERO32 "\x01")); /* of low order */
    CHECK_INT(1, due(p.r).code);
    CHECK_STATUS(LAKE_ERR_PUBLIC_KEY, GIVE_1("\x03\x00\x42\x01\x02\x01"));
    CHECK_INT(1, due(p.r).code);
    CHECK_STATUS(LAKE_ERR_SUITE, GIVE_1("\x03\x02\x58\x20" X32 "\x01"));
    CHECK_INT(2, due(p.r).code);
    CHECK_STATUS(LAKE_ERR_SUITE, GIVE_1("\x03\x82\x00\x02\x58\x20" X32 "\x01")); /* a more preferred one is */
    CHECK_INT(2, due(p.r).code);
    peers_free(&p);
    peers_make(&p, 0, 2);
}

/* The credential that a side uses is not the one that the other has for it. */
static void impostor(int32_t method, struct wire *w, lake_status expected)
{
    struct peers other;
    lake_credential *wrong;
    peers_free(&p);
    peers_make(&other, method, 2);
    peers_make_strangers(&p, method, 2);
    wrong = identity_public(&other.id_r);
    OK(lake_config_add_peer_credential(p.config_i, wrong));
    OK(lake_credential_free(wrong));
    peers_start(&p);
    peers_exchange(&p, 1, 1);
    peers_prepare(&p, 2);
    CHECK_STATUS(expected, peers_process(&p, 2));
    *w = due(p.i);
    peers_free(&other);
}

/* A wrong tag, a wrong MAC and a wrong signature look alike to the peer, and not
 * to the host. */
static void authentication_failures(void)
{
    struct wire tag3, tag4, mac, signature;
    char texts[3][512];
    size_t len;
    peers_start(&p);
    peers_exchange(&p, 1, 2);
    peers_prepare(&p, 3);
    p.messages[3].bytes[p.messages[3].len - 1] ^= 1;
    CHECK_STATUS(LAKE_ERR_DECRYPTION, peers_process(&p, 3));
    OK(lake_session_error_text(p.r, texts[0], sizeof texts[0], &len));
    tag3 = due(p.r);
    peers_start(&p);
    peers_exchange(&p, 1, 3);
    peers_prepare(&p, 4);
    p.messages[4].bytes[p.messages[4].len - 1] ^= 1;
    CHECK_STATUS(LAKE_ERR_DECRYPTION, peers_process(&p, 4));
    tag4 = due(p.i);
    impostor(3, &mac, LAKE_ERR_MAC);
    OK(lake_session_error_text(p.i, texts[1], sizeof texts[1], &len));
    impostor(0, &signature, LAKE_ERR_SIGNATURE);
    OK(lake_session_error_text(p.i, texts[2], sizeof texts[2], &len));
    CHECK_INT(1, tag3.code);
    CHECK(memcmp(&tag3, &tag4, sizeof tag3) == 0);
    CHECK(memcmp(&tag3, &mac, sizeof mac) == 0);
    CHECK(memcmp(&tag3, &signature, sizeof signature) == 0);
    CHECK(strcmp(texts[0], texts[1]) != 0 && strcmp(texts[1], texts[2]) != 0 && strcmp(texts[0], texts[2]) != 0);
    peers_free(&p);
    peers_make(&p, 0, 2);
}

static void unknown_credential(void)
{
    struct message error;
    peers_free(&p);
    peers_make_strangers(&p, 0, 2);
    peers_start(&p);
    peers_exchange(&p, 1, 1);
    peers_prepare(&p, 2);
    CHECK_STATUS(LAKE_ERR_CREDENTIAL_UNKNOWN, peers_process(&p, 2));
    OK(lake_session_prepare_error(p.i, error.bytes, sizeof error.bytes, &error.len));
    CHECK_BYTES("\x03\xf5", 2, error.bytes, error.len);
    CHECK_STATUS(LAKE_ERR_PEER_CREDENTIAL, lake_session_process_message(p.r, 3, error.bytes, error.len));
    CHECK_INT(LAKE_STATE_FAILED, state_of(p.r));
    peers_free(&p);
    peers_make(&p, 0, 2);
}

/* A message that could not be parsed ends the run (RFC 9528 section 9), and is answered. */
static void unparsable_is_answered(void)
{
    peers_start(&p);
    peers_exchange(&p, 1, 1);
    peers_prepare(&p, 2);
    CHECK_STATUS(LAKE_ERR_MALFORMED, lake_session_process_message(p.i, 2, (const uint8_t *)"\xa0", 1));
    CHECK_INT(LAKE_STATE_FAILED, state_of(p.i));
    check_due(p.i, 1, "malformed message");
    CHECK_STATUS(LAKE_ERR_STATE, peers_process(&p, 2));
    /* After the right message, none is due. */
    peers_start(&p);
    peers_exchange(&p, 1, 2);
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_prepare_error(p.i, NULL, 0, &(size_t){0}));
    peers_exchange(&p, 3, 4);
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_prepare_error(p.i, NULL, 0, &(size_t){0}));
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_prepare_error(p.r, NULL, 0, &(size_t){0}));
    peers_check_complete(&p);
}

/* --- What an error message does ------------------------------------------------------ */

static void received(void)
{
    static const struct {
        const char *wire;
        size_t len;
        lake_status at_start, later; /* for the Initiator before message_2; for others */
        int64_t code;
        const char *text;
    } cases[] = {
        {"\x01\x64oops", 6, LAKE_ERR_PEER_UNSPECIFIED, LAKE_ERR_PEER_UNSPECIFIED, 1, "oops"},
        {"\x02\x00", 2, LAKE_ERR_PEER_SUITE, LAKE_ERR_PEER_OTHER, 2, ""},
        {"\x03\xf5", 2, LAKE_ERR_PEER_CREDENTIAL, LAKE_ERR_PEER_CREDENTIAL, 3, ""},
        {"\x17\xf6", 2, LAKE_ERR_PEER_OTHER, LAKE_ERR_PEER_OTHER, 23, ""},
        {"\x00\xf6", 2, LAKE_ERR_PEER_OTHER, LAKE_ERR_PEER_OTHER, 0, ""}, /* never to be sent, ends the run */
        {"\x20\x00", 2, LAKE_ERR_PEER_OTHER, LAKE_ERR_PEER_OTHER, -1, ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (int n = 2; n <= 4; n++) { /* in place of message n */
            for (int direct = 0; direct < 2; direct++) {
                const uint8_t *bytes = (const uint8_t *)cases[i].wire;
                int64_t code;
                char text[64];
                size_t len;
                peers_start(&p);
                peers_exchange(&p, 1, n - 2);
                peers_prepare(&p, n - 1);
                lake_session *s = receiver(&p, n);
                CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_peer_error(s, &code, text, sizeof text, &len));
                CHECK_STATUS(n == 2 ? cases[i].at_start : cases[i].later,
                             direct ? lake_session_process_error(s, bytes, cases[i].len)
                                    : process[n](s, bytes, cases[i].len));
                CHECK_INT(LAKE_STATE_FAILED, state_of(s));
                OK(lake_session_peer_error(s, &code, text, sizeof text, &len));
                CHECK_INT(cases[i].code, code);
                CHECK(strcmp(cases[i].text, text) == 0);
                /* An error message is not answered with one. */
                CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_prepare_error(s, NULL, 0, &len));
            }
        }
    }
    /* Over: nobody can end it any more. */
    peers_start(&p);
    peers_exchange(&p, 1, 4);
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_process_error(p.i, (const uint8_t *)"\x03\xf5", 2));
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_process_error(p.r, (const uint8_t *)"\x03\xf5", 2));
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_abort(p.i));
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_reject_peer(p.r, LAKE_ERR_PEER_REJECTED));
    peers_check_complete(&p);

    /* But an Initiator is told by step that message_3 was not accepted. */
    struct message late = {{0x03, 0xf5}, 2}, none;
    int64_t code;
    char text[64];
    size_t len;
    CHECK_STATUS(LAKE_ERR_PEER_CREDENTIAL, step(p.i, &late, &none));
    CHECK_INT(0, none.len);
    OK(lake_session_peer_error(p.i, &code, text, sizeof text, &len));
    CHECK_INT(3, code);
    CHECK_STATUS(LAKE_ERR_STATE, step(p.i, &p.messages[4], &none));
    peers_check_complete(&p);

    /* None is due for a message_1 that could not be made: it would answer nothing. */
    lake_config *nobody;
    OK(lake_config_new(&nobody));
    OK(lake_session_free(p.i));
    OK(lake_session_new(nobody, LAKE_INITIATOR, &p.i));
    OK(lake_config_free(nobody));
    CHECK_STATUS(LAKE_ERR_NO_CREDENTIAL, step(p.i, NULL, &none));
    CHECK_INT(0, none.len);
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_prepare_error(p.i, NULL, 0, &len));
}

/* Both sides end the run at once. Only the one that has been sent something has an error
 * message to answer with (RFC 9528 section 5.1), and that is not answered. */
static void both_end(void)
{
    struct message to_r, reply;
    size_t len;
    peers_start(&p);
    peers_exchange(&p, 1, 2);
    OK(lake_session_abort(p.i));
    OK(lake_session_abort(p.r));
    OK(lake_session_prepare_error(p.i, to_r.bytes, sizeof to_r.bytes, &to_r.len));
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_prepare_error(p.r, NULL, 0, &len));
    CHECK_STATUS(LAKE_ERR_STATE, step(p.r, &to_r, &reply));
    CHECK_INT(0, reply.len);
}

static void ended_by_host(void)
{
    for (int n = 0; n <= 3; n++) {
        for (int reject = 0; reject < 3; reject++) {
            static const lake_status reasons[] = {LAKE_ERR_ABORTED, LAKE_ERR_PEER_REJECTED,
                                                  LAKE_ERR_CREDENTIAL_UNKNOWN};
            struct lake_oscore_context c = {.struct_size = sizeof c};
            peers_start(&p);
            peers_exchange(&p, 1, n);
            lake_session *both[] = {p.i, p.r};
            for (int i = 0; i < 2; i++) {
                /* After message n, one side waits for an answer: error messages are answers. */
                int answers = n > 0 && both[i] == receiver(&p, n);
                OK(reject ? lake_session_reject_peer(both[i], reasons[reject]) : lake_session_abort(both[i]));
                CHECK_STATUS(reasons[reject], last_error(both[i]));
                CHECK_STATUS(LAKE_ERR_STATE, lake_session_oscore_context(both[i], &c));
                if (answers)
                    CHECK_INT(reject == 2 ? 3 : 1, due(both[i]).code);
                else
                    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_prepare_error(both[i], NULL, 0, &(size_t){0}));
                CHECK_STATUS(LAKE_ERR_STATE, lake_session_abort(both[i]));
            }
        }
    }
}

/* --- Negotiation ------------------------------------------------------------------------ */

/* Suites 2, 3 and 5 share their kind of key. */
static void negotiators(const int32_t *i, size_t ni, const int32_t *r, size_t nr)
{
    peers_free(&p);
    peers_make(&p, 3, 2);
    OK(lake_config_set_suites(p.config_i, i, ni));
    OK(lake_config_set_suites(p.config_r, r, nr));
    peers_start(&p);
}

static void negotiation(void)
{
    static const int32_t i_suites[] = {5, 3, 2}, r_suites[] = {2, 3}, none[] = {6};
    int32_t suite;
    int64_t suites[8];
    size_t len;
    struct message error, *m = p.messages;

    /* By message functions. */
    negotiators(i_suites, 3, r_suites, 2);
    OK(lake_session_ead_add(p.i, 1, 1, (const uint8_t *)"kept", 4));
    peers_prepare(&p, 1);
    CHECK_STATUS(LAKE_ERR_SUITE, peers_process(&p, 1));
    OK(lake_session_prepare_error(p.r, error.bytes, sizeof error.bytes, &error.len));
    CHECK_BYTES("\x02\x82\x02\x03", 4, error.bytes, error.len);
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_restart(p.i));
    CHECK_STATUS(LAKE_ERR_PEER_SUITE, lake_session_process_message(p.i, 2, error.bytes, error.len));
    OK(lake_session_peer_suites(p.i, suites, 8, &len));
    CHECK(len == 2 && suites[0] == 2 && suites[1] == 3);
    OK(lake_session_restart(p.i));
    CHECK_INT(LAKE_STATE_START, state_of(p.i));
    peers_prepare(&p, 1);
    suite = info_of(p.i).suite;
    CHECK_INT(3, suite); /* the Initiator's preference among the common ones */
    OK(lake_session_free(p.r));
    OK(lake_session_new(p.config_r, LAKE_RESPONDER, &p.r));
    OK(peers_process(&p, 1));
    OK(lake_session_peer_suites(p.r, suites, 8, &len));
    CHECK(len == 2 && suites[0] == 5 && suites[1] == 3);
    OK(lake_session_ead_count(p.r, 1, &len));
    CHECK_INT(1, len); /* EAD_1 is kept */
    peers_exchange(&p, 2, 4);
    peers_check_complete(&p);
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_restart(p.i));

    /* By steps. */
    negotiators(i_suites, 3, r_suites, 2);
    OK(step(p.i, NULL, &m[1]));
    CHECK_STATUS(LAKE_ERR_SUITE, step(p.r, &m[1], &error));
    OK(step(p.i, &error, &m[1]));
    OK(lake_session_free(p.r));
    OK(lake_session_new(p.config_r, LAKE_RESPONDER, &p.r));
    OK(step(p.r, &m[1], &m[2]));
    OK(step(p.i, &m[2], &m[3]));
    OK(step(p.r, &m[3], &m[4]));
    peers_check_complete(&p);

    /* The same error message again: somebody plays games. */
    negotiators(i_suites, 3, r_suites, 2);
    OK(step(p.i, NULL, &m[1]));
    OK(step(p.i, &error, &m[1]));
    CHECK_STATUS(LAKE_ERR_SUITE_LOOP, step(p.i, &error, &m[1]));
    CHECK_INT(0, m[1].len);
    CHECK_INT(LAKE_STATE_FAILED, state_of(p.i));
    CHECK_STATUS(LAKE_ERR_STATE, step(p.i, NULL, &m[1]));
    negotiators(i_suites, 3, r_suites, 2);
    peers_prepare(&p, 1);
    CHECK_STATUS(LAKE_ERR_PEER_SUITE, lake_session_process_error(p.i, error.bytes, error.len));
    OK(lake_session_restart(p.i));
    peers_prepare(&p, 1);
    CHECK_STATUS(LAKE_ERR_PEER_SUITE, lake_session_process_error(p.i, error.bytes, error.len));
    CHECK_STATUS(LAKE_ERR_SUITE_LOOP, lake_session_restart(p.i));
    CHECK_INT(LAKE_STATE_FAILED, state_of(p.i));

    /* Nothing in common. */
    negotiators(i_suites, 3, none, 1);
    peers_prepare(&p, 1);
    CHECK_STATUS(LAKE_ERR_PEER_SUITE, lake_session_process_error(p.i, (const uint8_t *)"\x02\x06", 2));
    CHECK_STATUS(LAKE_ERR_NO_COMMON_SUITE, lake_session_restart(p.i));
    negotiators(i_suites, 3, none, 1);
    OK(step(p.i, NULL, &m[1]));
    error.len = 2;
    memcpy(error.bytes, "\x02\x06", 2);
    CHECK_STATUS(LAKE_ERR_NO_COMMON_SUITE, step(p.i, &error, &m[1]));
    CHECK_INT(LAKE_STATE_FAILED, state_of(p.i));

    /* Known beforehand: no negotiation. A less preferred one than both support: refused. */
    negotiators(i_suites, 3, r_suites, 2);
    OK(lake_session_select_suite(p.i, 3));
    peers_exchange(&p, 1, 4);
    peers_check_complete(&p);
    negotiators(i_suites, 3, r_suites, 2);
    OK(lake_session_select_suite(p.i, 2)); /* sends 5, 3, 2, and the Responder has 3 */
    peers_prepare(&p, 1);
    CHECK_STATUS(LAKE_ERR_SUITE, peers_process(&p, 1));
    CHECK_INT(2, due(p.r).code);
}

/* --- Suites without a credential ------------------------------------------------------------ */

static lake_session *session_with(int32_t method, int32_t role, lake_credential *own, const int32_t *suites, size_t n)
{
    lake_config *config;
    lake_session *session;
    OK(lake_config_new(&config));
    OK(lake_config_set_methods(config, &method, 1));
    if (n > 0) OK(lake_config_set_suites(config, suites, n));
    OK(lake_config_add_own_credential(config, own));
    OK(lake_session_new(config, role, &session));
    OK(lake_config_free(config));
    return session;
}

/* Of the suites that are set, those with a credential are offered, accepted and told. */
static void suites_without_credential(void)
{
    static const int32_t all[] = {24, 2, 6, 3};
    struct identity x25519, p256;
    struct message m1, error;
    identity_make(&p256, LAKE_KEY_P256, 1);
    identity_make(&x25519, LAKE_KEY_X25519, 2);
    lake_session *i = session_with(3, LAKE_INITIATOR, x25519.credential, all, 4);
    lake_session *r = session_with(3, LAKE_RESPONDER, p256.credential, all, 4);
    OK(step(i, NULL, &m1));
    CHECK_BYTES("\x03\x06", 2, m1.bytes, 2); /* SUITES_I is 6 */
    CHECK_STATUS(LAKE_ERR_SUITE, step(r, &m1, &error));
    CHECK_BYTES("\x02\x82\x02\x03", 4, error.bytes, error.len);
    OK(lake_session_free(i));
    OK(lake_session_free(r));
    OK(lake_credential_free(x25519.credential));
    OK(lake_credential_free(p256.credential));
}

/* Both curves of EdDSA serve in each suite with it that the host has set; suite 0 names
 * Ed25519, suite 25 Ed448. */
static void eddsa(void)
{
    static const struct {
        int32_t kind, other;
    } cases[] = {{LAKE_KEY_ED25519, 25}, {LAKE_KEY_ED448, 0}};
    for (size_t n = 0; n < COUNT(cases); n++) {
        struct identity own, peer;
        struct peers q = {.method = 0, .suite = cases[n].other};
        int32_t method = 0;
        identity_make(&own, cases[n].kind, 1);
        identity_make(&peer, cases[n].kind, 2);
        lake_config **configs[] = {&q.config_i, &q.config_r};
        for (int side = 0; side < 2; side++) {
            OK(lake_config_new(configs[side]));
            OK(lake_config_set_methods(*configs[side], &method, 1));
            OK(lake_config_set_suites(*configs[side], &cases[n].other, 1));
            OK(lake_config_add_own_credential(*configs[side], side ? peer.credential : own.credential));
            lake_credential *known = identity_public(side ? &own : &peer);
            OK(lake_config_add_peer_credential(*configs[side], known));
            OK(lake_credential_free(known));
        }
        peers_start(&q);
        peers_exchange(&q, 1, 4);
        peers_check_complete(&q);
        peers_free(&q);

        /* Not set: the suites of its own curve. */
        int32_t suite;
        struct message m1;
        lake_session *i = session_with(0, LAKE_INITIATOR, own.credential, NULL, 0);
        OK(step(i, NULL, &m1));
        suite = info_of(i).suite;
        CHECK(suite != cases[n].other);
        OK(lake_session_free(i));
        OK(lake_credential_free(own.credential));
        OK(lake_credential_free(peer.credential));
    }
}

/* Of a key that is x alone nobody could verify a signature. */
static void x_alone(void)
{
    static const int32_t kinds[] = {LAKE_KEY_P256, LAKE_KEY_P384};
    for (size_t n = 0; n < COUNT(kinds); n++) {
        uint8_t private_key[64], public_key[128];
        size_t private_len, public_len;
        lake_credential *own;
        struct message m1;
        OK(lake_keypair_generate(kinds[n], private_key, sizeof private_key, &private_len, public_key, sizeof public_key,
                                 &public_len));
        OK(lake_credential_from_parts((const uint8_t *)"\xa1\x04\x41x", 4, (const uint8_t *)"\x41x", 2, kinds[n],
                                      public_key, public_len / 2, &own));
        OK(lake_credential_set_private_key(own, private_key, private_len));
        lake_session *i = session_with(0, LAKE_INITIATOR, own, NULL, 0);
        CHECK_STATUS(LAKE_ERR_KEY_KIND, step(i, NULL, &m1));
        OK(lake_session_free(i));
        i = session_with(3, LAKE_INITIATOR, own, NULL, 0); /* ECDH needs no more */
        OK(step(i, NULL, &m1));
        OK(lake_session_free(i));
        OK(lake_credential_free(own));
    }
}

int main(void)
{
    size_t live = lake_live_handles();
    codec();
    peers_make(&p, 0, 2);
    no_error_messages();
    refused_message_1();
    authentication_failures();
    unknown_credential();
    unparsable_is_answered();
    received();
    both_end();
    ended_by_host();
    negotiation();
    suites_without_credential();
    eddsa();
    x_alone();
    peers_free(&p);
    CHECK_INT(live, lake_live_handles());
    return 0;
}
