// SPDX-License-Identifier: Apache-2.0
//
// Traps: from a fault to its meaning, the call stack, and the way out.
//
// A fault in compiled code, a builtin and a host function trap alike: the call stack of
// the innermost entry is recorded, and its wasm_enter returns.
#include "engine/invoke.h"
#include "engine/names.h"
#include "engine/walk.h"

const char *
wasm_trap_text(enum wasm_trap_code code)
{
    static const char *const messages[WASM_TRAP_COUNT] = {
        [WASM_TRAP_NONE] = "no trap",
        [WASM_TRAP_UNREACHABLE] = "unreachable",
        [WASM_TRAP_MEMORY_BOUNDS] = "out of bounds memory access",
        [WASM_TRAP_TABLE_BOUNDS] = "out of bounds table access",
        [WASM_TRAP_UNDEFINED_ELEMENT] = "undefined element",
        [WASM_TRAP_UNINITIALIZED_ELEMENT] = "uninitialized element",
        [WASM_TRAP_INDIRECT_TYPE] = "indirect call type mismatch",
        [WASM_TRAP_DIVIDE_BY_ZERO] = "integer divide by zero",
        [WASM_TRAP_INTEGER_OVERFLOW] = "integer overflow",
        [WASM_TRAP_INVALID_CONVERSION] = "invalid conversion to integer",
        [WASM_TRAP_STACK_EXHAUSTED] = "call stack exhausted",
        [WASM_TRAP_NULL_REFERENCE] = "null reference",
        [WASM_TRAP_NULL_FUNC] = "null function reference",
        [WASM_TRAP_NULL_STRUCT] = "null structure reference",
        [WASM_TRAP_NULL_ARRAY] = "null array reference",
        [WASM_TRAP_NULL_I31] = "null i31 reference",
        [WASM_TRAP_NULL_EXN] = "null exception reference",
        [WASM_TRAP_CAST] = "cast failure",
        [WASM_TRAP_ARRAY_BOUNDS] = "out of bounds array access",
        [WASM_TRAP_UNALIGNED_ATOMIC] = "unaligned atomic",
        [WASM_TRAP_EXPECTED_SHARED] = "expected shared memory",
        [WASM_TRAP_OUT_OF_MEMORY] = "out of memory",
        [WASM_TRAP_HOST] = "host function trapped",
    };
    return (unsigned)code < WASM_TRAP_COUNT ? messages[code] : "unknown trap";
}

struct wasm_name
wasm_trap_frame_name(const struct wasm_trap_frame *frame)
{
    return wasm_names_func(frame->instance->module, frame->func_index);
}

uint32_t
wasm_trap_frame_body(const struct wasm_trap_frame *frame)
{
    const struct wasm_module *module = frame->instance->module;
    return module->bodies[frame->func_index - module->func_import_count].lo;
}

// ---- Call stack ----

static void
add_frame(const struct wasm_store *store, struct wasm_trap *trap,
          const struct wasm_module *module, const struct wasm_site *site)
{
    const struct wasm_instance *instance = store->instances;
    while (instance && instance->module != module)
        instance = instance->next;
    if (instance)
        trap->frames[trap->frame_count++] =
            (struct wasm_trap_frame){instance, site->func_index, site->module_offset};
}

static void
add_caller(const struct wasm_store *store, struct wasm_trap *trap,
           const struct wasm_caller *caller)
{
    if (!caller->module)
        return; // a host function
    if (trap->frame_count == WASM_TRAP_FRAMES) {
        trap->frames_cut++;
        return;
    }
    struct wasm_site site;
    if (wasm_codemap_find(caller->module, caller->code_offset, &site) &&
        (site.kind == WASM_SITE_CALL || site.kind == WASM_SITE_CALL_REFS))
        add_frame(store, trap, caller->module, &site);
}

static void
add_callers(const struct wasm_store *store, struct wasm_trap *trap, struct wasm_walk walk)
{
    struct wasm_caller caller;
    while (wasm_walk_next(&walk, &caller))
        add_caller(store, trap, &caller);
}

// ---- Faults ----

// What the fault at `site` means; NONE: it is no trap.
static enum wasm_trap_code
trap_at(const struct wasm_site *site, bool is_memory)
{
    if (is_memory)
        return site->kind == WASM_SITE_MEMORY ? WASM_TRAP_MEMORY_BOUNDS : WASM_TRAP_NONE;
    return site->kind == WASM_SITE_TRAP ? (enum wasm_trap_code)site->trap
                                        : WASM_TRAP_NONE;
}

bool
wasm_store_fault(struct wasm_store *store, struct wasm_fault *fault)
{
    struct wasm_entry *entry = store->entry;
    const struct wasm_module *module = wasm_store_find_module(store, fault->pc);
    struct wasm_site site;
    if (!entry || !module ||
        !wasm_codemap_find(module, (uint32_t)(fault->pc - (uintptr_t)module->code),
                           &site))
        return false;
    enum wasm_trap_code code = trap_at(&site, fault->is_memory);
    if (code == WASM_TRAP_NONE)
        return false;
    if (entry->trap) {
        *entry->trap = (struct wasm_trap){.code = code};
        add_frame(store, entry->trap, module, &site);
        struct wasm_walk walk = wasm_walk_begin(store, entry, fault->fp);
        walk.lo = fault->sp;
        add_callers(store, entry->trap, walk);
    }
    fault->pc = (uintptr_t)wasm_unwind;
    fault->sp = entry->sp;
    fault->arg0 = (uintptr_t)entry;
    return true;
}

// ---- From C ----

void
wasm_trap_record(struct wasm_store *store, enum wasm_trap_code code, const char *message,
                 void *frame)
{
    struct wasm_entry *entry = store->entry;
    if (!entry->trap)
        return;
    *entry->trap = (struct wasm_trap){.code = code, .host_message = message};
    add_callers(store, entry->trap, wasm_walk_begin(store, entry, (uintptr_t)frame));
}

void
wasm_trap_raise(struct wasm_store *store, enum wasm_trap_code code)
{
    wasm_trap_record(store, code, NULL, __builtin_frame_address(0));
    wasm_unwind(store->entry);
}

void
wasm_trap_throw(struct wasm_store *store, const char *message)
{
    void *frame = store->host_frame ? store->host_frame : __builtin_frame_address(0);
    wasm_trap_record(store, WASM_TRAP_HOST, message, frame);
    wasm_unwind(store->entry);
}
