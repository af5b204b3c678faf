// SPDX-License-Identifier: Apache-2.0
//
// The custom section "metadata.code.branch_hint": for functions in ascending order, a
// list of hints in ascending order of their offset in the body, each one byte long: 0 for
// unlikely, 1 for likely.
#include "engine/error.h"
#include "engine/validate.h"

#define NONE UINT32_MAX

static void
stop(struct wasm_hint_reader *h)
{
    h->funcs_left = 0;
    h->left = 0;
    h->func = NONE;
    h->at = NONE;
}

static void
fail(struct wasm_hint_reader *h)
{
    stop(h);
    h->is_broken = true;
}

// On to the next function's list.
static void
next_func(struct wasm_hint_reader *h)
{
    uint32_t previous = h->func;
    if (h->funcs_left == 0) {
        stop(h);
        return;
    }
    h->funcs_left--;
    h->func = cursor_leb_u32(&h->c);
    h->left = cursor_leb_u32(&h->c);
    if (h->c.error || (previous != NONE && h->func <= previous))
        fail(h);
}

// On to the next hint of the function; h->at is NONE behind the last.
static void
next_hint(struct wasm_hint_reader *h, uint32_t body)
{
    uint32_t previous = h->at;
    h->at = NONE;
    if (h->left == 0)
        return;
    h->left--;
    uint64_t at = (uint64_t)body + cursor_leb_u32(&h->c);
    uint32_t len = cursor_leb_u32(&h->c);
    h->value = cursor_u8(&h->c);
    if (h->c.error || len != 1 || h->value > 1 || at >= NONE ||
        (previous != NONE && at <= previous))
        fail(h);
    else
        h->at = (uint32_t)at;
}

static void
start(struct wasm_hint_reader *h, const struct wasm_module *module)
{
    struct wasm_range section = module->branch_hints;
    h->c = cursor_make(module->bytes, section.lo, section.hi);
    h->funcs_left = cursor_leb_u32(&h->c);
    h->left = 0;
    h->func = NONE;
    next_func(h);
}

void
wasm_hints_begin(struct wasm_hint_reader *h, const struct wasm_module *module,
                 uint32_t func_index, uint32_t body)
{
    h->at = NONE;
    if (module->branch_hints.lo == module->branch_hints.hi)
        return;
    if (h->begun == 0 || func_index < h->begun)
        start(h, module);
    h->begun = func_index + 1;
    while (h->func < func_index) {
        while (h->left)
            next_hint(h, 0);
        next_func(h);
    }
    h->at = NONE;
    if (h->func == func_index)
        next_hint(h, body);
}

uint8_t
wasm_hints_at(struct wasm_hint_reader *h, uint32_t body, uint32_t offset)
{
    while (h->at < offset)
        next_hint(h, body);
    return h->at == offset ? h->value + 1 : 0;
}

// ---- Checking ----

static bool
is_hinted(uint32_t opcode)
{
    return opcode == WASM_OP_IF || opcode == WASM_OP_BR_IF;
}

// Leaves the hints before `offset`, of which only that of the last branch may be there.
// False: h->at is a stray one.
static bool
leave(struct wasm_hint_reader *h, uint32_t body, uint32_t offset, uint32_t branch)
{
    while (h->at < offset) {
        if (h->at != branch)
            return false;
        next_hint(h, body);
    }
    return true;
}

// Offset of a hint of the function that is at no branch, or NONE.
static uint32_t
find_stray(struct wasm_validator *v)
{
    struct wasm_instr in;
    uint32_t branch = 0;
    while (v->depth > 0) {
        if (!leave(&v->hints, v->body, (uint32_t)cursor_offset(&v->c), branch))
            return v->hints.at;
        if (!wasm_validator_next(v, &in))
            return NONE;
        if (is_hinted(in.opcode))
            branch = in.offset;
        else if (v->hints.at == in.offset)
            return in.offset;
    }
    return v->hints.at;
}

enum wasm_error_code
wasm_module_check_hints(const struct wasm_module *module, struct wasm_error *error)
{
    struct wasm_validator v;
    if (!wasm_validator_init(&v, module, error))
        return WASM_NO_MEMORY;
    uint32_t stray = NONE;
    uint32_t count = module->func_count - module->func_import_count;
    for (uint32_t i = 0; i < count && v.code == WASM_OK && stray == NONE; i++)
        if (wasm_validator_begin(&v, i))
            stray = find_stray(&v);
    if (v.code == WASM_OK && stray != NONE)
        v.code = wasm_fail(error, WASM_INVALID, stray,
                           "@metadata.code.branch_hint annotation: invalid target");
    else if (v.code == WASM_OK && v.hints.is_broken)
        v.code = wasm_fail(error, WASM_MALFORMED, module->branch_hints.lo,
                           "@metadata.code.branch_hint annotation: malformed section");
    wasm_validator_fini(&v);
    return v.code;
}
