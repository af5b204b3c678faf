// SPDX-License-Identifier: Apache-2.0
#include "engine/const_expr.h"

struct wasm_range
wasm_const_expr_validate(struct wasm_decoder *d, wasm_type_t type)
{
    struct wasm_validator *v = &d->constants;
    struct wasm_range range = {.lo = (uint32_t)cursor_offset(&d->c)};
    if (!wasm_decode_ok(d))
        return range;
    if (range.lo > d->section_end)
        cursor_fail(&d->c, "unexpected end of section or function");
    struct cursor c = cursor_make(d->module->bytes, range.lo, d->section_end);
    if (wasm_decode_ok(d) && !wasm_validator_constant(v, &c, type, d->module->declared)) {
        d->code = v->code;
        if (v->c.error) { // it is told like all that is malformed
            d->code = WASM_OK;
            cursor_fail_at(&d->c, v->c.error_offset, v->c.error);
        }
        cursor_fail(&d->c, "refused");
    }
    if (wasm_decode_ok(d))
        d->c.at = c.at;
    range.hi = (uint32_t)cursor_offset(&d->c);
    return range;
}
