/* What loading does to handlers that the host has installed before, with and without
 * another Go runtime in the process. Arguments: liblake.so, symbols.txt, second.so. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "lake.h"

static const char *lake_path, *second_path;
static lake_status (*generate)(int32_t, uint8_t *, size_t, size_t *, uint8_t *, size_t, size_t *);
static int (*collect)(int);

static void *load(const char *path, const char *name)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) FAIL("%s", dlerror());
    void *found = dlsym(library, name);
    CHECK(found != NULL);
    return found;
}

static void use_lake(void)
{
    uint8_t private_key[128], public_key[128];
    size_t a, b;
    if (generate == NULL) *(void **)&generate = load(lake_path, "lake_keypair_generate");
    CHECK_INT(LAKE_OK, generate(LAKE_KEY_P256, private_key, 128, &a, public_key, 128, &b));
}

/* Makes garbage, collects it and runs goroutines. */
static void use_second(void)
{
    if (collect == NULL) *(void **)&collect = load(second_path, "second_collect");
    CHECK_INT(1000, collect(1000));
}

static volatile sig_atomic_t caught;

static void on_signal(int number, siginfo_t *info, void *context)
{
    (void)info, (void)context;
    caught = number;
}

static void install(int number, void (*handler)(int, siginfo_t *, void *), int flags)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO | flags};
    action.sa_sigaction = handler;
    CHECK(sigaction(number, &action, NULL) == 0);
}

/* --- SA_ONSTACK -------------------------------------------------------------------- */

/* The host's handlers stay, and get SA_ONSTACK and nothing else; what is ignored or
 * at its default stays so. */
static void handlers_get_a_stack(void)
{
    static const int numbers[] = {SIGUSR1, SIGUSR2, SIGTERM, SIGCHLD, SIGINT, SIGHUP, SIGALRM};
    struct sigaction now;
    for (size_t i = 0; i < COUNT(numbers); i++) install(numbers[i], on_signal, i % 2 ? SA_RESTART : 0);
    signal(SIGWINCH, SIG_IGN);
    use_lake();
    for (size_t i = 0; i < COUNT(numbers); i++) {
        CHECK(sigaction(numbers[i], NULL, &now) == 0);
        CHECK(now.sa_sigaction == on_signal);
        if (!(now.sa_flags & SA_ONSTACK)) FAIL("the handler of signal %d has no SA_ONSTACK", numbers[i]);
        CHECK_INT(i % 2 ? SA_RESTART : 0, now.sa_flags & SA_RESTART);
        CHECK(raise(numbers[i]) == 0);
        CHECK_INT(numbers[i], caught);
    }
    CHECK(sigaction(SIGWINCH, NULL, &now) == 0 && now.sa_handler == SIG_IGN);
    CHECK(sigaction(SIGQUIT, NULL, &now) == 0 && now.sa_handler == SIG_DFL);
    use_lake();
}

/* One that is installed afterwards is as the host made it. */
static void later_handlers_do_not(void)
{
    struct sigaction now;
    use_lake();
    install(SIGUSR1, on_signal, 0);
    use_lake();
    CHECK(sigaction(SIGUSR1, NULL, &now) == 0);
    CHECK(now.sa_sigaction == on_signal && !(now.sa_flags & SA_ONSTACK));
}

/* --- Two Go runtimes ------------------------------------------------------------------ */

static sigjmp_buf back;

static void on_fault(int number, siginfo_t *info, void *context)
{
    (void)number, (void)info, (void)context;
    siglongjmp(back, 1);
}

static void fault(void)
{
    char *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(page != MAP_FAILED);
    if (sigsetjmp(back, 1) == 0) {
        *(volatile char *)page = 1;
        FAIL("no fault");
    }
    munmap(page, 4096);
}

static void *use_both(void *unused)
{
    for (int i = 0; i < 50; i++) {
        use_lake();
        use_second();
    }
    return unused;
}

static void both(void)
{
    pthread_t threads[4];
    for (size_t i = 0; i < COUNT(threads); i++) CHECK(pthread_create(&threads[i], NULL, use_both, NULL) == 0);
    for (size_t i = 0; i < COUNT(threads); i++) CHECK(pthread_join(threads[i], NULL) == 0);
    fault(); /* the host's handler gets it through both */
    use_both(NULL);
}

static void second_after_lake(void)
{
    install(SIGSEGV, on_fault, SA_ONSTACK);
    use_lake();
    use_second();
    both();
}

static void second_before_lake(void)
{
    install(SIGSEGV, on_fault, SA_ONSTACK);
    use_second();
    use_lake();
    both();
}

static void run(const char *name, void (*test)(void))
{
    int status;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        alarm(60); /* what hangs fails */
        test();
        exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child);
    if (status != 0) FAIL("%s: status 0x%x", name, (unsigned)status);
}
#define RUN(test) run(#test, test)

int main(int argc, char **argv)
{
    CHECK(argc == 4);
    lake_path = argv[1];
    second_path = argv[3];
    RUN(handlers_get_a_stack);
    RUN(later_handlers_do_not);
    RUN(second_after_lake);
    RUN(second_before_lake);
    return 0;
}
