/* The log function is changed while other threads log: what the old one uses can be
 * freed at once. */
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

static void on_line(void *userdata, const char *line)
{
    struct sink *sink = userdata;
    CHECK(line[0] != 0);
    for (int i = 0; i < 100; i++) sink->lines[i]++; /* time for somebody to free it */
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

static struct sink *make(void)
{
    struct sink *sink = malloc(sizeof *sink);
    CHECK(sink != NULL && (sink->lines = calloc(100, sizeof *sink->lines)) != NULL);
    return sink;
}

static void drop(struct sink *sink)
{
    memset(sink->lines, 0xff, 100 * sizeof *sink->lines);
    free(sink->lines);
    sink->lines = NULL; /* who comes now faults */
    free(sink);
}

static void from_outside(void)
{
    pthread_t threads[THREADS];
    struct sink *old = make();
    OK(lake_set_log(on_line, old));
    for (int i = 0; i < THREADS; i++) CHECK(pthread_create(&threads[i], NULL, handshakes, NULL) == 0);
    for (int i = 0; i < CHANGES; i++) {
        struct sink *next = i % 5 == 0 ? NULL : make();
        long lines = total;
        OK(lake_set_log(next ? on_line : NULL, next));
        if (old) drop(old);
        old = next;
        while (next && total == lines) sched_yield();
    }
    OK(lake_set_log(NULL, NULL));
    if (old) drop(old);
    stop = 1;
    for (int i = 0; i < THREADS; i++) CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(total >= CHANGES / 2);
}

/* --- From within ------------------------------------------------------------------ */

static atomic_int changes;

static void on_line_change(void *userdata, const char *line)
{
    CHECK(userdata == &changes && line[0] != 0);
    OK(lake_set_log(on_line_change, userdata));
    changes++;
}

/* Threads that all change it in the function, and one that does from outside: nobody
 * waits for ever. */
static void from_within(void)
{
    pthread_t threads[THREADS];
    stop = 0;
    OK(lake_set_log(on_line_change, &changes));
    for (int i = 0; i < THREADS; i++) CHECK(pthread_create(&threads[i], NULL, handshakes, NULL) == 0);
    for (int i = 0; i < CHANGES; i++) OK(lake_set_log(on_line_change, &changes));
    while (changes < CHANGES) sched_yield();
    stop = 1;
    for (int i = 0; i < THREADS; i++) CHECK(pthread_join(threads[i], NULL) == 0);
    OK(lake_set_log(NULL, NULL));
    int before = changes;
    lake_status last;
    CHECK(lake_session_last_error(NULL, &last) != LAKE_OK);
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
