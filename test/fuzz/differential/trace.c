// SPDX-License-Identifier: Apache-2.0
//
// Runs modules and prints what can be seen of it, in the form in which trace.js does:
//
//   module FILE
//   log BITS            what the module passed to an imported function
//   EXPORT BITS...      what an exported function returned, called with zeros
//   EXPORT trap         or that it trapped
//   refused: WHY        the module does not compile
//
// With --validate as the first argument nothing is run, and a module that compiles is
// "valid". Modules are those of binaryen's generator: they import functions of one
// parameter.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "test/unit/engine/test_port.h"
#include "tools/file.h"

#define MODULE_SECONDS 10

struct options {
    bool is_validating;
    bool is_at_zero;
};

// Any u32 address plus any u32 offset plus the access itself.
#define MEMORY_REACH ((8ull << 30) + WASM_PAGE_SIZE)

static bool
reserve_anywhere(uint64_t len, uint8_t **base)
{
    void *at =
        mmap(NULL, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED)
        return false;
    *base = at;
    return true;
}

static bool
reserve_at_zero(void *context, uint64_t max, bool is_guarded, uint8_t **base)
{
    if (!is_guarded)
        return reserve_anywhere(max, base);
    void *at = mmap(NULL, MEMORY_REACH, PROT_NONE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    (void)context;
    (void)max;
    *base = at;
    return at == NULL;
}

static void
release_at_zero(void *context, uint8_t *base, uint64_t len, uint64_t max, bool is_guarded)
{
    (void)context;
    (void)len;
    munmap(base, is_guarded ? MEMORY_REACH : max);
}

static void
log_i32(void *env, uint32_t value)
{
    (void)env;
    printf("log %" PRIx32 "\n", value);
}

static void
log_i64(void *env, uint64_t value)
{
    (void)env;
    printf("log %" PRIx64 "\n", value);
}

static void
log_f32(void *env, float value)
{
    uint32_t bits;
    (void)env;
    memcpy(&bits, &value, sizeof(bits));
    printf("log %" PRIx32 "\n", bits);
}

static void
log_f64(void *env, double value)
{
    uint64_t bits;
    (void)env;
    memcpy(&bits, &value, sizeof(bits));
    printf("log %" PRIx64 "\n", bits);
}

static void (*log_function(const struct wasm_functype *type))(void)
{
    if (type->param_count != 1 || type->result_count != 0)
        return NULL;
    switch (type->types[0]) {
    case WASM_TYPE_I32:
        return (void (*)(void))log_i32;
    case WASM_TYPE_I64:
        return (void (*)(void))log_i64;
    case WASM_TYPE_F32:
        return (void (*)(void))log_f32;
    case WASM_TYPE_F64:
        return (void (*)(void))log_f64;
    default:
        return NULL;
    }
}

static bool
make_imports(struct wasm_store *store, const struct wasm_module *module,
             struct wasm_extern *externs, uint32_t room)
{
    uint32_t count = wasm_module_import_count(module);
    for (uint32_t i = 0; i < count; i++) {
        struct wasm_import import;
        wasm_module_import(module, i, &import);
        void (*code)(void) = import.type.kind == WASM_KIND_FUNC && i < room
                                 ? log_function(&import.type.functype)
                                 : NULL;
        if (!code || wasm_func_create(store, &import.type.functype, code, NULL,
                                      &externs[i].func) != WASM_OK)
            return false;
        externs[i].kind = WASM_KIND_FUNC;
    }
    return true;
}

static void
print_result(wasm_type_t type, union wasm_value value)
{
    if (wasm_type_is_ref(type))
        printf(" %s", value.ref ? "ref" : "null");
    else if (type == WASM_TYPE_I32 || type == WASM_TYPE_F32)
        printf(" %" PRIx32, value.i32);
    else if (type == WASM_TYPE_V128)
        printf(" %016" PRIx64 "%016" PRIx64, value.v128[1], value.v128[0]);
    else
        printf(" %" PRIx64, value.i64);
}

static void
call(struct wasm_store *store, const struct wasm_export *export, struct wasm_func *func)
{
    static const union wasm_value args[WASM_LIMIT_PARAMS];
    static union wasm_value results[WASM_LIMIT_RESULTS];
    const struct wasm_functype *type = &export->type.functype;
    struct wasm_trap trap;
    enum wasm_error_code code = wasm_func_invoke(store, func, args, results, &trap);
    printf("%.*s", (int)export->name.len, export->name.bytes);
    for (uint32_t i = 0; code == WASM_OK && i < type->result_count; i++)
        print_result(type->types[type->param_count + i], results[i]);
    if (code == WASM_EXCEPTION)
        printf(" exception");
    else if (code != WASM_OK)
        printf(" %s", trap.code == WASM_TRAP_STACK_EXHAUSTED ? "exhausted" : "trap");
    printf("\n");
}

static void
call_exports(struct wasm_store *store, struct wasm_instance *instance)
{
    const struct wasm_module *module = wasm_instance_module(instance);
    uint32_t count = wasm_module_export_count(module);
    for (uint32_t i = 0; i < count; i++) {
        struct wasm_export export;
        struct wasm_extern value;
        wasm_module_export(module, i, &export);
        if (export.type.kind == WASM_KIND_FUNC &&
            wasm_instance_export(instance, export.name.bytes, export.name.len, &value))
            call(store, &export, value.func);
    }
}

static void
run_store(struct wasm_store *store, const struct wasm_module *module)
{
    struct wasm_extern externs[16] = {0};
    struct wasm_instance *instance;
    struct wasm_trap trap;
    struct wasm_error error = {0};
    test_port_set_store(store);
    if (!make_imports(store, module, externs, 16)) {
        printf("unknown import\n");
        return;
    }
    enum wasm_error_code code =
        wasm_instance_create(store, module, externs, wasm_module_import_count(module),
                             &instance, &trap, &error);
    if (code == WASM_OK)
        call_exports(store, instance);
    else
        printf(code == WASM_TRAP ? "start trap\n" : "start failed\n");
    test_port_set_store(NULL);
}

static void
run(const struct options *options, const uint8_t *bytes, size_t len)
{
    struct test_port port;
    struct wasm_module *module;
    struct wasm_store *store;
    struct wasm_error error = {0};
    struct wasm_store_config config = {.stack_limit = test_port_stack_limit()};
    test_port_init(&port);
    if (options->is_at_zero) {
        port.port.memory_at_zero = true;
        port.port.memory_reserve = reserve_at_zero;
        port.port.memory_release = release_at_zero;
    }
    if (wasm_module_create(&port.port, bytes, len, &module, &error)) {
        printf("refused: %s\n", error.message);
        return;
    }
    if (options->is_validating) {
        printf("valid\n");
    } else if (wasm_store_create(&port.port, &config, &store) == WASM_OK) {
        run_store(store, module);
        wasm_store_destroy(store);
    }
    wasm_module_destroy(module);
}

int
main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0); // what came before a crash is to be seen
    struct options options = {
        .is_validating = argc > 1 && strcmp(argv[1], "--validate") == 0,
        .is_at_zero = argc > 1 && strcmp(argv[1], "--at-zero") == 0,
    };
    for (int i = options.is_validating || options.is_at_zero ? 2 : 1; i < argc; i++) {
        size_t len;
        const char *why;
        uint8_t *bytes = file_read(argv[i], &len, &why);
        if (!bytes) {
            fprintf(stderr, "%s: %s\n", argv[i], why);
            return 2;
        }
        printf("module %s\n", argv[i]);
        alarm(MODULE_SECONDS);
        run(&options, bytes, len);
        free(bytes);
        fflush(stdout);
    }
    return 0;
}
