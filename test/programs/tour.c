// SPDX-License-Identifier: Apache-2.0
//
// The demo's program: a look around from inside the sandbox, through WASI and nothing
// else.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SIEVE_LEN 1000000

static void
show_arguments(int argc, char **argv)
{
    printf("arguments    ");
    for (int i = 0; i < argc; i++) {
        printf(" %s", argv[i]);
    }
    puts("");
}

static void
show_clock(void)
{
    char text[64];
    time_t now = time(NULL);
    struct tm utc;
    gmtime_r(&now, &utc);
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &utc);
    printf("clock         %s\n", text);
}

static void
show_entropy(void)
{
    unsigned char bytes[8];
    int got = getentropy(bytes, sizeof bytes);
    printf("entropy       ");
    for (size_t i = 0; got == 0 && i < sizeof bytes; i++) {
        printf("%02x", bytes[i]);
    }
    puts("");
}

// The work: primes below a million, in memory that grows for it.
static void
show_primes(void)
{
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    char *composite = calloc(SIEVE_LEN, 1);
    if (composite == NULL) {
        puts("primes        no memory for the sieve");
        return;
    }
    int count = 0;
    for (int i = 2; i < SIEVE_LEN; i++) {
        if (composite[i]) {
            continue;
        }
        count++;
        for (long long j = (long long)i * i; j < SIEVE_LEN; j += i) {
            composite[j] = 1;
        }
    }
    free(composite);
    clock_gettime(CLOCK_MONOTONIC, &end);
    double ms = (double)(end.tv_sec - start.tv_sec) * 1e3 +
                (double)(end.tv_nsec - start.tv_nsec) * 1e-6;
    printf("primes        %d below %d, in %.1f ms\n", count, SIEVE_LEN, ms);
}

static void
show_file(const char *path)
{
    int fd = open(path, O_RDONLY);
    if (fd < 0) {
        printf("%-13s not for us: %s\n", path, strerror(errno));
        return;
    }
    printf("%-13s readable\n", path);
    close(fd);
}

int
main(int argc, char **argv)
{
    show_arguments(argc, argv);
    show_clock();
    show_entropy();
    printf("memory        %zu KiB\n", __builtin_wasm_memory_size(0) * 64);
    show_primes();
    show_file("/etc/passwd");
    return 0;
}
