/* Sessions that are saved and restored, in every state in which they can be; and
 * the adviser that says when keys are to be renewed. */
#include "fixture.h"

static struct peers p;
static const uint8_t key[32] = {7}, other_key[32] = {8};

struct blob {
    uint8_t bytes[4096];
    size_t len;
};

static lake_status save(lake_session *session, struct blob *out)
{
    return lake_session_save(session, key, sizeof key, out->bytes, sizeof out->bytes, &out->len);
}

static lake_status restore(lake_config *config, const struct blob *from, lake_session **out)
{
    uint8_t *exact = malloc(from->len ? from->len : 1); /* the sanitizer sees what is read beyond */
    memcpy(exact, from->bytes, from->len);
    lake_status status = lake_session_restore(config, key, sizeof key, exact, from->len, out);
    free(exact);
    return status;
}

static lake_config *config_of(const lake_session *session) { return session == p.i ? p.config_i : p.config_r; }

/* --- In every state ------------------------------------------------------------------ */

/* The session goes into a blob and comes out of it again. */
static void move(lake_session **session)
{
    struct blob saved, none;
    struct message error;
    size_t size;
    lake_session *again;
    int32_t before = state_of(*session);
    /* Asking for the size, and wrong keys, do nothing. */
    CHECK_STATUS(LAKE_ERR_BUFFER_TOO_SMALL, lake_session_save(*session, key, sizeof key, NULL, 0, &size));
    CHECK_STATUS(LAKE_ERR_BUFFER_TOO_SMALL, lake_session_save(*session, key, sizeof key, none.bytes, size - 1, &none.len));
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_session_save(*session, key, 31, none.bytes, sizeof none.bytes, &none.len));
    CHECK_INT(before, state_of(*session));
    OK(lake_session_save(*session, key, sizeof key, saved.bytes, size, &saved.len));
    CHECK_INT(size, saved.len);
    if (before != LAKE_STATE_COMPLETED) {
        CHECK_INT(LAKE_STATE_FAILED, state_of(*session));
        CHECK_STATUS(LAKE_ERR_ABORTED, last_error(*session));
        CHECK_STATUS(LAKE_ERR_STATE, save(*session, &none));
        CHECK_STATUS(LAKE_ERR_NOT_FOUND,
                     lake_session_prepare_error(*session, error.bytes, sizeof error.bytes, &error.len));
    }
    CHECK_STATUS(LAKE_ERR_SAVED, lake_session_restore(config_of(*session), other_key, sizeof other_key, saved.bytes,
                                                      saved.len, &again));
    OK(restore(config_of(*session), &saved, &again));
    CHECK(again != *session);
    CHECK_INT(before, state_of(again));
    CHECK_STATUS(LAKE_OK, last_error(again));
    OK(lake_session_free(*session));
    *session = again;
}

static void check_refused(lake_session *session)
{
    struct blob none;
    int32_t before = state_of(session);
    CHECK_STATUS(LAKE_ERR_STATE, save(session, &none));
    CHECK_INT(before, state_of(session));
}

/* A run in which everybody is saved wherever it is possible. */
static void everywhere(void)
{
    peers_start(&p);
    check_refused(p.i);
    check_refused(p.r);
    peers_prepare(&p, 1);
    move(&p.i);
    peers_prepare(&p, 1); /* the message is in the blob, too */
    OK(peers_process(&p, 1));
    check_refused(p.r);
    peers_prepare(&p, 2);
    move(&p.r);
    OK(peers_process(&p, 2));
    check_refused(p.i);
    peers_prepare(&p, 3);
    if (p.method == 4) {
        check_refused(p.i); /* nobody is authenticated */
    } else {
        move(&p.i);
    }
    OK(peers_process(&p, 3));
    check_refused(p.r);
    peers_prepare(&p, 4);
    uint8_t out[64];
    size_t len;
    OK(lake_session_prepare_message(p.r, 4, out, sizeof out, &len));
    move(&p.r);
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_prepare_message(p.r, 4, out, sizeof out, &len)); /* it is not saved */
    OK(peers_process(&p, 4));
    move(&p.i);
    peers_check_complete(&p);
    OK(lake_session_key_update(p.i, (const uint8_t *)"x", 1));
    move(&p.i);
    OK(lake_session_key_update(p.r, (const uint8_t *)"x", 1));
    peers_check_complete(&p);
}

static void with_public_keys(void)
{
    static const int32_t suites[] = {0, 2, 6, 24, 25};
    for (int32_t method = 0; method < 4; method++) {
        for (size_t i = 0; i < COUNT(suites); i++) {
            peers_make(&p, method, suites[i]);
            everywhere();
            peers_free(&p);
        }
    }
}

static void with_psk(void)
{
    static const int32_t method = 4, suite = 2;
    static const uint8_t id[] = {0xa1, 0x04, 0x41, 'k'};
    lake_config **configs[] = {&p.config_i, &p.config_r};
    memset(&p, 0, sizeof p);
    p.method = method;
    for (int32_t side = 0; side < 2; side++) {
        lake_credential *psk;
        OK(lake_credential_from_psk(id, sizeof id, key, sizeof key, -16, (const uint8_t *)"\x41i", 2,
                                    (const uint8_t *)"\x41r", 2, &psk));
        OK(lake_config_new(configs[side]));
        OK(lake_config_set_methods(*configs[side], &method, 1));
        OK(lake_config_set_suites(*configs[side], &suite, 1));
        OK(lake_config_add_psk(*configs[side], side == 0 ? LAKE_INITIATOR : LAKE_RESPONDER, psk));
        OK(lake_credential_free(psk));
    }
    everywhere();
    peers_free(&p);
}

/* --- What is refused ------------------------------------------------------------------- */

static void altered(lake_session *session)
{
    struct blob saved, changed;
    lake_session *none = NULL;
    lake_config *config = config_of(session);
    OK(save(session, &saved));
    for (size_t i = 0; i < saved.len; i++) {
        for (int bit = 0; bit < 8; bit += 7) {
            changed = saved;
            changed.bytes[i] ^= (uint8_t)(1 << bit);
            CHECK_STATUS(i == 0 ? LAKE_ERR_UNSUPPORTED : LAKE_ERR_SAVED, restore(config, &changed, &none));
        }
        changed = saved;
        changed.len = i;
        CHECK_STATUS(LAKE_ERR_SAVED, restore(config, &changed, &none));
    }
    changed = saved;
    changed.bytes[changed.len++] = 0;
    CHECK_STATUS(LAKE_ERR_SAVED, restore(config, &changed, &none));
    CHECK(none == NULL);
    OK(restore(config, &saved, &none)); /* none of that has used it up */
    OK(lake_session_free(none));
}

static void alterations(void)
{
    peers_make(&p, 0, 2);
    peers_start(&p);
    peers_exchange(&p, 1, 1);
    altered(p.i);
    peers_start(&p);
    peers_exchange(&p, 1, 2);
    altered(p.r);
    peers_start(&p);
    peers_exchange(&p, 1, 3);
    altered(p.i);
    peers_start(&p);
    peers_exchange(&p, 1, 4);
    altered(p.i);
    altered(p.r);
    peers_check_complete(&p);
    peers_free(&p);
}

/* A half-open session comes back once, a completed one as often as one likes. */
static void twice(void)
{
    struct blob saved;
    lake_session *first, *second = NULL;
    peers_make(&p, 3, 2);
    peers_start(&p);
    peers_exchange(&p, 1, 2);
    OK(save(p.r, &saved));
    OK(restore(p.config_r, &saved, &first));
    CHECK_STATUS(LAKE_ERR_SAVED, restore(p.config_r, &saved, &second));
    OK(lake_session_free(first));
    CHECK_STATUS(LAKE_ERR_SAVED, restore(p.config_r, &saved, &second));
    CHECK(second == NULL);

    peers_start(&p);
    peers_exchange(&p, 1, 4);
    OK(save(p.r, &saved));
    OK(restore(p.config_r, &saved, &first));
    OK(restore(p.config_r, &saved, &second));
    OK(lake_session_free(p.r));
    p.r = first;
    peers_check_complete(&p);
    OK(lake_session_free(p.r));
    p.r = second;
    peers_check_complete(&p);
    peers_free(&p);
}

static lake_config *responder_like(const struct peers *like, int32_t more_suites)
{
    static const int32_t suites[] = {2, 3};
    lake_config *config;
    lake_credential *peer = identity_public(&like->id_i);
    OK(lake_config_new(&config));
    OK(lake_config_set_suites(config, suites, 1 + (size_t)more_suites));
    OK(lake_config_set_methods(config, &like->method, 1));
    OK(lake_config_add_own_credential(config, like->id_r.credential));
    OK(lake_config_add_peer_credential(config, peer));
    OK(lake_credential_free(peer));
    return config;
}

/* Another config, and one that is the same, as after a restart. */
static void other_configs(void)
{
    struct blob saved;
    lake_session *session = NULL;
    peers_make(&p, 3, 2);
    lake_config *same = responder_like(&p, 0), *other = responder_like(&p, 1);
    peers_start(&p);
    peers_exchange(&p, 1, 2);
    OK(save(p.r, &saved));
    CHECK_STATUS(LAKE_ERR_SAVED, restore(other, &saved, &session));
    CHECK_STATUS(LAKE_ERR_SAVED, restore(p.config_i, &saved, &session));
    OK(restore(same, &saved, &session));
    CHECK_STATUS(LAKE_ERR_FROZEN, lake_config_set_suites(same, &p.suite, 1));
    OK(lake_session_free(p.r));
    p.r = session;
    OK(lake_config_free(same));
    OK(lake_config_free(other));
    peers_exchange(&p, 3, 4);
    peers_check_complete(&p);
    peers_free(&p);
}

/* A credential that is not in the config could not be found again. */
static void foreign_credential(void)
{
    struct identity other;
    struct blob saved;
    peers_make(&p, 3, 2);
    identity_make(&other, LAKE_KEY_P256, 'x');
    peers_start(&p);
    OK(lake_session_set_own_credential(p.r, other.credential));
    peers_exchange(&p, 1, 1);
    peers_prepare(&p, 2);
    CHECK_STATUS(LAKE_ERR_NO_CREDENTIAL, save(p.r, &saved));
    CHECK_INT(LAKE_STATE_WAIT_MESSAGE_3, state_of(p.r));
    identity_free(&other);
    peers_free(&p);
}

static void ids(void)
{
    struct blob a, b;
    uint8_t id_a[16], id_b[16], again[16];
    peers_make(&p, 3, 2);
    peers_start(&p);
    peers_exchange(&p, 1, 4);
    OK(save(p.i, &a));
    OK(save(p.i, &b));
    OK(lake_saved_id(a.bytes, a.len, id_a));
    OK(lake_saved_id(a.bytes, a.len, again));
    OK(lake_saved_id(b.bytes, b.len, id_b));
    CHECK(memcmp(id_a, again, 16) == 0);
    CHECK(memcmp(id_a, id_b, 16) != 0);
    peers_free(&p);
}

/* Callbacks know a restored session by its new handle. */
static lake_session *seen;

static lake_status on_ead(void *userdata, lake_session *session, int32_t message, int64_t label, const uint8_t *value,
                          size_t value_len)
{
    (void)userdata, (void)message, (void)label, (void)value, (void)value_len;
    seen = session;
    return LAKE_OK;
}

static void callbacks(void)
{
    void *userdata = &p;
    peers_make(&p, 1, 2);
    OK(lake_config_set_ead_callback(p.config_r, on_ead, NULL, NULL));
    peers_start(&p);
    OK(lake_session_set_userdata(p.r, &p, NULL));
    OK(lake_session_ead_add(p.i, 3, -9, NULL, 0));
    peers_exchange(&p, 1, 2);
    move(&p.r);
    OK(lake_session_userdata(p.r, &userdata));
    CHECK(userdata == NULL); /* a pointer is not saved */
    peers_exchange(&p, 3, 4);
    CHECK(seen == p.r);
    peers_check_complete(&p);
    peers_free(&p);
}

/* --- When to renew ------------------------------------------------------------------------ */

static void check_due(int32_t expected, uint64_t sent, uint64_t received, uint64_t failures)
{
    int32_t due = -1;
    OK(lake_session_renewal(p.i, sent, received, failures, &due));
    CHECK_INT(expected, due);
}

static void renewed(void)
{
    OK(lake_session_key_update(p.i, NULL, 0));
    check_due(LAKE_RENEWAL_NONE, 0, 0, 0);
}

static void completed(int32_t suite, const struct lake_renewal_limits *limits)
{
    int32_t due;
    peers_make(&p, 3, suite);
    if (limits) OK(lake_config_set_renewal_limits(p.config_i, limits));
    OK(lake_config_set_time(p.config_i, 1000000000));
    peers_start(&p);
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_renewal(p.i, 0, 0, 0, &due));
    peers_exchange(&p, 1, 4);
    check_due(LAKE_RENEWAL_NONE, 0, 0, 0);
}

static void renewal(void)
{
    struct lake_oscore_context context = {.struct_size = sizeof context};
    struct lake_renewal_limits limits = {.struct_size = sizeof limits, .key_sets = 2, .messages = 10, .failures = 3,
                                         .key_age = 60, .run_age = 600};
    completed(2, NULL);
    check_due(LAKE_RENEWAL_NONE, (1 << 20) - 1, (1 << 20) - 1, (1 << 14) - 1);
    check_due(LAKE_RENEWAL_KEY_UPDATE, 1, 0, 0);
    renewed();
    check_due(LAKE_RENEWAL_KEY_UPDATE, 0, 1 << 20, 0);
    renewed();
    check_due(LAKE_RENEWAL_KEY_UPDATE, 0, 0, 1 << 14); /* tags of 8 bytes */
    renewed();
    check_due(LAKE_RENEWAL_KEY_UPDATE, UINT64_MAX, 0, 0);
    check_due(LAKE_RENEWAL_KEY_UPDATE, UINT64_MAX, 0, 0); /* no way back to 0 */
    renewed();
    OK(lake_config_set_time(p.config_i, 1000000000 + 3600));
    check_due(LAKE_RENEWAL_KEY_UPDATE, 0, 0, 0);
    renewed();
    OK(lake_config_set_time(p.config_i, 1000000000 + 86400));
    check_due(LAKE_RENEWAL_NEW_RUN, 0, 0, 0);
    peers_free(&p);

    completed(24, NULL);
    check_due(LAKE_RENEWAL_NONE, 0, 0, 1 << 14);
    check_due(LAKE_RENEWAL_KEY_UPDATE, 0, 0, 1 << 20);
    OK(lake_config_set_time(p.config_i, 999990000)); /* the clock went back */
    check_due(LAKE_RENEWAL_NEW_RUN, 0, 0, 0);
    peers_free(&p);

    completed(2, &limits);
    OK(lake_session_oscore_context(p.i, &context));
    check_due(LAKE_RENEWAL_KEY_UPDATE, 5, 10, 0);
    renewed();
    OK(lake_session_oscore_context(p.i, &context));
    check_due(LAKE_RENEWAL_NEW_RUN, 0, 0, 3); /* two sets of keys */
    OK(lake_config_set_time(p.config_i, 1000000000 + 600));
    check_due(LAKE_RENEWAL_NEW_RUN, 0, 0, 0);
    peers_free(&p);
}

int main(void)
{
    size_t live = lake_live_handles();
    with_public_keys();
    with_psk();
    alterations();
    twice();
    other_configs();
    foreign_credential();
    ids();
    callbacks();
    renewal();
    CHECK_INT(live, lake_live_handles());
    return 0;
}
