// SPDX-License-Identifier: Apache-2.0
//
// Our engine for bench/engine.py. Commands come in lines, each is answered by one line of
// fields between tabs, or by one that begins with "refused". The peers (peer.mjs,
// peer_wasmtime.py, native.c) speak the same.
//
//   compile PATH  seconds, bytes of the code section, bytes of machine code, heap bytes
//                 that only compilation used, heap bytes that the module keeps
//   load PATH     seconds to read, to decode, to decode and compile, to instantiate, and
//                 from _start to the first call of an import
//   open PATH     its number, from 0
//   run NUMBER N  seconds, result of run(N), result of expected()
#include "test/unit/engine/test_port.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PROGRAMS_MAX 64

struct bytes {
    uint8_t *at;
    size_t len;
};

struct program {
    struct test_port port;
    struct wasm_store *store;
    struct wasm_func *run;
    struct wasm_func *expected;
};

static struct program programs[PROGRAMS_MAX];
static size_t program_count;

static double
seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static bool
read_file(const char *path, struct bytes *out)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    long end = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    out->len = end > 0 ? (size_t)end : 0;
    out->at = out->len > 0 ? malloc(out->len) : NULL;
    rewind(file);
    bool good = out->at && fread(out->at, 1, out->len, file) == out->len;
    fclose(file);
    return good;
}

static void
refuse(const struct wasm_error *error)
{
    printf("refused %s\n", error->message);
}

static void
compile(const char *path)
{
    struct bytes file;
    struct test_port port;
    struct wasm_module *module;
    struct wasm_module_stats stats;
    struct wasm_error error = {.message = "cannot read"};
    if (!read_file(path, &file)) {
        refuse(&error);
        return;
    }
    test_port_init(&port);
    double start = seconds_now();
    enum wasm_error_code code =
        wasm_module_create(&port.port, file.at, file.len, &module, &error);
    double seconds = seconds_now() - start;
    if (code == WASM_OK) {
        wasm_module_stats(module, &stats);
        printf("%.6f\t%llu\t%llu\t%llu\t%llu\n", seconds,
               (unsigned long long)stats.code_section_bytes,
               (unsigned long long)stats.native_bytes,
               (unsigned long long)(port.heap_peak - port.heap_len),
               (unsigned long long)port.heap_len);
        wasm_module_destroy(module);
    } else {
        refuse(&error);
    }
    free(file.at);
}

// ---- Loading ----

struct first_call {
    struct wasm_store *store;
    double seconds;
};

// What every import is: the program gets no further.
static void
import_called(void *env)
{
    struct first_call *call = env;
    call->seconds = seconds_now();
    wasm_trap_throw(call->store, "first call");
}

static bool
make_imports(struct wasm_store *store, const struct wasm_module *module,
             struct first_call *call, struct wasm_extern *out)
{
    for (uint32_t i = 0; i < wasm_module_import_count(module); i++) {
        struct wasm_import import;
        wasm_module_import(module, i, &import);
        if (import.type.kind != WASM_KIND_FUNC ||
            wasm_func_create(store, &import.type.functype, (void (*)(void))import_called,
                             call, &out[i].func) != WASM_OK)
            return false;
        out[i].kind = WASM_KIND_FUNC;
    }
    return true;
}

static bool
store_create(struct test_port *port, struct wasm_store **out)
{
    struct wasm_store_config config = {.stack_limit = test_port_stack_limit()};
    if (wasm_store_create(&port->port, &config, out) != WASM_OK)
        return false;
    test_port_set_store(*out);
    return true;
}

static bool
start(struct test_port *port, const struct wasm_module *module, double *instantiated,
      struct first_call *call)
{
    static struct wasm_extern imports[1000];
    struct wasm_instance *instance;
    struct wasm_extern export;
    struct wasm_trap trap;
    struct wasm_error error;
    if (!store_create(port, &call->store))
        return false;
    if (wasm_module_import_count(module) > 1000 ||
        !make_imports(call->store, module, call, imports) ||
        wasm_instance_create(call->store, module, imports,
                             wasm_module_import_count(module), &instance, &trap,
                             &error) != WASM_OK)
        return false;
    *instantiated = seconds_now();
    return wasm_instance_export(instance, "_start", 6, &export) &&
           wasm_func_invoke(call->store, export.func, NULL, NULL, &trap) == WASM_TRAP &&
           call->seconds > 0;
}

static void
load(const char *path)
{
    struct bytes file;
    struct test_port port;
    struct wasm_module *module;
    struct wasm_error error = {.message = "cannot read"};
    struct first_call call = {0};
    double begun = seconds_now(), instantiated = 0;
    if (!read_file(path, &file)) {
        refuse(&error);
        return;
    }
    double was_read = seconds_now();
    test_port_init(&port);
    if (wasm_module_decode(&port.port, file.at, file.len, &module, &error) == WASM_OK)
        wasm_module_destroy(module);
    double decoded = seconds_now();
    if (wasm_module_create(&port.port, file.at, file.len, &module, &error) != WASM_OK) {
        refuse(&error);
        return;
    }
    double compiled = seconds_now();
    if (start(&port, module, &instantiated, &call))
        printf("%.6f\t%.6f\t%.6f\t%.6f\t%.6f\n", was_read - begun, decoded - was_read,
               compiled - decoded, instantiated - compiled, call.seconds - instantiated);
    else
        printf("refused: does not start\n");
    test_port_set_store(NULL);
    wasm_store_destroy(call.store);
    wasm_module_destroy(module);
    free(file.at);
}

// ---- Running ----

static bool
open_program(struct program *program, const struct wasm_module *module)
{
    struct wasm_instance *instance;
    struct wasm_extern run, expected;
    struct wasm_trap trap;
    struct wasm_error error;
    if (!store_create(&program->port, &program->store) ||
        wasm_instance_create(program->store, module, NULL, 0, &instance, &trap, &error) !=
            WASM_OK ||
        !wasm_instance_export(instance, "run", 3, &run) ||
        !wasm_instance_export(instance, "expected", 8, &expected))
        return false;
    program->run = run.func;
    program->expected = expected.func;
    return true;
}

static void
open_path(const char *path)
{
    struct program *program = &programs[program_count];
    struct bytes file;
    struct wasm_module *module;
    struct wasm_error error = {.message = "cannot read"};
    if (program_count == PROGRAMS_MAX || !read_file(path, &file)) {
        refuse(&error);
        return;
    }
    test_port_init(&program->port);
    if (wasm_module_create(&program->port.port, file.at, file.len, &module, &error) !=
        WASM_OK)
        refuse(&error);
    else if (open_program(program, module))
        printf("%zu\n", program_count++);
    else
        printf("refused: cannot be instantiated\n");
}

static void
run(size_t number, uint32_t n)
{
    union wasm_value argument = {.i32 = n}, result = {0}, expected = {0};
    struct wasm_trap trap;
    if (number >= program_count) {
        printf("refused: no such program\n");
        return;
    }
    struct program *program = &programs[number];
    wasm_store_set_stack_limit(program->store, test_port_stack_limit());
    test_port_set_store(program->store);
    double begun = seconds_now();
    enum wasm_error_code code =
        wasm_func_invoke(program->store, program->run, &argument, &result, &trap);
    double seconds = seconds_now() - begun;
    if (code == WASM_OK && wasm_func_invoke(program->store, program->expected, NULL,
                                            &expected, &trap) == WASM_OK)
        printf("%.9f\t%u\t%u\n", seconds, result.i32, expected.i32);
    else
        printf("refused: %s\n", wasm_trap_text(trap.code));
}

int
main(void)
{
    char line[4096];
    while (fgets(line, sizeof(line), stdin)) {
        line[strcspn(line, "\n")] = 0;
        char *space = strchr(line, ' ');
        char *argument = space ? space + 1 : line + strlen(line);
        if (space)
            *space = 0;
        if (strcmp(line, "compile") == 0)
            compile(argument);
        else if (strcmp(line, "load") == 0)
            load(argument);
        else if (strcmp(line, "open") == 0)
            open_path(argument);
        else if (strcmp(line, "run") == 0) {
            char *rest;
            size_t number = strtoul(argument, &rest, 10);
            run(number, (uint32_t)strtoul(rest, NULL, 10));
        } else {
            printf("refused: no such command\n");
        }
        fflush(stdout);
    }
    return 0;
}
