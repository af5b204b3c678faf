// SPDX-License-Identifier: Apache-2.0
//
// The engine's public face: WebAssembly bytes in, machine code and traps out.
//
//   bytes -> module (decoded, validated, compiled) -> instance (linked in a store) ->
//   call
//
// A store owns instances, functions, memories, tables and globals, which live until it is
// destroyed. Modules are immutable and may be instantiated in several stores; they must
// outlive them. A store belongs to one thread at a time. There is no global state.
// Terms are those of the WebAssembly core specification 3.0.
#pragma once

#include "engine/port.h"

#define WASM_NODISCARD __attribute__((warn_unused_result))

#define WASM_PAGE_SIZE 65536u

// Limits: a module beyond one is refused with the limit's name in the message.
#define WASM_LIMIT_MODULE_BYTES   (1u << 30)
#define WASM_LIMIT_TYPES          1000000u
#define WASM_LIMIT_FUNCTIONS      1000000u
#define WASM_LIMIT_IMPORTS        100000u
#define WASM_LIMIT_EXPORTS        1000000u
#define WASM_LIMIT_GLOBALS        1000000u
#define WASM_LIMIT_TABLES         10000u
#define WASM_LIMIT_MEMORIES       100u
#define WASM_LIMIT_TAGS           1000000u
#define WASM_LIMIT_FIELDS         10000u // of a struct type
#define WASM_LIMIT_SUBTYPING      63u    // depth of a chain of declared supertypes
#define WASM_LIMIT_CATCHES        10000u // of a try_table
#define WASM_LIMIT_ARRAY_FIXED    10000u // operands of array.new_fixed
#define WASM_LIMIT_SEGMENTS       100000u
#define WASM_LIMIT_TABLE_ENTRIES  10000000u // and of all tables of a store
#define WASM_LIMIT_PARAMS         1000u
#define WASM_LIMIT_RESULTS        1000u
#define WASM_LIMIT_LOCALS         50000u
#define WASM_LIMIT_FUNCTION_BYTES 7654321u
#define WASM_LIMIT_NESTING        50000u
#define WASM_LIMIT_OPERANDS       1000000u // on the stack of a function
#define WASM_LIMIT_BR_TABLE       1000000u

// A value type. Number and vector types are their code in the binary format. A reference
// type is WASM_REF or WASM_REF_NULL in the low byte and the heap type above it: the index
// of a type of the module, or WASM_HEAP(code) for an abstract one. Storage types of
// fields are value types, or i8 and i16. #binary-valtype
typedef uint32_t wasm_type_t;

#define WASM_REF      0x64u
#define WASM_REF_NULL 0x63u

// Heap types that are no index; their codes are those of #binary-heaptype.
#define WASM_HEAP(code)    (0xffff00u | (code))
#define WASM_HEAP_NOEXN    WASM_HEAP(0x74u)
#define WASM_HEAP_NOFUNC   WASM_HEAP(0x73u)
#define WASM_HEAP_NOEXTERN WASM_HEAP(0x72u)
#define WASM_HEAP_NONE     WASM_HEAP(0x71u)
#define WASM_HEAP_FUNC     WASM_HEAP(0x70u)
#define WASM_HEAP_EXTERN   WASM_HEAP(0x6fu)
#define WASM_HEAP_ANY      WASM_HEAP(0x6eu)
#define WASM_HEAP_EQ       WASM_HEAP(0x6du)
#define WASM_HEAP_I31      WASM_HEAP(0x6cu)
#define WASM_HEAP_STRUCT   WASM_HEAP(0x6bu)
#define WASM_HEAP_ARRAY    WASM_HEAP(0x6au)
#define WASM_HEAP_EXN      WASM_HEAP(0x69u)

#define WASM_TYPE_I32       0x7fu
#define WASM_TYPE_I64       0x7eu
#define WASM_TYPE_F32       0x7du
#define WASM_TYPE_F64       0x7cu
#define WASM_TYPE_V128      0x7bu
#define WASM_TYPE_I8        0x78u // storage only
#define WASM_TYPE_I16       0x77u // storage only
#define WASM_TYPE_FUNCREF   (WASM_REF_NULL | WASM_HEAP_FUNC << 8)
#define WASM_TYPE_EXTERNREF (WASM_REF_NULL | WASM_HEAP_EXTERN << 8)
#define WASM_TYPE_ANYREF    (WASM_REF_NULL | WASM_HEAP_ANY << 8)
#define WASM_TYPE_EXNREF    (WASM_REF_NULL | WASM_HEAP_EXN << 8)

static inline bool
wasm_type_is_ref(wasm_type_t type)
{
    return (type & 0xff) == WASM_REF || (type & 0xff) == WASM_REF_NULL;
}

static inline bool
wasm_type_is_nullable(wasm_type_t type)
{
    return (type & 0xff) == WASM_REF_NULL;
}

// Of a reference type.
static inline uint32_t
wasm_type_heap(wasm_type_t type)
{
    return type >> 8;
}

static inline bool
wasm_heap_is_index(uint32_t heap)
{
    return heap < WASM_HEAP(0);
}

static inline wasm_type_t
wasm_type_ref(uint32_t heap, bool is_nullable)
{
    return (is_nullable ? WASM_REF_NULL : WASM_REF) | heap << 8;
}

// "i32", "funcref", "(ref null $n)" ... into `out` (32 bytes suffice); returns `out`.
char *wasm_type_show(wasm_type_t type, char *out, size_t room);

// The word of the embedder that an externref carries: 62 bits, so any pointer does.
#define WASM_EXTERN_REF(word) ((void *)((uintptr_t)(word) << 2 | 2))
#define WASM_EXTERN_WORD(ref) ((uintptr_t)(ref) >> 2)
#define WASM_IS_EXTERN(ref)   (((uintptr_t)(ref) & 3) == 2)
// i31 references: the value's 31 bits.
#define WASM_I31_REF(value)                                                              \
    ((void *)((uintptr_t)((uint32_t)(value) & 0x7fffffff) << 2 | 1))
#define WASM_I31_BITS(ref) ((uint32_t)((uintptr_t)(ref) >> 2))
#define WASM_IS_I31(ref)   (((uintptr_t)(ref) & 3) == 1)

// A value, in the form that memory holds it. Unused bytes are zero, which only an
// initialiser of v128 makes sure of. `ref` is NULL for a null reference; a struct
// wasm_func (of func types); WASM_EXTERN_REF or WASM_I31_REF; or an object of the store's
// garbage collected heap, alive for the embedder only until the next call into the store
// unless it is rooted (wasm_root_create).
union wasm_value {
    uint32_t i32;
    uint64_t i64;
    float f32;
    double f64;
    void *ref;
    uint64_t v128[2];
};
_Static_assert(sizeof(union wasm_value) == 16, "generated code relies on it");

struct wasm_functype {
    uint32_t param_count;
    uint32_t result_count;
    const wasm_type_t *types; // parameters, then results
};

enum wasm_kind {
    WASM_KIND_FUNC = 0,
    WASM_KIND_TABLE = 1,
    WASM_KIND_MEMORY = 2,
    WASM_KIND_GLOBAL = 3,
    WASM_KIND_TAG = 4,
};

struct wasm_limits {
    uint64_t min;
    uint64_t max;      // UINT64_MAX: none given
    bool is_64;        // indices are i64
    bool is_shared;    // memory
    uint8_t page_log2; // memory: 16, or 0 for pages of one byte; min and max are in these
};

// The type of an import or export.
struct wasm_externtype {
    enum wasm_kind kind;
    wasm_type_t type;              // table: element type; global: value type
    bool is_mutable;               // global
    struct wasm_limits limits;     // table, memory
    struct wasm_functype functype; // func, tag
    uint32_t type_index;           // func, tag: in the module; UINT32_MAX: host's
};

// A name in the module's bytes: UTF-8, not terminated.
struct wasm_name {
    const char *bytes;
    uint32_t len;
};

enum wasm_error_code {
    WASM_OK = 0,
    WASM_MALFORMED,   // the bytes do not decode
    WASM_INVALID,     // they decode, but do not validate
    WASM_UNSUPPORTED, // a feature or size that this engine refuses by name
    WASM_UNLINKABLE,  // an import is missing or does not match
    WASM_TRAP,        // instantiation or a call trapped
    WASM_EXCEPTION,   // an exception left the call (or the start function) uncaught
    WASM_NO_MEMORY,   // the port had no more memory, address space or code room
};

// What went wrong; filled by a function that returns a code other than WASM_OK.
struct wasm_error {
    enum wasm_error_code code;
    uint64_t offset;   // MALFORMED, INVALID, UNSUPPORTED: byte offset in the module
    char message[200]; // one line, terminated; begins with the specification's words
};

struct wasm_module;
struct wasm_store;
struct wasm_instance;
struct wasm_func;
struct wasm_table;
struct wasm_memory;
struct wasm_global;
struct wasm_tag;

// ---- Modules ----

// Decodes, validates and compiles. `bytes` are read in place and must outlive the module.
// Memory: proportional to `len`; code is about 4 to 8 times the code section.
WASM_NODISCARD enum wasm_error_code wasm_module_create(const struct wasm_port *port,
                                                       const uint8_t *bytes, size_t len,
                                                       struct wasm_module **out,
                                                       struct wasm_error *error);
void wasm_module_destroy(struct wasm_module *module);

struct wasm_import {
    struct wasm_name module;
    struct wasm_name name;
    struct wasm_externtype type;
};
struct wasm_export {
    struct wasm_name name;
    struct wasm_externtype type;
};
uint32_t wasm_module_import_count(const struct wasm_module *module);
void // index < count
wasm_module_import(const struct wasm_module *module, uint32_t index,
                   struct wasm_import *out);
uint32_t wasm_module_export_count(const struct wasm_module *module);
void // index < count
wasm_module_export(const struct wasm_module *module, uint32_t index,
                   struct wasm_export *out);

struct wasm_module_stats {
    uint64_t code_section_bytes; // of the wasm code section
    uint64_t native_bytes;       // of the code compiled from it
    uint32_t function_count;     // defined ones
};
void wasm_module_stats(const struct wasm_module *module, struct wasm_module_stats *out);

// The code of a defined function, for debuggers and profilers.
struct wasm_function_code {
    struct wasm_name name; // as wasm_trap_frame_name has it
    uint32_t func_index;   // in the whole index space
    uint32_t offset;       // from the start of the module's code
    uint32_t len;          // up to where the next one begins
};
// The code of a compiled module: *len bytes, which stay where they are. NULL: it has
// none.
const uint8_t *wasm_module_code(const struct wasm_module *module, size_t *len);
// Writes one entry for each defined function (wasm_module_stats), by ascending offset.
void wasm_module_functions(const struct wasm_module *module,
                           struct wasm_function_code *out);

// Whether `bytes` start like a module and how it would be refused can be asked without
// compiling: decodes the sections but not the function bodies (selkis inspect).
WASM_NODISCARD enum wasm_error_code wasm_module_decode(const struct wasm_port *port,
                                                       const uint8_t *bytes, size_t len,
                                                       struct wasm_module **out,
                                                       struct wasm_error *error);

// ---- Stores ----

struct wasm_store_config {
    // Wasm frames use the stack of whoever calls; below this address they trap with
    // "call stack exhausted". Leave room below for the embedder's own functions
    // (128 KiB is ample).
    uintptr_t stack_limit;
    uint64_t memory_limit; // bytes a linear memory may reach (0: 4 GiB)
    uint64_t heap_limit;   // bytes of garbage collected objects (0: 1 GiB)
    bool gc_stress;        // collect at every allocation: for tests
};

WASM_NODISCARD enum wasm_error_code
wasm_store_create(const struct wasm_port *port, const struct wasm_store_config *config,
                  struct wasm_store **out);
void wasm_store_destroy(struct wasm_store *store);
// Changes the stack limit, for a caller on another stack.
void wasm_store_set_stack_limit(struct wasm_store *store, uintptr_t stack_limit);

// ---- Externals: what is imported and exported ----

struct wasm_extern {
    enum wasm_kind kind;
    union {
        struct wasm_func *func;
        struct wasm_table *table;
        struct wasm_memory *memory;
        struct wasm_global *global;
        struct wasm_tag *tag;
    };
};

// A host function: `code` is a C function in the convention of compiled functions, so
// parameters of type i32, i64, f32, f64, v128, reference become uint32_t, uint64_t,
// float, double, __m128i, void *:   uint32_t f(void *env, uint32_t a, uint64_t b) With
// more than one result, a `union wasm_value *results` follows `env`: the first result is
// returned, results[i-1] takes result i. It may call wasm_trap_throw and
// wasm_exception_throw. Types may refer to abstract heap types only.
WASM_NODISCARD enum wasm_error_code wasm_func_create(struct wasm_store *store,
                                                     const struct wasm_functype *type,
                                                     void (*code)(void), void *env,
                                                     struct wasm_func **out);
// The same with arguments and results as arrays, for a type known only at run time.
// `results` are zero at the call.
typedef void wasm_callback(void *context, const union wasm_value *args,
                           union wasm_value *results);
WASM_NODISCARD enum wasm_error_code
wasm_func_create_callback(struct wasm_store *store, const struct wasm_functype *type,
                          wasm_callback *callback, void *context, struct wasm_func **out);
WASM_NODISCARD enum wasm_error_code wasm_table_create(struct wasm_store *store,
                                                      wasm_type_t type,
                                                      struct wasm_limits limits,
                                                      struct wasm_table **out);
WASM_NODISCARD enum wasm_error_code wasm_memory_create(struct wasm_store *store,
                                                       struct wasm_limits limits,
                                                       struct wasm_memory **out);
WASM_NODISCARD enum wasm_error_code wasm_global_create(struct wasm_store *store,
                                                       wasm_type_t type, bool is_mutable,
                                                       union wasm_value value,
                                                       struct wasm_global **out);
WASM_NODISCARD enum wasm_error_code wasm_tag_create(struct wasm_store *store,
                                                    const struct wasm_functype *type,
                                                    struct wasm_tag **out);

// Types of what exists. Concrete heap types are shown as the abstract ones above them, so
// that the answer means the same in every module.
void wasm_func_functype(const struct wasm_func *func, struct wasm_functype *out);
void wasm_tag_functype(const struct wasm_tag *tag, struct wasm_functype *out);
uint8_t *wasm_memory_base(const struct wasm_memory *memory);
uint64_t // bytes accessible now
wasm_memory_len(const struct wasm_memory *memory);
struct wasm_limits wasm_memory_limits(const struct wasm_memory *memory); // as declared
// Old size in pages, or -1.
uint64_t wasm_memory_extend(struct wasm_memory *memory, uint64_t delta_pages);
union wasm_value wasm_global_value(const struct wasm_global *global);
void // mutable, and a value of its type: the caller's duty
wasm_global_set_value(struct wasm_global *global, union wasm_value value);
wasm_type_t wasm_global_valtype(const struct wasm_global *global);
bool wasm_global_is_mutable(const struct wasm_global *global);
uint64_t wasm_table_len(const struct wasm_table *table);
struct wasm_limits wasm_table_limits(const struct wasm_table *table);
wasm_type_t wasm_table_elem_type(const struct wasm_table *table);
bool // false: index out of range
wasm_table_elem(const struct wasm_table *table, uint64_t index, union wasm_value *out);
bool // false: index out of range; the type is the caller's duty
wasm_table_set_elem(struct wasm_table *table, uint64_t index, union wasm_value value);
// Old length, or -1.
uint64_t wasm_table_extend(struct wasm_table *table, void *init, uint64_t delta);

// Whether a reference of the type shown may be argument `index` of a function, the value
// of a global, an element of a table: their own types may be more precise.
bool wasm_func_takes(const struct wasm_store *store, const struct wasm_func *func,
                     uint32_t index, const void *ref);
bool wasm_global_takes(const struct wasm_store *store, const struct wasm_global *global,
                       const void *ref);
bool wasm_table_takes(const struct wasm_table *table, const void *ref);

// ---- Shared memories ----

// A shared memory belongs to no store: it is counted, and stores of several threads may
// hold it. wasm_memory_create with is_shared makes one that its store holds; adopting it
// in another store gives the same struct wasm_memory to instances there. Thread-safe.
WASM_NODISCARD enum wasm_error_code wasm_memory_adopt(struct wasm_store *store,
                                                      struct wasm_memory *shared);

// ---- References ----

// Keeps an object alive while the embedder holds it: a slot that the collector sees. Not
// for functions, which live as long as the store. NULL: no memory.
struct wasm_root;
struct wasm_root *wasm_root_create(struct wasm_store *store, void *ref);
void *wasm_root_ref(const struct wasm_root *root);
void wasm_root_destroy(struct wasm_store *store, struct wasm_root *root);

// Whether a reference that is not null has the abstract heap type (WASM_HEAP_EQ ...).
bool wasm_ref_is(const void *ref, uint32_t heap);

// Collects now. For tests and embedders that are idle.
void wasm_store_collect(struct wasm_store *store);
// Bytes of objects that are alive or not yet collected.
uint64_t wasm_store_heap_bytes(const struct wasm_store *store);

// ---- Traps ----

enum wasm_trap_code {
    WASM_TRAP_NONE = 0,
    WASM_TRAP_UNREACHABLE,           // "unreachable"
    WASM_TRAP_MEMORY_BOUNDS,         // "out of bounds memory access"
    WASM_TRAP_TABLE_BOUNDS,          // "out of bounds table access"
    WASM_TRAP_UNDEFINED_ELEMENT,     // "undefined element"
    WASM_TRAP_UNINITIALIZED_ELEMENT, // "uninitialized element"
    WASM_TRAP_INDIRECT_TYPE,         // "indirect call type mismatch"
    WASM_TRAP_DIVIDE_BY_ZERO,        // "integer divide by zero"
    WASM_TRAP_INTEGER_OVERFLOW,      // "integer overflow"
    WASM_TRAP_INVALID_CONVERSION,    // "invalid conversion to integer"
    WASM_TRAP_STACK_EXHAUSTED,       // "call stack exhausted"
    WASM_TRAP_NULL_REFERENCE,        // "null reference"
    WASM_TRAP_NULL_FUNC,             // "null function reference"
    WASM_TRAP_NULL_STRUCT,           // "null structure reference"
    WASM_TRAP_NULL_ARRAY,            // "null array reference"
    WASM_TRAP_NULL_I31,              // "null i31 reference"
    WASM_TRAP_NULL_EXN,              // "null exception reference"
    WASM_TRAP_CAST,                  // "cast failure"
    WASM_TRAP_ARRAY_BOUNDS,          // "out of bounds array access"
    WASM_TRAP_UNALIGNED_ATOMIC,      // "unaligned atomic"
    WASM_TRAP_EXPECTED_SHARED,       // "expected shared memory"
    WASM_TRAP_OUT_OF_MEMORY,         // "out of memory": no room for an object
    WASM_TRAP_HOST, // thrown by a host function, with a message of its own
    WASM_TRAP_COUNT,
};

const char *wasm_trap_text(enum wasm_trap_code code);

#define WASM_TRAP_FRAMES 64

struct wasm_trap_frame {
    const struct wasm_instance *instance; // of several of one module: the newest
    uint32_t func_index;
    uint32_t module_offset; // byte offset of the instruction in the module
};

struct wasm_trap {
    enum wasm_trap_code code;
    uint32_t frame_count;     // innermost first, at most WASM_TRAP_FRAMES of them
    uint32_t frames_cut;      // further frames that were not kept
    const char *host_message; // WASM_TRAP_HOST: static text
    struct wasm_trap_frame frames[WASM_TRAP_FRAMES];
};

// The name of a frame's function: from the name section, else that of its first export;
// len 0 when it has none.
struct wasm_name wasm_trap_frame_name(const struct wasm_trap_frame *frame);

// Byte offset in the module of the body of a frame's function.
uint32_t wasm_trap_frame_body(const struct wasm_trap_frame *frame);

// Unwinds to the innermost wasm_func_invoke (or instantiation) of `store` with
// WASM_TRAP_HOST. For host functions only; frames between are left without cleaning.
_Noreturn void wasm_trap_throw(struct wasm_store *store, const char *message);

// ---- Exceptions ----

// The exception that left the last wasm_func_invoke (or instantiation) which returned
// WASM_EXCEPTION: an exnref, alive until the next call into the store.
void *wasm_store_exception(const struct wasm_store *store);
struct wasm_tag *wasm_exception_tag(const void *exn);
// Value `index` of its tag's parameters.
union wasm_value wasm_exception_value(const void *exn, uint32_t index);
// NULL: no memory. `values` as the tag's type says.
void *wasm_exception_create(struct wasm_store *store, struct wasm_tag *tag,
                            const union wasm_value *values);
// Throws out of a host function into the code that called it, like wasm_trap_throw.
_Noreturn void wasm_exception_throw(struct wasm_store *store, void *exn);

// A host function that calls code not compiled with frame pointers, which may call back
// into the store, tells its own frame (__builtin_frame_address(0)) first and restores the
// old one after: the collector finds the callers' references from there.
void *wasm_store_host_frame(struct wasm_store *store, void *frame);

// The registers of a fault that the platform caught, and where to go on.
struct wasm_fault {
    uint64_t pc, sp, fp; // machine registers rip, rsp, rbp at the fault
    uint64_t arg0;       // out: first argument register (rdi) for the resumed code
    uint64_t address;    // of a memory fault; else 0
    bool is_memory;      // a page fault or protection fault, not an illegal instruction
};

// Decides whether a fault is a trap of code compiled for an instance of `store`. True:
// the trap is recorded, and resuming with pc, sp, fp, arg0 as changed here unwinds to the
// call. False: not ours, nothing changed. Callable in a signal handler.
bool wasm_store_fault(struct wasm_store *store, struct wasm_fault *fault);

// ---- Instances ----

// Links and instantiates: `imports[i]` satisfies import i. Runs active segments and the
// start function. WASM_UNLINKABLE names the import; WASM_TRAP and
// WASM_EXCEPTION fill *trap. As the specification demands, what active segments wrote
// before a trap stays.
WASM_NODISCARD enum wasm_error_code
wasm_instance_create(struct wasm_store *store, const struct wasm_module *module,
                     const struct wasm_extern *imports, uint32_t import_count,
                     struct wasm_instance **out, struct wasm_trap *trap,
                     struct wasm_error *error);

// False: no export of that name.
bool wasm_instance_export(struct wasm_instance *instance, const char *name,
                          size_t name_len, struct wasm_extern *out);
const struct wasm_module *wasm_instance_module(const struct wasm_instance *instance);

// Calls a function. args and results have as many entries as its type says; types are the
// caller's duty. Returns WASM_OK, WASM_TRAP with *trap filled, or WASM_EXCEPTION,
// whose *trap is the call stack where it was thrown, with WASM_TRAP_NONE. `trap` may be
// NULL. Nests: a host function may call again.
WASM_NODISCARD enum wasm_error_code wasm_func_invoke(struct wasm_store *store,
                                                     struct wasm_func *func,
                                                     const union wasm_value *args,
                                                     union wasm_value *results,
                                                     struct wasm_trap *trap);
