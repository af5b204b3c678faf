// SPDX-License-Identifier: Apache-2.0
//
// Accesses of linear memory. Outside a memory of 32-bit addresses and pages of 64 KiB
// nothing is mapped: an access there faults, and its site tells that the fault is a trap.
// Other memories are checked: the end of the access is computed without wrapping and
// compared with the memory's length.
//
// MASM_MEMORY holds the base of memory 0, unless that one is at address 0. The base of
// any other memory is loaded for each access; it never moves.
#include "engine/compile/compiler.h"

// ---- The address ----

// instance->memories[memory]
static struct masm_mem
memory_pointer(const struct compiler *c, uint32_t memory)
{
    return (struct masm_mem){.base = MASM_INSTANCE,
                             .index = MASM_NONE,
                             .disp = (int32_t)(c->module->layout.memories + 8 * memory)};
}

static struct masm_mem
memory_field(uint8_t memory, size_t offset)
{
    return (struct masm_mem){.base = memory, .index = MASM_NONE, .disp = (int32_t)offset};
}

static void
add_offset(struct compiler *c, uint8_t reg, uint64_t offset)
{
    struct masm_operand by = {.kind = MASM_OP_IMM, .value = (int32_t)offset};
    if (offset > INT32_MAX) {
        masm_const(&c->masm, WASM_TYPE_I64, MASM_SCRATCH, offset);
        by = (struct masm_operand){.kind = MASM_OP_REG, .reg = MASM_SCRATCH};
    }
    masm_alu(&c->masm, MASM_ADD, MASM_W64, reg, by);
}

static uint8_t
const_reg(struct compiler *c, uint64_t bits)
{
    uint8_t reg = reg_alloc(c, WASM_TYPE_I64);
    masm_const(&c->masm, WASM_TYPE_I64, reg, bits);
    return reg;
}

// Memory and offset have 32 bits, so sums do not wrap.
static void
guarded_address(struct compiler *c, uint64_t offset, struct value *addr,
                struct access *out)
{
    if (addr->place == VALUE_CONST) {
        offset += addr->bits;
        if (offset > INT32_MAX) {
            out->at.addr = out->addr = const_reg(c, offset);
            return;
        }
    } else if (offset > INT32_MAX) {
        out->at.addr = out->addr = value_to_reg(c, addr);
        add_offset(c, out->addr, offset);
        return;
    } else {
        out->at.addr = value_borrow(c, addr);
        if (addr->place == VALUE_REG)
            out->addr = addr->reg;
    }
    out->at.offset = (int32_t)offset;
}

// The base of memory 0.
static uint8_t
memory_register(struct compiler *c)
{
    if (c->masm.memory_at_zero)
        return MASM_NONE;
    locals_validate(c, 1u << MASM_MEMORY);
    return MASM_MEMORY;
}

static void
guarded_base(struct compiler *c, uint32_t memory, struct access *out)
{
    if (memory == 0) {
        out->at.base = memory_register(c);
        return;
    }
    uint8_t base = reg_alloc(c, WASM_TYPE_I64);
    masm_load_mem(&c->masm, WASM_TYPE_I64, base, memory_pointer(c, memory));
    masm_load_mem(&c->masm, WASM_TYPE_I64, base,
                  memory_field(base, offsetof(struct wasm_memory, base)));
    out->at.base = out->base = base;
}

static void
trap_always(struct compiler *c, enum wasm_trap_code trap)
{
    uint32_t chain = 0;
    masm_jump(&c->masm, &chain);
    compile_trap_chain(c, chain, WASM_SITE_TRAP, trap);
}

// The register of the address takes the end of the access.
static void
checked_end(struct compiler *c, uint64_t offset, uint32_t size, struct value *addr,
            struct access *out)
{
    uint64_t end = 0;
    bool is_const = addr->place == VALUE_CONST;
    bool is_64 = addr->type == WASM_TYPE_I64;
    out->at.offset = -(int32_t)size;
    if (__builtin_add_overflow(offset, size, &offset) ||
        (is_const && __builtin_add_overflow(addr->bits, offset, &end))) {
        value_release(c, addr);
        trap_always(c, WASM_TRAP_MEMORY_BOUNDS);
        out->at.addr = out->addr = const_reg(c, size);
        return;
    }
    if (is_const) {
        out->at.addr = out->addr = const_reg(c, end);
        return;
    }
    out->at.addr = out->addr = value_to_reg(c, addr);
    add_offset(c, out->addr, offset);
    if (is_64)
        compile_trap_if(c, MASM_CARRY, WASM_TRAP_MEMORY_BOUNDS);
}

static void
check_bounds(struct compiler *c, uint32_t memory, struct access *out)
{
    struct masm *m = &c->masm;
    bool has_base = memory == 0 && !m->memory_at_zero;
    uint8_t pointer = has_base ? MASM_SCRATCH : reg_alloc(c, WASM_TYPE_I64);
    masm_load_mem(m, WASM_TYPE_I64, pointer, memory_pointer(c, memory));
    masm_compare_mem(m, MASM_W64, out->addr,
                     memory_field(pointer, offsetof(struct wasm_memory, len)));
    compile_trap_if(c, MASM_GT_U, WASM_TRAP_MEMORY_BOUNDS);
    out->at.base = memory_register(c);
    if (has_base)
        return;
    masm_load_mem(m, WASM_TYPE_I64, pointer,
                  memory_field(pointer, offsetof(struct wasm_memory, base)));
    out->at.base = out->base = pointer;
}

// The base is aligned, so that base and offset tell.
static void
check_alignment(struct compiler *c, uint32_t size, const struct access *a)
{
    uint8_t reg = a->at.addr;
    uint32_t low = (uint32_t)a->at.offset & (size - 1);
    if (reg == MASM_NONE && low) {
        trap_always(c, WASM_TRAP_UNALIGNED_ATOMIC);
    } else if (reg != MASM_NONE && size > 1) {
        if (low) {
            struct masm_operand by = {.kind = MASM_OP_IMM, .value = (int32_t)low};
            masm_add(&c->masm, MASM_W32, MASM_SCRATCH, reg, by);
            reg = MASM_SCRATCH;
        }
        masm_test_bits(&c->masm, reg, size - 1);
        compile_trap_if(c, MASM_NE, WASM_TRAP_UNALIGNED_ATOMIC);
    }
}

// ---- Accesses ----

static void
begin(struct compiler *c, const struct wasm_instr *in, uint32_t size, bool is_aligned,
      struct access *out)
{
    struct value addr = pop_value(c);
    bool is_checked = wasm_memory_is_checked(&c->module->memories[in->index]);
    *out = (struct access){.at = {MASM_NONE, MASM_NONE, 0},
                           .addr = MASM_NONE,
                           .base = MASM_NONE,
                           .is_guarded = !is_checked};
    if (is_checked) {
        checked_end(c, in->bits, size, &addr, out);
        if (is_aligned)
            check_alignment(c, size, out);
        check_bounds(c, in->index, out);
    } else {
        guarded_address(c, in->bits + c->folded, &addr, out);
        c->folded = 0;
        if (is_aligned)
            check_alignment(c, size, out);
        guarded_base(c, in->index, out);
        compile_separate_site(c);
    }
}

void
access_begin(struct compiler *c, const struct wasm_instr *in, uint32_t size,
             struct access *out)
{
    begin(c, in, size, false, out);
}

void
access_begin_aligned(struct compiler *c, const struct wasm_instr *in, uint32_t size,
                     struct access *out)
{
    begin(c, in, size, true, out);
}

uint8_t
access_result(struct compiler *c, struct access *a, uint8_t type)
{
    uint8_t *held = a->addr != MASM_NONE ? &a->addr : &a->base;
    if (*held == MASM_NONE || type_is_float(type))
        return reg_alloc(c, type);
    uint8_t reg = *held;
    *held = MASM_NONE;
    return reg;
}

void
access_end(struct compiler *c, struct access *a, uint32_t code_offset)
{
    if (a->is_guarded)
        compile_site(c, code_offset, WASM_SITE_MEMORY, WASM_TRAP_NONE);
    if (a->addr != MASM_NONE)
        reg_free(c, a->addr);
    if (a->base != MASM_NONE)
        reg_free(c, a->base);
}

// ---- Loads and stores ----

uint32_t
access_size(enum wasm_opcode opcode)
{
    return 1u << (wasm_ops[opcode].imm - IMM_MEM8);
}

void
emit_load(struct compiler *c, const struct wasm_instr *in)
{
    uint8_t type = wasm_ops[in->opcode].result;
    struct access a;
    uint8_t target = result_target(c, type, 1);
    access_begin(c, in, access_size(in->opcode), &a);
    uint8_t dst = target != MASM_NONE ? target : access_result(c, &a, type);
    access_end(c, &a, masm_load(&c->masm, in->opcode, dst, a.at));
    if (target != MASM_NONE)
        push_target(c, type);
    else
        push_reg(c, type, dst);
    if (in->opcode == WASM_OP_I32_LOAD8_U || in->opcode == WASM_OP_I32_LOAD16_U)
        push_bits_used(c, in->opcode == WASM_OP_I32_LOAD8_U ? 8 : 16);
}

void
emit_store(struct compiler *c, const struct wasm_instr *in)
{
    struct masm *m = &c->masm;
    struct value v = pop_value(c);
    bool is_const = v.place == VALUE_CONST && !type_is_float(v.type) &&
                    (v.type == WASM_TYPE_I32 || in->opcode != WASM_OP_I64_STORE ||
                     (int64_t)v.bits == (int32_t)v.bits);
    uint8_t source = MASM_NONE;
    struct access a;
    if (!is_const)
        source = value_borrow(c, &v);
    access_begin(c, in, access_size(in->opcode), &a);
    access_end(c, &a,
               is_const ? masm_store_const(m, in->opcode, a.at, (int32_t)v.bits)
                        : masm_store(m, in->opcode, a.at, source));
    value_release(c, &v);
}

// ---- Size ----

void
emit_memory_size(struct compiler *c, uint32_t memory)
{
    const struct wasm_limits *limits = &c->module->memories[memory].limits;
    uint8_t reg = reg_alloc(c, WASM_TYPE_I64);
    masm_load_mem(&c->masm, WASM_TYPE_I64, reg, memory_pointer(c, memory));
    masm_load_mem(&c->masm, WASM_TYPE_I64, reg,
                  memory_field(reg, offsetof(struct wasm_memory, len)));
    if (limits->page_log2)
        masm_shift_const(&c->masm, MASM_SHR_U, MASM_W64, reg, limits->page_log2);
    push_reg(c, limits->is_64 ? WASM_TYPE_I64 : WASM_TYPE_I32, reg);
}
