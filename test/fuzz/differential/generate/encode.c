// SPDX-License-Identifier: Apache-2.0
#include "test/fuzz/differential/generate/generate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum section {
    SECTION_TYPE = 1,
    SECTION_IMPORT = 2,
    SECTION_FUNCTION = 3,
    SECTION_TABLE = 4,
    SECTION_MEMORY = 5,
    SECTION_GLOBAL = 6,
    SECTION_EXPORT = 7,
    SECTION_ELEMENT = 9,
    SECTION_CODE = 10,
    SECTION_DATA = 11,
    SECTION_DATA_COUNT = 12,
    SECTION_TAG = 13,
};

static void
put_sized(struct bytes *out, const struct bytes *content)
{
    put_uleb(out, content->len);
    put_bytes(out, content->at, content->len);
}

static void
put_section(struct bytes *out, enum section id, struct bytes *content)
{
    put(out, (uint8_t)id);
    put_sized(out, content);
    content->len = 0;
}

static void
put_name(struct bytes *out, const char *name)
{
    put_uleb(out, strlen(name));
    put_bytes(out, name, strlen(name));
}

// ---- Types ----

static void
put_field(struct bytes *out, const struct field *field)
{
    put_type(out, field->type);
    put(out, field->is_mutable);
}

static void
put_gctype(struct bytes *out, const struct gctype *type)
{
    if (type->parent >= 0 || !type->is_final) {
        put(out, type->is_final ? 0x4f : 0x50);
        put_uleb(out, type->parent >= 0);
        if (type->parent >= 0)
            put_uleb(out, (uint32_t)type->parent);
    }
    if (type->is_array) {
        put(out, 0x5e);
        put_field(out, &type->fields[0]);
        return;
    }
    put(out, 0x5f);
    put_uleb(out, type->field_count);
    for (uint32_t i = 0; i < type->field_count; i++)
        put_field(out, &type->fields[i]);
}

static void
put_types(struct bytes *out, const struct plan *plan)
{
    put_uleb(out, (plan->gctype_count > 0) + plan->functype_count);
    if (plan->gctype_count > 0) {
        put(out, 0x4e);
        put_uleb(out, plan->gctype_count);
        for (uint32_t i = 0; i < plan->gctype_count; i++)
            put_gctype(out, &plan->gctypes[i]);
    }
    for (uint32_t i = 0; i < plan->functype_count; i++) {
        const struct functype *type = &plan->functypes[i];
        put(out, 0x60);
        put_uleb(out, type->param_count);
        for (uint32_t j = 0; j < type->param_count; j++)
            put_type(out, type->types[j]);
        put_uleb(out, type->result_count);
        for (uint32_t j = 0; j < type->result_count; j++)
            put_type(out, type->types[type->param_count + j]);
    }
}

static void
put_limits(struct bytes *out, const struct wasm_limits *limits)
{
    put(out, (uint8_t)(1 | limits->is_shared << 1 | limits->is_64 << 2));
    put_uleb(out, limits->min);
    put_uleb(out, limits->max);
}

// Where the host makes what is imported, its name tells it the type.
static void
put_import(struct bytes *out, const char *name, enum wasm_kind kind)
{
    put_name(out, "h");
    put_name(out, name);
    put(out, (uint8_t)kind);
}

static void
put_limits_import(struct bytes *out, char letter, enum wasm_kind kind,
                  const struct wasm_limits *limits)
{
    char name[64];
    snprintf(name, sizeof(name), "%c %u %u %d %d", letter, (unsigned)limits->min,
             (unsigned)limits->max, limits->is_shared, limits->is_64);
    put_import(out, name, kind);
}

static void
put_tag_import(struct bytes *out, const struct plan *plan)
{
    static const char *const names[] = {"f64", "f32", "i64", "i32"};
    const struct functype *type = &plan->functypes[plan->tags[0]];
    char name[64] = "x";
    for (uint32_t i = 0; i < type->param_count; i++) {
        strcat(name, " ");
        strcat(name, names[type->types[i] - WASM_TYPE_F64]);
    }
    put_import(out, name, WASM_KIND_TAG);
    put(out, 0);
    put_uleb(out, plan->gctype_count + plan->tags[0]);
}

static void
put_imports(struct bytes *out, const struct plan *plan)
{
    static const char *const names[IMPORT_COUNT] = {"i", "j", "make", "ask"};
    uint32_t count = IMPORT_COUNT;
    count += plan->imports_fuel;
    count += plan->imports_memory;
    count += plan->imports_table;
    count += plan->imports_tag;
    put_uleb(out, count);
    if (plan->imports_memory) {
        put_limits_import(out, 'm', WASM_KIND_MEMORY, &plan->memories[0].limits);
        put_limits(out, &plan->memories[0].limits);
    }
    for (uint32_t i = 0; i < IMPORT_COUNT; i++) {
        put_import(out, names[i], WASM_KIND_FUNC);
        put_uleb(out, plan->gctype_count + plan->funcs[i]);
    }
    if (plan->imports_tag)
        put_tag_import(out, plan);
    if (plan->imports_fuel) {
        put_import(out, "g", WASM_KIND_GLOBAL);
        put_type(out, WASM_TYPE_I32);
        put(out, true);
    }
    if (plan->imports_table) {
        put_limits_import(out, 't', WASM_KIND_TABLE, &plan->tables[0].limits);
        put_type(out, plan->tables[0].type);
        put_limits(out, &plan->tables[0].limits);
    }
}

// ---- Constant expressions ----

static uint64_t
special_bits(struct random *random)
{
    static const uint64_t some[] = {0,
                                    1,
                                    2,
                                    7,
                                    31,
                                    32,
                                    63,
                                    127,
                                    128,
                                    255,
                                    32767,
                                    65535,
                                    0x7fffffff,
                                    0x80000000u,
                                    0xffffffffu,
                                    0x3f800000,
                                    0x7f800000,
                                    0xbf000000u,
                                    0x8000000000000000u,
                                    0x3ff0000000000000,
                                    0x7ff0000000000000,
                                    0xffffffffffffffffu};
    return random_chance(random, 70)
               ? some[random_below(random, sizeof(some) / sizeof(*some))]
               : random_bits(random);
}

static void
put_number(struct bytes *out, struct random *random, wasm_type_t type)
{
    uint64_t bits = special_bits(random);
    if (type == WASM_TYPE_I32) {
        put(out, 0x41);
        put_sleb(out, (int32_t)bits);
    } else if (type == WASM_TYPE_I64) {
        put(out, 0x42);
        put_sleb(out, (int64_t)bits);
    } else if (type == WASM_TYPE_F32) {
        put(out, 0x43);
        put_bytes(out, &bits, 4);
    } else if (type == WASM_TYPE_F64) {
        put(out, 0x44);
        put_bytes(out, &bits, 8);
    } else {
        put_code(out, 0x30c);
        put_bytes(out, &bits, 8);
        bits = special_bits(random);
        put_bytes(out, &bits, 8);
    }
}

static void
put_const_gc(struct bytes *out, const struct plan *plan, struct random *random,
             uint32_t index)
{
    const struct gctype *type = &plan->gctypes[index];
    if (!type->is_array) {
        put_code(out, 0x201);
        put_uleb(out, index);
        return;
    }
    put(out, 0x41);
    put_sleb(out, (int64_t)random_below(random, 9));
    put_code(out, 0x207);
    put_uleb(out, index);
}

// A reference of the type, or null.
static void
put_const_ref(struct bytes *out, const struct plan *plan, struct random *random,
              wasm_type_t type)
{
    uint32_t heap = wasm_type_heap(type);
    if (random_chance(random, 75)) {
        bool takes_i31 = plan_is_subtype(plan, wasm_type_ref(WASM_HEAP_I31, true), type);
        if ((plan->features & FEATURE_GC) && takes_i31 && random_chance(random, 40)) {
            put_number(out, random, WASM_TYPE_I32);
            put_code(out, 0x21c);
            return;
        }
        for (uint32_t i = 0; i < plan->gctype_count; i++)
            if (plan_is_subtype(plan, wasm_type_ref(i, true), type)) {
                put_const_gc(out, plan, random, i);
                return;
            }
        for (uint32_t i = 0; i < plan->func_count; i++)
            if (plan_is_subtype(plan,
                                wasm_type_ref(plan->gctype_count + plan->funcs[i], true),
                                type)) {
                put(out, 0xd2);
                put_uleb(out, i);
                return;
            }
    }
    put(out, 0xd0);
    put_heap(out, heap);
}

static void
put_const(struct bytes *out, const struct plan *plan, struct random *random,
          uint32_t global)
{
    wasm_type_t type = plan->globals[global].type;
    if (global == GLOBAL_FUEL) {
        put(out, 0x41);
        put(out, 0);
    } else if (wasm_type_is_ref(type)) {
        put_const_ref(out, plan, random, type);
    } else {
        bool is_integer = type == WASM_TYPE_I32 || type == WASM_TYPE_I64;
        put_number(out, random, type);
        for (uint32_t i = 1;
             i < global && is_integer && (plan->features & FEATURE_EXTENDED); i++) {
            static const uint8_t codes[2][3] = {{0x6a, 0x6b, 0x6c}, {0x7c, 0x7d, 0x7e}};
            if (plan->globals[i].type != type || plan->globals[i].is_mutable)
                continue;
            put(out, 0x23);
            put_uleb(out, i);
            put(out, codes[type == WASM_TYPE_I64][random_below(random, 3)]);
        }
    }
    put(out, 0x0b);
}

static void
put_offset(struct bytes *out, bool is_64, uint32_t offset)
{
    put(out, is_64 ? 0x42 : 0x41);
    put_sleb(out, (int64_t)offset);
    put(out, 0x0b);
}

// ---- What has state ----

static void
put_tables(struct bytes *out, const struct plan *plan, struct random *random)
{
    put_uleb(out, plan->table_count - plan->imports_table);
    for (uint32_t i = plan->imports_table; i < plan->table_count; i++) {
        bool has_init =
            i > 0 && (plan->features & FEATURE_FUNCREFS) && random_chance(random, 40);
        if (has_init) {
            put(out, 0x40);
            put(out, 0x00);
        }
        put_type(out, plan->tables[i].type);
        put_limits(out, &plan->tables[i].limits);
        if (has_init) {
            put_const_ref(out, plan, random, plan->tables[i].type);
            put(out, 0x0b);
        }
    }
}

static void
put_memories(struct bytes *out, const struct plan *plan)
{
    put_uleb(out, plan->memory_count - plan->imports_memory);
    for (uint32_t i = plan->imports_memory; i < plan->memory_count; i++)
        put_limits(out, &plan->memories[i].limits);
}

static void
put_globals(struct bytes *out, const struct plan *plan, struct random *random)
{
    put_uleb(out, plan->global_count - plan->imports_fuel);
    for (uint32_t i = plan->imports_fuel; i < plan->global_count; i++) {
        put_type(out, plan->globals[i].type);
        put(out, plan->globals[i].is_mutable);
        put_const(out, plan, random, i);
    }
}

static uint32_t
put_export(struct bytes *out, char kind, uint32_t number, enum wasm_kind what,
           uint32_t index)
{
    char name[16];
    snprintf(name, sizeof(name), "%c%u", kind, number);
    put_name(out, name);
    put(out, (uint8_t)what);
    put_uleb(out, index);
    return 1;
}

static void
put_exports(struct bytes *out, const struct plan *plan)
{
    struct bytes list = {0};
    uint32_t count = 0;
    for (uint32_t i = 0; i <= EXPORTS_EACH * plan->inner_count; i++)
        count += put_export(&list, 'e', i, WASM_KIND_FUNC, plan->func_count + i);
    for (uint32_t i = 0; i < plan->memory_count; i++)
        count += put_export(&list, 'm', i, WASM_KIND_MEMORY, i);
    for (uint32_t i = 0; i < plan->tag_count; i++)
        count += put_export(&list, 't', i, WASM_KIND_TAG, i);
    for (uint32_t i = 1; i < plan->global_count; i++)
        if (!wasm_type_is_ref(plan->globals[i].type) &&
            plan->globals[i].type != WASM_TYPE_V128)
            count += put_export(&list, 'g', i, WASM_KIND_GLOBAL, i);
    put_uleb(out, count);
    put_bytes(out, list.at, list.len);
    free(list.at);
}

static void
put_elements(struct bytes *out, const struct plan *plan, struct random *random)
{
    put_uleb(out, plan->elem_count + 1);
    put(out, 0);
    put_offset(out, plan->tables[0].limits.is_64, 0);
    for (uint32_t i = 0; i < 2; i++) {
        if (i == 1) {
            put(out, 1);
            put(out, 0);
        }
        put_uleb(out, plan->elems[i].count);
        for (uint32_t j = 0; j < plan->elems[i].count; j++)
            put_uleb(out, i == 0 ? plan->elem_funcs[j]
                                 : random_below(random, plan->func_count));
    }
    if (plan->elem_count > 2) {
        put(out, 5);
        put_type(out, plan->elems[2].type);
        put_uleb(out, plan->elems[2].count);
        for (uint32_t j = 0; j < plan->elems[2].count; j++) {
            put_const_ref(out, plan, random, plan->elems[2].type);
            put(out, 0x0b);
        }
    }
    put(out, 3); // declared: all that ref.func may name
    put(out, 0);
    put_uleb(out, plan->func_count);
    for (uint32_t i = 0; i < plan->func_count; i++)
        put_uleb(out, i);
}

static void
put_datas(struct bytes *out, const struct plan *plan, struct random *random)
{
    put_uleb(out, plan->data_count);
    for (uint32_t i = 0; i < plan->data_count; i++) {
        put(out, plan->datas[i].is_passive);
        if (!plan->datas[i].is_passive)
            put_offset(out, plan->memories[0].limits.is_64, random_below(random, 256));
        put_uleb(out, plan->datas[i].count);
        for (uint32_t j = 0; j < plan->datas[i].count; j++)
            put(out, (uint8_t)special_bits(random));
    }
}

// ---- All of it ----

static uint32_t
own_budget(struct random *random)
{
    static const uint32_t some[] = {5, 20, 40, 80, 80, 150, 300};
    return some[random_below(random, sizeof(some) / sizeof(*some))];
}

static void
put_bodies(struct bytes *out, const struct plan *plan, uint64_t seed,
           struct random *random, const uint32_t *budgets, uint32_t budget_count)
{
    struct bytes body = {0};
    put_uleb(out, (1 + EXPORTS_EACH) * plan->inner_count + 1);
    for (uint32_t i = 0; i < plan->inner_count; i++) {
        uint32_t steps = own_budget(random);
        if (i < budget_count && budgets[i] < steps)
            steps = budgets[i];
        body_make(&body, plan, seed, IMPORT_COUNT + i, steps);
        put_sized(out, &body);
        body.len = 0;
    }
    for (uint32_t i = 0; i < EXPORTS_EACH * plan->inner_count; i++) {
        body_make_export(&body, plan, seed + i, IMPORT_COUNT + i % plan->inner_count);
        put_sized(out, &body);
        body.len = 0;
    }
    body_make_observe(&body, plan);
    put_sized(out, &body);
    free(body.at);
}

void
module_make(struct bytes *out, uint64_t seed, uint32_t features, const uint32_t *budgets,
            uint32_t budget_count)
{
    static struct plan plan;
    static const uint8_t head[8] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    struct random random = {seed};
    struct bytes section = {0};
    random_bits(&random);
    // Each module has its own choice, so that no feature hides the others.
    uint32_t chosen =
        random_chance(&random, 30) ? FEATURE_ALL : (uint32_t)random_bits(&random);
    chosen &= features;
    if (chosen & FEATURE_GC)
        chosen |= features & FEATURE_FUNCREFS;
    if (chosen & FEATURE_RELAXED)
        chosen |= FEATURE_SIMD;
    plan_make(&plan, &random, chosen);

    put_bytes(out, head, sizeof(head));
    put_types(&section, &plan);
    put_section(out, SECTION_TYPE, &section);
    put_imports(&section, &plan);
    put_section(out, SECTION_IMPORT, &section);
    put_uleb(&section, (1 + EXPORTS_EACH) * plan.inner_count + 1);
    for (uint32_t i = 0; i < plan.inner_count; i++)
        put_uleb(&section, plan.gctype_count + plan.funcs[IMPORT_COUNT + i]);
    for (uint32_t i = 0; i <= EXPORTS_EACH * plan.inner_count; i++)
        put_uleb(&section, plan.gctype_count + plan.no_params);
    put_section(out, SECTION_FUNCTION, &section);
    put_tables(&section, &plan, &random);
    put_section(out, SECTION_TABLE, &section);
    put_memories(&section, &plan);
    put_section(out, SECTION_MEMORY, &section);
    if (plan.tag_count > plan.imports_tag) {
        put_uleb(&section, plan.tag_count - plan.imports_tag);
        for (uint32_t i = plan.imports_tag; i < plan.tag_count; i++) {
            put(&section, 0);
            put_uleb(&section, plan.gctype_count + plan.tags[i]);
        }
        put_section(out, SECTION_TAG, &section);
    }
    put_globals(&section, &plan, &random);
    put_section(out, SECTION_GLOBAL, &section);
    put_exports(&section, &plan);
    put_section(out, SECTION_EXPORT, &section);
    put_elements(&section, &plan, &random);
    put_section(out, SECTION_ELEMENT, &section);
    put_uleb(&section, plan.data_count);
    put_section(out, SECTION_DATA_COUNT, &section);
    put_bodies(&section, &plan, seed, &random, budgets, budget_count);
    put_section(out, SECTION_CODE, &section);
    put_datas(&section, &plan, &random);
    put_section(out, SECTION_DATA, &section);
    free(section.at);
}
