/* liblake as a guest in a process: signals, fork before loading, threads. Every
 * case is a process of its own, in which the library is loaded after the host
 * has set things up. Argument: liblake.so. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "lake.h"

static const char *path;
static lake_status (*generate)(int32_t, uint8_t *, size_t, size_t *, uint8_t *, size_t, size_t *);
static lake_status (*config_new)(lake_config **);
static lake_status (*config_free)(lake_config *);

/* Loads the library; every call works. */
static void use(void)
{
    uint8_t private_key[128], public_key[128];
    size_t a, b;
    lake_config *config;
    if (generate == NULL) {
        void *library = dlopen(path, RTLD_NOW);
        if (library == NULL) FAIL("%s", dlerror());
        *(void **)&generate = dlsym(library, "lake_keypair_generate");
        *(void **)&config_new = dlsym(library, "lake_config_new");
        *(void **)&config_free = dlsym(library, "lake_config_free");
    }
    CHECK_INT(LAKE_OK, generate(LAKE_KEY_P256, private_key, 128, &a, public_key, 128, &b));
    CHECK_INT(LAKE_OK, config_new(&config));
    CHECK_INT(LAKE_OK, config_free(config));
}

static void handle(int number, void (*handler)(int, siginfo_t *, void *), int flags)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO | flags};
    action.sa_sigaction = handler;
    CHECK(sigaction(number, &action, NULL) == 0);
}

/* --- Faults ----------------------------------------------------------------------- */

static sigjmp_buf back;
static void *volatile fault_address;

static void on_fault(int number, siginfo_t *info, void *context)
{
    (void)number, (void)context;
    fault_address = info->si_addr;
    siglongjmp(back, 1);
}

static void fault(void)
{
    char *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(page != MAP_FAILED);
    fault_address = NULL;
    if (sigsetjmp(back, 1) == 0) {
        *(volatile char *)(page + 123) = 1;
        FAIL("no fault");
    }
    CHECK(fault_address == page + 123);
    munmap(page, 4096);
}

/* The host's handler from before loading still gets the host's faults. */
static void faults_before_loading(void)
{
    handle(SIGSEGV, on_fault, SA_ONSTACK);
    fault();
    use();
    for (int i = 0; i < 3; i++) {
        fault();
        use();
    }
}

/* And so does one that is installed afterwards. */
static void faults_after_loading(void)
{
    use();
    handle(SIGSEGV, on_fault, SA_ONSTACK);
    fault();
    use();
    fault();
}

/* --- Signals between and during calls ------------------------------------------------ */

enum { ENOUGH = 300 };
static atomic_int signals, stop;

static void on_signal(int number, siginfo_t *info, void *context)
{
    (void)number, (void)info, (void)context;
    signals++;
}

static void *send_signals(void *target)
{
    while (!stop) {
        int before = signals;
        CHECK(pthread_kill(*(pthread_t *)target, SIGUSR1) == 0);
        while (signals == before && !stop) sched_yield();
    }
    return NULL;
}

static void signals_during_calls(int installed_first)
{
    pthread_t self = pthread_self(), sender;
    if (!installed_first) use();
    handle(SIGUSR1, on_signal, SA_ONSTACK | SA_RESTART);
    use();
    CHECK(pthread_create(&sender, NULL, send_signals, &self) == 0);
    while (signals < ENOUGH) use();
    stop = 1;
    CHECK(pthread_join(sender, NULL) == 0);
}

static void signals_before_loading(void) { signals_during_calls(1); }
static void signals_after_loading(void) { signals_during_calls(0); }

/* --- What loading changes --------------------------------------------------------------- */

static int is_changed_by_loading(int number)
{
    return number == SIGBUS || number == SIGFPE || number == SIGSEGV || number == SIGPIPE || number == SIGURG;
}

static void handlers_of_the_process(void)
{
    struct sigaction before[65], after;
    stack_t stack = {.ss_size = 1 << 16}, stack_after; /* a thread that has none gets one of Go's */
    sigset_t mask_before, mask_after;
    for (int n = 1; n <= 64; n++) (void)sigaction(n, NULL, &before[n]); /* some numbers are libc's */
    stack.ss_sp = mmap(NULL, stack.ss_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(stack.ss_sp != MAP_FAILED && sigaltstack(&stack, NULL) == 0);
    CHECK(pthread_sigmask(SIG_SETMASK, NULL, &mask_before) == 0);
    use();
    for (int n = 1; n <= 64; n++) {
        if (sigaction(n, NULL, &after) != 0) continue;
        int changed = after.sa_sigaction != before[n].sa_sigaction;
        if (changed != is_changed_by_loading(n)) FAIL("handler of signal %d %s", n, changed ? "changed" : "kept");
        if (changed) CHECK(after.sa_flags & SA_ONSTACK);
    }
    CHECK(sigaltstack(NULL, &stack_after) == 0);
    CHECK(stack.ss_sp == stack_after.ss_sp && stack.ss_size == stack_after.ss_size);
    CHECK(pthread_sigmask(SIG_SETMASK, NULL, &mask_after) == 0);
    for (int n = 1; n <= 64; n++) CHECK(sigismember(&mask_before, n) == sigismember(&mask_after, n));
}

/* Signals that have no handler do what they always do. */
static void terminates(void)
{
    use();
    raise(SIGTERM);
}

/* --- SIGPIPE -------------------------------------------------------------------------------- */

static int broken_pipe(void)
{
    int ends[2];
    CHECK(pipe(ends) == 0);
    close(ends[0]);
    ssize_t written = write(ends[1], "x", 1);
    int error = errno;
    close(ends[1]);
    CHECK(written == -1);
    return error;
}

static void pipe_ignored(void)
{
    signal(SIGPIPE, SIG_IGN);
    use();
    CHECK_INT(EPIPE, broken_pipe());
    use();
}

static void pipe_handled(void)
{
    handle(SIGPIPE, on_signal, SA_ONSTACK);
    use();
    CHECK_INT(EPIPE, broken_pipe());
    CHECK_INT(1, signals);
    use();
}

/* --- Fork and threads -------------------------------------------------------------------------- */

/* This process is a child of fork already: loading afterwards is fine. Its own
 * children are not. */
static void forked_before_loading(void)
{
    uint8_t out[256];
    size_t len;
    use();
    pid_t child = fork();
    if (child == 0) {
        CHECK_INT(LAKE_ERR_FORKED, generate(LAKE_KEY_P256, out, 128, &len, out + 128, 128, &len));
        _exit(0);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    use();
}

static void *use_on_thread(void *unused)
{
    use();
    return unused;
}

/* Loaded by a thread that ends, and used by many that come and go. */
static void threads_come_and_go(void)
{
    for (int i = 0; i < 200; i++) {
        pthread_t thread;
        CHECK(pthread_create(&thread, NULL, use_on_thread, NULL) == 0);
        CHECK(pthread_join(thread, NULL) == 0);
    }
    use();
}

/* A thread that has every signal masked. */
static void signals_masked(void)
{
    sigset_t all, after;
    sigfillset(&all);
    CHECK(pthread_sigmask(SIG_SETMASK, &all, NULL) == 0);
    use();
    use();
    CHECK(pthread_sigmask(SIG_SETMASK, NULL, &after) == 0);
    CHECK(sigismember(&after, SIGUSR1) == 1 && sigismember(&after, SIGTERM) == 1);
}

static void run(const char *name, void (*test)(void), int ends_by)
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
    if (ends_by ? !WIFSIGNALED(status) || WTERMSIG(status) != ends_by : status != 0)
        FAIL("%s: status 0x%x", name, (unsigned)status);
}
#define RUN(test) run(#test, test, 0)

int main(int argc, char **argv)
{
    CHECK(argc > 1);
    path = argv[1];
    RUN(faults_before_loading);
    RUN(faults_after_loading);
    RUN(signals_before_loading);
    RUN(signals_after_loading);
    RUN(handlers_of_the_process);
    run("terminates", terminates, SIGTERM);
    RUN(pipe_ignored);
    RUN(pipe_handled);
    RUN(forked_before_loading);
    RUN(threads_come_and_go);
    RUN(signals_masked);
    return 0;
}
