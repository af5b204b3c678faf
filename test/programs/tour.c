// SPDX-License-Identifier: Apache-2.0
//
// What `make demo` shows: an ordinary C program, and what it finds around itself.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define LIMIT 2000000

static int
count_primes(void)
{
    char *composite = calloc(LIMIT, 1);
    if (!composite)
        return -1;
    int count = 0;
    for (int i = 2; i < LIMIT; i++) {
        if (composite[i])
            continue;
        count++;
        for (long long k = (long long)i * i; k < LIMIT; k += i)
            composite[k] = 1;
    }
    free(composite);
    return count;
}

int
main(int argc, char **argv)
{
    printf("I was given %d arguments:", argc - 1);
    for (int i = 1; i < argc; i++)
        printf(" %s", argv[i]);
    printf("\n");

    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    int primes = count_primes();
    clock_gettime(CLOCK_MONOTONIC, &end);
    double ms = (double)(end.tv_sec - start.tv_sec) * 1e3 +
                (double)(end.tv_nsec - start.tv_nsec) / 1e6;
    printf("There are %d primes below %d.\n", primes, LIMIT);
    fprintf(stderr, "(counted in %.1f ms)\n", ms);

    // Files are there when the command line grants them (--dir), and only those.
    FILE *secrets = fopen("/etc/passwd", "r");
    printf("/etc/passwd: %s\n", secrets ? "opened!" : "no such thing, nobody granted it");
    return primes == 148933 && !secrets ? EXIT_SUCCESS : EXIT_FAILURE;
}
