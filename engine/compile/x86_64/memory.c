// SPDX-License-Identifier: Apache-2.0
//
// Linear memory.
#include "engine/compile/x86_64/encode.h"
#include "engine/opcode.h"

struct access_code {
    uint32_t opc;
    uint8_t width;
};

static struct access_code
load_code(uint32_t opcode)
{
    switch (opcode) {
    case WASM_OP_I32_LOAD:
    case WASM_OP_I64_LOAD32_U:
        return (struct access_code){OPC(0, 0, 0x8b), MASM_W32};
    case WASM_OP_I64_LOAD:
        return (struct access_code){OPC(0, 0, 0x8b), MASM_W64};
    case WASM_OP_F32_LOAD:
        return (struct access_code){OPC(0xf3, 1, 0x10), MASM_W32};
    case WASM_OP_F64_LOAD:
        return (struct access_code){OPC(0xf2, 1, 0x10), MASM_W32};
    case WASM_OP_I32_LOAD8_S:
        return (struct access_code){OPC(0, 1, 0xbe), MASM_W32};
    case WASM_OP_I32_LOAD8_U:
    case WASM_OP_I64_LOAD8_U:
        return (struct access_code){OPC(0, 1, 0xb6), MASM_W32};
    case WASM_OP_I32_LOAD16_S:
        return (struct access_code){OPC(0, 1, 0xbf), MASM_W32};
    case WASM_OP_I32_LOAD16_U:
    case WASM_OP_I64_LOAD16_U:
        return (struct access_code){OPC(0, 1, 0xb7), MASM_W32};
    case WASM_OP_I64_LOAD8_S:
        return (struct access_code){OPC(0, 1, 0xbe), MASM_W64};
    case WASM_OP_I64_LOAD16_S:
        return (struct access_code){OPC(0, 1, 0xbf), MASM_W64};
    default: // i64.load32_s
        return (struct access_code){OPC(0, 0, 0x63), MASM_W64};
    }
}

uint32_t
masm_load(struct masm *m, uint32_t opcode, uint8_t dst, struct masm_access a)
{
    struct access_code code = load_code(opcode);
    struct masm_mem mem = x86_linear(a);
    uint32_t at = masm_offset(m);
    x86_rm(m, code.opc, (enum masm_width)code.width, dst, mem);
    return at;
}

static struct access_code
store_code(uint32_t opcode)
{
    switch (opcode) {
    case WASM_OP_I32_STORE:
    case WASM_OP_I64_STORE32:
        return (struct access_code){OPC(0, 0, 0x89), MASM_W32};
    case WASM_OP_I64_STORE:
        return (struct access_code){OPC(0, 0, 0x89), MASM_W64};
    case WASM_OP_F32_STORE:
        return (struct access_code){OPC(0xf3, 1, 0x11), MASM_W32};
    case WASM_OP_F64_STORE:
        return (struct access_code){OPC(0xf2, 1, 0x11), MASM_W32};
    case WASM_OP_I32_STORE8:
    case WASM_OP_I64_STORE8:
        return (struct access_code){OPC(0, 0, 0x88) | OPC_BYTE_REG, MASM_W32};
    default: // i32.store16, i64.store16
        return (struct access_code){OPC(0x66, 0, 0x89), MASM_W32};
    }
}

uint32_t
masm_store(struct masm *m, uint32_t opcode, struct masm_access a, uint8_t src)
{
    struct access_code code = store_code(opcode);
    struct masm_mem mem = x86_linear(a);
    uint32_t at = masm_offset(m);
    x86_rm(m, code.opc, (enum masm_width)code.width, src, mem);
    return at;
}

uint32_t
masm_store_const(struct masm *m, uint32_t opcode, struct masm_access a, int32_t value)
{
    struct masm_mem mem = x86_linear(a);
    uint32_t at = masm_offset(m);
    switch (opcode) {
    case WASM_OP_I32_STORE8:
    case WASM_OP_I64_STORE8:
        x86_rm(m, OPC(0, 0, 0xc6), MASM_W32, 0, mem);
        put8(m, (uint32_t)value);
        break;
    case WASM_OP_I32_STORE16:
    case WASM_OP_I64_STORE16:
        x86_rm(m, OPC(0x66, 0, 0xc7), MASM_W32, 0, mem);
        put8(m, (uint32_t)value);
        put8(m, (uint32_t)value >> 8);
        break;
    default:
        x86_rm(m, OPC(0, 0, 0xc7), opcode == WASM_OP_I64_STORE ? MASM_W64 : MASM_W32, 0,
               mem);
        put32(m, (uint32_t)value);
    }
    return at;
}
