// SPDX-License-Identifier: Apache-2.0
//
// Our side of compare.py: compare BATCH FIRST_SEED [--verbose] [--stress]. The same as
// compare.js, by which it is explained. --stress collects garbage at every allocation.
#include "test/unit/engine/test_port.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MODULE_SECONDS = 20, TAGS_MAX = 16, IMPORTS_MAX = 8, STACK_BYTES = 6 << 20 };

static bool is_verbose;
static bool is_stressing;
static uint32_t hash;

static void
mix(uint32_t word)
{
    hash = (hash ^ word) * 0x01000193;
}

static void
mix_wide(uint64_t bits)
{
    mix((uint32_t)bits);
    mix((uint32_t)(bits >> 32));
}

static void
see_text(const char *text)
{
    for (const char *at = text; *at; at++)
        mix((uint8_t)*at);
    if (is_verbose)
        printf("  %s\n", text);
}

static void
see_i32(void *env, uint32_t value)
{
    (void)env;
    mix(value);
    if (is_verbose)
        printf("  %" PRIx32 "\n", value);
}

static void
see_i64(void *env, uint64_t value)
{
    (void)env;
    mix_wide(value);
    if (is_verbose)
        printf("  %" PRIx64 "\n", value);
}

static void *
make(void *env, uint32_t number)
{
    (void)env;
    return WASM_EXTERN_REF(number & 15);
}

static uint32_t
ask(void *env, void *ref)
{
    (void)env;
    if (!ref)
        return (uint32_t)-2;
    return WASM_IS_EXTERN(ref) ? (uint32_t)WASM_EXTERN_WORD(ref) : (uint32_t)-1;
}

// V8 tells some traps not apart.
static const char *
trap_class(enum wasm_trap_code code)
{
    switch (code) {
    case WASM_TRAP_UNREACHABLE:
        return "unreachable";
    case WASM_TRAP_MEMORY_BOUNDS:
    case WASM_TRAP_UNALIGNED_ATOMIC:
    case WASM_TRAP_TABLE_BOUNDS:
    case WASM_TRAP_UNDEFINED_ELEMENT:
    case WASM_TRAP_ARRAY_BOUNDS:
    case WASM_TRAP_OUT_OF_MEMORY:
        return "bounds";
    case WASM_TRAP_DIVIDE_BY_ZERO:
        return "zero";
    case WASM_TRAP_INTEGER_OVERFLOW:
    case WASM_TRAP_INVALID_CONVERSION:
        return "number";
    case WASM_TRAP_UNINITIALIZED_ELEMENT:
    case WASM_TRAP_INDIRECT_TYPE:
        return "indirect";
    case WASM_TRAP_NULL_REFERENCE:
    case WASM_TRAP_NULL_FUNC:
    case WASM_TRAP_NULL_STRUCT:
    case WASM_TRAP_NULL_ARRAY:
    case WASM_TRAP_NULL_I31:
    case WASM_TRAP_NULL_EXN:
        return "null";
    case WASM_TRAP_CAST:
        return "cast";
    case WASM_TRAP_STACK_EXHAUSTED:
        return "exhausted";
    default:
        return wasm_trap_text(code);
    }
}

// ---- One module ----

struct running {
    struct wasm_store *store;
    struct wasm_instance *instance;
    const struct wasm_module *module;
    struct wasm_tag *tags[TAGS_MAX];
    int tag_count;
};

enum { INSTANCES = 2 };

static void
see_exception(const struct running *running)
{
    const struct wasm_tag *tag = wasm_exception_tag(wasm_store_exception(running->store));
    int at = running->tag_count - 1;
    while (at >= 0 && running->tags[at] != tag)
        at--;
    char text[32];
    snprintf(text, sizeof(text), "exception %d", at);
    see_text(text);
}

static void
call(struct running *running, struct wasm_func *func)
{
    struct wasm_trap trap;
    enum wasm_error_code code = wasm_func_invoke(running->store, func, NULL, NULL, &trap);
    if (code == WASM_TRAP)
        see_text(trap_class(trap.code));
    else if (code == WASM_EXCEPTION)
        see_exception(running);
    else if (code != WASM_OK)
        see_text("no memory");
}

static void
see_memory(const char *name, const struct wasm_memory *memory)
{
    char text[64];
    uint64_t len = wasm_memory_len(memory);
    const uint32_t *words = (const uint32_t *)(const void *)wasm_memory_base(memory);
    uint32_t own = 0;
    snprintf(text, sizeof(text), "%s %" PRIu64, name, len);
    see_text(text);
    for (uint64_t i = 0; i < len / 4; i++)
        own = (own ^ words[i]) * 0x01000193;
    see_i32(NULL, own);
}

static void
see_number(double value)
{
    uint64_t bits;
    if (value != value) {
        see_text("NaN");
        return;
    }
    memcpy(&bits, &value, sizeof(bits));
    mix_wide(bits);
    if (is_verbose)
        printf("  %.17g\n", value);
}

static void
see_global(const char *name, const struct wasm_global *global)
{
    union wasm_value value = wasm_global_value(global);
    see_text(name);
    switch (wasm_global_valtype(global)) {
    case WASM_TYPE_I32:
        see_number((double)(int32_t)value.i32);
        break;
    case WASM_TYPE_I64:
        see_i64(NULL, value.i64);
        break;
    case WASM_TYPE_F32:
        see_number((double)value.f32);
        break;
    default:
        see_number(value.f64);
        break;
    }
}

// The export, with its name terminated.
static bool
exported(const struct running *running, uint32_t index, char name[32],
         struct wasm_extern *out)
{
    struct wasm_export export;
    wasm_module_export(running->module, index, &export);
    snprintf(name, 32, "%.*s", (int)export.name.len, export.name.bytes);
    return wasm_instance_export(running->instance, export.name.bytes, export.name.len,
                                out);
}

static void
see_instance(struct running *running)
{
    char name[32];
    struct wasm_extern value;
    uint32_t count = wasm_module_export_count(running->module);
    for (uint32_t i = 0; i < count; i++)
        if (exported(running, i, name, &value) && value.kind == WASM_KIND_TAG &&
            running->tag_count < TAGS_MAX)
            running->tags[running->tag_count++] = value.tag;
    for (uint32_t i = 0; i < count; i++)
        if (exported(running, i, name, &value) && value.kind == WASM_KIND_FUNC) {
            see_text(name);
            call(running, value.func);
        }
    for (uint32_t i = 0; i < count; i++) {
        if (!exported(running, i, name, &value))
            continue;
        if (value.kind == WASM_KIND_MEMORY)
            see_memory(name, value.memory);
        if (value.kind == WASM_KIND_GLOBAL)
            see_global(name, value.global);
    }
}

static bool
make_func(struct wasm_store *store, const struct wasm_import *import,
          struct wasm_extern *out)
{
    static const struct {
        char letter;
        void (*code)(void);
    } functions[] = {
        {'i', (void (*)(void))see_i32},
        {'j', (void (*)(void))see_i64},
        {'m', (void (*)(void))make},
        {'a', (void (*)(void))ask},
    };
    uint32_t i = 0;
    while (i < 3 && functions[i].letter != import->name.bytes[0])
        i++;
    return wasm_func_create(store, &import->type.functype, functions[i].code, NULL,
                            &out->func) == WASM_OK;
}

static bool
make_import(struct wasm_store *store, const struct wasm_import *import,
            struct wasm_extern *out)
{
    const struct wasm_externtype *type = &import->type;
    union wasm_value zero = {.i64 = 0};
    out->kind = type->kind;
    switch (type->kind) {
    case WASM_KIND_FUNC:
        return make_func(store, import, out);
    case WASM_KIND_TABLE:
        return wasm_table_create(store, type->type, type->limits, &out->table) == WASM_OK;
    case WASM_KIND_MEMORY:
        return wasm_memory_create(store, type->limits, &out->memory) == WASM_OK;
    case WASM_KIND_GLOBAL:
        return wasm_global_create(store, type->type, type->is_mutable, zero,
                                  &out->global) == WASM_OK;
    default:
        return wasm_tag_create(store, &type->functype, &out->tag) == WASM_OK;
    }
}

static bool
make_imports(struct wasm_store *store, const struct wasm_module *module,
             struct wasm_extern *externs)
{
    uint32_t count = wasm_module_import_count(module);
    bool good = count <= IMPORTS_MAX;
    for (uint32_t i = 0; good && i < count; i++) {
        struct wasm_import import;
        wasm_module_import(module, i, &import);
        good = make_import(store, &import, &externs[i]);
    }
    return good;
}

// Two instances have the same imports: a table holds functions of both.
static void
run_store(struct wasm_store *store, const struct wasm_module *module)
{
    struct wasm_extern externs[IMPORTS_MAX];
    struct wasm_instance *instances[INSTANCES];
    struct wasm_trap trap;
    struct wasm_error error = {0};
    enum wasm_error_code code =
        make_imports(store, module, externs) ? WASM_OK : WASM_NO_MEMORY;
    test_port_set_store(store);
    for (int i = 0; i < INSTANCES && code == WASM_OK; i++) {
        code =
            wasm_instance_create(store, module, externs, wasm_module_import_count(module),
                                 &instances[i], &trap, &error);
        for (int j = 0; j <= i && code == WASM_OK; j++) {
            struct running running = {store, instances[j], module, {0}, 0};
            see_instance(&running);
        }
    }
    if (code == WASM_OK)
        printf("ran %" PRIx32 "\n", hash);
    else
        printf("start %s\n", code == WASM_TRAP ? trap_class(trap.code) : error.message);
    test_port_set_store(NULL);
}

static void
run(const uint8_t *bytes, size_t len)
{
    struct test_port port;
    struct wasm_module *module;
    struct wasm_store *store;
    struct wasm_error error = {0};
    struct wasm_store_config config = {
        .stack_limit = (uintptr_t)__builtin_frame_address(0) - STACK_BYTES,
        .gc_stress = is_stressing};
    test_port_init(&port);
    port.port.poison = getenv("POISON") != NULL;
    hash = 0x811c9dc5;
    if (wasm_module_create(&port.port, bytes, len, &module, &error)) {
        printf("refused: %s\n", error.message);
        return;
    }
    if (wasm_store_create(&port.port, &config, &store) == WASM_OK) {
        run_store(store, module);
        wasm_store_destroy(store);
    } else {
        printf("start: no memory\n");
    }
    wasm_module_destroy(module);
    if (port.live != 0)
        printf("leaks %" PRIu64 "\n", port.live);
}

int
main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    for (int i = 3; i < argc; i++) {
        is_verbose |= strcmp(argv[i], "--verbose") == 0;
        is_stressing |= strcmp(argv[i], "--stress") == 0;
    }
    FILE *batch = fopen(argv[1], "rb");
    uint8_t head[4];
    if (!batch)
        return 2;
    for (uint64_t seed = strtoull(argv[2], NULL, 10); fread(head, 1, 4, batch) == 4;
         seed++) {
        size_t len = (size_t)head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 |
                     (size_t)head[3] << 24;
        uint8_t *bytes = malloc(len);
        if (!bytes || fread(bytes, 1, len, batch) != len)
            return 2;
        printf("%" PRIu64 " ", seed);
        if (is_verbose)
            printf("\n");
        fflush(stdout); // what came before a crash is to be seen
        alarm(MODULE_SECONDS);
        run(bytes, len);
        free(bytes);
    }
    fclose(batch);
    return 0;
}
