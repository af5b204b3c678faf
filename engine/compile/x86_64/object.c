// SPDX-License-Identifier: Apache-2.0
//
// Fields and elements of objects.
#include "engine/compile/x86_64/encode.h"

void
masm_load_field(struct masm *m, uint8_t storage, bool is_signed, uint8_t dst,
                struct masm_mem mem)
{
    if (storage == WASM_TYPE_I8)
        x86_rm(m, OPC(0, 1, is_signed ? 0xbe : 0xb6), MASM_W32, dst, mem);
    else if (storage == WASM_TYPE_I16)
        x86_rm(m, OPC(0, 1, is_signed ? 0xbf : 0xb7), MASM_W32, dst, mem);
    else
        masm_load_mem(m, storage, dst, mem);
}

void
masm_store_field(struct masm *m, uint8_t storage, struct masm_mem mem, uint8_t src)
{
    if (storage == WASM_TYPE_I8)
        x86_rm(m, OPC(0, 0, 0x88) | OPC_BYTE_REG, MASM_W32, src, mem);
    else if (storage == WASM_TYPE_I16)
        x86_rm(m, OPC(0x66, 0, 0x89), MASM_W32, src, mem);
    else
        masm_store_mem(m, storage, mem, src);
}

void
masm_compare_byte(struct masm *m, struct masm_mem mem, uint8_t value)
{
    x86_rm(m, OPC(0, 0, 0x80), MASM_W32, 7, mem);
    put8(m, value);
}
