// SPDX-License-Identifier: Apache-2.0
//
// The instructions' numbers, from the one table. Internal to the engine.
#pragma once

enum wasm_opcode {
#define OP(code, name, text, imm, p1, p2, p3, r) WASM_OP_##name = (code),
#include "engine/opcodes.def"
#undef OP
    WASM_OPCODE_COUNT,
};
