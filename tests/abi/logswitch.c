/* The log function is changed while other threads log: what the old one uses is destroyed
 * when nobody is in it any more, and once. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "fixture.h"

enum { THREADS = 4, CHANGES = 2000 };

struct sink {
    long *lines; /* freed when the sink is no longer the log's */
};

static struct peers shared;
static atomic_int stop;
static atomic_long total;
static _Thread_local int inside; /* the log function */

static void on_line(void *userdata, const char *line)
{
    struct sink *sink = userdata;
    CHECK(line[0] != 0);
    inside = 1;
    for (int i = 0; i < 100; i++) sink->lines[i]++; /* time for somebody to free it */
    inside = 0;
    total++;
}

static void *handshakes(void *unused)
{
    while (!stop) {
        struct peers p = {.config_i = shared.config_i, .config_r = shared.config_r};
        peers_start(&p);
        peers_exchange(&p, 1, 1);
        peers_stop(&p);
    }
    return unused;
}

static atomic_int made, dropped;

static struct sink *make(void)
{
    struct sink *sink = malloc(sizeof *sink);
    made++;
    CHECK(sink != NULL && (sink->lines = calloc(100, sizeof *sink->lines)) != NULL);
    return sink;
}


static void drop(void *userdata)
{
    struct sink *sink = userdata;
    CHECK(!inside); /* never within a callback */
    dropped++;
    memset(sink->lines, 0xff, 100 * sizeof *sink->lines);
    free(sink->lines);
    sink->lines = NULL; /* who comes now faults */
    free(sink);
}

static void from_outside(void)
{
    pthread_t threads[THREADS];
    OK(lake_set_log(on_line, make(), drop));
    for (int i = 0; i < THREADS; i++) CHECK(pthread_create(&threads[i], NULL, handshakes, NULL) == 0);
    for (int i = 0; i < CHANGES; i++) {
        struct sink *next = i % 5 == 0 ? NULL : make();
        long lines = total;
        OK(lake_set_log(next ? on_line : NULL, next, next ? drop : NULL));
        while (next && total == lines) sched_yield();
    }
    OK(lake_set_log(NULL, NULL, NULL));
    stop = 1;
    for (int i = 0; i < THREADS; i++) CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(total >= CHANGES / 2);
    CHECK_INT(made, dropped);
    /* With nobody to be called, it is not kept. */
    OK(lake_set_log(NULL, make(), drop));
    CHECK_INT(made, dropped);
}

/* --- From within ------------------------------------------------------------------ */

static atomic_int changes, sets, destroyed;

static void count_change(void *userdata)
{
    CHECK(userdata == &changes);
    destroyed++;
}

static void on_line_change(void *userdata, const char *line)
{
    CHECK(userdata == &changes && line[0] != 0);
    OK(lake_set_log(on_line_change, userdata, count_change));
    changes++;
    sets++;
}

/* Threads that all change it in the function, and one that does from outside: nobody
 * waits for ever. */
static void from_within(void)
{
    pthread_t threads[THREADS];
    stop = 0;
    sets++;
    OK(lake_set_log(on_line_change, &changes, count_change));
    for (int i = 0; i < THREADS; i++) CHECK(pthread_create(&threads[i], NULL, handshakes, NULL) == 0);
    for (int i = 0; i < CHANGES; i++, sets++) OK(lake_set_log(on_line_change, &changes, count_change));
    while (changes < CHANGES) sched_yield();
    stop = 1;
    for (int i = 0; i < THREADS; i++) CHECK(pthread_join(threads[i], NULL) == 0);
    OK(lake_set_log(NULL, NULL, NULL));
    int before = changes;
    CHECK_INT(sets, destroyed);
    lake_session_free(shared.i); /* which is none: an error that would be logged */
    CHECK_INT(before, changes);
}

int main(void)
{
    peers_make(&shared, 3, 2);
    from_outside();
    from_within();
    peers_free(&shared);
    return 0;
}
