// SPDX-License-Identifier: Apache-2.0
//
// Instructions on references: tables, calls, exceptions, structures and arrays.
#include "test/fuzz/differential/generate/generate.h"

enum { OBJECT_DEPTH_MAX = 3 }; // of objects made for fields of objects

static bool
has(const struct body *b, uint32_t feature)
{
    return b->plan->features & feature;
}

static void
push_null(struct body *b, uint32_t heap)
{
    op(b, 0xd0);
    put_heap(&b->code, heap);
    push(b, wasm_type_ref(heap, true), CLEAN);
}

// ---- Making references ----

static void
push_i31(struct body *b)
{
    push_simple(b, WASM_TYPE_I32);
    op(b, 0x21c);
    pop(b, 1);
    push(b, wasm_type_ref(WASM_HEAP_I31, false), CLEAN);
}

static void
push_object(struct body *b, uint32_t index)
{
    const struct gctype *type = &b->plan->gctypes[index];
    bool is_default = b->object_depth >= OBJECT_DEPTH_MAX || chance(b, 40);
    b->object_depth++;
    if (type->is_array) {
        uint32_t count = chance(b, 80) ? 3 + below(b, 6) : below(b, 3);
        bool is_fixed = !is_default && chance(b, 50);
        wasm_type_t element = type_unpacked(type->fields[0].type);
        uint32_t values = is_default ? 0 : is_fixed ? count : 1;
        for (uint32_t i = 0; i < values; i++)
            push_simple(b, element);
        if (is_fixed) {
            op_index(b, 0x208, index);
            put_uleb(&b->code, count);
            pop(b, count);
        } else {
            push_i32(b, count);
            op_index(b, is_default ? 0x207 : 0x206, index);
            pop(b, 1 + values);
        }
    } else if (is_default) {
        op_index(b, 0x201, index);
    } else {
        for (uint32_t i = 0; i < type->field_count; i++)
            push_simple(b, type_unpacked(type->fields[i].type));
        op_index(b, 0x200, index);
        pop(b, type->field_count);
    }
    b->object_depth--;
    push(b, wasm_type_ref(index, false), CLEAN);
}

// Of a type of the module's or below it; false: there is none.
static bool
push_some_object(struct body *b, wasm_type_t type)
{
    uint32_t first = below(b, b->plan->gctype_count + 1);
    for (uint32_t i = 0; i < b->plan->gctype_count; i++) {
        uint32_t index = (first + i) % b->plan->gctype_count;
        if (plan_is_subtype(b->plan, wasm_type_ref(index, false), type)) {
            push_object(b, index);
            return true;
        }
    }
    return false;
}

static bool
push_func(struct body *b, wasm_type_t type)
{
    uint32_t first = below(b, b->plan->func_count);
    for (uint32_t i = 0; i < b->plan->func_count; i++) {
        uint32_t func = (first + i) % b->plan->func_count;
        wasm_type_t its =
            wasm_type_ref(b->plan->gctype_count + b->plan->funcs[func], false);
        if (!plan_is_subtype(b->plan, its, type))
            continue;
        op_index(b, 0xd2, func);
        push(b, has(b, FEATURE_FUNCREFS) ? its : WASM_TYPE_FUNCREF, CLEAN);
        return true;
    }
    return false;
}

static bool
push_from_table(struct body *b, wasm_type_t type)
{
    for (uint32_t i = 0; i < b->plan->table_count; i++) {
        const struct table *table = &b->plan->tables[i];
        if (!plan_is_subtype(b->plan, table->type, type) || table->limits.min == 0)
            continue;
        push_index(b, table->limits.is_64, below(b, (uint32_t)table->limits.min));
        op_index(b, 0x25, i);
        pop(b, 1);
        push(b, table->type, CLEAN);
        return true;
    }
    return false;
}

static bool
push_extern(struct body *b)
{
    if (has(b, FEATURE_GC) && chance(b, 50)) {
        push_reference(b, WASM_TYPE_ANYREF);
        bool is_nullable = wasm_type_is_nullable(b->stack[b->height - 1].type);
        op(b, 0x21b);
        pop(b, 1);
        push(b, wasm_type_ref(WASM_HEAP_EXTERN, is_nullable), CLEAN);
        return true;
    }
    push_i32(b, below(b, 16));
    op_index(b, 0x10, IMPORT_MAKE);
    pop(b, 1);
    push(b, WASM_TYPE_EXTERNREF, CLEAN);
    return true;
}

void
push_reference(struct body *b, wasm_type_t type)
{
    uint32_t heap = wasm_type_heap(type);
    bool is_nullable = wasm_type_is_nullable(type);
    uint32_t roll = below(b, 100);
    if (is_nullable && roll < 12) {
        push_null(b, heap);
        return;
    }
    if (is_nullable && roll < 25 && push_from_table(b, type))
        return;
    bool takes_i31 = plan_is_subtype(b->plan, wasm_type_ref(WASM_HEAP_I31, false), type);
    if (takes_i31 && has(b, FEATURE_GC) && roll < 50) {
        push_i31(b);
        return;
    }
    if (push_some_object(b, type) || push_func(b, type))
        return;
    if (takes_i31 && has(b, FEATURE_GC)) {
        push_i31(b);
        return;
    }
    if (is_nullable && heap == WASM_HEAP_EXTERN && push_extern(b))
        return;
    push_null(b, heap);
    if (!is_nullable) { // a trap
        op(b, 0xd4);
        pop(b, 1);
        push(b, type, CLEAN);
    }
}

// ---- Tables ----

static void
push_table_index(struct body *b, const struct table *table)
{
    push_index(b, table->limits.is_64,
               below(b, (uint32_t)table->limits.min + (chance(b, 4) ? 3 : 0) + 1 -
                            (table->limits.min > 0)));
}

static void
push_count(struct body *b, bool is_64, uint32_t limit)
{
    push_index(b, is_64, below(b, 100) > 0 ? below(b, limit) : random_bits(&b->random));
}

static uint32_t
other_table(struct body *b, uint32_t table)
{
    uint32_t other = below(b, b->plan->table_count);
    bool fits = plan_is_subtype(b->plan, b->plan->tables[other].type,
                                b->plan->tables[table].type);
    return fits ? other : table;
}

// A segment whose elements are of the type, or UINT32_MAX.
static uint32_t
find_elem(struct body *b, wasm_type_t type)
{
    uint32_t first = below(b, b->plan->elem_count);
    for (uint32_t i = 0; i < b->plan->elem_count; i++) {
        uint32_t elem = (first + i) % b->plan->elem_count;
        if (plan_is_subtype(b->plan, b->plan->elems[elem].type, type))
            return elem;
    }
    return UINT32_MAX;
}

static void
table_move_step(struct body *b, uint32_t index)
{
    const struct table *table = &b->plan->tables[index];
    bool is_64 = table->limits.is_64;
    uint32_t roll = below(b, 100);
    if (roll < 30) {
        uint32_t other = other_table(b, index);
        bool other_is_64 = b->plan->tables[other].limits.is_64;
        push_table_index(b, table);
        push_table_index(b, &b->plan->tables[other]);
        push_count(b, is_64 && other_is_64, 3);
        op_index(b, 0x10e, index);
        put_uleb(&b->code, other);
        pop(b, 3);
    } else if (roll < 60) {
        push_table_index(b, table);
        push_simple(b, table->type);
        push_count(b, is_64, 3);
        op_index(b, 0x111, index);
        pop(b, 3);
    } else {
        uint32_t elem = find_elem(b, table->type);
        if (elem == UINT32_MAX)
            return;
        if (roll < 64) {
            op_index(b, 0x10d, elem);
            return;
        }
        uint32_t count = b->plan->elems[elem].is_passive ? b->plan->elems[elem].count : 0;
        push_table_index(b, table);
        push_i32(b, below(b, count / 2 + 1));
        push_i32(b, below(b, 30) > 0 ? (count + 1) / 2 : below(b, 12));
        op_index(b, 0x10c, elem);
        put_uleb(&b->code, index);
        pop(b, 3);
    }
}

void
table_step(struct body *b)
{
    uint32_t index = below(b, b->plan->table_count), roll = below(b, 100);
    const struct table *table = &b->plan->tables[index];
    bool is_64 = table->limits.is_64;
    if (roll < 30) {
        push_table_index(b, table);
        op_index(b, 0x25, index);
        pop(b, 1);
        push(b, table->type, CLEAN);
    } else if (roll < 55) {
        push_table_index(b, table);
        push_simple(b, table->type);
        op_index(b, 0x26, index);
        pop(b, 2);
    } else if (roll < 65) {
        op_index(b, 0x110, index);
        push(b, is_64 ? WASM_TYPE_I64 : WASM_TYPE_I32, CLEAN);
    } else if (roll < 75) {
        push_simple(b, table->type);
        push_count(b, is_64, 3);
        op_index(b, 0x10f, index);
        pop(b, 2);
        push(b, is_64 ? WASM_TYPE_I64 : WASM_TYPE_I32, CLEAN);
    } else {
        table_move_step(b, index);
    }
}

// ---- Calls ----

static void
push_results(struct body *b, const struct functype *type)
{
    for (uint32_t i = 0; i < type->result_count; i++)
        push(b, type->types[type->param_count + i], CLEAN);
}

// Seldom one of the host's.
static uint32_t
pick_func(struct body *b)
{
    if (chance(b, 5))
        return below(b, IMPORT_COUNT);
    return IMPORT_COUNT + below(b, b->plan->inner_count);
}

// Where table 0 has a function of the type from the start, or UINT32_MAX.
static uint32_t
find_element(struct body *b, uint32_t functype)
{
    uint32_t count = b->plan->elems[0].count, first = below(b, count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = (first + i) % count;
        if (b->plan->funcs[b->plan->elem_funcs[at]] == functype)
            return at;
    }
    return UINT32_MAX;
}

enum call_kind { CALL_DIRECT, CALL_INDIRECT, CALL_REF };

// Operands and instruction of a call to a function of the type of `func`.
static void
emit_call(struct body *b, enum call_kind kind, uint32_t func, bool is_tail)
{
    const struct functype *type = plan_func_type(b->plan, func);
    uint32_t index = b->plan->gctype_count + b->plan->funcs[func];
    need(b, type->types, type->param_count, CLEAN);
    if (kind == CALL_DIRECT) {
        op_index(b, is_tail ? 0x12 : 0x10, func);
    } else if (kind == CALL_INDIRECT) {
        const struct table *table = &b->plan->tables[0];
        // An element of another instance perhaps, or one that is put there now.
        uint64_t at = chance(b, 60) ? find_element(b, b->plan->funcs[func]) : UINT32_MAX;
        bool is_there = at != UINT32_MAX || chance(b, 6);
        if (at == UINT32_MAX)
            at = below(b, (uint32_t)table->limits.min);
        if (!is_there) {
            push_index(b, table->limits.is_64, at);
            op_index(b, 0xd2, func);
            op_index(b, 0x26, 0);
            pop(b, 1);
        }
        push_index(b, table->limits.is_64, at);
        op_index(b, is_tail ? 0x13 : 0x11, index);
        put_uleb(&b->code, 0);
        pop(b, 1);
    } else {
        wasm_type_t reference = wasm_type_ref(index, true);
        if (chance(b, 90))
            push_func(b, wasm_type_ref(index, false));
        else
            push_simple(b, reference);
        op_index(b, is_tail ? 0x15 : 0x14, index);
        pop(b, 1);
    }
    pop(b, type->param_count);
}

static enum call_kind
pick_call_kind(struct body *b)
{
    uint32_t roll = below(b, 100);
    if (has(b, FEATURE_FUNCREFS) && roll < 30)
        return CALL_REF;
    return roll < 60 ? CALL_DIRECT : CALL_INDIRECT;
}

void
call_step(struct body *b)
{
    uint32_t func = pick_func(b);
    emit_call(b, pick_call_kind(b), func, false);
    push_results(b, plan_func_type(b->plan, func));
}

bool
tail_call_step(struct body *b)
{
    if (!has(b, FEATURE_TAIL))
        return false;
    uint32_t first = below(b, b->plan->func_count);
    for (uint32_t i = 0; i < b->plan->func_count; i++) {
        uint32_t func = (first + i) % b->plan->func_count;
        const struct functype *type = plan_func_type(b->plan, func);
        bool matches = type->result_count == b->type->result_count;
        for (uint32_t j = 0; matches && j < type->result_count; j++)
            matches = plan_is_subtype(b->plan, type->types[type->param_count + j],
                                      b->type->types[b->type->param_count + j]);
        if (!matches)
            continue;
        emit_call(b, pick_call_kind(b), func, true);
        return true;
    }
    return false;
}

// ---- Exceptions ----

static void
throw_step(struct body *b)
{
    uint32_t tag = below(b, b->plan->tag_count);
    const struct functype *type = &b->plan->functypes[b->plan->tags[tag]];
    if (chance(b, 40)) {
        need(b, type->types, type->param_count, CLEAN);
        op_index(b, 0x08, tag);
        b->height = b->frames[b->frame_count - 1].height;
        b->steps = 0;
        return;
    }
    // Under a condition: what comes after is to be seen as well.
    struct functype empty = {0, 0, {0}};
    condition(b, 0);
    pop(b, 1);
    block_begin(b, 0x04, &empty, -1, 0);
    for (uint32_t i = 0; i < type->param_count; i++)
        push_simple(b, type->types[i]);
    op_index(b, 0x08, tag);
    b->height = b->frames[b->frame_count - 1].height;
    block_end(b);
}

static void
put_clause(struct body *b, uint8_t kind, uint32_t tag, uint32_t depth)
{
    put(&b->code, kind);
    if (kind < 2)
        put_uleb(&b->code, tag);
    put_uleb(&b->code, depth);
}

// Blocks that take what clauses catch, the innermost for the last clause, around a
// try_table; more clauses go to any label that takes their values.
static void
try_step(struct body *b)
{
    static const struct functype all = {0, 0, {0}};
    static const struct functype all_ref = {0, 1, {WASM_TYPE_EXNREF}};
    uint32_t count = 1 + below(b, 3), steps = below(b, b->steps / 2 + 3);
    uint8_t kinds[8];
    uint32_t tags[8], depths[8], clauses = 0;
    if (b->frame_count + count > DEPTH_MAX + 3)
        return;
    for (uint32_t i = 0; i < count; i++) {
        kinds[i] = (uint8_t)below(b, 4);
        tags[i] = below(b, b->plan->tag_count);
        depths[i] = count - 1 - i;
        uint32_t index = kinds[i] == 0 ? b->plan->tag_blocks[tags[i]]
                                       : b->plan->tag_ref_blocks[tags[i]];
        if (kinds[i] < 2)
            block_begin(b, 0x02, &b->plan->functypes[index], (int)index, 0);
        else
            block_begin(b, 0x02, kinds[i] == 2 ? &all : &all_ref, -1, WASM_TYPE_EXNREF);
    }
    clauses = count;
    for (uint32_t i = 0; i < 2 && chance(b, 40); i++) {
        uint8_t kind = (uint8_t)below(b, 4);
        uint32_t tag = below(b, b->plan->tag_count);
        const struct functype *type =
            kind == 0   ? &b->plan->functypes[b->plan->tag_blocks[tag]]
            : kind == 1 ? &b->plan->functypes[b->plan->tag_ref_blocks[tag]]
            : kind == 2 ? &all
                        : &all_ref;
        uint32_t depth = find_label(b, type->types, type->result_count);
        if (depth == FRAMES_MAX)
            continue;
        kinds[clauses] = kind;
        tags[clauses] = tag;
        depths[clauses++] = depth;
    }
    struct functype inner = {0, chance(b, 50), {0}};
    inner.types[0] = plan_value_type(b->plan, &b->random);
    block_begin(b, 0x1f, &inner, -1, inner.types[0]);
    put_uleb(&b->code, clauses);
    for (uint32_t i = 0; i < clauses; i++)
        put_clause(b, kinds[i], tags[i], depths[i]);
    body_sequence(b, steps);
    if (chance(b, 60)) {
        uint32_t saved = b->steps;
        throw_step(b);
        b->steps = saved;
    }
    if (chance(b, 30))
        call_step(b);
    block_end(b);
    for (uint32_t i = 0; i < count; i++) {
        block_end(b);
        if (chance(b, 50) && b->height > b->frames[b->frame_count - 1].height)
            log_top(b);
    }
}

void
exception_step(struct body *b)
{
    if (!has(b, FEATURE_EXCEPTIONS))
        return;
    uint32_t roll = below(b, 100);
    if (roll < 75) {
        try_step(b);
    } else if (roll < 92) {
        throw_step(b);
    } else {
        struct functype empty = {0, 0, {0}};
        push_simple(b, WASM_TYPE_EXNREF);
        uint32_t local = UINT32_MAX;
        for (uint32_t i = 0; i < b->local_count; i++)
            if (b->locals[i] == WASM_TYPE_EXNREF)
                local = i;
        if (local == UINT32_MAX)
            return;
        set_local(b, local);
        // Thrown again when it is one.
        op_index(b, 0x20, local);
        op(b, 0xd1);
        op(b, 0x45);
        block_begin(b, 0x04, &empty, -1, 0);
        op_index(b, 0x20, local);
        op(b, 0x0a);
        block_end(b);
    }
}

// ---- Structures and arrays ----

// A reference to an object of the type, mostly not null.
static void
push_target(struct body *b, uint32_t index)
{
    uint32_t roll = below(b, 100);
    if (roll < 55) {
        push_some_object(b, wasm_type_ref(index, false));
    } else if (roll < 60) {
        push_simple(b, wasm_type_ref(index, true));
    } else { // one that is there, or else a new one
        struct functype type = {0, 1, {wasm_type_ref(index, false)}};
        block_begin(b, 0x02, &type, -1, type.types[0]);
        push_simple(b, wasm_type_ref(index, true));
        op_index(b, 0xd6, 0);
        pop(b, 1);
        push_object(b, index);
        block_end(b);
    }
}

static void
struct_step(struct body *b, uint32_t index)
{
    const struct gctype *type = &b->plan->gctypes[index];
    if (type->field_count == 0) {
        push_object(b, index);
        return;
    }
    uint32_t number = below(b, type->field_count);
    const struct field *field = &type->fields[number];
    push_target(b, index);
    if (field->is_mutable && chance(b, 50)) {
        push_simple(b, type_unpacked(field->type));
        op_index(b, 0x205, index);
        put_uleb(&b->code, number);
        pop(b, 2);
        return;
    }
    op_index(b, type_is_storage(field->type) ? 0x203 + below(b, 2) : 0x202, index);
    put_uleb(&b->code, number);
    pop(b, 1);
    push(b, type_unpacked(field->type), CLEAN);
}

static void
array_segment_step(struct body *b, uint32_t index)
{
    const struct field *element = &b->plan->gctypes[index].fields[0];
    bool is_ref = wasm_type_is_ref(element->type);
    uint32_t segment =
        is_ref ? find_elem(b, element->type) : below(b, b->plan->data_count);
    if (segment == UINT32_MAX)
        return;
    const struct segment *from =
        is_ref ? &b->plan->elems[segment] : &b->plan->datas[segment];
    uint32_t have = from->is_passive ? from->count : 0;
    bool is_new = !element->is_mutable || chance(b, 50);
    if (!is_new) {
        push_target(b, index);
        push_i32(b, below(b, 3));
    }
    // Of data, an element has up to 16 bytes.
    push_i32(b, below(b, have / 4 + 1));
    push_i32(b, chance(b, 95) ? below(b, have / (is_ref ? 2 : 16) + 1) : below(b, 4));
    op_index(b, (is_new ? 0x209u : 0x212u) + is_ref, index);
    put_uleb(&b->code, segment);
    pop(b, is_new ? 2 : 4);
    if (is_new)
        push(b, wasm_type_ref(index, false), CLEAN);
}

// A new array of eight in a fresh place, so that indices below are inside.
static void
push_eight(struct body *b, uint32_t index)
{
    if (chance(b, 30)) {
        push_target(b, index);
        return;
    }
    push_i32(b, 8);
    op_index(b, 0x207, index);
    pop(b, 1);
    push(b, wasm_type_ref(index, false), CLEAN);
}

static void
array_step(struct body *b, uint32_t index)
{
    const struct field *element = &b->plan->gctypes[index].fields[0];
    uint32_t roll = below(b, 100);
    if (roll < 15) {
        array_segment_step(b, index);
        return;
    }
    push_eight(b, index);
    if (roll < 45) {
        push_count(b, false, chance(b, 90) ? 3 : 9);
        op_index(b, type_is_storage(element->type) ? 0x20c + below(b, 2) : 0x20b, index);
        pop(b, 2);
        push(b, type_unpacked(element->type), CLEAN);
    } else if (roll < 55 || !element->is_mutable) {
        op(b, 0x20f);
        pop(b, 1);
        push(b, WASM_TYPE_I32, CLEAN);
    } else if (roll < 75) {
        push_count(b, false, chance(b, 90) ? 3 : 9);
        push_simple(b, type_unpacked(element->type));
        op_index(b, 0x20e, index);
        pop(b, 3);
    } else if (roll < 87) {
        push_count(b, false, 4);
        push_simple(b, type_unpacked(element->type));
        push_count(b, false, 4);
        op_index(b, 0x210, index);
        pop(b, 4);
    } else {
        push_count(b, false, 4);
        push_eight(b, index);
        push_count(b, false, 4);
        push_count(b, false, 4);
        op_index(b, 0x211, index);
        put_uleb(&b->code, index);
        pop(b, 5);
    }
}

static uint32_t
pick_heap(struct body *b)
{
    static const uint32_t heaps[] = {WASM_HEAP_EQ, WASM_HEAP_I31, WASM_HEAP_STRUCT,
                                     WASM_HEAP_ARRAY, WASM_HEAP_NONE};
    return chance(b, 65) ? below(b, b->plan->gctype_count) : heaps[below(b, 5)];
}

// (block (result T) value (br_on_cast 0 from T) ... T) and its opposite.
static void
cast_branch_step(struct body *b)
{
    uint32_t heap = pick_heap(b);
    bool is_fail = chance(b, 50), to_null = chance(b, 50);
    wasm_type_t to = wasm_type_ref(heap, to_null);
    wasm_type_t rest = wasm_type_ref(WASM_HEAP_ANY, !to_null);
    struct functype type = {
        0, 1, {is_fail ? WASM_TYPE_ANYREF : wasm_type_ref(heap, true)}};
    block_begin(b, 0x02, &type, -1, type.types[0]);
    push_simple(b, WASM_TYPE_ANYREF);
    op(b, is_fail ? 0x219 : 0x218);
    put(&b->code, (uint8_t)(1 | to_null << 1));
    put_uleb(&b->code, 0);
    put_heap(&b->code, WASM_HEAP_ANY);
    put_heap(&b->code, heap);
    pop(b, 1);
    push(b, is_fail ? to : rest, CLEAN);
    log_top(b);
    push_i32(b, below(b, 100));
    log_top(b);
    block_end(b);
}

static void
cast_step(struct body *b)
{
    uint32_t heap = pick_heap(b), roll = below(b, 100);
    if (roll < 40) {
        need_one(b, WASM_TYPE_ANYREF);
        op(b, chance(b, 50) ? 0x214 : 0x215);
        put_heap(&b->code, heap);
        pop(b, 1);
        push(b, WASM_TYPE_I32, CLEAN);
    } else if (roll < 55) {
        // Mostly a cast that works.
        bool works = chance(b, 85) && heap != WASM_HEAP_NONE;
        bool to_null = chance(b, 50);
        if (works)
            push_simple(b, wasm_type_ref(heap, to_null));
        else
            push_simple(b, WASM_TYPE_ANYREF);
        op(b, to_null ? 0x217 : 0x216);
        put_heap(&b->code, heap);
        pop(b, 1);
        push(b, wasm_type_ref(heap, to_null), CLEAN);
    } else if (roll < 80) {
        cast_branch_step(b);
    } else {
        static const wasm_type_t two[2] = {WASM_REF_NULL | WASM_HEAP_EQ << 8,
                                           WASM_REF_NULL | WASM_HEAP_EQ << 8};
        need(b, two, 2, CLEAN);
        op(b, 0xd3);
        pop(b, 2);
        push(b, WASM_TYPE_I32, CLEAN);
    }
}

static void
i31_step(struct body *b)
{
    uint32_t roll = below(b, 100);
    if (roll < 60) {
        push_reference(b, wasm_type_ref(WASM_HEAP_I31, chance(b, 20)));
        op(b, 0x21d + below(b, 2));
        pop(b, 1);
        push(b, WASM_TYPE_I32, CLEAN);
    } else {
        push_simple(b, WASM_TYPE_EXTERNREF);
        bool is_nullable = wasm_type_is_nullable(b->stack[b->height - 1].type);
        op(b, 0x21a);
        pop(b, 1);
        push(b, wasm_type_ref(WASM_HEAP_ANY, is_nullable), CLEAN);
    }
}

static void
push_from(struct body *b, uint32_t opcode, uint32_t from, uint32_t element)
{
    if (opcode == 0x25) {
        push_index(b, b->plan->tables[from].limits.is_64, element);
        pop(b, 1);
    }
    op_index(b, opcode, from);
    push(b, WASM_TYPE_ANYREF, CLEAN);
}

// Of the object on top, which it takes.
static void
log_part(struct body *b, uint32_t index)
{
    const struct gctype *type = &b->plan->gctypes[index];
    if (type->is_array || type->field_count == 0) {
        op(b, type->is_array ? 0x20f : 0xd1);
        pop(b, 1);
        push(b, WASM_TYPE_I32, CLEAN);
    } else {
        uint32_t number = below(b, type->field_count);
        bool is_packed = type_is_storage(type->fields[number].type);
        op_index(b, is_packed ? 0x204 : 0x202, index);
        put_uleb(&b->code, number);
        pop(b, 1);
        push(b, type_unpacked(type->fields[number].type), CLEAN);
    }
    log_top(b);
}

void
log_object(struct body *b, uint32_t index, uint32_t opcode, uint32_t from,
           uint32_t element)
{
    struct functype none = {0, 0, {0}};
    struct functype one = {0, 1, {wasm_type_ref(index, false)}};
    block_begin(b, 0x02, &none, -1, 0);
    block_begin(b, 0x02, &one, -1, one.types[0]);
    push_from(b, opcode, from, element);
    op(b, 0x218);
    put(&b->code, 1);
    put_uleb(&b->code, 0);
    put_heap(&b->code, WASM_HEAP_ANY);
    put_heap(&b->code, index);
    op_index(b, 0x0c, 1);
    op(b, 0x0b); // not reached: nothing is wanted on the stack
    b->frame_count--;
    pop(b, 1);
    push(b, one.types[0], CLEAN);
    log_part(b, index);
    block_end(b);
}

static void
look_step(struct body *b, uint32_t index)
{
    uint32_t first = below(b, b->local_count + 1);
    for (uint32_t i = 0; i < b->local_count; i++) {
        uint32_t local = (first + i) % b->local_count;
        if (plan_is_subtype(b->plan, b->locals[local], WASM_TYPE_ANYREF)) {
            log_object(b, index, 0x20, local, 0);
            return;
        }
    }
}

void
gc_step(struct body *b)
{
    if (!has(b, FEATURE_GC) || b->height > 1000)
        return;
    uint32_t roll = below(b, 100);
    uint32_t index = below(b, b->plan->gctype_count);
    if (roll < 60) {
        if (b->plan->gctypes[index].is_array)
            array_step(b, index);
        else
            struct_step(b, index);
    } else if (roll < 82) {
        cast_step(b);
    } else if (roll < 92) {
        look_step(b, index);
    } else {
        i31_step(b);
    }
}
