// SPDX-License-Identifier: Apache-2.0
//
// Traps: from a fault to its meaning, the call stack, and the way out.
//
// Compiled functions keep a chain of rbp frames: the caller's rbp, above it the return
// address. Every step is checked against the stack of the innermost call, as host
// functions between may be compiled without frame pointers.
#include "engine/invoke.h"
#include "engine/names.h"

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
        [WASM_TRAP_HOST] = "host function trapped",
    };
    return (unsigned)code < WASM_TRAP_COUNT ? messages[code] : "unknown trap";
}

struct wasm_name
wasm_trap_frame_name(const struct wasm_trap_frame *frame)
{
    return wasm_names_func(frame->instance->module, frame->func_index);
}

// ---- Call stack ----

// The native stack of the innermost call: [lo, hi).
struct walk {
    struct wasm_store *store;
    struct wasm_trap *trap;
    uint64_t lo;
    uint64_t hi;
};

// False: `address` is no whole word of the stack.
static bool
read_word(const struct walk *w, uint64_t address, uint64_t *out)
{
    if (address % 8 || address < w->lo || address >= w->hi || w->hi - address < 8)
        return false;
    *out = *(const uint64_t *)(uintptr_t)address;
    return true;
}

static void
add_frame(const struct walk *w, const struct wasm_module *module,
          const struct wasm_site *site)
{
    const struct wasm_instance *instance = w->store->instances;
    while (instance && instance->module != module)
        instance = instance->next;
    if (instance)
        w->trap->frames[w->trap->frame_count++] =
            (struct wasm_trap_frame){instance, site->func_index, site->module_offset};
}

static void
add_caller(const struct walk *w, uint64_t return_address)
{
    const struct wasm_module *module = wasm_store_find_module(w->store, return_address);
    if (!module)
        return; // a host function
    if (w->trap->frame_count == WASM_TRAP_FRAMES) {
        w->trap->frames_cut++;
        return;
    }
    struct wasm_site site;
    uint32_t offset = (uint32_t)(return_address - (uintptr_t)module->code);
    if (wasm_codemap_find(module, offset, &site) && site.kind == WASM_SITE_CALL)
        add_frame(w, module, &site);
}

static void
walk_callers(struct walk *w, uint64_t fp)
{
    uint64_t return_address, caller_fp;
    while (read_word(w, fp, &caller_fp) && read_word(w, fp + 8, &return_address)) {
        add_caller(w, return_address);
        if (caller_fp <= fp)
            return;
        fp = caller_fp;
    }
}

// ---- Faults ----

// What the fault at `site` means; NONE: it is no trap.
static enum wasm_trap_code
trap_at(const struct wasm_store *store, const struct wasm_site *site, bool is_memory)
{
    if (is_memory)
        return site->kind == WASM_SITE_MEMORY ? WASM_TRAP_MEMORY_BOUNDS : WASM_TRAP_NONE;
    if (site->kind == WASM_SITE_TRAP)
        return (enum wasm_trap_code)site->trap;
    return site->kind == WASM_SITE_TRAP_EAX ? store->builtin_trap : WASM_TRAP_NONE;
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
    enum wasm_trap_code code = trap_at(store, &site, fault->is_memory);
    if (code == WASM_TRAP_NONE)
        return false;
    if (entry->trap) {
        struct walk w = {store, entry->trap, fault->sp, entry->sp};
        *w.trap = (struct wasm_trap){.code = code};
        add_frame(&w, module, &site);
        walk_callers(&w, fault->fp);
    }
    fault->pc = (uintptr_t)wasm_unwind;
    fault->sp = entry->sp;
    fault->arg0 = (uintptr_t)entry;
    return true;
}

void
wasm_trap_throw(struct wasm_store *store, const char *message)
{
    struct wasm_entry *entry = store->entry;
    if (entry->trap) {
        uint64_t fp = (uintptr_t)__builtin_frame_address(0);
        struct walk w = {store, entry->trap, fp, entry->sp};
        *w.trap = (struct wasm_trap){.code = WASM_TRAP_HOST, .host_message = message};
        walk_callers(&w, fp);
    }
    wasm_unwind(entry);
}
