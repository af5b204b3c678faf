// SPDX-License-Identifier: Apache-2.0
//
// The program that test/cli/run.sh runs: does what its first argument says.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int
copy_input(void)
{
    char bytes[4096];
    ssize_t len;
    while ((len = read(0, bytes, sizeof(bytes))) > 0) {
        if (write(1, bytes, (size_t)len) != len)
            return 1;
    }
    return 0;
}

// Writes `count` lines, or lines without end.
static int
write_lines(long count)
{
    for (long i = 0; count < 0 || i < count; i++) {
        if (printf("line %ld of what does not end for a long time\n", i) < 0)
            return 1;
    }
    return 0;
}

static int
write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0) {
        perror(path);
        return 1;
    }
    return 0;
}

static int
write_zeroes(const char *path, long count)
{
    static const char zeroes[4096];
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    for (; fd >= 0 && count > 0; count -= (long)sizeof(zeroes)) {
        if (write(fd, zeroes, sizeof(zeroes)) < 0) {
            perror(path);
            remove(path); // no half of it is written back
            return 1;
        }
    }
    return fd < 0 || close(fd) != 0;
}

static int
print_file(const char *path)
{
    int fd = open(path, O_RDONLY);
    if (fd < 0) {
        perror(path);
        return 1;
    }
    char bytes[4096];
    for (ssize_t len; (len = read(fd, bytes, sizeof(bytes))) > 0;)
        fwrite(bytes, 1, (size_t)len, stdout);
    return 0;
}

int
main(int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "";
    if (strcmp(verb, "ready") == 0) { // says so, then does what comes after
        puts(verb);
        fflush(stdout);
        return main(argc - 1, argv + 1);
    }
    const char *a = argc > 2 ? argv[2] : "";
    const char *b = argc > 3 ? argv[3] : "";
    if (strcmp(verb, "args") == 0) {
        for (int i = 0; i < argc; i++)
            printf("[%s]", argv[i]);
        return 0;
    }
    if (strcmp(verb, "exit") == 0)
        return atoi(a);
    if (strcmp(verb, "env") == 0)
        return puts(getenv(a) ? getenv(a) : "unset") < 0;
    if (strcmp(verb, "cat") == 0)
        return copy_input();
    if (strcmp(verb, "lines") == 0)
        return write_lines(atol(a));
    if (strcmp(verb, "spin") == 0) {
        for (volatile int i = 0;; i++) {
        }
    }
    if (strcmp(verb, "sleep") == 0)
        return (int)sleep((unsigned)atoi(a));
    if (strcmp(verb, "write") == 0)
        return write_file(a, b);
    if (strcmp(verb, "zeroes") == 0)
        return write_zeroes(a, atol(b));
    if (strcmp(verb, "print") == 0)
        return print_file(a);
    if (strcmp(verb, "remove") == 0)
        return remove(a) != 0;
    if (strcmp(verb, "mkdir") == 0)
        return mkdir(a, 0777) != 0;
    if (strcmp(verb, "link") == 0)
        return symlink(a, b) != 0;
    if (strcmp(verb, "stderr") == 0)
        return fputs(a, stderr) < 0;
    if (strcmp(verb, "lose") == 0)
        write_file(a, b);
    __builtin_trap();
}
