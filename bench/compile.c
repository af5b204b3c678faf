// SPDX-License-Identifier: Apache-2.0
//
// Speed of the baseline compiler: compile MODULE... decodes, validates and compiles each
// module several times in this process and prints, per module, a line of tab-separated
// fields: path, bytes of its code section, bytes of machine code, median seconds, each
// run's seconds.
#include "test/unit/engine/test_port.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define RUN_COUNT 5

struct file {
    uint8_t *bytes;
    size_t len;
};

static bool
read_file(const char *path, struct file *out)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    long end = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    out->len = end > 0 ? (size_t)end : 0;
    out->bytes = out->len > 0 ? malloc(out->len) : NULL;
    rewind(file);
    bool good = out->bytes != NULL && fread(out->bytes, 1, out->len, file) == out->len;
    fclose(file);
    return good;
}

static double
seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

// The seconds that one compilation takes, or a negative number after a message.
static double
compile_once(const char *path, const struct file *file, struct wasm_module_stats *stats)
{
    struct test_port port;
    struct wasm_error error;
    struct wasm_module *module;
    test_port_init(&port);
    double start = seconds_now();
    enum wasm_error_code code =
        wasm_module_create(&port.port, file->bytes, file->len, &module, &error);
    double seconds = seconds_now() - start;
    if (code != WASM_OK) {
        fprintf(stderr, "bench/compile: error: %s: at offset %llu: %s\n", path,
                (unsigned long long)error.offset, error.message);
        return -1;
    }
    wasm_module_stats(module, stats);
    wasm_module_destroy(module);
    return seconds;
}

static int
compare(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return (left > right) - (left < right);
}

static int
measure(const char *path)
{
    struct file file = {0};
    struct wasm_module_stats stats;
    double runs[RUN_COUNT];
    if (!read_file(path, &file)) {
        fprintf(stderr, "bench/compile: error: cannot read %s\n", path);
        return 1;
    }
    for (int i = 0; i < RUN_COUNT; i++) {
        runs[i] = compile_once(path, &file, &stats);
        if (runs[i] < 0)
            return 1;
    }
    free(file.bytes);
    double sorted[RUN_COUNT];
    for (int i = 0; i < RUN_COUNT; i++)
        sorted[i] = runs[i];
    qsort(sorted, RUN_COUNT, sizeof(sorted[0]), compare);
    printf("%s\t%llu\t%llu\t%.6f", path, (unsigned long long)stats.code_section_bytes,
           (unsigned long long)stats.native_bytes, sorted[RUN_COUNT / 2]);
    for (int i = 0; i < RUN_COUNT; i++)
        printf("\t%.6f", runs[i]);
    puts("");
    return 0;
}

int
main(int argc, char **argv)
{
    int status = 0;
    for (int i = 1; i < argc; i++)
        status |= measure(argv[i]);
    return status;
}
