// SPDX-License-Identifier: Apache-2.0
#include "engine/const_eval.h"

#include "base/string.h"
#include "engine/heap.h"
#include "engine/opcode.h"
#include "engine/store.h"

#define MIN_ROOM 64u

// ---- Operands ----

static bool
make_room(struct wasm_store *store, uint32_t depth)
{
    struct wasm_eval *eval = &store->eval;
    if (depth < eval->room)
        return true;
    uint32_t room = eval->room ? 2 * eval->room : MIN_ROOM;
    union wasm_value *values = wasm_heap_alloc(store->port, room, sizeof(*values));
    bool *are_refs = wasm_heap_alloc(store->port, room, sizeof(*are_refs));
    if (!values || !are_refs) {
        wasm_heap_free(store->port, values);
        wasm_heap_free(store->port, are_refs);
        return false;
    }
    if (eval->depth) {
        memcpy(values, eval->values, eval->depth * sizeof(*values));
        memcpy(are_refs, eval->are_refs, eval->depth * sizeof(*are_refs));
    }
    wasm_eval_fini(eval, store->port);
    *eval = (struct wasm_eval){values, are_refs, room, depth};
    return true;
}

static bool
push(struct wasm_store *store, union wasm_value value, bool is_ref)
{
    struct wasm_eval *eval = &store->eval;
    if (!make_room(store, eval->depth))
        return false;
    eval->values[eval->depth] = value;
    eval->are_refs[eval->depth++] = is_ref;
    return true;
}

bool
wasm_eval_prepare(struct wasm_store *store)
{
    return make_room(store, store->eval.depth);
}

void
wasm_eval_fini(struct wasm_eval *eval, const struct wasm_port *port)
{
    wasm_heap_free(port, eval->values);
    wasm_heap_free(port, eval->are_refs);
}

// ---- Numbers ----

static union wasm_value
evaluate_binary(uint32_t opcode, union wasm_value a, union wasm_value b)
{
    union wasm_value result = {.v128 = {0}};
    switch (opcode) {
    case WASM_OP_I32_ADD:
        result.i32 = a.i32 + b.i32;
        break;
    case WASM_OP_I32_SUB:
        result.i32 = a.i32 - b.i32;
        break;
    case WASM_OP_I32_MUL:
        result.i32 = a.i32 * b.i32;
        break;
    case WASM_OP_I64_ADD:
        result.i64 = a.i64 + b.i64;
        break;
    case WASM_OP_I64_SUB:
        result.i64 = a.i64 - b.i64;
        break;
    default:
        result.i64 = a.i64 * b.i64;
        break;
    }
    return result;
}

static bool
is_binary(uint32_t opcode)
{
    return (opcode >= WASM_OP_I32_ADD && opcode <= WASM_OP_I32_MUL) ||
           (opcode >= WASM_OP_I64_ADD && opcode <= WASM_OP_I64_MUL);
}

static union wasm_value
read_constant(struct cursor *c, uint32_t opcode)
{
    union wasm_value value = {.v128 = {0}};
    switch (opcode) {
    case WASM_OP_I32_CONST:
        value.i32 = (uint32_t)cursor_leb_s32(c);
        break;
    case WASM_OP_I64_CONST:
        value.i64 = (uint64_t)cursor_leb_s64(c);
        break;
    case WASM_OP_F32_CONST:
        value.i32 = cursor_u32(c);
        break;
    case WASM_OP_F64_CONST:
        value.i64 = cursor_u64(c);
        break;
    case WASM_OP_V128_CONST:
        value.v128[0] = cursor_u64(c);
        value.v128[1] = cursor_u64(c);
        break;
    default: // WASM_OP_REF_NULL
        cursor_leb_s33(c);
        break;
    }
    return value;
}

// ---- Objects ----

static void
store_field(struct wasm_object *object, uint64_t at, wasm_type_t type,
            const union wasm_value *value)
{
    memcpy((char *)object + at, value, wasm_storage_size(type));
}

static bool
finish(struct wasm_store *store, struct wasm_object *object, uint32_t operands)
{
    store->eval.depth -= operands;
    return push(store, (union wasm_value){.v128 = {(uintptr_t)object}}, true);
}

static bool
make_struct(struct wasm_store *store, const struct wasm_rtt *rtt, bool has_values)
{
    struct wasm_object *object = wasm_gc_struct(store, rtt);
    if (!object)
        return false;
    uint32_t count = has_values ? rtt->field_count : 0;
    const union wasm_value *values = store->eval.values + store->eval.depth - count;
    for (uint32_t i = 0; i < count; i++)
        store_field(object, rtt->fields[i].offset, rtt->fields[i].type, &values[i]);
    return finish(store, object, count);
}

static bool
make_array(struct wasm_store *store, const struct wasm_rtt *rtt, bool has_value)
{
    struct wasm_eval *eval = &store->eval;
    uint32_t len = eval->values[eval->depth - 1].i32;
    struct wasm_object *object = wasm_gc_array(store, rtt, len);
    if (!object)
        return false;
    for (uint32_t i = 0; has_value && i < len; i++)
        store_field(object, WASM_OBJECT_FIELDS + (uint64_t)i * rtt->size,
                    rtt->fields[0].type, &eval->values[eval->depth - 2]);
    return finish(store, object, has_value ? 2 : 1);
}

static bool
make_array_fixed(struct wasm_store *store, const struct wasm_rtt *rtt, uint32_t len)
{
    struct wasm_object *object = wasm_gc_array(store, rtt, len);
    if (!object)
        return false;
    const union wasm_value *values = store->eval.values + store->eval.depth - len;
    for (uint32_t i = 0; i < len; i++)
        store_field(object, WASM_OBJECT_FIELDS + (uint64_t)i * rtt->size,
                    rtt->fields[0].type, &values[i]);
    return finish(store, object, len);
}

static bool
evaluate_object(struct wasm_instance *instance, struct cursor *c, uint32_t opcode)
{
    struct wasm_store *store = instance->store;
    union wasm_value *top = store->eval.values + store->eval.depth - 1;
    switch (opcode) {
    case WASM_OP_REF_I31:
        *top = (union wasm_value){.v128 = {(uintptr_t)WASM_I31_REF(top->i32)}};
        return true;
    case WASM_OP_ANY_CONVERT_EXTERN:
    case WASM_OP_EXTERN_CONVERT_ANY:
        return true;
    default:
        break;
    }
    const struct wasm_rtt *rtt = instance->rtts[cursor_leb_u32(c)];
    switch (opcode) {
    case WASM_OP_STRUCT_NEW:
    case WASM_OP_STRUCT_NEW_DEFAULT:
        return make_struct(store, rtt, opcode == WASM_OP_STRUCT_NEW);
    case WASM_OP_ARRAY_NEW:
    case WASM_OP_ARRAY_NEW_DEFAULT:
        return make_array(store, rtt, opcode == WASM_OP_ARRAY_NEW);
    default: // WASM_OP_ARRAY_NEW_FIXED
        return make_array_fixed(store, rtt, cursor_leb_u32(c));
    }
}

// ---- Expressions ----

static bool
evaluate_global(struct wasm_instance *instance, uint32_t index)
{
    const struct wasm_global *global = wasm_instance_global(instance, index);
    return push(instance->store, global->value,
                wasm_store_type_is_collected(instance->store, global->type));
}

static uint32_t
read_opcode(struct cursor *c)
{
    uint8_t opcode = cursor_u8(c);
    switch (opcode) {
    case 0xfb:
        return 0x200 + cursor_leb_u32(c);
    case 0xfd:
        return 0x300 + cursor_leb_u32(c);
    default:
        return opcode;
    }
}

static bool
evaluate(struct wasm_instance *instance, struct cursor *c, uint32_t opcode)
{
    struct wasm_store *store = instance->store;
    struct wasm_eval *eval = &store->eval;
    if (is_binary(opcode)) {
        union wasm_value *operands = eval->values + eval->depth - 2;
        operands[0] = evaluate_binary(opcode, operands[0], operands[1]);
        eval->depth--;
        return true;
    }
    if (opcode == WASM_OP_GLOBAL_GET)
        return evaluate_global(instance, cursor_leb_u32(c));
    if (opcode == WASM_OP_REF_FUNC) {
        void *func = wasm_instance_func(instance, cursor_leb_u32(c));
        return push(store, (union wasm_value){.v128 = {(uintptr_t)func}}, false);
    }
    if (opcode >= 0x200 && opcode < 0x300)
        return evaluate_object(instance, c, opcode);
    return push(store, read_constant(c, opcode), false);
}

bool
wasm_const_eval(struct wasm_instance *instance, struct cursor *c, union wasm_value *out)
{
    struct wasm_eval *eval = &instance->store->eval;
    eval->depth = 0;
    for (;;) {
        uint32_t opcode = read_opcode(c);
        if (opcode == WASM_OP_END) {
            *out = eval->values[0];
            eval->depth = 0;
            return true;
        }
        if (!evaluate(instance, c, opcode)) {
            eval->depth = 0;
            return false;
        }
    }
}

bool
wasm_const_eval_range(struct wasm_instance *instance, struct wasm_range range,
                      union wasm_value *out)
{
    struct cursor c = cursor_make(instance->module->bytes, range.lo, range.hi);
    return wasm_const_eval(instance, &c, out);
}
