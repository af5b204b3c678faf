// SPDX-License-Identifier: Apache-2.0
//
// Hostile and huge modules: each must do what the limits in engine.h say, in a second and
// with memory in proportion.
//
//   limits-test [-v] [--slow N] [MODULE...]
//
// Each MODULE is cut at every place and has every bit flipped. --slow allows N times the
// time, for instrumented builds. -v prints time and heap of each case. Every case runs in
// a process of its own.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "test/limits/cases.h"
#include "test/limits/damage.h"
#include "test/unit/engine/test_port.h"
#include "tools/file.h"

#define CASE_SECONDS   1.0
#define DAMAGE_SECONDS 60
#define HANG_SECONDS   20
#define HEAP_BASE      (32ull << 20) // of a function with all operands that there may be
#define HEAP_RATIO     512

struct options {
    bool is_verbose;
    unsigned int slow;
};

// ---- One case ----

struct result {
    enum wasm_error_code code;
    enum wasm_trap_code trap;
    bool is_compiled;
    bool is_instantiated;
    uint64_t compile_heap; // at most, while compiling
    struct wasm_error error;
};

static void
call(struct wasm_store *store, struct wasm_instance *instance, struct result *result)
{
    static union wasm_value args[WASM_LIMIT_PARAMS], results[WASM_LIMIT_RESULTS];
    struct wasm_extern f;
    struct wasm_trap trap = {0};
    if (!wasm_instance_export(instance, "f", 1, &f) || f.kind != WASM_KIND_FUNC)
        return;
    result->code = wasm_func_invoke(store, f.func, args, results, &trap);
    result->trap = trap.code;
    for (uint32_t i = 0; i < trap.frame_count; i++)
        (void)wasm_trap_frame_name(&trap.frames[i]);
}

static void
instantiate(const struct wasm_port *port, struct wasm_module *module,
            struct result *result)
{
    struct wasm_store_config config = {.stack_limit = test_port_stack_limit()};
    struct wasm_store *store;
    struct wasm_instance *instance;
    struct wasm_trap trap;
    result->code = wasm_store_create(port, &config, &store);
    if (result->code != WASM_OK)
        return;
    test_port_set_store(store);
    result->code =
        wasm_instance_create(store, module, NULL, 0, &instance, &trap, &result->error);
    result->is_instantiated = result->code == WASM_OK;
    if (result->is_instantiated)
        call(store, instance, result);
    test_port_set_store(NULL);
    wasm_store_destroy(store);
}

static struct result
run(struct test_port *test_port, const struct builder *b)
{
    struct result result = {0};
    struct wasm_module *module;
    const struct wasm_port *port = test_port_init(test_port);
    result.code = wasm_module_create(port, b->bytes, b->len, &module, &result.error);
    result.compile_heap = test_port->heap_peak;
    result.is_compiled = result.code == WASM_OK;
    if (result.is_compiled) {
        instantiate(port, module, &result);
        wasm_module_destroy(module);
    }
    return result;
}

static bool
is_outcome(const struct result *result, enum outcome outcome)
{
    switch (outcome) {
    case RETURNS:
        return result->is_instantiated && result->code == WASM_OK;
    case EXHAUSTS:
        return result->is_instantiated && result->code == WASM_TRAP &&
               result->trap == WASM_TRAP_STACK_EXHAUSTED;
    case COMPILES:
        return result->is_instantiated;
    case REFUSED:
        return !result->is_instantiated && result->code != WASM_TRAP;
    case MALFORMED:
        return !result->is_compiled && result->code == WASM_MALFORMED;
    case INVALID:
        return !result->is_compiled && result->code == WASM_INVALID;
    case UNSUPPORTED:
        return !result->is_compiled && result->code == WASM_UNSUPPORTED;
    }
    return false;
}

static double
seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

// Returns whether all is well.
static bool
run_case(const struct options *options, const struct limit_case *c)
{
    struct builder b = {0};
    struct test_port port;
    c->build(&b, c->n);
    double start = seconds_now();
    struct result result = run(&port, &b);
    double seconds = seconds_now() - start;
    const char *problem = NULL;
    if (!is_outcome(&result, c->outcome))
        problem = "not what the limits say";
    else if (port.live > 0)
        problem = "memory was not given back";
    else if (seconds > CASE_SECONDS * options->slow)
        problem = "too slow";
    else if (result.compile_heap > HEAP_BASE + b.len * HEAP_RATIO)
        problem = "memory out of proportion";
    if (problem || options->is_verbose)
        printf("%s %u: %s; %zu bytes, %.3f s, heap %.1f MiB, code %d, trap %d, %s\n",
               c->name, c->n, problem ? problem : "ok", b.len, seconds,
               (double)result.compile_heap / (1 << 20), (int)result.code,
               (int)result.trap, result.error.message);
    builder_fini(&b);
    return !problem;
}

// ---- Modules to damage ----

static bool
damage_file(const char *path)
{
    size_t len, at = 0;
    const char *problem;
    uint8_t *bytes = file_read(path, &len, &problem);
    if (bytes)
        problem = damage_cut(bytes, len, &at);
    if (!problem)
        problem = damage_flip(bytes, len, &at);
    if (problem)
        printf("%s: at byte %zu: %s\n", path, at, problem);
    free(bytes);
    return !problem;
}

// ---- Processes ----

static bool
is_well(const char *name, uint32_t n, pid_t child)
{
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child)
        return false;
    if (WIFSIGNALED(status))
        printf("%s %u: ended by signal %d (%s)\n", name, n, WTERMSIG(status),
               strsignal(WTERMSIG(status)));
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void
end_child(bool is_ok)
{
    fflush(stdout);
    _exit(is_ok ? 0 : 1);
}

static uint32_t
run_cases(const struct options *options, const struct limit_case *cases, uint32_t *failed)
{
    uint32_t count = 0;
    for (; cases[count].name; count++) {
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            alarm(HANG_SECONDS * options->slow);
            end_child(run_case(options, &cases[count]));
        }
        *failed += !is_well(cases[count].name, cases[count].n, child);
    }
    return count;
}

static uint32_t
run_files(const struct options *options, char **paths, uint32_t *failed)
{
    uint32_t count = 0;
    for (; paths[count]; count++) {
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            alarm(DAMAGE_SECONDS * options->slow);
            end_child(damage_file(paths[count]));
        }
        *failed += !is_well(paths[count], 0, child);
    }
    return count;
}

int
main(int argc, char **argv)
{
    struct options options = {.slow = 1};
    int at = 1;
    for (; at < argc && argv[at][0] == '-'; at++) {
        if (strcmp(argv[at], "-v") == 0)
            options.is_verbose = true;
        else if (strcmp(argv[at], "--slow") == 0 && at + 1 < argc)
            options.slow = (unsigned int)strtoul(argv[++at], NULL, 10);
        else
            break;
    }
    if (at < argc && argv[at][0] == '-') {
        fprintf(stderr, "usage: %s [-v] [--slow N] [MODULE...]\n", argv[0]);
        return 2;
    }
    uint32_t failed = 0;
    uint32_t count = run_cases(&options, body_cases, &failed);
    count += run_cases(&options, section_cases, &failed);
    count += run_cases(&options, feature_cases, &failed);
    count += run_files(&options, argv + at, &failed);
    printf("%u passed, %u failed\n", count - failed, failed);
    return failed > 0;
}
