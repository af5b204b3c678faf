// SPDX-License-Identifier: Apache-2.0
//
// Vectors in linear memory, at any address. No instruction reads or writes more than the
// access is wide.
#include "engine/compile/x86_64/vector_encode.h"

enum { MOVUPS = PS(0x10), MOVUPS_TO = PS(0x11) };

struct load {
    uint32_t opc;
    bool is_general; // into r11
};

static struct load
load_of(uint32_t opcode)
{
    switch (opcode) {
    case WASM_OP_V128_LOAD8X8_S:
        return (struct load){PD38(0x20), false};
    case WASM_OP_V128_LOAD8X8_U:
        return (struct load){PD38(0x30), false};
    case WASM_OP_V128_LOAD16X4_S:
        return (struct load){PD38(0x23), false};
    case WASM_OP_V128_LOAD16X4_U:
        return (struct load){PD38(0x33), false};
    case WASM_OP_V128_LOAD32X2_S:
        return (struct load){PD38(0x25), false};
    case WASM_OP_V128_LOAD32X2_U:
        return (struct load){PD38(0x35), false};
    case WASM_OP_V128_LOAD8_SPLAT:
        return (struct load){OPC(0, 1, 0xb6), true};
    case WASM_OP_V128_LOAD16_SPLAT:
        return (struct load){OPC(0, 1, 0xb7), true};
    case WASM_OP_V128_LOAD32_SPLAT:
    case WASM_OP_V128_LOAD32_ZERO:
        return (struct load){OPC(0xf3, 1, 0x10), false};
    case WASM_OP_V128_LOAD64_SPLAT:
        return (struct load){OPC(0xf2, 1, 0x12), false};
    case WASM_OP_V128_LOAD64_ZERO:
        return (struct load){OPC(0xf2, 1, 0x10), false};
    default: // v128.load
        return (struct load){MOVUPS, false};
    }
}

uint32_t
masm_vector_load(struct masm *m, uint32_t opcode, uint8_t dst, struct masm_access a)
{
    struct load load = load_of(opcode);
    uint32_t at = masm_offset(m);
    x86_rm(m, load.opc, MASM_W32, load.is_general ? R11 : dst, x86_linear(a));
    if (opcode == WASM_OP_V128_LOAD8_SPLAT)
        masm_vector_splat(m, WASM_OP_I8X16_SPLAT, dst, R11);
    else if (opcode == WASM_OP_V128_LOAD16_SPLAT)
        masm_vector_splat(m, WASM_OP_I16X8_SPLAT, dst, R11);
    else if (opcode == WASM_OP_V128_LOAD32_SPLAT)
        vector_rri(m, SHUFPS, dst, dst, 0);
    return at;
}

uint32_t
masm_vector_load_lane(struct masm *m, uint32_t opcode, uint8_t dst, struct masm_access a,
                      uint32_t lane)
{
    uint32_t at = masm_offset(m);
    struct masm_mem mem = x86_linear(a);
    switch (opcode) {
    case WASM_OP_V128_LOAD8_LANE:
        x86_rm(m, PD3A(0x20), MASM_W32, dst, mem);
        break;
    case WASM_OP_V128_LOAD16_LANE:
        x86_rm(m, PD(0xc4), MASM_W32, dst, mem);
        break;
    case WASM_OP_V128_LOAD32_LANE:
        x86_rm(m, PD3A(0x22), MASM_W32, dst, mem);
        break;
    default: // v128.load64_lane: the lower or the upper half
        x86_rm(m, PS(lane ? 0x16u : 0x12u), MASM_W32, dst, mem);
        return at;
    }
    put8(m, lane);
    return at;
}

uint32_t
masm_vector_store(struct masm *m, uint32_t opcode, struct masm_access a, uint8_t src,
                  uint32_t lane)
{
    uint32_t at = masm_offset(m);
    struct masm_mem mem = x86_linear(a);
    switch (opcode) {
    case WASM_OP_V128_STORE:
        x86_rm(m, MOVUPS_TO, MASM_W32, src, mem);
        return at;
    case WASM_OP_V128_STORE8_LANE:
        x86_rm(m, PD3A(0x14), MASM_W32, src, mem);
        break;
    case WASM_OP_V128_STORE16_LANE:
        x86_rm(m, PD3A(0x15), MASM_W32, src, mem);
        break;
    case WASM_OP_V128_STORE32_LANE:
        if (lane == 0) {
            x86_rm(m, OPC(0xf3, 1, 0x11), MASM_W32, src, mem);
            return at;
        }
        x86_rm(m, PD3A(0x16), MASM_W32, src, mem);
        break;
    default: // v128.store64_lane: the lower or the upper half
        x86_rm(m, PS(lane ? 0x17u : 0x13u), MASM_W32, src, mem);
        return at;
    }
    put8(m, lane);
    return at;
}
