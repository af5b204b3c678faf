// SPDX-License-Identifier: Apache-2.0
#include "text/script/spectest.h"

#include "base/fmt.h"
#include "base/string.h"

#define ROOM(array) (sizeof(array) / sizeof((array)[0]))

// ---- The print functions: one line for a call, a value with its type ----

static void
print_bits(void *env, const char *type, uint64_t bits)
{
    const struct spectest *spectest = env;
    char line[64];
    if (!spectest->print)
        return;
    bool is_float = type[0] == 'f';
    (void)fmt_string(line, sizeof(line), is_float ? "%s with the bits 0x%lx" : "%s %lu",
                     type, bits);
    spectest->print(spectest->context, line);
}

static void
print_nothing(void *env)
{
    const struct spectest *spectest = env;
    if (spectest->print)
        spectest->print(spectest->context, "");
}

static void
print_i32(void *env, uint32_t value)
{
    print_bits(env, "i32", value);
}

static void
print_i64(void *env, uint64_t value)
{
    print_bits(env, "i64", value);
}

static void
print_f32(void *env, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof(bits));
    print_bits(env, "f32", bits);
}

static void
print_f64(void *env, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    print_bits(env, "f64", bits);
}

static void
print_i32_f32(void *env, uint32_t a, float b)
{
    print_i32(env, a);
    print_f32(env, b);
}

static void
print_f64_f64(void *env, double a, double b)
{
    print_f64(env, a);
    print_f64(env, b);
}

// ---- What it exports ----

static const struct print_function {
    const char *name;
    void (*code)(void);
    uint32_t param_count;
    wasm_type_t params[2];
} print_functions[] = {
    {"print", (void (*)(void))print_nothing, 0, {0}},
    {"print_i32", (void (*)(void))print_i32, 1, {WASM_TYPE_I32}},
    {"print_i64", (void (*)(void))print_i64, 1, {WASM_TYPE_I64}},
    {"print_f32", (void (*)(void))print_f32, 1, {WASM_TYPE_F32}},
    {"print_f64", (void (*)(void))print_f64, 1, {WASM_TYPE_F64}},
    {"print_i32_f32", (void (*)(void))print_i32_f32, 2, {WASM_TYPE_I32, WASM_TYPE_F32}},
    {"print_f64_f64", (void (*)(void))print_f64_f64, 2, {WASM_TYPE_F64, WASM_TYPE_F64}},
};

static const struct constant {
    const char *name;
    wasm_type_t type;
    union wasm_value value;
} constants[] = {
    {"global_i32", WASM_TYPE_I32, {.i32 = 666}},
    {"global_i64", WASM_TYPE_I64, {.i64 = 666}},
    {"global_f32", WASM_TYPE_F32, {.f32 = 666.6f}},
    {"global_f64", WASM_TYPE_F64, {.f64 = 666.6}},
};

static const struct table_export {
    const char *name;
    struct wasm_limits limits;
} tables[] = {
    {"table", {.min = 10, .max = 20}},
    {"table64", {.min = 10, .max = 20, .is_64 = true}},
};

static const struct memory_export {
    const char *name;
    struct wasm_limits limits;
} memories[] = {
    {"memory", {.min = 1, .max = 2, .page_log2 = 16}},
    {"shared_memory", {.min = 1, .max = 2, .page_log2 = 16, .is_shared = true}},
};
_Static_assert(ROOM(print_functions) + ROOM(constants) + ROOM(tables) + ROOM(memories) ==
                   SPECTEST_EXPORTS,
               "all have room");

static void
add(struct spectest *spectest, const char *name, struct wasm_extern value)
{
    spectest->exports[spectest->count].name = name;
    spectest->exports[spectest->count].value = value;
    spectest->count++;
}

static bool
add_functions(struct spectest *spectest, struct wasm_store *store)
{
    for (size_t i = 0; i < ROOM(print_functions); i++) {
        const struct print_function *f = &print_functions[i];
        struct wasm_functype type = {f->param_count, 0, f->params};
        struct wasm_extern value = {.kind = WASM_KIND_FUNC};
        if (wasm_func_create(store, &type, f->code, spectest, &value.func))
            return false;
        add(spectest, f->name, value);
    }
    return true;
}

static bool
add_constants(struct spectest *spectest, struct wasm_store *store)
{
    for (size_t i = 0; i < ROOM(constants); i++) {
        struct wasm_extern value = {.kind = WASM_KIND_GLOBAL};
        if (wasm_global_create(store, constants[i].type, false, constants[i].value,
                               &value.global))
            return false;
        add(spectest, constants[i].name, value);
    }
    return true;
}

static bool
add_tables(struct spectest *spectest, struct wasm_store *store)
{
    for (size_t i = 0; i < ROOM(tables); i++) {
        struct wasm_extern value = {.kind = WASM_KIND_TABLE};
        if (wasm_table_create(store, WASM_TYPE_FUNCREF, tables[i].limits, &value.table))
            return false;
        add(spectest, tables[i].name, value);
    }
    return true;
}

static bool
add_memories(struct spectest *spectest, struct wasm_store *store)
{
    for (size_t i = 0; i < ROOM(memories); i++) {
        struct wasm_extern value = {.kind = WASM_KIND_MEMORY};
        if (wasm_memory_create(store, memories[i].limits, &value.memory))
            return false;
        add(spectest, memories[i].name, value);
    }
    return true;
}

bool
spectest_create(struct spectest *spectest, struct wasm_store *store,
                void (*print)(void *context, const char *line), void *context)
{
    *spectest = (struct spectest){.print = print, .context = context};
    return add_functions(spectest, store) && add_constants(spectest, store) &&
           add_tables(spectest, store) && add_memories(spectest, store);
}

bool
spectest_export(const struct spectest *spectest, struct wasm_name name,
                struct wasm_extern *out)
{
    for (uint32_t i = 0; i < spectest->count; i++) {
        const char *own = spectest->exports[i].name;
        size_t len = 0;
        while (own[len])
            len++;
        if (len == name.len && memcmp(own, name.bytes, len) == 0) {
            *out = spectest->exports[i].value;
            return true;
        }
    }
    return false;
}
