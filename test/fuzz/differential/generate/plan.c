// SPDX-License-Identifier: Apache-2.0
#include "test/fuzz/differential/generate/generate.h"

#include <string.h>

static const wasm_type_t numbers[] = {WASM_TYPE_I32, WASM_TYPE_I64, WASM_TYPE_F32,
                                      WASM_TYPE_F64};

static bool
heap_is_subtype(const struct plan *plan, uint32_t sub, uint32_t super)
{
    if (sub == super)
        return true;
    bool is_gc = sub < plan->gctype_count;
    bool is_struct = is_gc && !plan->gctypes[sub].is_array;
    switch (super) {
    case WASM_HEAP_ANY:
        return is_gc || sub == WASM_HEAP_EQ || sub == WASM_HEAP_I31 ||
               sub == WASM_HEAP_STRUCT || sub == WASM_HEAP_ARRAY || sub == WASM_HEAP_NONE;
    case WASM_HEAP_EQ:
        return is_gc || sub == WASM_HEAP_I31 || sub == WASM_HEAP_STRUCT ||
               sub == WASM_HEAP_ARRAY || sub == WASM_HEAP_NONE;
    case WASM_HEAP_STRUCT:
        return is_struct || sub == WASM_HEAP_NONE;
    case WASM_HEAP_ARRAY:
        return (is_gc && !is_struct) || sub == WASM_HEAP_NONE;
    case WASM_HEAP_I31:
        return sub == WASM_HEAP_NONE;
    case WASM_HEAP_FUNC:
        return (wasm_heap_is_index(sub) && !is_gc) || sub == WASM_HEAP_NOFUNC;
    case WASM_HEAP_EXTERN:
        return sub == WASM_HEAP_NOEXTERN;
    case WASM_HEAP_EXN:
        return sub == WASM_HEAP_NOEXN;
    default:
        break;
    }
    if (!wasm_heap_is_index(super))
        return false;
    if (!wasm_heap_is_index(sub))
        return sub == (super < plan->gctype_count ? WASM_HEAP_NONE : WASM_HEAP_NOFUNC);
    return is_gc && plan->gctypes[sub].parent >= 0 &&
           heap_is_subtype(plan, (uint32_t)plan->gctypes[sub].parent, super);
}

bool
plan_is_subtype(const struct plan *plan, wasm_type_t sub, wasm_type_t super)
{
    if (sub == super)
        return true;
    if (!wasm_type_is_ref(sub) || !wasm_type_is_ref(super) ||
        (wasm_type_is_nullable(sub) && !wasm_type_is_nullable(super)))
        return false;
    return heap_is_subtype(plan, wasm_type_heap(sub), wasm_type_heap(super));
}

const struct functype *
plan_func_type(const struct plan *plan, uint32_t func)
{
    return &plan->functypes[plan->funcs[func]];
}

// Nullable, so that locals and fields may have it.
wasm_type_t
plan_reference_type(const struct plan *plan, struct random *random)
{
    static const uint32_t gc_heaps[] = {WASM_HEAP_ANY,   WASM_HEAP_EQ,
                                        WASM_HEAP_I31,   WASM_HEAP_STRUCT,
                                        WASM_HEAP_ARRAY, WASM_HEAP_NONE};
    uint32_t roll = random_below(random, 100);
    if ((plan->features & FEATURE_GC) && roll < 70) {
        if (plan->gctype_count && roll < 40)
            return wasm_type_ref(random_below(random, plan->gctype_count), true);
        return wasm_type_ref(gc_heaps[random_below(random, roll < 68 ? 5 : 6)], true);
    }
    if ((plan->features & FEATURE_FUNCREFS) && plan->functype_count && roll % 3 == 0)
        return wasm_type_ref(
            plan->gctype_count + random_below(random, plan->functype_count), true);
    if ((plan->features & FEATURE_EXCEPTIONS) && roll % 5 == 0)
        return WASM_TYPE_EXNREF;
    return roll % 2 ? WASM_TYPE_FUNCREF : WASM_TYPE_EXTERNREF;
}

wasm_type_t
plan_value_type(const struct plan *plan, struct random *random)
{
    uint32_t roll = random_below(random, 100);
    if ((plan->features & FEATURE_SIMD) && roll < 20)
        return WASM_TYPE_V128;
    bool has_many = plan->features & (FEATURE_GC | FEATURE_FUNCREFS | FEATURE_EXCEPTIONS);
    if (roll > (has_many ? 75 : 92))
        return plan_reference_type(plan, random);
    return numbers[random_below(random, 100) < 45 ? 0 : random_below(random, 4)];
}

// ---- Types ----

static void
plan_field(const struct plan *plan, struct random *random, struct field *field)
{
    uint32_t roll = random_below(random, 100);
    field->type = roll < 12   ? WASM_TYPE_I8
                  : roll < 24 ? WASM_TYPE_I16
                              : plan_value_type(plan, random);
    // An immutable field of a type to come could be used before it is initialised by
    // none.
    field->is_mutable = random_chance(random, 75);
}

static void
plan_gctype(struct plan *plan, struct random *random, uint32_t index)
{
    struct gctype *type = &plan->gctypes[index];
    int parent =
        index > 0 && random_chance(random, 55) ? (int)random_below(random, index) : -1;
    if (parent >= 0 && plan->gctypes[parent].is_final)
        parent = -1;
    type->parent = parent;
    type->is_final = random_chance(random, 25);
    if (parent >= 0) {
        *type = plan->gctypes[parent];
        type->parent = parent;
        type->is_final = random_chance(random, 30);
        while (!type->is_array && type->field_count < FIELDS_MAX &&
               random_chance(random, 50))
            plan_field(plan, random, &type->fields[type->field_count++]);
        return;
    }
    type->is_array = index > 0 && random_chance(random, 40);
    type->field_count = type->is_array ? 1 : random_below(random, 6);
    for (uint32_t i = 0; i < type->field_count; i++)
        plan_field(plan, random, &type->fields[i]);
}

static uint32_t
add_functype(struct plan *plan, const wasm_type_t *params, uint32_t param_count,
             const wasm_type_t *results, uint32_t result_count)
{
    struct functype *type = &plan->functypes[plan->functype_count];
    type->param_count = param_count;
    type->result_count = result_count;
    if (param_count > 0)
        memcpy(type->types, params, param_count * sizeof(*params));
    if (result_count > 0)
        memcpy(type->types + param_count, results, result_count * sizeof(*results));
    return plan->functype_count++;
}

static void
plan_functypes(struct plan *plan, struct random *random)
{
    // References among the function types themselves go backward only.
    uint32_t count = 4 + random_below(random, 6);
    for (uint32_t i = 0; i < count; i++) {
        wasm_type_t types[2 * VALUES_MAX];
        bool is_wide = random_chance(random, 15);
        uint32_t params = random_below(random, is_wide ? VALUES_MAX : 5);
        uint32_t results =
            random_below(random, is_wide && random_chance(random, 40) ? 12 : 4);
        for (uint32_t j = 0; j < params + results; j++)
            types[j] = plan_value_type(plan, random);
        add_functype(plan, types, params, types + params, results);
    }
}

static void
plan_tags(struct plan *plan, struct random *random)
{
    if (!(plan->features & FEATURE_EXCEPTIONS))
        return;
    uint32_t count = 1 + random_below(random, 4);
    for (uint32_t i = 0; i < count; i++) {
        wasm_type_t types[8];
        uint32_t params = random_below(random, 5);
        for (uint32_t j = 0; j < params; j++)
            types[j] = plan_value_type(plan, random);
        plan->tags[i] = add_functype(plan, types, params, NULL, 0);
        plan->tag_blocks[i] = add_functype(plan, NULL, 0, types, params);
        types[params] = WASM_TYPE_EXNREF;
        plan->tag_ref_blocks[i] = add_functype(plan, NULL, 0, types, params + 1);
    }
    plan->tag_count = count;
}

// ---- What has state ----

static void
plan_memories(struct plan *plan, struct random *random)
{
    plan->memory_count =
        plan->features & FEATURE_MEMORIES ? 1 + random_below(random, 3) : 1;
    for (uint32_t i = 0; i < plan->memory_count; i++) {
        struct wasm_limits *limits = &plan->memories[i].limits;
        limits->min = random_chance(random, 96);
        limits->max = limits->min + random_below(random, 3);
        limits->is_64 = plan->features & FEATURE_MEMORY64 && random_chance(random, 60);
        limits->is_shared = plan->features & FEATURE_THREADS && random_chance(random, 50);
        limits->page_log2 = 16;
    }
}

static void
plan_tables(struct plan *plan, struct random *random)
{
    plan->table_count = 1 + random_below(random, 4);
    for (uint32_t i = 0; i < plan->table_count; i++) {
        struct table *table = &plan->tables[i];
        table->type = i == 0 ? WASM_TYPE_FUNCREF : plan_reference_type(plan, random);
        table->limits.min = random_below(random, 12) + (i == 0 ? 4 : 0);
        table->limits.max = table->limits.min + random_below(random, 6);
        table->limits.is_64 =
            plan->features & FEATURE_MEMORY64 && random_chance(random, 40);
    }
}

static void
plan_globals(struct plan *plan, struct random *random)
{
    plan->globals[GLOBAL_FUEL] = (struct global){WASM_TYPE_I32, true};
    plan->global_count = 1;
    uint32_t count = 3 + random_below(random, 7);
    for (uint32_t i = 0; i < count; i++)
        plan->globals[plan->global_count++] = (struct global){
            i < 2 ? numbers[random_below(random, 4)] : plan_value_type(plan, random),
            random_chance(random, 80)};
}

static void
plan_segments(struct plan *plan, struct random *random)
{
    plan->data_count = 1 + random_below(random, 3);
    for (uint32_t i = 0; i < plan->data_count; i++)
        plan->datas[i] =
            (struct segment){.is_passive = plan->memories[0].limits.min == 0 || i > 0,
                             .count = random_below(random, 60)};
    for (uint32_t i = 0; i < 16; i++)
        plan->elem_funcs[i] = random_below(random, plan->func_count);
    // 0: active in table 0. 1: functions. 2: i31 or objects.
    plan->elem_count = plan->features & FEATURE_GC ? 3 : 2;
    plan->elems[0] = (struct segment){.is_passive = false,
                                      .count = (uint32_t)plan->tables[0].limits.min,
                                      .type = WASM_TYPE_FUNCREF};
    plan->elems[1] = (struct segment){
        .is_passive = true, .count = random_below(random, 8), .type = WASM_TYPE_FUNCREF};
    wasm_type_t type = plan->tables[plan->table_count - 1].type;
    for (uint32_t i = 0; i < plan->gctype_count && random_chance(random, 60); i++)
        if (plan->gctypes[i].is_array &&
            wasm_type_is_ref(plan->gctypes[i].fields[0].type))
            type = plan->gctypes[i].fields[0].type;
    plan->elems[2] = (struct segment){
        .is_passive = true, .count = 2 + random_below(random, 7), .type = type};
}

static void
plan_funcs(struct plan *plan, struct random *random)
{
    static const wasm_type_t types[] = {WASM_TYPE_I32, WASM_TYPE_I64,
                                        WASM_TYPE_EXTERNREF};
    uint32_t pool = plan->functype_count;
    plan->funcs[IMPORT_LOG_I32] = add_functype(plan, &types[0], 1, NULL, 0);
    plan->funcs[IMPORT_LOG_I64] = add_functype(plan, &types[1], 1, NULL, 0);
    plan->funcs[IMPORT_MAKE] = add_functype(plan, &types[0], 1, &types[2], 1);
    plan->funcs[IMPORT_ASK] = add_functype(plan, &types[2], 1, &types[0], 1);
    plan->no_params = add_functype(plan, NULL, 0, NULL, 0);
    plan->func_count = IMPORT_COUNT;
    plan->inner_count = 2 + random_below(random, 6);
    for (uint32_t i = 0; i < plan->inner_count; i++)
        plan->funcs[plan->func_count++] = random_below(random, pool);
}

static void
plan_imports(struct plan *plan, struct random *random)
{
    plan->imports_fuel = random_chance(random, 30);
    plan->imports_memory = random_chance(random, 30);
    plan->imports_table = random_chance(random, 30);
    plan->imports_tag = plan->tag_count > 0 && random_chance(random, 50);
    // JavaScript makes tags of numbers only.
    const struct functype *tag = &plan->functypes[plan->tags[0]];
    for (uint32_t i = 0; plan->imports_tag && i < tag->param_count; i++)
        plan->imports_tag =
            tag->types[i] >= WASM_TYPE_F64 && tag->types[i] <= WASM_TYPE_I32;
}

void
plan_make(struct plan *plan, struct random *random, uint32_t features)
{
    *plan = (struct plan){.features = features};
    plan->shapes = (uint8_t)random_bits(random);
    plan->stack_max = random_chance(random, 20) ? 40 : 14;
    if (features & FEATURE_GC) {
        plan->gctype_count = 2 + random_below(random, 7);
        for (uint32_t i = 0; i < plan->gctype_count; i++)
            plan_gctype(plan, random, i);
    }
    plan_functypes(plan, random);
    plan_funcs(plan, random);
    plan_tags(plan, random);
    plan_memories(plan, random);
    plan_tables(plan, random);
    plan_globals(plan, random);
    plan_segments(plan, random);
    plan_imports(plan, random);
}
