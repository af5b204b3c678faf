// SPDX-License-Identifier: Apache-2.0
//
// The custom section "metadata.code.branch_hint": for functions in ascending order, a
// list of hints in ascending order of their offset in the body, each one byte long: 0 for
// unlikely, 1 for likely.
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
        stop(h);
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
        stop(h);
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
