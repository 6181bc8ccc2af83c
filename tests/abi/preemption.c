/* Go does not interrupt the host's threads with signals, and a thread that makes
 * one handshake after the other leaves room for the others all the same. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

#include "fixture.h"

enum { LOADS = 2, SECONDS = 10 };

static struct peers shared;
static atomic_int stop, signals;
static atomic_long handshakes;

static void on_urgent(int number)
{
    (void)number;
    signals++;
}

static void *load(void *unused)
{
    while (!stop) {
        struct peers p = {.config_i = shared.config_i, .config_r = shared.config_r};
        peers_start(&p);
        peers_exchange(&p, 1, 4);
        peers_stop(&p);
        handshakes++;
    }
    return unused;
}

static int64_t now(void)
{
    struct timespec t;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int main(void)
{
    pthread_t threads[LOADS];
    /* In place of Go's own handler, which is there since loading. */
    struct sigaction action = {.sa_handler = on_urgent, .sa_flags = SA_ONSTACK | SA_RESTART}, before;
    peers_make(&shared, 0, 2); /* signatures: the longest calls */
    CHECK(sigaction(SIGURG, &action, &before) == 0);
    CHECK(before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN);
    for (int i = 0; i < LOADS; i++) CHECK(pthread_create(&threads[i], NULL, load, NULL) == 0);
    int64_t begin = now(), last = begin;
    for (int second = 1; second <= SECONDS; second++) {
        int calls = 0;
        long others = handshakes;
        while (last < begin + second * (int64_t)1000000000) {
            lake_config *config;
            OK(lake_config_new(&config));
            OK(lake_config_free(config));
            calls++;
            last = now();
        }
        if (calls == 0) FAIL("no call ended in second %d", second);
        if (handshakes == others) FAIL("no handshake ended in second %d", second);
    }
    stop = 1;
    for (int i = 0; i < LOADS; i++) CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK_INT(0, signals);
    /* The count counts. */
    CHECK(raise(SIGURG) == 0);
    CHECK_INT(1, signals);
    peers_free(&shared);
    return 0;
}
