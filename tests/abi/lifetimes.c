/* Userdata is destroyed once, when nothing can be called with it any more, and never
 * within a callback. Each is memory of its own here, which the callbacks use: what is
 * destroyed too early or too late shows. */
#include <pthread.h>
#include <stdatomic.h>

#include "coap_fixture.h"
#include "fixture.h"

static _Thread_local int inside; /* callbacks */
static atomic_int kept, calls;   /* userdata that is not destroyed yet */
static _Thread_local char order[64]; /* the names of those destroyed */
static _Thread_local void (*in_destroy)(void);

struct thing {
    char name;
};

static struct thing *thing(char name)
{
    struct thing *t = malloc(sizeof *t);
    CHECK(t != NULL);
    t->name = name;
    kept++;
    return t;
}

static void destroy(void *userdata)
{
    struct thing *t = userdata;
    CHECK_INT(0, inside);
    if (strlen(order) + 1 < sizeof order) strncat(order, &t->name, 1);
    CHECK(t->name != 0);
    t->name = 0;
    free(t);
    kept--;
    if (in_destroy != NULL) in_destroy();
}
#define OWNED(name) thing(name), destroy

/* Those with these names were destroyed since the last time, in this order. */
static void destroyed(const char *names, int line)
{
    if (strcmp(order, names) != 0) FAIL("line %d: destroyed \"%s\", not \"%s\"", line, order, names);
    memset(order, 0, sizeof order);
}
#define DESTROYED(names) destroyed(names, __LINE__)

/* --- Functions of the host ------------------------------------------------------------- */

static void (*within)(void); /* what a callback does, once */

static void use(void *userdata)
{
    inside++;
    CHECK(((struct thing *)userdata)->name != 0);
    calls++;
    if (within != NULL) {
        void (*f)(void) = within;
        within = NULL;
        f();
    }
    CHECK(((struct thing *)userdata)->name != 0);
    inside--;
}

static lake_status on_credential(void *userdata, lake_session *session, const uint8_t *id_cred, size_t id_cred_len,
                                 lake_credential **out)
{
    (void)session, (void)id_cred, (void)id_cred_len, (void)out;
    use(userdata);
    return LAKE_ERR_NOT_FOUND;
}

static lake_status on_ead(void *userdata, lake_session *session, int32_t message, int64_t label, const uint8_t *value,
                          size_t value_len)
{
    (void)session, (void)message, (void)label, (void)value, (void)value_len;
    use(userdata);
    return LAKE_OK;
}

static lake_status on_verify(void *userdata, lake_session *session, lake_credential *peer)
{
    (void)session, (void)peer;
    use(userdata);
    return LAKE_OK;
}

static void on_keylog(void *userdata, const char *text)
{
    CHECK(text[0] != 0 && text[strlen(text) - 1] == '\n');
    use(userdata);
}

static lake_status on_key(void *userdata, int32_t operation, const uint8_t *in, size_t in_len, uint8_t *out, size_t cap,
                          size_t *len)
{
    (void)in, (void)in_len, (void)out, (void)cap, (void)len;
    use(userdata);
    return operation == LAKE_OPERATION_SIGN ? LAKE_PENDING_SIGNATURE : LAKE_PENDING_ECDH;
}

static lake_status on_prepare(void *userdata, lake_session *session)
{
    (void)session;
    use(userdata);
    return LAKE_OK;
}

static struct peers p;

/* --- Configs ------------------------------------------------------------------------------ */

/* All four of a config. */
static void set_all(lake_config *config)
{
    OK(lake_config_set_credential_callback(config, on_credential, OWNED('c')));
    OK(lake_config_set_ead_callback(config, on_ead, OWNED('e')));
    OK(lake_config_set_verify_callback(config, on_verify, OWNED('v')));
    OK(lake_config_set_keylog(config, on_keylog, OWNED('k')));
}

static void configs(void)
{
    lake_config *config;
    OK(lake_config_new(&config));
    set_all(config);
    DESTROYED("");
    set_all(config); /* replaced, each by its own kind */
    DESTROYED("cevk");
    OK(lake_config_set_ead_callback(config, NULL, NULL, NULL));
    DESTROYED("e");
    OK(lake_config_set_ead_callback(config, NULL, OWNED('n'))); /* nobody would be called */
    DESTROYED("n");
    OK(lake_config_set_keylog(config, NULL, NULL, NULL));
    DESTROYED("k");
    struct thing same = {'s'};
    OK(lake_config_set_verify_callback(config, on_verify, &same, NULL)); /* the host's own business */
    DESTROYED("v");
    OK(lake_config_free(config));
    DESTROYED("c");

    /* A function that fails takes nothing. */
    struct thing *mine = thing('m');
    CHECK_STATUS(LAKE_ERR_HANDLE, lake_config_set_ead_callback(config, on_ead, mine, destroy));
    peers_make(&p, 3, 2);
    set_all(p.config_r);
    peers_start(&p);
    CHECK_STATUS(LAKE_ERR_FROZEN, lake_config_set_credential_callback(p.config_r, on_credential, mine, destroy));
    CHECK_STATUS(LAKE_ERR_FROZEN, lake_config_set_ead_callback(p.config_r, on_ead, mine, destroy));
    CHECK_STATUS(LAKE_ERR_FROZEN, lake_config_set_verify_callback(p.config_r, NULL, mine, destroy));
    CHECK_STATUS(LAKE_ERR_FROZEN, lake_config_set_keylog(p.config_r, on_keylog, mine, destroy));
    DESTROYED("");
    CHECK_INT('m', mine->name);
    destroy(mine);
    DESTROYED("m");

    /* Sessions go on without the handle of their config. */
    lake_session *other;
    OK(lake_session_new(p.config_r, LAKE_RESPONDER, &other));
    OK(lake_config_free(p.config_r));
    DESTROYED("");
    OK(lake_session_free(other));
    OK(lake_session_ead_add(p.i, 3, -5, NULL, 0));
    calls = 0;
    peers_exchange(&p, 1, 4);
    CHECK_INT(3, calls); /* EAD, the last word, and the key log */
    DESTROYED("");
    OK(lake_session_free(p.r));
    DESTROYED("cevk");
    OK(lake_session_free(p.i));
    OK(lake_config_free(p.config_i));
    identity_free(&p.id_i);
    identity_free(&p.id_r);
}

/* A session that was saved and restored counts, too. */
static void restored(void)
{
    static const uint8_t key[32] = {1};
    uint8_t blob[4096];
    size_t len;
    peers_make(&p, 3, 2);
    OK(lake_config_set_verify_callback(p.config_i, on_verify, OWNED('v')));
    peers_start(&p);
    peers_exchange(&p, 1, 4);
    OK(lake_session_save(p.i, key, sizeof key, blob, sizeof blob, &len));
    OK(lake_session_free(p.i));
    OK(lake_session_restore(p.config_i, key, sizeof key, blob, len, &p.i));
    OK(lake_config_free(p.config_i));
    DESTROYED("");
    OK(lake_session_free(p.i));
    DESTROYED("v");
    OK(lake_session_free(p.r));
    OK(lake_config_free(p.config_r));
    identity_free(&p.id_i);
    identity_free(&p.id_r);
}

/* --- Within callbacks ----------------------------------------------------------------------- */

static lake_config *config_to_free;
static lake_session *session_to_free;

static void free_all(void)
{
    OK(lake_config_free(config_to_free));
    OK(lake_session_free(session_to_free));
    OK(lake_session_set_userdata(p.i, OWNED('j'))); /* the other side's: in the place of i */
    DESTROYED("");
}

static void look_around(void)
{
    in_destroy = NULL;
    (void)lake_live_handles(); /* nothing is locked */
    CHECK_STATUS(LAKE_ERR_HANDLE, info_status(session_to_free));
    OK(info_status(p.i));
    OK(info_status(p.r));
}

static void in_callbacks(void)
{
    peers_make(&p, 3, 2);
    OK(lake_config_set_ead_callback(p.config_r, on_ead, OWNED('e')));
    OK(lake_config_new(&config_to_free));
    OK(lake_config_add_own_credential(config_to_free, p.id_i.credential));
    OK(lake_config_set_verify_callback(config_to_free, on_verify, OWNED('v')));
    OK(lake_session_new(config_to_free, LAKE_INITIATOR, &session_to_free));
    OK(lake_session_set_userdata(session_to_free, OWNED('s')));
    peers_start(&p);
    OK(lake_session_set_userdata(p.i, OWNED('i')));
    OK(lake_session_ead_add(p.i, 1, -5, NULL, 0));
    peers_prepare(&p, 1);
    within = free_all;
    in_destroy = NULL;
    OK(peers_process(&p, 1));
    DESTROYED("svi"); /* at the end of the call that the callback belongs to */

    struct thing *mine = thing('m');
    CHECK_STATUS(LAKE_ERR_HANDLE, lake_session_set_userdata(session_to_free, mine, destroy));
    DESTROYED("");
    destroy(mine);
    DESTROYED("m");
    peers_free(&p);
    DESTROYED("je");
}

/* --- Sessions -------------------------------------------------------------------------------- */

static void sessions(void)
{
    void *now;
    peers_make(&p, 3, 2);
    peers_start(&p);
    struct thing *first = thing('1');
    OK(lake_session_set_userdata(p.i, first, destroy));
    OK(lake_session_userdata(p.i, &now));
    CHECK(now == first);
    OK(lake_session_set_userdata(p.i, OWNED('2')));
    DESTROYED("1");
    OK(lake_session_set_userdata(p.i, NULL, NULL));
    DESTROYED("2");
    OK(lake_session_userdata(p.i, &now));
    CHECK(now == NULL);
    OK(lake_session_set_userdata(p.i, NULL, NULL));
    OK(lake_session_set_userdata(p.i, OWNED('3')));
    OK(lake_session_abort(p.i));
    DESTROYED("");
    in_destroy = look_around;
    session_to_free = p.i;
    p.i = NULL;
    OK(lake_session_new(p.config_i, LAKE_INITIATOR, &p.i));
    OK(lake_session_free(session_to_free));
    DESTROYED("3");
    CHECK(in_destroy == NULL);
    peers_free(&p);
}

/* --- Keys ---------------------------------------------------------------------------------------- */

static void keys(void)
{
    lake_credential *own = NULL, *again;
    lake_config *config[2];
    lake_session *session;
    struct identity who;
    identity_make(&who, LAKE_KEY_P256, 1);
    own = identity_public(&who);
    OK(lake_credential_set_external_key(own, on_key, OWNED('1')));
    OK(lake_credential_set_external_key(own, on_key, OWNED('2')));
    DESTROYED("1");
    OK(lake_credential_set_external_key(own, NULL, OWNED('3'))); /* pulled: nobody is called */
    DESTROYED("23");
    OK(lake_credential_set_external_key(own, on_key, OWNED('4')));
    CHECK_STATUS(LAKE_ERR_PRIVATE_KEY, lake_credential_set_private_key(own, who.private_key, 31));
    DESTROYED("");
    OK(lake_credential_set_private_key(own, who.private_key, who.private_len)); /* in its place */
    DESTROYED("4");
    OK(lake_credential_set_external_key(own, on_key, OWNED('5')));
    OK(lake_credential_retain(own));
    OK(lake_credential_free(own));
    DESTROYED("");
    OK(lake_credential_free(own));
    DESTROYED("5");

    /* Configs, their sessions, and other handles use it. */
    own = identity_public(&who);
    OK(lake_credential_set_external_key(own, on_key, OWNED('k')));
    for (int i = 0; i < 2; i++) {
        OK(lake_config_new(&config[i]));
        OK(lake_config_add_own_credential(config[i], own));
    }
    struct thing *mine = thing('m');
    CHECK_STATUS(LAKE_ERR_FROZEN, lake_credential_set_external_key(own, on_key, mine, destroy));
    DESTROYED("");
    destroy(mine);
    DESTROYED("m");
    OK(lake_credential_free(own));
    OK(lake_config_free(config[0]));
    OK(lake_session_new(config[1], LAKE_INITIATOR, &session));
    OK(lake_config_free(config[1]));
    DESTROYED("");
    OK(lake_session_free(session));
    DESTROYED("k");

    /* A session that was given it, and a handle that the session gave. */
    peers_make(&p, 3, 2);
    own = identity_public(&p.id_r);
    OK(lake_credential_set_external_key(own, on_key, OWNED('k')));
    peers_start(&p);
    OK(lake_session_set_own_credential(p.r, own));
    OK(lake_credential_free(own));
    peers_exchange(&p, 1, 1);
    calls = 0;
    CHECK_STATUS(LAKE_PENDING_ECDH, prepare[2](p.r, p.messages[2].bytes, sizeof p.messages[2].bytes, &p.messages[2].len));
    CHECK_INT(1, calls);
    OK(lake_session_answer_key(p.r, p.messages[1].bytes + 1, 32)); /* any secret will do here */
    peers_prepare(&p, 2);
    OK(lake_session_own_credential(p.r, &again));
    peers_free(&p);
    DESTROYED("");
    OK(lake_credential_free(again));
    DESTROYED("k");
    identity_free(&who);
}

/* --- CoAP ---------------------------------------------------------------------------------------- */

static lake_session *established;

static lake_status on_coap(void *userdata, const struct lake_coap_event *event)
{
    use(userdata);
    if (event->kind == LAKE_COAP_EVENT_ESTABLISHED) established = event->session;
    return LAKE_OK;
}

static lake_coap_server *server_to_free;

static void free_server(void)
{
    CHECK_STATUS(LAKE_ERR_BUSY, lake_coap_server_free(server_to_free));
    struct thing *mine = thing('m');
    CHECK_STATUS(LAKE_ERR_FROZEN, lake_coap_server_set_prepare(server_to_free, on_prepare, mine, destroy));
    inside--;
    destroy(mine);
    inside++;
    DESTROYED("m");
}

static void coap(void)
{
    struct coap c;
    struct outgoing message;
    lake_coap_server *server;
    lake_coap_client *client;
    coap_make(&c);
    coap_server(&c, NULL);
    OK(lake_coap_server_free(c.server));
    OK(lake_config_set_verify_callback(c.p.config_r, on_verify, OWNED('v')));
    struct thing *mine = thing('m');
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_coap_server_new(NULL, NULL, NULL, on_coap, mine, destroy, &server));
    CHECK_STATUS(LAKE_ERR_HANDLE, lake_coap_server_new((lake_config *)c.p.id_i.credential, NULL, NULL, on_coap, mine, destroy,
                                                       &server));
    DESTROYED("");
    OK(lake_coap_server_new(c.p.config_r, NULL, NULL, on_coap, mine, destroy, &server));
    mine->name = 's';
    OK(lake_coap_server_set_prepare(server, on_prepare, OWNED('1')));
    OK(lake_coap_server_set_prepare(server, on_prepare, OWNED('2')));
    DESTROYED("1");
    c.server = server_to_free = server;

    OK(lake_coap_client_new(c.p.config_i, LAKE_INITIATOR, NULL, &client));
    OK(lake_coap_client_set_prepare(client, on_prepare, OWNED('3')));
    OK(lake_coap_client_set_prepare(client, on_prepare, OWNED('4')));
    DESTROYED("3");
    OK(client_start(client, &message));
    struct thing *late = thing('5');
    CHECK_STATUS(LAKE_ERR_FROZEN, lake_coap_client_set_prepare(client, on_prepare, late, destroy));
    DESTROYED("");
    destroy(late);
    DESTROYED("5");
    within = free_server;
    struct outgoing answer;
    lake_status status = LAKE_OK;
    do {
        handle(&c, incoming(&message), &answer);
        status = client_next(client, &answer, &message);
    } while (status == LAKE_OK && message.head.code != LAKE_COAP_CODE_EMPTY);
    OK(status);
    CHECK(established != NULL);
    DESTROYED("");

    /* The session of an established run outlives the server, and its config with it. */
    OK(lake_session_set_userdata(established, OWNED('u')));
    OK(lake_config_free(c.p.config_r));
    OK(lake_coap_server_free(server));
    DESTROYED("2s");
    OK(info_status(established));
    OK(lake_session_free(established));
    DESTROYED("uv");
    OK(lake_session_set_userdata(session_of(client), OWNED('t'))); /* lent: gone with its client */
    OK(lake_coap_client_free(client));
    DESTROYED("t4");
    OK(lake_config_free(c.p.config_i));
    identity_free(&c.p.id_i);
    identity_free(&c.p.id_r);
}

/* --- Threads -------------------------------------------------------------------------------------- */

enum { THREADS = 8, ROUNDS = 50 };

static void *run_and_free(void *config)
{
    for (int i = 0; i < ROUNDS; i++) {
        lake_session *session;
        uint8_t out[256];
        size_t len;
        lake_status status = lake_session_new(config, LAKE_INITIATOR, &session);
        if (status == LAKE_ERR_HANDLE) return NULL; /* somebody has freed it */
        OK(status);
        OK(lake_session_set_userdata(session, OWNED('t')));
        OK(lake_session_prepare_message(session, 1, out, sizeof out, &len));
        if (i == ROUNDS / 2) (void)!lake_config_free(config);
        OK(lake_session_free(session));
    }
    return NULL;
}

static void threads(void)
{
    pthread_t all[THREADS];
    for (int round = 0; round < 20; round++) {
        peers_make(&p, 3, 2);
        set_all(p.config_i);
        for (int i = 0; i < THREADS; i++) CHECK(pthread_create(&all[i], NULL, run_and_free, p.config_i) == 0);
        for (int i = 0; i < THREADS; i++) CHECK(pthread_join(all[i], NULL) == 0);
        CHECK_INT(0, kept);
        OK(lake_config_free(p.config_r));
        identity_free(&p.id_i);
        identity_free(&p.id_r);
    }
    memset(order, 0, sizeof order);
}

int main(void)
{
    configs();
    restored();
    in_callbacks();
    sessions();
    keys();
    coap();
    CHECK_INT(0, kept);
    threads();
    CHECK_INT(0, kept);
    CHECK_INT(0, lake_live_handles());
    return 0;
}
