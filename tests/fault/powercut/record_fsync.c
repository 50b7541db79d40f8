/*
 * A preload library: writes down how much of each file has reached the disk.
 *
 * For every successful fsync or fdatasync of a regular file one line "INODE SIZE" goes to $POWERCUT_LOG, SIZE being the
 * file's length when the call began: what was written meanwhile may or may not have made it. An opening that empties a file
 * writes "INODE 0", so that an inode used again does not inherit a size. Whoever pretends a power cut truncates each file
 * to its last line. Not modelled: directory entries (the server flushes those itself), and pages that reach the disk early.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int log_fd = -1;

__attribute__((constructor)) static void start(void) {
    const char *path = getenv("POWERCUT_LOG");
    int (*real)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
    if (path != NULL) log_fd = real(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (log_fd < 0) {
        fprintf(stderr, "POWERCUT_LOG cannot be opened\n");
        abort();
    }
}

static void record(const struct stat *file, long long size) {
    char line[64];
    int length = snprintf(line, sizeof line, "%llu %lld\n", (unsigned long long)file->st_ino, size);
    if (write(log_fd, line, (size_t)length) != length) abort();
}

static int flush(const char *name, int fd) {
    struct stat file;
    int regular = fstat(fd, &file) == 0 && S_ISREG(file.st_mode);
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    int result = real(fd);
    if (result == 0 && regular) record(&file, (long long)file.st_size);
    return result;
}

int fsync(int fd) { return flush("fsync", fd); }

int fdatasync(int fd) { return flush("fdatasync", fd); }

static int open_by(const char *name, const char *path, int flags, mode_t mode) {
    int (*real)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, name);
    struct stat file;
    int fd = real(path, flags, mode);
    if (fd >= 0 && (flags & O_TRUNC) && fstat(fd, &file) == 0 && S_ISREG(file.st_mode)) record(&file, 0);
    return fd;
}

int open(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = va_arg(rest, mode_t);
    va_end(rest);
    return open_by("open", path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = va_arg(rest, mode_t);
    va_end(rest);
    return open_by("open64", path, flags, mode);
}
