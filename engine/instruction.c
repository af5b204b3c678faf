// SPDX-License-Identifier: Apache-2.0
//
// Opcodes out of their bytes, and the table of all instructions.
#include "engine/error.h"
#include "engine/validate.h"

#define TYPE_I WASM_TYPE_I32
#define TYPE_L WASM_TYPE_I64
#define TYPE_F WASM_TYPE_F32
#define TYPE_D WASM_TYPE_F64
#define TYPE_V WASM_TYPE_V128
#define TYPE_A WASM_TYPE_ADDRESS
#define TYPE__ 0
const struct wasm_op wasm_ops[WASM_OPCODE_COUNT] = {
#define OP(code, name, text, imm, p1, p2, p3, r)                                         \
    [code] = {text, IMM_##imm, {TYPE_##p1, TYPE_##p2, TYPE_##p3}, TYPE_##r},
#include "engine/opcodes.def"
#undef OP
};

// ---- Failures ----

bool
wasm_validator_fail(struct wasm_validator *v, enum wasm_error_code code, size_t offset,
                    const char *message, ...)
{
    va_list args;
    va_start(args, message);
    if (v->code == WASM_OK)
        v->code = wasm_fail_v(v->error, code, offset, message, args);
    va_end(args);
    return false;
}

bool
wasm_validator_cursor_ok(struct wasm_validator *v)
{
    if (!v->c.error)
        return true;
    return wasm_validator_fail(v, WASM_MALFORMED, v->c.error_offset, "%s", v->c.error);
}

// ---- Opcodes ----

static bool
fail_opcode(struct wasm_validator *v, size_t offset, uint32_t byte)
{
    // try, catch, rethrow, delegate, catch_all
    if (byte == 0x06 || byte == 0x07 || byte == 0x09 || byte == 0x18 || byte == 0x19)
        return wasm_validator_fail(v, WASM_UNSUPPORTED, offset,
                                   "unsupported: legacy exceptions");
    return wasm_validator_fail(v, WASM_MALFORMED, offset, "illegal opcode %02x",
                               (unsigned)byte);
}

// The body ended without its `end`. What follows in the module decides how the
// specification, whose bodies have no length of their own, would have called it.
static bool
fail_no_end(struct wasm_validator *v)
{
    size_t offset = cursor_offset(&v->c);
    const char *message = "END opcode expected";
    if (offset == v->module->len || v->declare)
        message = "unexpected end of section or function";
    else if (v->module->bytes[offset] == WASM_OP_END)
        message = "section size mismatch";
    return wasm_validator_fail(v, WASM_MALFORMED, offset, "%s", message);
}

// Where the numbers of a prefix begin in the table and end; 0: no prefix.
struct space {
    uint16_t base;
    uint16_t end;
};

static struct space
space_of(uint32_t prefix)
{
    switch (prefix) {
    case 0xfb:
        return (struct space){0x200, 0x300};
    case 0xfc:
        return (struct space){0x100, 0x200};
    case 0xfd:
        return (struct space){0x300, 0x500};
    case 0xfe:
        return (struct space){0x500, WASM_OPCODE_COUNT};
    default:
        return (struct space){0, 0};
    }
}

static bool
read_prefixed(struct wasm_validator *v, struct wasm_instr *in, uint32_t prefix,
              struct space space)
{
    uint32_t sub = cursor_leb_u32(&v->c);
    if (!wasm_validator_cursor_ok(v))
        return false;
    uint32_t code = space.base + sub;
    if (sub >= (uint32_t)(space.end - space.base) || !wasm_ops[code].text)
        return wasm_validator_fail(v, WASM_MALFORMED, in->offset,
                                   "illegal opcode %02x %02x", (unsigned)prefix,
                                   (unsigned)sub);
    in->opcode = (enum wasm_opcode)code;
    return true;
}

static bool
is_constant(uint32_t opcode)
{
    switch (opcode) {
    case WASM_OP_END:
    case WASM_OP_GLOBAL_GET:
    case WASM_OP_I32_CONST:
    case WASM_OP_I64_CONST:
    case WASM_OP_F32_CONST:
    case WASM_OP_F64_CONST:
    case WASM_OP_V128_CONST:
    case WASM_OP_I32_ADD:
    case WASM_OP_I32_SUB:
    case WASM_OP_I32_MUL:
    case WASM_OP_I64_ADD:
    case WASM_OP_I64_SUB:
    case WASM_OP_I64_MUL:
    case WASM_OP_REF_NULL:
    case WASM_OP_REF_FUNC:
    case WASM_OP_REF_I31:
    case WASM_OP_STRUCT_NEW:
    case WASM_OP_STRUCT_NEW_DEFAULT:
    case WASM_OP_ARRAY_NEW:
    case WASM_OP_ARRAY_NEW_DEFAULT:
    case WASM_OP_ARRAY_NEW_FIXED:
    case WASM_OP_ANY_CONVERT_EXTERN:
    case WASM_OP_EXTERN_CONVERT_ANY:
        return true;
    default:
        return false;
    }
}

bool
wasm_read_opcode(struct wasm_validator *v, struct wasm_instr *in)
{
    struct cursor *c = &v->c;
    in->offset = (uint32_t)cursor_offset(c);
    if (c->at == c->end)
        return fail_no_end(v);
    uint32_t code = *c->at++;
    if (code >= 0xfb && space_of(code).end) {
        if (!read_prefixed(v, in, code, space_of(code)))
            return false;
    } else if (!wasm_ops[code].text) {
        return fail_opcode(v, in->offset, code);
    } else {
        in->opcode = (enum wasm_opcode)code;
    }
    if (v->declare && !is_constant(in->opcode))
        return wasm_validator_fail(v, WASM_INVALID, in->offset,
                                   "constant expression required: %s is not constant",
                                   wasm_ops[in->opcode].text);
    return true;
}
