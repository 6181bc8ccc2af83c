/* How many handshakes a C host makes with 1 to 32 threads, what one takes of a processor
 * and how often its threads wait; and beside it the same for ECDH in OpenSSL, where threads
 * share nothing: what the machine itself loses with more threads than processors.
 * Argument: seconds for each line, 1 without.
 *
 * The two take turns, so that whatever else the machine does meets both. */
#define _GNU_SOURCE
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "fixture.h"

static struct peers shared;
static EVP_PKEY *own, *peer;
static atomic_int stop;
static atomic_long done;

static void *handshakes(void *unused)
{
    while (!stop) {
        struct peers p = {.config_i = shared.config_i, .config_r = shared.config_r};
        peers_start(&p);
        peers_exchange(&p, 1, 3);
        peers_stop(&p);
        done++;
    }
    return unused;
}

static void *agreements(void *unused)
{
    while (!stop) {
        uint8_t secret[32];
        size_t len = sizeof secret;
        EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(own, NULL);
        CHECK(EVP_PKEY_derive_init(context) == 1 && EVP_PKEY_derive_set_peer(context, peer) == 1);
        CHECK(EVP_PKEY_derive(context, secret, &len) == 1 && len == sizeof secret);
        EVP_PKEY_CTX_free(context);
        done++;
    }
    return unused;
}

static double now(void)
{
    struct timespec t;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double in_seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

struct rate {
    double count, seconds, processor, switches;
};

/* Adds to what was measured so far. */
static void measure(struct rate *rate, void *(*work)(void *), int threads, double seconds)
{
    pthread_t started[32];
    struct rusage before, after;
    CHECK(getrusage(RUSAGE_SELF, &before) == 0);
    stop = 0;
    done = 0;
    double begin = now();
    for (int i = 0; i < threads; i++) CHECK(pthread_create(&started[i], NULL, work, NULL) == 0);
    usleep((useconds_t)(seconds * 1e6));
    stop = 1;
    for (int i = 0; i < threads; i++) CHECK(pthread_join(started[i], NULL) == 0);
    CHECK(getrusage(RUSAGE_SELF, &after) == 0);
    rate->count += (double)done;
    rate->seconds += now() - begin;
    rate->processor += in_seconds(after.ru_utime) - in_seconds(before.ru_utime) + in_seconds(after.ru_stime) -
                       in_seconds(before.ru_stime);
    rate->switches += (double)(after.ru_nvcsw - before.ru_nvcsw);
}

int main(int argc, char **argv)
{
    enum { TURNS = 5 };
    static const int counts[] = {1, 2, 4, 8, 16, 32};
    double seconds = argc > 1 ? atof(argv[1]) : 1, best[2] = {0};
    CHECK(seconds > 0 && seconds < 1000);
    peers_make(&shared, 3, 2);
    own = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    peer = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    CHECK(own != NULL && peer != NULL);
    printf("processors: %ld\n", sysconf(_SC_NPROCESSORS_ONLN));
    printf("         handshakes                                       ECDH\n");
    printf("threads       /s  of the best  us of CPU  waits of threads       /s  of the best  us of CPU\n");
    for (size_t i = 0; i < COUNT(counts); i++) {
        struct rate h = {0}, e = {0};
        for (int turn = 0; turn < TURNS; turn++) {
            measure(&h, handshakes, counts[i], seconds / TURNS / 2);
            measure(&e, agreements, counts[i], seconds / TURNS / 2);
        }
        if (h.count / h.seconds > best[0]) best[0] = h.count / h.seconds;
        if (e.count / e.seconds > best[1]) best[1] = e.count / e.seconds;
        printf("%7d  %7.0f  %10.0f%%  %9.0f  %16.1f  %7.0f  %10.0f%%  %9.0f\n", counts[i], h.count / h.seconds,
               100 * h.count / h.seconds / best[0], 1e6 * h.processor / h.count, h.switches / h.count,
               e.count / e.seconds, 100 * e.count / e.seconds / best[1], 1e6 * e.processor / e.count);
    }
    EVP_PKEY_free(own);
    EVP_PKEY_free(peer);
    peers_free(&shared);
    return 0;
}
