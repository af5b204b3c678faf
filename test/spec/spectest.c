// SPDX-License-Identifier: Apache-2.0
#include "test/spec/spectest.h"

#include <string.h>

// The print functions take what they are given and print nothing: no script looks.
static void
print(void *env)
{
    (void)env;
}

static const struct print_function {
    const char *name;
    uint32_t param_count;
    uint8_t params[2];
} print_functions[] = {
    {"print", 0, {0}},
    {"print_i32", 1, {WASM_TYPE_I32}},
    {"print_i64", 1, {WASM_TYPE_I64}},
    {"print_f32", 1, {WASM_TYPE_F32}},
    {"print_f64", 1, {WASM_TYPE_F64}},
    {"print_i32_f32", 2, {WASM_TYPE_I32, WASM_TYPE_F32}},
    {"print_f64_f64", 2, {WASM_TYPE_F64, WASM_TYPE_F64}},
};

static const struct constant {
    const char *name;
    uint8_t type;
    union wasm_value value;
} constants[] = {
    {"global_i32", WASM_TYPE_I32, {.i32 = 666}},
    {"global_i64", WASM_TYPE_I64, {.i64 = 666}},
    {"global_f32", WASM_TYPE_F32, {.f32 = 666.6f}},
    {"global_f64", WASM_TYPE_F64, {.f64 = 666.6}},
};

static void
add(struct spectest *spectest, const char *name, struct wasm_extern value)
{
    spectest->exports[spectest->count].name = name;
    spectest->exports[spectest->count].value = value;
    spectest->count++;
}

static bool
add_function(struct spectest *spectest, struct wasm_store *store,
             const struct print_function *function)
{
    struct wasm_functype type = {function->param_count, 0, function->params};
    struct wasm_extern value = {.kind = WASM_KIND_FUNC};
    if (wasm_func_create(store, &type, (void (*)(void))print, NULL, &value.func))
        return false;
    add(spectest, function->name, value);
    return true;
}

static bool
add_constant(struct spectest *spectest, struct wasm_store *store,
             const struct constant *constant)
{
    struct wasm_extern value = {.kind = WASM_KIND_GLOBAL};
    if (wasm_global_create(store, constant->type, false, constant->value, &value.global))
        return false;
    add(spectest, constant->name, value);
    return true;
}

static bool
add_table_and_memory(struct spectest *spectest, struct wasm_store *store)
{
    struct wasm_extern table = {.kind = WASM_KIND_TABLE};
    struct wasm_extern memory = {.kind = WASM_KIND_MEMORY};
    struct wasm_limits table_limits = {.min = 10, .max = 20};
    struct wasm_limits memory_limits = {.min = 1, .max = 2};
    if (wasm_table_create(store, WASM_TYPE_FUNCREF, table_limits, &table.table) ||
        wasm_memory_create(store, memory_limits, &memory.memory))
        return false;
    add(spectest, "table", table);
    add(spectest, "memory", memory);
    return true;
}

bool
spectest_create(struct spectest *spectest, struct wasm_store *store)
{
    *spectest = (struct spectest){0};
    for (size_t i = 0; i < sizeof(print_functions) / sizeof(print_functions[0]); i++) {
        if (!add_function(spectest, store, &print_functions[i]))
            return false;
    }
    for (size_t i = 0; i < sizeof(constants) / sizeof(constants[0]); i++) {
        if (!add_constant(spectest, store, &constants[i]))
            return false;
    }
    return add_table_and_memory(spectest, store);
}

bool
spectest_export(const struct spectest *spectest, struct wasm_name name,
                struct wasm_extern *out)
{
    for (uint32_t i = 0; i < spectest->count; i++) {
        const char *own = spectest->exports[i].name;
        if (strlen(own) == name.len && memcmp(own, name.bytes, name.len) == 0) {
            *out = spectest->exports[i].value;
            return true;
        }
    }
    return false;
}
