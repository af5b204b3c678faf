// SPDX-License-Identifier: Apache-2.0
//
// The programs as machine code of an optimising C compiler, for bench/engine.py: `open`
// and `run` of ours.c on shared objects.
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PROGRAMS_MAX 64

typedef uint32_t run_function(uint32_t n);
typedef uint32_t expected_function(void);

static struct {
    run_function *run;
    expected_function *expected;
} programs[PROGRAMS_MAX];
static size_t program_count;

static double
seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void
open_path(const char *path)
{
    void *object =
        program_count < PROGRAMS_MAX ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    if (!object) {
        printf("refused: cannot be opened\n");
        return;
    }
    programs[program_count].run = (run_function *)dlsym(object, "run");
    programs[program_count].expected = (expected_function *)dlsym(object, "expected");
    printf("%zu\n", program_count++);
}

int
main(void)
{
    char line[4096];
    while (fgets(line, sizeof(line), stdin)) {
        line[strcspn(line, "\n")] = 0;
        if (strncmp(line, "open ", 5) == 0) {
            open_path(line + 5);
        } else if (strncmp(line, "run ", 4) == 0) {
            char *rest;
            size_t number = strtoul(line + 4, &rest, 10);
            uint32_t n = (uint32_t)strtoul(rest, NULL, 10);
            double begun = seconds_now();
            uint32_t result = programs[number].run(n);
            printf("%.9f\t%u\t%u\n", seconds_now() - begun, result,
                   programs[number].expected());
        } else {
            printf("refused: no such command\n");
        }
        fflush(stdout);
    }
    return 0;
}
