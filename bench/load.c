/* bench_load <liblake.so>: how long loading the library and a first call take, together:
 * each time in a new process, the median of 21. */
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TIMES = 21 };

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static int64_t load(const char *path)
{
    int64_t start = now();
    void *library = dlopen(path, RTLD_NOW);
    if (library == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    /* One that goes into Go, which waits until the runtime is there. */
    size_t (*live)(void) = (size_t (*)(void))dlsym(library, "lake_live_handles");
    return live != NULL && live() == 0 ? now() - start : -1;
}

static int ascending(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

int main(int argc, char **argv)
{
    int64_t took[TIMES];
    if (argc != 2) {
        fprintf(stderr, "usage: bench_load <liblake.so>\n");
        return 2;
    }
    for (int i = 0; i < TIMES; i++) {
        int ends[2];
        if (pipe(ends) != 0)
            return 1;
        pid_t child = fork();
        if (child == 0) {
            int64_t t = load(argv[1]);
            _exit(write(ends[1], &t, sizeof t) == sizeof t ? 0 : 1);
        }
        if (child < 0 || read(ends[0], &took[i], sizeof took[i]) != sizeof took[i] || took[i] < 0)
            return 1;
        waitpid(child, NULL, 0);
        close(ends[0]);
        close(ends[1]);
    }
    qsort(took, TIMES, sizeof *took, ascending);
    printf("load and first call: median %.2f ms, fastest %.2f ms, slowest %.2f ms\n", (double)took[TIMES / 2] / 1e6,
           (double)took[0] / 1e6, (double)took[TIMES - 1] / 1e6);
    return 0;
}
