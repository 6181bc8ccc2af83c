/* A child of fork: liblake says that it cannot be used there, and nothing hangs.
 * The parent goes on, and a child that executes a program is as good as any. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "fixture.h"

static struct peers p;
static lake_resumption *store;
static lake_coap_ids *ids;
static lake_coap_server *server;
static lake_coap_client *client;
static lake_endpoint *endpoint;

static lake_status no_event(void *userdata, const struct lake_coap_event *event)
{
    (void)userdata, (void)event;
    return LAKE_OK;
}

/* The leak checker asks. In a child it would wait for locks that threads of the
 * parent held, and find nothing. */
static int is_child;
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void) { return is_child; }

static void check_child(void)
{
    void *handles[] = {[CREDENTIAL] = p.id_i.credential, [CONFIG] = p.config_i, [SESSION] = p.i,
                       [RESUMPTION] = store, [COAP_IDS] = ids, [COAP_SERVER] = server, [COAP_CLIENT] = client,
                       [ENDPOINT] = endpoint};
    is_child = 1;
    alarm(30); /* what hangs fails */
    for (size_t i = 0; i < calls_count; i++) {
        lake_status status = calls[i].run(handles[calls[i].kind]);
        if (status != LAKE_ERR_FORKED) FAIL("%s in a child: %s", calls[i].name, lake_status_name(status));
        if (calls[i].kind == NO_HANDLE) continue;
        status = calls[i].run(NULL);
        /* free(NULL) has nothing to do */
        if (status != LAKE_ERR_FORKED && !(status == LAKE_OK && strstr(calls[i].name, "_free")))
            FAIL("%s(NULL) in a child: %s", calls[i].name, lake_status_name(status));
    }
    CHECK(strcmp(lake_version(), LAKE_VERSION) == 0);
    CHECK_INT(LAKE_VERSION_NUMBER, lake_version_number());
    CHECK_INT(LAKE_ABI_VERSION, lake_abi_version());
    CHECK(strcmp(lake_status_name(LAKE_ERR_FORKED), "LAKE_ERR_FORKED") == 0);
    static const char *const remedies[] = {"gunicorn", "preload_app", "uwsgi", "lazy-apps", "spawn"};
    for (size_t i = 0; i < COUNT(remedies); i++) CHECK(strstr(lake_strerror(LAKE_ERR_FORKED), remedies[i]) != NULL);
    CHECK(strcmp(lake_state_name(LAKE_STATE_START), "START") == 0);
    CHECK_INT(1, lake_has_feature("ccs"));
    CHECK_INT(0, lake_has_feature("no such feature"));
    CHECK_INT(0, lake_live_handles());
    char secret[4] = "abc";
    lake_wipe(secret, sizeof secret);
    CHECK(memcmp(secret, "\0\0\0", 4) == 0);
}

static void wait_for(pid_t child)
{
    int status;
    CHECK(child > 0);
    CHECK(waitpid(child, &status, 0) == child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) FAIL("a child ended with status 0x%x", (unsigned)status);
}

/* A child, and a child of that. They end as programs do, with exit. */
static void generations(void)
{
    pid_t child = fork();
    if (child == 0) {
        check_child();
        pid_t grandchild = fork();
        if (grandchild == 0) {
            check_child();
            exit(0);
        }
        wait_for(grandchild);
        exit(0);
    }
    wait_for(child);
}

/* Forks while other threads are in the middle of calls. */
static atomic_int stop;

static void *handshakes(void *unused)
{
    while (!stop) {
        struct peers mine = {.config_i = p.config_i, .config_r = p.config_r};
        peers_start(&mine);
        peers_exchange(&mine, 1, 4);
        peers_check_complete(&mine);
        peers_stop(&mine);
    }
    return unused;
}

static void among_threads(void)
{
    enum { THREADS = 4, FORKS = 30 };
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) CHECK(pthread_create(&threads[i], NULL, handshakes, NULL) == 0);
    for (int i = 0; i < FORKS; i++) {
        pid_t child = fork();
        if (child == 0) {
            check_child();
            _exit(0);
        }
        wait_for(child);
    }
    stop = 1;
    for (int i = 0; i < THREADS; i++) CHECK(pthread_join(threads[i], NULL) == 0);
}

/* fork and exec: this program again, as if started by a shell. */
static void executes(char *self)
{
    pid_t child = fork();
    if (child == 0) {
        char *const arguments[] = {self, "executed", NULL};
        execv("/proc/self/exe", arguments);
        _exit(127);
    }
    wait_for(child);
}

static void free_all(void)
{
    peers_free(&p);
    OK(lake_resumption_free(store));
    OK(lake_coap_ids_free(ids));
    OK(lake_coap_server_free(server));
    OK(lake_coap_client_free(client));
    OK(lake_endpoint_free(endpoint));
}

int main(int argc, char **argv)
{
    peers_make(&p, 3, 2);
    peers_start(&p);
    OK(lake_resumption_new(NULL, &store));
    OK(lake_coap_ids_new(1, 1, &ids));
    OK(lake_coap_server_new(p.config_r, NULL, ids, no_event, NULL, NULL, &server));
    OK(lake_coap_client_new(p.config_i, LAKE_INITIATOR, ids, &client));
    OK(lake_endpoint_new(p.config_r, p.config_i, NULL, NULL, &endpoint));
    calls_credential = p.id_r.credential;
    calls_session = p.i;
    calls_resumption = store;
    peers_exchange(&p, 1, 2);
    size_t live = lake_live_handles();
    if (argc > 1 && strcmp(argv[1], "executed") == 0) {
        peers_exchange(&p, 3, 4);
        peers_check_complete(&p);
        free_all();
        return 0;
    }
    generations();
    among_threads();
    executes(argv[0]);
    /* Nothing of that is noticed here. */
    CHECK_INT(live, lake_live_handles());
    peers_exchange(&p, 3, 4);
    peers_check_complete(&p);
    free_all();
    CHECK_INT(0, lake_live_handles());
    return 0;
}
