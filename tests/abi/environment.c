/* What is set in the host's environment for other Go programs, or by mistake, does
 * not reach liblake. The program starts itself again in each environment; for another
 * machine, arguments after the usual three say how: an emulator, and the program's path. */
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

static void start(const char *variable, const char *program, char *const *arguments)
{
    int status;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        char *environment[] = {(char *)variable, "ASAN_OPTIONS=detect_leaks=0", NULL};
        alarm(60); /* what hangs fails */
        execve(program, arguments, environment);
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
    if (argc < 3) { /* the arguments of a test are more */
        handshake();
        return 0;
    }
    char *itself[] = {"program", NULL}, *none[] = {NULL}; /* none: not even a name */
    int emulated = argc > 4;
    for (size_t i = 0; i < COUNT(variables); i++)
        start(variables[i], emulated ? argv[4] : "/proc/self/exe", emulated ? argv + 4 : itself);
    if (!emulated) start("A=B", "/proc/self/exe", none); /* no emulator starts without arguments */
    return 0;
}
