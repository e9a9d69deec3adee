/* Faults at a program's file system calls, for tests: loaded with LD_PRELOAD into the program named by
   FAULT_PROGRAM, it counts the calls that change files, of all threads together, and at the calls that FAULT names
   it ends the process as a power cut would or lets the call fail.

   FAULT=kill:N            SIGKILL instead of the Nth call
   FAULT=torn:N            the same, but half of what the Nth call writes is written
   FAULT=power:N           the same as kill, and what the write-ahead log got since its last sync is lost
   FAULT=fail:CALL:E:A-B   calls A to B of CALL (write, sync, rename, truncate, any) fail with errno E
   FAULT=fail:CALL:E:@F    calls of CALL fail with errno E while the file F exists
   FAULT_REPORT=F          the call at which it struck is written to F: number, name, file */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { OFF, KILL, TORN, POWER, FAIL };
static enum kind kind;
static long first, last;
static int code;
static char which[16], flag[PATH_MAX];
static const char *report;
static atomic_long calls;
/* The write-ahead log: its path, and how long it was when it was last synced. */
static char wal[PATH_MAX];
static off_t synced;

#define REAL(name, type) \
    static __typeof__(type) real; \
    if (!real) real = (__typeof__(type))dlsym(RTLD_NEXT, name)

static ssize_t plain_write(int fd, const void *bytes, size_t count) {
    REAL("write", ssize_t (*)(int, const void *, size_t));
    return real(fd, bytes, count);
}

__attribute__((constructor)) static void read_settings(void) {
    char self[PATH_MAX] = "";
    const char *program = getenv("FAULT_PROGRAM"), *fault = getenv("FAULT");
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n < 0 || !fault || !program || strcmp(self, program)) return;
    report = getenv("FAULT_REPORT");
    if (sscanf(fault, "kill:%ld", &first) == 1) kind = KILL;
    else if (sscanf(fault, "torn:%ld", &first) == 1) kind = TORN;
    else if (sscanf(fault, "power:%ld", &first) == 1) kind = POWER;
    else if (sscanf(fault, "fail:%15[a-z]:%d:@%4095s", which, &code, flag) == 3) kind = FAIL;
    else if (sscanf(fault, "fail:%15[a-z]:%d:%ld-%ld", which, &code, &first, &last) == 4) kind = FAIL;
    else {
        fprintf(stderr, "faults: cannot read FAULT=%s\n", fault);
        _exit(97);
    }
}

static void tell(long number, const char *name, int fd, const char *path) {
    char link[64], file[PATH_MAX] = "", line[PATH_MAX + 64];
    if (!report) return;
    if (path) snprintf(file, sizeof file, "%s", path);
    else {
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        if (readlink(link, file, sizeof file - 1) < 0) file[0] = 0;
    }
    int length = snprintf(line, sizeof line, "%ld %s %s\n", number, name, file);
    int out = open(report, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (out >= 0) {
        plain_write(out, line, (size_t)length);
        close(out);
    }
}

/* Remembers how much of the write-ahead log is on disk. */
static void note_sync(int fd) {
    char link[64], file[PATH_MAX] = "";
    struct stat status;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, file, sizeof file - 1);
    if (n > 4 && strcmp(file + n - 4, "-wal") == 0 && fstat(fd, &status) == 0) {
        snprintf(wal, sizeof wal, "%s", file);
        synced = status.st_size;
    }
}

static void die(void) {
    if (kind == POWER && wal[0] && truncate(wal, synced) != 0) perror("faults: truncate");
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

static int is_file(int fd) {
    struct stat status;
    return fd > 2 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

/* Counts one call. 0: go on. 1: fail with errno set. 2: write half and die. */
static int strike(const char *name, const char *class, int fd, const char *path, int can_tear) {
    if (kind == OFF) return 0;
    if (kind == FAIL) {
        if (strcmp(which, "any") && strcmp(which, class)) return 0;
        long number = ++calls;
        if (flag[0] ? access(flag, F_OK) != 0 : number < first || number > last) return 0;
        tell(number, name, fd, path);
        errno = code;
        return 1;
    }
    long number = ++calls;
    if (number != first) return 0;
    tell(number, name, fd, path);
    if (kind == TORN && can_tear) return 2;
    die();
    return 0;
}

ssize_t write(int fd, const void *bytes, size_t count) {
    if (kind != OFF && is_file(fd)) {
        int s = strike("write", "write", fd, NULL, 1);
        if (s == 1) return -1;
        if (s == 2) {
            plain_write(fd, bytes, count / 2);
            die();
        }
    }
    return plain_write(fd, bytes, count);
}

#define PWRITE(symbol) \
    ssize_t symbol(int fd, const void *bytes, size_t count, off64_t at) { \
        REAL(#symbol, ssize_t (*)(int, const void *, size_t, off64_t)); \
        int s = strike("pwrite", "write", fd, NULL, 1); \
        if (s == 1) return -1; \
        if (s == 2) { \
            real(fd, bytes, count / 2, at); \
            die(); \
        } \
        return real(fd, bytes, count, at); \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

#define ON_FILE(symbol, class, parameters, ...) \
    int symbol parameters { \
        REAL(#symbol, int (*) parameters); \
        return strike(#symbol, class, fd, NULL, 0) ? -1 : real(__VA_ARGS__); \
    }
#define SYNC(symbol) \
    int symbol(int fd) { \
        REAL(#symbol, int (*)(int)); \
        if (strike(#symbol, "sync", fd, NULL, 0)) return -1; \
        int result = real(fd); \
        if (kind == POWER && result == 0) note_sync(fd); \
        return result; \
    }
SYNC(fsync)
SYNC(fdatasync)
ON_FILE(ftruncate, "truncate", (int fd, off64_t size), fd, size)
ON_FILE(ftruncate64, "truncate", (int fd, off64_t size), fd, size)

int rename(const char *from, const char *to) {
    REAL("rename", int (*)(const char *, const char *));
    return strike("rename", "rename", -1, to, 0) ? -1 : real(from, to);
}

int unlink(const char *path) {
    REAL("unlink", int (*)(const char *));
    return strike("unlink", "rename", -1, path, 0) ? -1 : real(path);
}
