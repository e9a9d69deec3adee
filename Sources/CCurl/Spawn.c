#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "Spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* What went wrong in the child; it shares the parent's memory until it has become another program. */
struct failure {
    volatile int number;
    const char *volatile step;
};

static void close_from_3(void) {
    if (syscall(SYS_close_range, 3U, ~0U, 0U) == 0) return;
    struct rlimit limit;
    int last = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 65536 ? (int)limit.rlim_cur : 65536;
    for (int descriptor = 3; descriptor < last; descriptor++) close(descriptor);
}

static void default_signals(void) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) sigaction(number, &action, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Moves the three descriptors to 0, 1 and 2 by way of copies above 2, so that none overwrites another. */
static int place_descriptors(const struct spawn_request *request) {
    int input = fcntl(request->input, F_DUPFD, 3);
    int output = fcntl(request->output, F_DUPFD, 3);
    int error = fcntl(request->error, F_DUPFD, 3);
    return input >= 0 && output >= 0 && error >= 0 && dup2(input, 0) >= 0 && dup2(output, 1) >= 0
        && dup2(error, 2) >= 0;
}

#define FAIL(what) do { failure->number = errno; failure->step = what; _exit(127); } while (0)

static void become(const struct spawn_request *request, struct failure *failure, pid_t parent) {
    if (setsid() < 0) FAIL("start a session");
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) FAIL("tie the child's life to ours");
    if (getppid() != parent) _exit(127);
    umask(077);
    if (!place_descriptors(request)) FAIL("place the descriptors");
    close_from_3();
    if (request->directory && chdir(request->directory) != 0) FAIL("enter the working folder");
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    if (request->memory > 0) {
        struct rlimit memory = {(rlim_t)request->memory, (rlim_t)request->memory};
        if (setrlimit(RLIMIT_AS, &memory) != 0) FAIL("limit the memory");
    }
    default_signals();
    execve(request->path, request->arguments, request->environment);
    FAIL("start the program");
}

pid_t spawn_start(const struct spawn_request *request, const char **step) {
    struct failure failure = {0, NULL};
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);  /* no handler of ours may run in the borrowed memory */
    pid_t parent = getpid();
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
    pid_t pid = vfork();
#pragma clang diagnostic pop
    if (pid == 0) become(request, &failure, parent);
    int number = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (pid > 0 && failure.number == 0) return pid;
    *step = pid < 0 ? "make a process" : failure.step;
    if (pid > 0) {
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
        number = failure.number;
    }
    errno = number;
    return -1;
}

int spawn_pidfd(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0U); }

int spawn_pipe(int ends[2], int parent_reads) {
    if (pipe2(ends, O_CLOEXEC) != 0) return -1;
    int mine = ends[parent_reads ? 0 : 1];
    return fcntl(mine, F_SETFL, fcntl(mine, F_GETFL) | O_NONBLOCK);
}
