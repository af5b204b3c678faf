// SPDX-License-Identifier: Apache-2.0
//
// The one-pass baseline compiler: a validated instruction goes straight to machine code.
//
//   baseline.c     a module: code memory; a function: frame, loop over its instructions
//   scan.c         a look ahead at the use of locals
//   regs.c         the virtual operand stack and the registers
//   locals.c       locals in registers and slots
//   control.c      blocks, branches       call_ops.c    calls, tables' and memories' bulk
//   numeric.c      arithmetic, select     convert.c     between types
//   memory_ops.c   loads, stores          atomic_ops.c  those of threads
//   variable_ops.c locals, globals, tables  wide_ops.c  128 bits in two
//   gc_ops.c, struct_ops.c, array_ops.c, cast_ops.c     references and objects
//   vector*.c      v128                   exception_ops.c  throw, try_table
//
// Frame, from high to low addresses:
//
//   caller's stack arguments | return address | saved rbp | <- rbp
//   prologue's saves | kept registers | result pointer | instance (with a try_table) |
//   locals | operand slots | outgoing arguments <- rsp
//
// A local lives in its slot. Some of those used most live in a register that calls keep,
// and their slot is unused; others have a register lent from the pool for the time
// between calls: `valid` tells of each whether it holds the local now, `dirty` whether it
// alone does and the slot is old. Calls find no dirty ones. Where paths meet, what is
// valid on all of them is valid, and what is dirty on one of them is. References of the
// collected heap never have a kept register, so at a call they are all in slots; so are
// all locals of a function with a try_table, whose landing pads find the frame and
// nothing else. The base of memory 0 is `valid` in the same way when its register holds
// it, unless that memory is at address 0.
//
// An operand of the wasm stack has one home, its slot; of a v128 that is the lower of
// two, so that slot_disp of it is where the bytes begin. Entries of the virtual stack say
// where the value really is. At the start of a block all entries are stored in their
// slots. A label takes one value in the result register of its type, several in slots.
// Internal to the compiler.
#pragma once

#include "engine/compile/masm.h"
#include "engine/instance.h"
#include "engine/validate.h"

enum value_place {
    VALUE_STORED, // in its slot
    VALUE_REG,
    VALUE_CONST,
    VALUE_LOCAL, // still equal to the local: whoever sets that one moves the value first
    VALUE_FLAGS, // a comparison's outcome; only on top and only until the next
                 // instruction
};

struct value {
    uint8_t type;  // machine type
    uint8_t place; // enum value_place
    uint8_t reg;
    union {
        uint8_t cond;      // VALUE_FLAGS: enum masm_cond
        uint8_t bits_used; // VALUE_REG of an i32: it is below 2 to this; 0: not known
    };
    uint32_t slot; // its home
    union {
        uint64_t bits;  // VALUE_CONST; of a v128 it is 0
        uint32_t local; // VALUE_LOCAL
    };
};

// A label that branches go to.
struct label {
    struct wasm_block_type type;
    uint32_t chain;      // forward branches to the end
    uint32_t else_chain; // of `if`
    uint32_t target;     // of a loop
    uint32_t height;     // of the operand stack below the parameters
    uint32_t serial;     // br_table: of the one that made `stub`
    uint32_t stub;
    uint32_t valid; // what was, at all branches so far; of a loop: what must be
    uint32_t dirty; // what was, at one of the branches so far; of a loop: what may be
    uint32_t else_valid; // at the branch to `else`
    uint32_t else_dirty;
    uint32_t try_lo;      // try_table: code offset of its start
    uint32_t catch_count; // of c->catches, on top while the label is
    uint16_t opcode;      // block, loop, if, else, try_table
    bool is_dead;         // entered where nothing gets
};

// A jump to a trap, whose ud2 stands at the function's end.
struct trap_jump {
    uint32_t chain;
    uint32_t module_offset;
    uint8_t kind; // enum wasm_site_kind
    uint8_t trap;
};

// A constant behind the function.
struct vector_const {
    uint64_t lo, hi;
    uint32_t chain; // references to it
};

// What a loop does to locals, as far as locals_scan has seen.
struct loop_use {
    uint64_t uses; // locals modulo 64, as bits
    uint64_t writes;
    uint32_t outer;
    bool has_call; // or something else that loses registers
};

struct compiler {
    struct wasm_module *module;
    struct wasm_error *error;
    enum wasm_error_code code;
    struct wasm_validator validator;
    struct masm masm;
    uint8_t *limit;   // up to here MASM_ROOM bytes are left
    bool out_of_room; // the code reservation was too small

    // The function
    uint32_t func; // defined index
    const struct wasm_functype *functype;
    bool reachable;
    bool uses_memory;      // seems to have accesses of memory
    uint32_t offset;       // of the instruction, in the module
    uint32_t folded;       // what the next access adds to its offset
    uint32_t frame_slots;  // below the header: all down to the locals
    bool may_catch;        // holds a try_table: saves all kept registers
    int32_t instance_disp; // may_catch: of the slot for the instance

    // Locals. Of parameters that come on the stack, call_entry changes the place.
    int32_t *local_disps;
    uint32_t local_room;
    uint32_t param_slots; // own slots of the parameters
    uint32_t local_slots; // and of all locals
    uint32_t ref_locals;  // those of a collected reference type
    bool has_refs;        // such locals, or operands so far
    int32_t *refs;        // displacements of ref_locals, ascending, and scratch behind
    uint32_t ref_room;

    // From locals_scan
    uint32_t *weights; // of locals: uses, those in loops counting more
    uint32_t weight_room;
    struct loop_use *loops; // in order of their start
    uint32_t loop_count;
    uint32_t loop_room;
    uint32_t next_loop;
    bool has_calls;
    bool is_leaf; // calls, throws and catches nothing

    // Locals in registers
    uint8_t *local_regs; // MASM_NONE: none
    uint32_t local_reg_room;
    uint32_t target_local; // of result_target
    uint32_t reg_locals[MASM_REG_COUNT];
    uint32_t saved; // kept registers that the function saves, as bits
    uint32_t saved_count;
    uint32_t kept;  // of these: those that hold locals
    uint32_t lent;  // registers, as bits
    uint32_t valid; // of kept (always) and lent
    uint32_t dirty; // of valid and lent
    uint32_t pool;  // what is left for operands

    uint32_t max_slots;
    uint32_t outgoing; // bytes at the frame's bottom

    // Virtual operand stack. Below `unspilled` all entries are VALUE_STORED.
    struct value *values;
    uint32_t height;
    uint32_t value_room;
    uint32_t unspilled;
    uint32_t *ref_operands; // indices of the MACHINE_REF among them, below the height
    uint32_t ref_operand_count;
    uint32_t ref_operand_room;
    uint32_t free_regs;              // bit per register
    uint32_t owners[MASM_REG_COUNT]; // operand index in the register, or NO_OWNER

    struct label *labels;
    uint32_t depth;
    uint32_t label_room;
    uint32_t br_table_serial;

    struct trap_jump *traps;
    uint32_t trap_count;
    uint32_t trap_room;

    struct vector_const *vector_consts;
    uint32_t vector_const_count;
    uint32_t vector_const_room;

    // Exceptions
    struct wasm_catch *catches; // clauses of the try_tables around
    uint32_t catch_count;
    uint32_t catch_room;
    uint32_t *landings; // code offsets at which the frame's size is wanted
    uint32_t landing_count;
    uint32_t landing_room;

    // Sites
    uint64_t ref_map_entries; // so far
    uint32_t codemap_room;
    uint32_t site_code; // offsets of the site before
    uint32_t site_module;
    uint32_t site_count; // of the function

    uint32_t *call_chains; // by defined index: calls of functions not yet compiled
};

#define NO_OWNER UINT32_MAX

// ---- baseline.c ----

// Room for `bytes` of code. False: failed.
bool compile_code_room(struct compiler *c, uint64_t bytes);
// Makes array element `need - 1` exist. False: failed.
bool compile_grow(struct compiler *c, void *array, uint32_t *room, uint64_t need,
                  size_t size);
bool compile_fail_memory(struct compiler *c, const char *what);
// Refuses the module unless locals_scan has seen what is there now.
bool compile_expect(struct compiler *c, bool seen);

// A jump to a trap of the current instruction when `cond`.
void compile_trap_if(struct compiler *c, enum masm_cond cond, enum wasm_trap_code trap);
// Takes over a chain of jumps.
void compile_trap_chain(struct compiler *c, uint32_t chain, enum wasm_site_kind kind,
                        enum wasm_trap_code trap);
// Records a site at a code offset for the current instruction. At a WASM_SITE_CALL the
// stack holds what lives over the call, after spill_for_call: the references among it go
// into the site's map.
void compile_site(struct compiler *c, uint32_t code_offset, enum wasm_site_kind kind,
                  enum wasm_trap_code trap);

// Before an instruction that is a site: a return address must not be one as well.
void compile_separate_site(struct compiler *c);

// ---- regs.c ----

static inline uint8_t
result_reg(uint8_t type)
{
    return type_is_float(type) ? MASM_FLOAT_RESULT : MASM_INT_RESULT;
}

// The machine type of a value type.
uint8_t machine_type(const struct compiler *c, wasm_type_t type);
static inline uint32_t
value_slots(uint8_t type)
{
    return type == WASM_TYPE_V128 ? 2 : 1;
}
// The slot of an operand of the type that is pushed on `height` others.
uint32_t slot_above(const struct compiler *c, uint32_t height, uint8_t type);
int32_t // frame displacement of a slot
slot_disp(const struct compiler *c, uint32_t slot);
int32_t local_disp(const struct compiler *c, uint32_t local);

// Looks over the body: weights, loops, has_calls, is_leaf, may_catch, uses_memory. False:
// failed.
bool locals_scan(struct compiler *c);
// Decides which locals live in registers; before frame_slots and the pool are used.
// False: failed.
bool locals_assign(struct compiler *c);
// Gives them slots, and tells frame_slots. False: failed.
bool locals_place(struct compiler *c);
// Lists the places of references for reference maps; after call_entry. False: failed.
bool locals_list_refs(struct compiler *c);
// Loads lent registers, so that `regs` are valid; keeps flags.
void locals_validate(struct compiler *c, uint32_t regs);
// Stores those of `regs` that are dirty; keeps flags.
void locals_flush(struct compiler *c, uint32_t regs);
// The register holds a new value of its local.
void locals_written(struct compiler *c, uint8_t reg);
// At the start of a loop: what holds there each time round. Emits loads and stores.
void locals_enter_loop(struct compiler *c, struct label *label);
// Before a branch to the label, or falling into it: makes true what the label demands,
// and takes note of what it may rely on. Emits loads and stores; keeps flags.
void locals_join(struct compiler *c, struct label *label);
// The register that the local has or gets; MASM_NONE: it stays in its slot.
uint8_t locals_reg(struct compiler *c, uint32_t local);
// The register that the local lives in at times, or MASM_NONE.
static inline uint8_t
local_home(const struct compiler *c, uint32_t local)
{
    return c->local_regs[local];
}

// The register that the local has now, or MASM_NONE.
static inline uint8_t
local_valid_reg(const struct compiler *c, uint32_t local)
{
    uint8_t reg = local_home(c, local);
    return reg != MASM_NONE && c->valid >> reg & 1 ? reg : MASM_NONE;
}

// Registers. A register handed out belongs to the caller until it is freed or pushed.
uint8_t reg_alloc(struct compiler *c, uint8_t type);
void // a certain one; an operand in it moves away
reg_take(struct compiler *c, uint8_t reg);
void reg_free(struct compiler *c, uint8_t reg);
void // all free; every entry of the stack is stored
regs_reset(struct compiler *c);
void // all free: what is on the stack stays over a call
regs_lose(struct compiler *c);

// Pushing. There is room for some values for each instruction.
void push_reg(struct compiler *c, uint8_t type, uint8_t reg);
void // after push_reg: what is known of the value
push_bits_used(struct compiler *c, uint32_t bits);
void push_const(struct compiler *c, uint8_t type, uint64_t bits);
void push_local(struct compiler *c, uint8_t type, uint32_t local);
void // only when the next instruction is known to look at them: see push_condition
push_flags(struct compiler *c, enum masm_cond cond);
void push_stored(struct compiler *c, uint8_t type);
bool // room for `count` values
push_room(struct compiler *c, uint32_t count);

// Popping: the register of the value, if any, goes to the caller.
struct value pop_value(struct compiler *c);
// The value in a register that may be changed.
uint8_t value_to_reg(struct compiler *c, struct value *v);
void // into a certain register that the caller has taken, or that holds it already
value_to_fixed(struct compiler *c, struct value *v, uint8_t reg);
// Loads the value, wherever it is, into a register that the caller owns. Keeps flags.
void value_load(struct compiler *c, const struct value *v, uint8_t reg);
// As a source operand: a register, small constant or slot; constants that are not small
// get a register.
struct masm_operand value_operand(struct compiler *c, struct value *v);
void value_release(struct compiler *c, const struct value *v);
// Whether value_operand gives a slot.
bool value_in_slot(const struct compiler *c, const struct value *v);
// The value in a register that may be read only; the local's own one if it has one.
uint8_t value_borrow(struct compiler *c, struct value *v);
// A value in one of `regs` moves to another register.
void value_avoid(struct compiler *c, struct value *v, uint32_t regs);
// Writes the value to a slot; keeps flags.
void value_store(struct compiler *c, const struct value *v, int32_t disp);

void // all entries below `height` into their slots; keeps flags
spill_below(struct compiler *c, uint32_t height);
void // those of them that do not stay where they are over a call
spill_for_call(struct compiler *c, uint32_t height);
void // gets entries off a local that is about to change, but for the top `spared` ones
detach_local(struct compiler *c, uint32_t local, uint32_t spared);

// When the next instruction sets a local to the result of this one, and the local has a
// register: that register, which the result may be put into at once. The result is of
// `type`, and the instruction takes the top `operands` values, still on the stack; all
// others are off the local then. It is written in one go, after all operands are read or
// with the local itself as the first one. Then push_target follows instead of push_reg.
// MASM_NONE: no.
uint8_t result_target(struct compiler *c, uint8_t type, uint32_t operands);
void push_target(struct compiler *c, uint8_t type);

// ---- memory_ops.c: accesses of linear memory ----

// One access, between access_begin and access_end. Nothing in `at` needs MASM_SCRATCH.
struct access {
    struct masm_access at;
    uint8_t addr;    // registers held: of the address; MASM_NONE: none
    uint8_t base;    // and of the memory
    bool is_guarded; // outside it faults, else it was checked
};

// Pops the address of an access to `size` bytes of memory in->index at in->bits more.
// Keeps flags only until it checks, so the other operands are in registers before.
void access_begin(struct compiler *c, const struct wasm_instr *in, uint32_t size,
                  struct access *out);
// The same for an atomic access: first traps when the address is no multiple of size.
void access_begin_aligned(struct compiler *c, const struct wasm_instr *in, uint32_t size,
                          struct access *out);
// Bytes that an instruction with a memory argument accesses.
uint32_t access_size(enum wasm_opcode opcode);
// A register for what is loaded, which belongs to the caller; it may be one of those that
// `at` names, so it is written by the access or after it.
uint8_t access_result(struct compiler *c, struct access *a, uint8_t type);
// Says where the accessing instruction begins, and lets go of the registers.
void access_end(struct compiler *c, struct access *a, uint32_t code_offset);

// ---- The instructions ----

bool // and try_table
control_block(struct compiler *c, const struct wasm_instr *in);
bool control_else(struct compiler *c);
bool control_end(struct compiler *c);
void control_br(struct compiler *c, uint32_t depth);
void control_br_if(struct compiler *c, uint32_t depth);
void control_br_on_null(struct compiler *c, uint32_t depth);
void control_br_on_non_null(struct compiler *c, uint32_t depth);
void control_br_on_cast(struct compiler *c, const struct wasm_instr *in);
bool control_br_table(struct compiler *c, const struct wasm_instr *in);
void control_unreachable(struct compiler *c);
// Pops the condition; it holds when the returned one does.
enum masm_cond control_condition(struct compiler *c);
bool // the function's own label
control_begin(struct compiler *c);
bool call_direct(struct compiler *c, const struct wasm_instr *in);
bool call_indirect(struct compiler *c, const struct wasm_instr *in);
bool call_ref(struct compiler *c, const struct wasm_instr *in);
bool // return_call, return_call_indirect, return_call_ref
call_tail(struct compiler *c, const struct wasm_instr *in);
bool // memory.grow, bulk instructions, table.grow, table.fill
call_bulk(struct compiler *c, const struct wasm_instr *in);

// An argument of a builtin, after the instance.
enum builtin_arg_kind {
    BUILTIN_CONST,
    BUILTIN_OPERAND,
    BUILTIN_ADDRESS, // of the operand's slot, where it is stored
};
struct builtin_arg {
    enum builtin_arg_kind kind;
    uint32_t operand; // of those that the call takes off the stack: 0 is the lowest
    uint64_t bits;    // BUILTIN_CONST
};
// Calls the function at `offset` of struct wasm_builtins. Takes the top `operand_count`
// operands; all below go to their slots. Pushes a result unless the type is 0. At most
// five arguments, none of them floating point.
bool call_builtin_args(struct compiler *c, uint32_t offset,
                       const struct builtin_arg *args, uint32_t count,
                       uint32_t operand_count, uint8_t result_type);
// The same with constants first, then all the operands.
bool call_builtin(struct compiler *c, uint32_t offset, const uint64_t *consts,
                  uint32_t const_count, uint32_t operand_count, uint8_t result_type);

bool exception_throw(struct compiler *c, const struct wasm_instr *in);
bool exception_throw_ref(struct compiler *c);
bool exception_try(struct compiler *c, const struct wasm_instr *in);
bool // the label of the try_table still stands; not if it is dead
exception_try_end(struct compiler *c);
void // tells the landing pads of the function the size of its frame
exception_set_frame(struct compiler *c, uint32_t bytes);
void // parameters into their homes
call_entry(struct compiler *c);
void call_return(struct compiler *c);
// The registers kept for the caller.
void call_save_kept(struct compiler *c);
void call_restore_kept(struct compiler *c);

void emit_numeric(struct compiler *c, enum wasm_opcode opcode);
// Pushes the outcome of a comparison, as flags if they will do.
void push_condition(struct compiler *c, enum masm_cond cond);
void // an outcome, for the next instruction
push_condition(struct compiler *c, enum masm_cond cond);
void emit_select(struct compiler *c);
void emit_convert(struct compiler *c, enum wasm_opcode opcode);
void emit_load(struct compiler *c, const struct wasm_instr *in);
void emit_store(struct compiler *c, const struct wasm_instr *in);
bool emit_atomic(struct compiler *c, const struct wasm_instr *in);
void emit_memory_size(struct compiler *c, uint32_t memory);
void emit_local_set(struct compiler *c, uint32_t local);
void emit_local_tee(struct compiler *c, uint32_t local);
void emit_global_get(struct compiler *c, uint32_t index);
void emit_global_set(struct compiler *c, uint32_t index);
// The element at the index; `trap` when there is none. MASM_SCRATCH is its base.
struct masm_mem table_element(struct compiler *c, uint32_t table, uint8_t index,
                              enum wasm_trap_code trap);
void emit_table_get(struct compiler *c, uint32_t index);
void emit_table_set(struct compiler *c, uint32_t index);
void emit_table_size(struct compiler *c, uint32_t index);
void emit_ref_func(struct compiler *c, uint32_t index);
void emit_ref_is_null(struct compiler *c);
bool emit_vector(struct compiler *c, const struct wasm_instr *in);
bool // behind the function: what it refers to
emit_vector_consts(struct compiler *c);
bool // objects and i31, ref.test, ref.cast, conversions, ref.eq, ref.as_non_null
emit_gc(struct compiler *c, const struct wasm_instr *in);
bool // i64.add128, i64.sub128, i64.mul_wide_*
emit_wide(struct compiler *c, const struct wasm_instr *in);
// Whether the reference in the register, of type `from`, has the type `to`: the condition
// that is to be looked at then. The register stays; an operand may go to its slot.
enum masm_cond gc_test_cast(struct compiler *c, uint8_t reg, wasm_type_t from,
                            wasm_type_t to);
