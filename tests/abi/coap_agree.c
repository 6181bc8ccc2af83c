/* How both sides come to agree: what a client finds out beforehand, and profiles that are
 * asked for and told (draft-ietf-lake-app-profiles). (Cipher suites: coap_suites.c.) */
#include "coap_fixture.h"

enum { PROFILES_LABEL = 32791 };
static struct coap c;
static struct identity signer;

static const struct lake_coap_profile nothing = {.struct_size = sizeof nothing};

static struct lake_coap_profile by_id(int64_t id)
{
    struct lake_coap_profile p = nothing;
    p.has_id = 1;
    p.id = id;
    return p;
}

/* A profile of one method and suite; below 0: it says nothing. */
static struct lake_coap_profile of(int64_t method, int64_t suite)
{
    struct lake_coap_profile p = nothing;
    p.n_methods = method >= 0;
    p.methods[0] = method;
    p.n_suites = suite >= 0;
    p.suites[0] = suite;
    return p;
}

/* A server with method 3 and suite 0, and clients that can do more and prefer method 0
 * with suite 1. */
static void make(void)
{
    static const int32_t methods[] = {0, 3}, suites[] = {1, 0};
    static const int64_t label = PROFILES_LABEL;
    coap_make(&c);
    identity_make(&signer, LAKE_KEY_ED25519, 's');
    OK(lake_config_add_own_credential(c.p.config_i, signer.credential));
    OK(lake_config_set_methods(c.p.config_i, methods, 2));
    OK(lake_config_set_suites(c.p.config_i, suites, 2));
    OK(lake_config_set_ead_labels(c.p.config_i, LAKE_EAD_UNDERSTOOD, &label, 1));
    OK(lake_config_set_ead_labels(c.p.config_r, LAKE_EAD_UNDERSTOOD, &label, 1));
}

static void unmake(void)
{
    coap_free(&c);
    identity_free(&signer);
}

static int32_t suite_of(lake_coap_client *client)
{
    int32_t suite;
    suite = info_of(session_of(client)).suite;
    return suite;
}

/* --- Beforehand ------------------------------------------------------------------------------ */

static void suited(void)
{
    struct outgoing request, answer;
    const struct lake_coap_profile good[] = {by_id(1), of(3, 0), of(3, -1)};
    lake_coap_client *client;
    for (size_t i = 0; i < COUNT(good); i++) {
        coap_server(&c, NULL);
        client = client_of(&c, LAKE_INITIATOR, NULL);
        OK(lake_coap_client_suit(client, &good[i]));
        OK(run(&c, client));
        check_same_context(&c, client);
        CHECK(suite_of(client) == 0 && c.failed == (i == 2)); /* nothing was said about the suite there */
        CHECK_STATUS(LAKE_ERR_FROZEN, lake_coap_client_suit(client, &good[i]));
        OK(lake_coap_client_free(client));
    }
    const struct { struct lake_coap_profile profile; lake_status status; } bad[] = {
        {by_id(500), LAKE_ERR_NOT_FOUND}, {by_id(0), LAKE_ERR_NO_COMMON_SUITE}, {of(3, 5), LAKE_ERR_NO_COMMON_SUITE},
        {of(1, 0), LAKE_ERR_METHOD}, {of(4, -1), LAKE_ERR_METHOD}};
    client = client_of(&c, LAKE_INITIATOR, NULL);
    for (size_t i = 0; i < COUNT(bad); i++) CHECK_STATUS(bad[i].status, lake_coap_client_suit(client, &bad[i].profile));
    OK(lake_coap_client_suit(client, &good[0]));
    CHECK_STATUS(LAKE_ERR_METHOD, lake_coap_client_suit(client, &bad[3].profile)); /* the choice stays */
    OK(client_start(client, &request));
    handle(&c, incoming(&request), &answer);
    check_answer("message_1 that suits", &answer, CHANGED, EDHOC, -1);
    OK(lake_coap_client_free(client));
    client = client_of(&c, LAKE_INITIATOR, NULL); /* without anything */
    CHECK_STATUS(LAKE_ERR_PEER_UNSPECIFIED, run(&c, client));
    OK(lake_coap_client_free(client));
}

static void discovered(void)
{
    char document[1024], path[64];
    size_t len;
    static const char others[] = "</other>;rt=core.edhoc;ed-r;ed-method=1,</unknown>;rt=core.edhoc;ed-prof=500,";
    coap_server(&c, NULL);
    memcpy(document, others, sizeof others);
    OK(lake_coap_server_link(c.server, "/here", 1, document + sizeof others - 1, sizeof document - sizeof others, &len));
    lake_coap_client *client = client_of(&c, LAKE_INITIATOR, NULL);
    static const struct { const char *document; lake_status status; } bad[] = {
        {"", LAKE_ERR_NOT_FOUND}, {others, LAKE_ERR_NOT_FOUND}, {"</a>;rt=core.edhoc;ed-i", LAKE_ERR_NOT_FOUND},
        {"</a>;rt=core.edhoc;ed-prof=500", LAKE_ERR_NOT_FOUND}, {"</a", LAKE_ERR_MALFORMED},
        {"</a>;rt=core.edhoc;ed-csuite=5", LAKE_ERR_NOT_FOUND}, {"</a>;ed-r", LAKE_ERR_NOT_FOUND}};
    for (size_t i = 0; i < COUNT(bad); i++)
        CHECK_STATUS(bad[i].status, lake_coap_client_discover(client, bad[i].document, strlen(bad[i].document), path,
                                                              sizeof path, &len));
    OK(lake_coap_client_discover(client, document, strlen(document), path, sizeof path, &len));
    CHECK(strcmp(path, "/here") == 0 && len == 5);
    OK(run(&c, client));
    check_same_context(&c, client);
    CHECK_INT(1, stats_of(&c).begun); /* at once */
    CHECK_STATUS(LAKE_ERR_FROZEN, lake_coap_client_discover(client, document, strlen(document), path, sizeof path, &len));
    OK(lake_coap_client_free(client));
    client = client_of(&c, LAKE_RESPONDER, NULL);
    static const char two[] = "</r>;rt=core.edhoc;ed-r,</i>;rt=core.edhoc;ed-i";
    OK(lake_coap_client_discover(client, two, strlen(two), path, sizeof path, &len));
    CHECK(strcmp(path, "/i") == 0);
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_coap_client_discover(client, two, 23, path, sizeof path, &len));
    OK(lake_coap_client_free(client));
}

/* --- Told in an error message ------------------------------------------------------------------ */

static void told_after_refusal(void)
{
    const struct { struct lake_coap_profile profiles[3]; int n; lake_status status; int begun; } cases[] = {
        {{by_id(500), by_id(0), by_id(1)}, 3, LAKE_OK, 2},
        {{of(3, 0)}, 1, LAKE_OK, 2},
        {{by_id(500)}, 1, LAKE_ERR_REFUSED, 1},                  /* not known to the client */
        {{by_id(0)}, 1, LAKE_ERR_REFUSED, 1},                    /* nothing in common */
        {{of(0, 1)}, 1, LAKE_ERR_REFUSED, 1},                    /* what was tried */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct lake_coap_profile told = nothing;
        coap_server(&c, NULL);
        for (int k = 0; k < cases[i].n; k++) OK(lake_coap_server_add_profile(c.server, &cases[i].profiles[k]));
        lake_coap_client *client = client_of(&c, LAKE_INITIATOR, NULL);
        CHECK_STATUS(LAKE_ERR_STATE, lake_coap_client_peer_profile(client, 0, &told)); /* not started */
        CHECK_STATUS(cases[i].status, run(&c, client));
        const struct lake_coap_stats stats = stats_of(&c);
        CHECK(stats.begun == (uint64_t)cases[i].begun && stats.failed == 1 && stats.half_open == 0);
        CHECK_INT(cases[i].status == LAKE_OK, is_done(client));
        for (int k = 0; k < cases[i].n; k++) {
            OK(lake_coap_client_peer_profile(client, (size_t)k, &told));
            CHECK(memcmp(&told, &cases[i].profiles[k], sizeof told) == 0);
        }
        CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_coap_client_peer_profile(client, (size_t)cases[i].n, &told));
        CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_coap_client_peer_profile(client, SIZE_MAX, &told));
        OK(lake_coap_client_free(client));
    }
}

/* --- Told in EAD ----------------------------------------------------------------------------------- */

/* What the server sees of the client's, when the run is established. */
static struct lake_coap_profile seen[3];
static int n_seen;
static int32_t asked;

static void look(struct coap *w, const struct lake_coap_event *event)
{
    struct lake_coap_profile none = nothing;
    (void)w;
    if (event->kind != LAKE_COAP_EVENT_ESTABLISHED) return;
    for (n_seen = 0; n_seen < 3; n_seen++) {
        seen[n_seen] = nothing;
        lake_status status = lake_coap_session_peer_profile(event->session, 1, (size_t)n_seen, &seen[n_seen], &asked);
        if (status == LAKE_ERR_NOT_FOUND) break;
        OK(status);
    }
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_coap_session_peer_profile(event->session, 1, SIZE_MAX, &none, &asked));
}

/* A client that advertises n profiles and asks, with a server that has profile 1. */
static lake_status advertise(const struct lake_coap_profile *profiles, int n, int32_t ask,
                             const struct lake_coap_profile *server, lake_coap_client **client)
{
    const struct lake_coap_profile suits = by_id(1);
    coap_server(&c, NULL);
    OK(lake_coap_server_add_profile(c.server, server));
    *client = client_of(&c, LAKE_INITIATOR, NULL);
    OK(lake_coap_client_suit(*client, &suits));
    OK(lake_coap_client_ask_profiles(*client, ask));
    for (int i = 0; i < n; i++) OK(lake_coap_client_add_profile(*client, &profiles[i]));
    n_seen = -1;
    c.inside = look;
    lake_status status = run(&c, *client);
    c.inside = NULL;
    CHECK_INT(status == LAKE_OK, is_done(*client));
    CHECK_INT(0, stats_of(&c).half_open);
    return status;
}

static void asked_and_told(void)
{
    const struct lake_coap_profile one = by_id(1);
    lake_coap_client *client;
    struct lake_coap_profile told = nothing;
    int32_t ask = 7;
    for (int32_t wanted = LAKE_COAP_UNSAID; wanted <= LAKE_COAP_NO; wanted++) {
        OK(advertise(NULL, 0, wanted, &one, &client));
        CHECK_STATUS(wanted == LAKE_COAP_YES ? LAKE_OK : LAKE_ERR_NOT_FOUND, lake_coap_client_peer_profile(client, 0, &told));
        CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_coap_client_peer_profile(client, 1, &told));
        CHECK_INT(wanted != LAKE_COAP_UNSAID, n_seen); /* a question comes with an empty profile */
        if (n_seen == 1) CHECK(asked == wanted && memcmp(&seen[0], &nothing, sizeof nothing) == 0);
        if (wanted == LAKE_COAP_YES) {
            CHECK(memcmp(&told, &one, sizeof one) == 0);
            told = nothing;
            OK(lake_coap_session_peer_profile(session_of(client), 2, 0, &told, &ask));
            CHECK(memcmp(&told, &one, sizeof one) == 0 && ask == LAKE_COAP_UNSAID);
        }
        OK(lake_coap_client_free(client));
    }
    /* More than a question. */
    struct lake_coap_profile ours[3] = {by_id(1), of(3, 0), by_id(500)};
    ours[1].message_4 = LAKE_COAP_NO;
    ours[1].n_exports = 3;
    for (int i = 0; i < 3; i++) { /* sorted by label */
        ours[1].export_labels[i] = 40000 + (uint64_t)i;
        ours[1].export_lengths[i] = 16 * (uint64_t)(3 - i);
    }
    ours[2].n_eads = 2;
    ours[2].eads[0] = 5;
    ours[2].eads[1] = 4;
    for (int times = 0; times < 5; times++) {
        OK(advertise(ours, 3, LAKE_COAP_YES, &one, &client));
        CHECK(n_seen == 3 && asked == LAKE_COAP_YES);
        for (int i = 0; i < 2; i++) CHECK(memcmp(&seen[i], &ours[i], sizeof ours[i]) == 0);
        OK(lake_coap_client_free(client));
    }
}

/* What an advertisement lays down has to be so, and both must not lay down the same. */
static void laid_down(void)
{
    lake_coap_client *client;
    const struct lake_coap_profile one = by_id(1);
    struct lake_coap_profile told = nothing, message_4 = nothing, length = nothing, other = nothing;
    message_4.message_4 = LAKE_COAP_YES;
    length.n_exports = 1;
    length.export_labels[0] = 40000; /* for private use */
    length.export_lengths[0] = 32;
    other = length;
    other.export_labels[0] = 40001;
    CHECK(advertise(&message_4, 1, LAKE_COAP_YES, &one, &client) < 0);
    CHECK_INT(1, c.failed);
    OK(lake_coap_client_free(client));
    CHECK_STATUS(LAKE_ERR_MALFORMED, advertise(NULL, 0, LAKE_COAP_YES, &message_4, &client));
    CHECK_INT(1, c.failed); /* the server was told */
    OK(lake_coap_client_free(client));
    OK(advertise(&length, 1, LAKE_COAP_YES, &length, &client)); /* the server leaves it to the client */
    OK(lake_coap_client_peer_profile(client, 0, &told));
    CHECK_INT(0, told.n_exports);
    OK(lake_coap_client_free(client));
    OK(advertise(&length, 1, LAKE_COAP_YES, &other, &client));
    OK(lake_coap_client_free(client));

    /* Contradictions are found at once, and what was there stays. */
    struct lake_coap_profile no_message_4 = message_4, longer = length;
    no_message_4.message_4 = LAKE_COAP_NO;
    longer.export_lengths[0]++;
    client = client_of(&c, LAKE_INITIATOR, NULL);
    OK(lake_coap_client_add_profile(client, &no_message_4));
    OK(lake_coap_client_add_profile(client, &length));
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_coap_client_add_profile(client, &message_4));
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_coap_client_add_profile(client, &longer));
    longer = length;
    longer.n_exports = 2; /* a label twice */
    longer.export_labels[1] = longer.export_labels[0];
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_coap_client_add_profile(client, &longer));
    coap_server(&c, NULL);
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_coap_server_add_profile(c.server, &longer));
    for (int i = 2; i < LAKE_COAP_LIST_MAX; i++) OK(lake_coap_client_add_profile(client, &one));
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_coap_client_add_profile(client, &one));
    OK(lake_coap_client_free(client));
    client = client_of(&c, LAKE_RESPONDER, NULL); /* of the Initiator only */
    OK(lake_coap_client_add_profile(client, &one));
    struct outgoing request;
    CHECK_STATUS(LAKE_ERR_ARGUMENT, client_start(client, &request));
    OK(lake_coap_client_free(client));
}

/* Items that are no advertisement end the run. */
static const struct item { int64_t label; const char *value; size_t len; } items[] = {
    {PROFILES_LABEL, "\0", 1}, {-PROFILES_LABEL, NULL, 0}, {-PROFILES_LABEL, "\xff", 1}, {-PROFILES_LABEL, "", 0}};

static lake_status add_item(void *userdata, lake_session *session)
{
    const struct item *item = userdata;
    const struct lake_coap_profile unchanged = nothing;
    struct lake_coap_profile profile = nothing;
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_coap_session_peer_profile(session, 1, 0, &profile, &asked));
    CHECK(memcmp(&profile, &unchanged, sizeof profile) == 0);
    return lake_session_ead_add(session, 1, item->label, (const uint8_t *)item->value, item->len);
}

static void no_advertisements(void)
{
    const struct lake_coap_profile one = by_id(1);
    for (size_t i = 0; i < COUNT(items); i++) {
        struct outgoing request, answer;
        coap_server(&c, NULL);
        OK(lake_coap_server_add_profile(c.server, &one));
        lake_coap_client *client = client_of(&c, LAKE_INITIATOR, NULL);
        OK(lake_coap_client_suit(client, &one));
        OK(lake_coap_client_set_prepare(client, add_item, (void *)&items[i], NULL));
        OK(client_start(client, &request));
        handle(&c, incoming(&request), &answer);
        CHECK(answer.head.code == BAD_REQUEST && c.failed == 1);
        check_nothing_left(&c);
        OK(lake_coap_client_free(client));
    }
}

int main(void)
{
    make();
    suited();
    discovered();
    told_after_refusal();
    asked_and_told();
    laid_down();
    no_advertisements();
    unmake();
    CHECK_INT(0, lake_live_handles());
    return 0;
}
