/* Starts a child in a session of its own, with nothing of the parent but what is named here. */
#ifndef BELAY_SPAWN_H
#define BELAY_SPAWN_H
#include <sys/types.h>

struct spawn_request {
    const char *path;            /* absolute */
    char *const *arguments;      /* NULL-terminated, the first is the program's name */
    char *const *environment;    /* NULL-terminated, the whole of it */
    const char *directory;       /* absolute, or NULL to stay */
    int input, output, error;    /* descriptors that become 0, 1 and 2 */
    long long memory;            /* bytes of address space, 0 for no limit */
};

/* Returns the child's pid, or -1 with `errno` of the step that failed and its name in `step`.
 * The child leads a new session and process group, has umask 077, default signals, no descriptor but
 * 0, 1 and 2, and is killed when the calling thread ends: call it from a thread that lives on. */
pid_t spawn_start(const struct spawn_request *request, const char **step);

/* A descriptor that becomes readable when the process ends, close-on-exec; -1 with errno. */
int spawn_pidfd(pid_t pid);

/* A pipe whose ends are close-on-exec and, of the parent's end, non-blocking. */
int spawn_pipe(int ends[2], int parent_reads);

#endif
