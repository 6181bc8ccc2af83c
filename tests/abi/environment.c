/* What is set in the host's environment for other Go programs, or by mistake, does
 * not reach liblake. The program starts itself again in each environment. */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"

static void handshake(void)
{
    struct peers p;
    peers_make(&p, 3, 2);
    peers_start(&p);
    peers_exchange(&p, 1, 4);
    peers_check_complete(&p);
    peers_free(&p);
}

/* argument NULL: not even a name in argv. */
static void start(const char *variable, const char *argument)
{
    int status;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        char *arguments[] = {(char *)argument, "handshake", NULL}, *none[] = {NULL};
        char *environment[] = {(char *)variable, "ASAN_OPTIONS=detect_leaks=0", NULL};
        alarm(60); /* what hangs fails */
        execve("/proc/self/exe", argument ? arguments : none, environment);
        _exit(127);
    }
    CHECK(waitpid(child, &status, 0) == child);
    if (status != 0) FAIL("with %s: status 0x%x", variable, (unsigned)status);
}

int main(int argc, char **argv)
{
    static const char *const variables[] = {
        "GOMEMLIMIT=abc",       "GOMEMLIMIT=",          "GOMEMLIMIT=-1",         "GOMEMLIMIT=1B",
        "GODEBUG=fips140=on",   "GODEBUG=fips140=only", "GODEBUG=asyncpreemptoff=0", "GODEBUG=cpu.all=off",
        "GODEBUG=gctrace=1,=,", "GODEBUG=\xff",         "GOGC=abc",              "GOGC=1",
        "GOMAXPROCS=abc",       "GOMAXPROCS=-5",        "GOTRACEBACK=crash",     "=",
    };
    (void)argv;
    if (argc < 3) { /* the arguments of a test are more */
        handshake();
        return 0;
    }
    for (size_t i = 0; i < COUNT(variables); i++) start(variables[i], "program");
    start("A=B", NULL);
    return 0;
}
