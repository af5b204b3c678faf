// SPDX-License-Identifier: Apache-2.0
//
// Code memory and the pass over a function.
//
// Code is reserved once, for more than it is likely to need, and committed as it grows;
// the room is looked at once per instruction. When it is too small all the same, the
// module is compiled again with more.
#include "base/string.h"
#include "engine/compile/compiler.h"
#include "engine/compile/vector.h"
#include "engine/error.h"
#include "engine/heap.h"

enum {
    PAGE = 4096,
    COMMIT_STEP = 64 * 1024,
    PUSH_ROOM = 4,      // no instruction pushes more without asking
    CODE_PER_BYTE = 12, // of a body: many times what is usual
    CODE_PER_FUNCTION = 512,
    REF_ENTRIES = 4 << 20, // of all reference maps of a module
    REF_ENTRIES_PER_BYTE = 16,
    // Of the opcodes with a prefix
    OBJECTS = 0x200,
    VECTORS = 0x300,
    ATOMICS = 0x500,
};
#define CODE_MAX (1ull << 31)

// ---- Room ----

bool
compile_fail_memory(struct compiler *c, const char *what)
{
    if (c->code == WASM_OK)
        c->code = wasm_fail_memory(c->error, what);
    return false;
}

bool
compile_grow(struct compiler *c, void *array, uint32_t *room, uint64_t need, size_t size)
{
    if (need <= *room)
        return true;
    void *old;
    memcpy(&old, array, sizeof(old));
    void *grown = wasm_heap_grow(c->module->port, old, room, need, size);
    if (!grown)
        return compile_fail_memory(c, "heap");
    memcpy(array, &grown, sizeof(grown));
    return true;
}

bool
compile_expect(struct compiler *c, bool seen)
{
    if (!seen && c->code == WASM_OK)
        c->code = wasm_fail(c->error, WASM_UNSUPPORTED, c->offset,
                            "unsupported: a body that was misread");
    return seen;
}

bool
compile_code_room(struct compiler *c, uint64_t bytes)
{
    struct wasm_module *module = c->module;
    uint64_t need = masm_offset(&c->masm) + bytes + MASM_ROOM;
    if (need <= module->code_len)
        return true;
    uint64_t len = (need + COMMIT_STEP - 1) / COMMIT_STEP * COMMIT_STEP;
    if (len > module->code_room)
        len = module->code_room;
    if (need > len) {
        c->out_of_room = true;
        return compile_fail_memory(c, "code");
    }
    if (!module->port->code_commit(module->port->context, module->code, module->code_len,
                                   len))
        return compile_fail_memory(c, "code");
    module->code_len = len;
    c->limit = module->code + len - MASM_ROOM;
    return true;
}

// ---- Sites ----

static bool
codemap_space(struct compiler *c, uint64_t bytes)
{
    struct wasm_codemap *map = &c->module->codemap;
    if (map->len + bytes <= c->codemap_room)
        return true;
    if (map->len + bytes > UINT32_MAX)
        return compile_fail_memory(c, "code map");
    if (!compile_grow(c, &map->bytes, &c->codemap_room, map->len + bytes, 1))
        return false;
    map->room = c->codemap_room;
    return true;
}

// Reference maps may be larger than the code that they are of: many calls over many
// references. No honest module comes near this.
static uint64_t
ref_entries_limit(const struct compiler *c)
{
    struct wasm_range code = c->module->code_section;
    return REF_ENTRIES + REF_ENTRIES_PER_BYTE * (uint64_t)(code.hi - code.lo);
}

// The displacements of all references, operands below locals: behind the list of locals.
static uint32_t
collect_refs(struct compiler *c)
{
    uint32_t count = c->ref_locals;
    uint64_t most = 2ull * count + c->ref_operand_count;
    c->ref_map_entries += most;
    if (c->ref_map_entries > ref_entries_limit(c))
        return compile_fail_memory(c, "reference maps");
    if (most > c->ref_room &&
        !compile_grow(c, &c->refs, &c->ref_room, most, sizeof *c->refs))
        return 0;
    for (uint32_t i = c->ref_operand_count; i-- > 0;) {
        const struct value *v = &c->values[c->ref_operands[i]];
        if (c->ref_operands[i] < c->height && v->place == VALUE_STORED)
            c->refs[count++] = slot_disp(c, v->slot);
    }
    for (uint32_t i = 0; i < c->ref_locals; i++)
        c->refs[count++] = c->refs[i];
    return count - c->ref_locals;
}

static void
add_ref_map(struct compiler *c, uint32_t count)
{
    struct wasm_codemap *map = &c->module->codemap;
    uint64_t most = WASM_REFS_MAX_BYTES(count);
    if (!codemap_space(c, most))
        return;
    size_t len =
        wasm_codemap_encode_refs(map->bytes + map->len, c->refs + c->ref_locals, count);
    map->len += len;
}

// Before a site: a point at every so many of the function.
static bool
add_point(struct compiler *c)
{
    struct wasm_codemap *map = &c->module->codemap;
    if (c->site_count++ % WASM_CODEMAP_STEP || c->site_count == 1)
        return true;
    if (map->point_count == map->point_room &&
        !compile_grow(c, &map->points, &map->point_room, map->point_count + 1ull,
                      sizeof *map->points))
        return false;
    map->points[map->point_count++] =
        (struct wasm_codemap_point){c->site_code, c->site_module, (uint32_t)map->len};
    return true;
}

void
compile_site(struct compiler *c, uint32_t code_offset, enum wasm_site_kind kind,
             enum wasm_trap_code trap)
{
    struct wasm_codemap *map = &c->module->codemap;
    if (kind == WASM_SITE_CALL && !compile_expect(c, !c->is_leaf))
        return;
    uint32_t ref_count = kind == WASM_SITE_CALL && c->has_refs ? collect_refs(c) : 0;
    if (ref_count)
        kind = WASM_SITE_CALL_REFS;
    if (!codemap_space(c, WASM_SITE_MAX_BYTES) || !add_point(c))
        return;
    map->len += wasm_codemap_encode(map->bytes + map->len, code_offset - c->site_code,
                                    (int64_t)c->offset - c->site_module, kind, trap);
    c->site_code = code_offset;
    c->site_module = c->offset;
    if (ref_count)
        add_ref_map(c, ref_count);
}

void
compile_separate_site(struct compiler *c)
{
    if (c->site_code == masm_offset(&c->masm))
        masm_nop(&c->masm);
}

void
compile_trap_chain(struct compiler *c, uint32_t chain, enum wasm_site_kind kind,
                   enum wasm_trap_code trap)
{
    if (!chain)
        return;
    if (c->trap_count == c->trap_room &&
        !compile_grow(c, &c->traps, &c->trap_room, (uint64_t)c->trap_count + 1,
                      sizeof *c->traps))
        return;
    c->traps[c->trap_count++] = (struct trap_jump){.chain = chain,
                                                   .module_offset = c->offset,
                                                   .kind = (uint8_t)kind,
                                                   .trap = (uint8_t)trap};
}

void
compile_trap_if(struct compiler *c, enum masm_cond cond, enum wasm_trap_code trap)
{
    uint32_t chain = 0;
    masm_jump_if(&c->masm, cond, &chain);
    compile_trap_chain(c, chain, WASM_SITE_TRAP, trap);
}

// One after another, behind the function.
static bool
emit_trap_stubs(struct compiler *c)
{
    if (!compile_code_room(c, 2ull * c->trap_count))
        return false;
    for (uint32_t i = 0; i < c->trap_count; i++) {
        const struct trap_jump *t = &c->traps[i];
        masm_bind(&c->masm, t->chain);
        c->offset = t->module_offset;
        compile_site(c, masm_offset(&c->masm), (enum wasm_site_kind)t->kind,
                     (enum wasm_trap_code)t->trap);
        masm_trap(&c->masm);
    }
    c->trap_count = 0;
    return c->code == WASM_OK;
}

// ---- Instructions ----

static bool
emit_prefixed(struct compiler *c, const struct wasm_instr *in)
{
    if ((uint32_t)in->opcode >= ATOMICS)
        return emit_atomic(c, in);
    if ((uint32_t)in->opcode >= VECTORS)
        return emit_vector(c, in);
    if ((uint32_t)in->opcode >= OBJECTS)
        return emit_gc(c, in);
    return call_bulk(c, in);
}

static bool
emit(struct compiler *c, const struct wasm_instr *in)
{
    uint32_t op = in->opcode;
    switch (op) {
    case WASM_OP_UNREACHABLE:
        control_unreachable(c);
        break;
    case WASM_OP_NOP:
        break;
    case WASM_OP_BLOCK:
    case WASM_OP_LOOP:
    case WASM_OP_IF:
        return control_block(c, in);
    case WASM_OP_ELSE:
        return control_else(c);
    case WASM_OP_END:
        return control_end(c);
    case WASM_OP_BR:
    case WASM_OP_RETURN:
        control_br(c, in->index);
        break;
    case WASM_OP_BR_IF:
        control_br_if(c, in->index);
        break;
    case WASM_OP_BR_TABLE:
        return control_br_table(c, in);
    case WASM_OP_CALL:
        return call_direct(c, in);
    case WASM_OP_CALL_INDIRECT:
        return call_indirect(c, in);
    case WASM_OP_CALL_REF:
        return call_ref(c, in);
    case WASM_OP_RETURN_CALL:
    case WASM_OP_RETURN_CALL_INDIRECT:
    case WASM_OP_RETURN_CALL_REF:
        return call_tail(c, in);
    case WASM_OP_THROW:
        return exception_throw(c, in);
    case WASM_OP_THROW_REF:
        return exception_throw_ref(c);
    case WASM_OP_TRY_TABLE:
        return exception_try(c, in);
    case WASM_OP_BR_ON_NULL:
        control_br_on_null(c, in->index);
        break;
    case WASM_OP_BR_ON_NON_NULL:
        control_br_on_non_null(c, in->index);
        break;
    case WASM_OP_BR_ON_CAST:
    case WASM_OP_BR_ON_CAST_FAIL:
        control_br_on_cast(c, in);
        break;
    case WASM_OP_DROP: {
        struct value v = pop_value(c);
        value_release(c, &v);
        break;
    }
    case WASM_OP_SELECT:
    case WASM_OP_SELECT_T:
        emit_select(c);
        break;
    case WASM_OP_LOCAL_GET:
        push_local(c, machine_type(c, c->validator.locals[in->index]), in->index);
        break;
    case WASM_OP_LOCAL_SET:
        emit_local_set(c, in->index);
        break;
    case WASM_OP_LOCAL_TEE:
        emit_local_tee(c, in->index);
        break;
    case WASM_OP_GLOBAL_GET:
        emit_global_get(c, in->index);
        break;
    case WASM_OP_GLOBAL_SET:
        emit_global_set(c, in->index);
        break;
    case WASM_OP_TABLE_GET:
        emit_table_get(c, in->index);
        break;
    case WASM_OP_TABLE_SET:
        emit_table_set(c, in->index);
        break;
    case WASM_OP_I32_LOAD ... WASM_OP_I64_LOAD32_U:
        emit_load(c, in);
        break;
    case WASM_OP_I32_STORE ... WASM_OP_I64_STORE32:
        emit_store(c, in);
        break;
    case WASM_OP_MEMORY_SIZE:
        emit_memory_size(c, in->index);
        break;
    case WASM_OP_I32_CONST:
        push_const(c, WASM_TYPE_I32, in->bits);
        break;
    case WASM_OP_I64_CONST:
        push_const(c, WASM_TYPE_I64, in->bits);
        break;
    case WASM_OP_F32_CONST:
        push_const(c, WASM_TYPE_F32, in->bits);
        break;
    case WASM_OP_F64_CONST:
        push_const(c, WASM_TYPE_F64, in->bits);
        break;
    case WASM_OP_I32_EQZ ... WASM_OP_F64_COPYSIGN:
        emit_numeric(c, in->opcode);
        break;
    case WASM_OP_I32_WRAP_I64 ... WASM_OP_I64_EXTEND32_S:
    case WASM_OP_I32_TRUNC_SAT_F32_S ... WASM_OP_I64_TRUNC_SAT_F64_U:
        emit_convert(c, in->opcode);
        break;
    case WASM_OP_REF_NULL:
        push_const(c, machine_type(c, in->ref_type), 0);
        break;
    case WASM_OP_REF_IS_NULL:
        emit_ref_is_null(c);
        break;
    case WASM_OP_REF_FUNC:
        emit_ref_func(c, in->index);
        break;
    case WASM_OP_TABLE_SIZE:
        emit_table_size(c, in->index);
        break;
    case WASM_OP_REF_EQ:
    case WASM_OP_REF_AS_NON_NULL:
        return emit_gc(c, in);
    case WASM_OP_I64_ADD128 ... WASM_OP_I64_MUL_WIDE_U:
        return emit_wide(c, in);
    default:
        return emit_prefixed(c, in);
    }
    return true;
}

static bool
is_structure(uint32_t op)
{
    return (op >= WASM_OP_BLOCK && op <= WASM_OP_ELSE) || op == WASM_OP_END ||
           op == WASM_OP_TRY_TABLE;
}

// Structure is followed everywhere, code made only where execution gets.
static bool
compile_instruction(struct compiler *c, const struct wasm_instr *in)
{
    c->offset = in->offset;
    if (c->masm.at > c->limit && !compile_code_room(c, 0))
        return false;
    if (c->height + PUSH_ROOM > c->value_room && !push_room(c, PUSH_ROOM))
        return false;
    if (!c->reachable && !is_structure(in->opcode))
        return true;
    return emit(c, in) && c->code == WASM_OK;
}

// ---- Functions ----

static bool
start_function(struct compiler *c, uint32_t defined_index)
{
    struct wasm_module *module = c->module;
    struct wasm_range body = module->bodies[defined_index];
    masm_align(&c->masm);
    uint32_t entry = masm_offset(&c->masm);
    masm_bind(&c->masm, c->call_chains[defined_index]);
    module->entries[defined_index] = entry;
    module->codemap.starts[defined_index] = (uint32_t)module->codemap.len;
    c->func = defined_index;
    c->functype = c->validator.functype;
    c->offset = body.lo;
    c->site_count = 0;
    c->site_code = entry;
    c->site_module = c->offset;
    c->reachable = true;
    c->max_slots = 0;
    c->ref_operand_count = 0;
    c->outgoing = 0;
    c->height = 0;
    c->depth = 0;
    c->next_loop = 0;
    c->folded = 0;
    if (!locals_scan(c) || !locals_assign(c) || !locals_place(c))
        return false;
    regs_reset(c);
    return true;
}

// A function that calls nothing may use a little of what is left below the limit: what it
// pushes takes at least a byte for each slot.
enum { SMALL_BODY = 2048, SMALL_LOCALS = 1024 };
enum { SMALL_FRAME = 8 * (SMALL_BODY + SMALL_LOCALS) + 256 };

static bool
needs_stack_check(const struct compiler *c)
{
    struct wasm_range body = c->module->bodies[c->func];
    return !c->is_leaf || body.hi - body.lo > SMALL_BODY || c->local_slots > SMALL_LOCALS;
}

// Offsets in a frame have 31 bits.
_Static_assert(16ull * (WASM_LIMIT_LOCALS + WASM_LIMIT_OPERANDS + WASM_LIMIT_PARAMS) +
                       16ull * WASM_LIMIT_RESULTS <
                   INT32_MAX / 2,
               "the largest frame");

static bool
set_frame(struct compiler *c, const struct masm_prologue *prologue)
{
    uint32_t bytes = MASM_FRAME_HEADER + 8 * (c->frame_slots + c->max_slots);
    bytes = ((bytes + 15) & ~15u) + c->outgoing;
    if (!compile_expect(c, needs_stack_check(c) || bytes <= SMALL_FRAME))
        return false;
    masm_set_frame_size(&c->masm, prologue, bytes);
    exception_set_frame(c, bytes);
    return true;
}

// For tests: what the caller must not rely on, the upper half of an i32 and all registers
// that calls lose.
static void
poison_exit(struct compiler *c)
{
    const struct wasm_functype *type = c->functype;
    uint32_t regs = MASM_POOL & ~(1u << MASM_INT_RESULT | 1u << MASM_FLOAT_RESULT);
    if (!c->masm.poison)
        return;
    for (; regs; regs &= regs - 1) {
        uint8_t reg = (uint8_t)__builtin_ctz(regs);
        masm_const(&c->masm, reg < MASM_FLOAT ? WASM_TYPE_I64 : WASM_TYPE_F64, reg,
                   0x5eed5eed5eed5eed);
    }
    if (type->result_count > 0 && type->types[type->param_count] == WASM_TYPE_I32)
        masm_poison(&c->masm, MASM_INT_RESULT);
}

static bool
compile_function(struct compiler *c, uint32_t defined_index)
{
    struct masm_prologue prologue;
    struct wasm_instr in = {0};
    if (!compile_code_room(c, 0) || !wasm_validator_begin(&c->validator, defined_index))
        return false;
    if (!start_function(c, defined_index))
        return false;
    masm_prologue(&c->masm, needs_stack_check(c), &prologue);
    compile_trap_chain(c, prologue.overflow_jump, WASM_SITE_TRAP,
                       WASM_TRAP_STACK_EXHAUSTED);
    call_save_kept(c);
    if (c->may_catch)
        masm_store_slot(&c->masm, WASM_TYPE_I64, c->instance_disp, MASM_INSTANCE);
    call_entry(c);
    if (!locals_list_refs(c) || !control_begin(c))
        return false;
    while (c->validator.depth > 0)
        if (!wasm_validator_next(&c->validator, &in) || !compile_instruction(c, &in))
            return false;
    if (!compile_code_room(c, 0))
        return false;
    call_return(c);
    poison_exit(c);
    call_restore_kept(c);
    masm_epilogue(&c->masm);
    return set_frame(c, &prologue) && emit_trap_stubs(c) && emit_vector_consts(c);
}

// ---- Modules ----

static uint32_t
defined_count(const struct wasm_module *module)
{
    return module->func_count - module->func_import_count;
}

static uint64_t
estimate_room(const struct wasm_module *module)
{
    uint64_t bodies = module->code_section.hi - module->code_section.lo;
    return bodies * CODE_PER_BYTE + (uint64_t)defined_count(module) * CODE_PER_FUNCTION +
           COMMIT_STEP;
}

static void
release_code(struct wasm_module *module)
{
    if (module->code)
        module->port->code_release(module->port->context, module->code, module->code_len,
                                   module->code_room);
    module->code = NULL;
    module->code_len = 0;
    module->code_room = 0;
}

static bool
reserve_code(struct compiler *c, uint64_t room)
{
    struct wasm_module *module = c->module;
    if (room > CODE_MAX - COMMIT_STEP)
        room = CODE_MAX - COMMIT_STEP;
    room = (room + PAGE - 1) / PAGE * PAGE;
    if (!module->port->code_reserve(module->port->context, room, &module->code)) {
        module->code = NULL;
        return compile_fail_memory(c, "code");
    }
    module->code_room = room;
    module->code_len = 0;
    c->masm.base = module->code;
    c->masm.at = module->code;
    c->limit = module->code;
    return true;
}

static bool
compile_functions(struct compiler *c)
{
    struct wasm_module *module = c->module;
    uint32_t count = defined_count(module);
    module->codemap.len = 0;
    module->codemap.handler_count = 0;
    module->codemap.point_count = 0;
    c->ref_map_entries = 0;
    memset(c->call_chains, 0, count * sizeof *c->call_chains);
    if (!compile_code_room(c, 0))
        return false;
    masm_vector_constants(&c->masm);
    for (uint32_t i = 0; i < count; i++)
        if (!compile_function(c, i))
            return false;
    module->codemap.starts[count] = (uint32_t)module->codemap.len;
    return true;
}

static bool
seal_code(struct compiler *c)
{
    struct wasm_module *module = c->module;
    if (!module->port->code_seal(module->port->context, module->code, module->code_len))
        return compile_fail_memory(c, "code");
    return true;
}

static bool
compile_in_room(struct compiler *c, uint64_t room)
{
    while (reserve_code(c, room)) {
        if (compile_functions(c))
            return seal_code(c);
        bool is_larger_possible = c->out_of_room && room < CODE_MAX / 2;
        release_code(c->module);
        if (!is_larger_possible)
            return false;
        c->out_of_room = false;
        c->code = WASM_OK;
        c->trap_count = 0;
        c->vector_const_count = 0;
        c->catch_count = 0;
        c->landing_count = 0;
        room *= 4;
    }
    return false;
}

static bool
compile_init(struct compiler *c, struct wasm_module *module, struct wasm_error *error)
{
    uint32_t count = defined_count(module);
    *c = (struct compiler){
        .module = module, .error = error, .validator = {.module = module}};
    c->masm.memory_at_zero = module->port->memory_at_zero;
    c->masm.poison = module->port->poison;
    c->call_chains = wasm_heap_alloc(module->port, count, sizeof *c->call_chains);
    module->entries = wasm_heap_alloc(module->port, count, sizeof *module->entries);
    module->codemap.starts =
        wasm_heap_alloc(module->port, (uint64_t)count + 1, sizeof(uint32_t));
    module->codemap.func_count = count;
    if (!c->call_chains || !module->entries || !module->codemap.starts)
        return compile_fail_memory(c, "heap");
    return wasm_validator_init(&c->validator, module, error);
}

static void
compile_fini(struct compiler *c)
{
    const struct wasm_port *port = c->module->port;
    wasm_validator_fini(&c->validator);
    wasm_heap_free(port, c->values);
    wasm_heap_free(port, c->labels);
    wasm_heap_free(port, c->traps);
    wasm_heap_free(port, c->vector_consts);
    wasm_heap_free(port, c->call_chains);
    wasm_heap_free(port, c->local_disps);
    wasm_heap_free(port, c->refs);
    wasm_heap_free(port, c->ref_operands);
    wasm_heap_free(port, c->weights);
    wasm_heap_free(port, c->loops);
    wasm_heap_free(port, c->local_regs);
    wasm_heap_free(port, c->catches);
    wasm_heap_free(port, c->landings);
}

enum wasm_error_code
wasm_module_compile(struct wasm_module *module, struct wasm_error *error)
{
    if (defined_count(module) == 0)
        return WASM_OK;
    struct compiler *c = wasm_heap_alloc(module->port, 1, sizeof *c);
    if (!c)
        return wasm_fail_memory(error, "heap");
    bool ok = compile_init(c, module, error) && compile_in_room(c, estimate_room(module));
    enum wasm_error_code code = c->code != WASM_OK ? c->code : c->validator.code;
    compile_fini(c);
    wasm_heap_free(module->port, c);
    return ok ? WASM_OK : code;
}
