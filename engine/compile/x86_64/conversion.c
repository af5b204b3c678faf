// SPDX-License-Identifier: Apache-2.0
//
// Conversions between integers and floating point.
#include "engine/compile/x86_64/encode.h"

void
masm_convert_float(struct masm *m, uint8_t to, uint8_t dst, uint8_t src)
{
    if (dst != src)
        masm_const(m, to, dst, 0); // no dependency on what dst held
    x86_rr(m, OPC(to == WASM_TYPE_F32 ? 0xf2 : 0xf3, 1, 0x5a), MASM_W32, dst, src);
}

static void
put_cvtsi2s(struct masm *m, uint8_t to, enum masm_width w, uint8_t dst, uint8_t src)
{
    masm_const(m, to, dst, 0); // no dependency on what dst held
    x86_rr(m, OPC(scalar(to), 1, 0x2a), w, dst, src);
}

// An u64 with its top bit set is halved, the lost bit kept for the rounding, and doubled.
static void
put_convert_u64(struct masm *m, uint8_t to, uint8_t dst, uint8_t src)
{
    masm_test(m, MASM_W64, src);
    uint8_t *large = x86_short_if(m, MASM_SIGN);
    put_cvtsi2s(m, to, MASM_W64, dst, src);
    uint8_t *done = x86_short_jump(m);
    x86_bind_short(m, large);
    masm_move(m, WASM_TYPE_I64, R11, src);
    masm_shift_const(m, MASM_SHR_U, MASM_W64, R11, 1);
    x86_alu_const(m, MASM_AND, MASM_W32, src, 1);
    x86_rr(m, OPC(0, 0, 0x0b), MASM_W64, R11, src);
    put_cvtsi2s(m, to, MASM_W64, dst, R11);
    x86_rr(m, OPC(scalar(to), 1, 0x58), MASM_W32, dst, dst);
    x86_bind_short(m, done);
}

void
masm_convert_int(struct masm *m, uint8_t to, enum masm_width w, bool is_signed,
                 uint8_t dst, uint8_t src)
{
    if (is_signed)
        put_cvtsi2s(m, to, w, dst, src);
    else if (w == MASM_W32)
        put_cvtsi2s(m, to, MASM_W64, dst, src);
    else
        put_convert_u64(m, to, dst, src);
}

static void
put_cvtt(struct masm *m, uint8_t from, enum masm_width w, uint8_t dst, uint8_t src)
{
    x86_rr(m, OPC(scalar(from), 1, 0x2c), w, dst, src);
}

// -2^31, -2^63, 2^63 and the number below -2^31 - 1, as bits.
static uint64_t
signed_minimum(uint8_t type, enum masm_width w)
{
    if (type == WASM_TYPE_F32)
        return w == MASM_W32 ? 0xcf000000u : 0xdf000000u;
    return w == MASM_W32 ? 0xc1e0000000200000u : 0xc3e0000000000000u;
}

static uint64_t
two_to_63(uint8_t type)
{
    return type == WASM_TYPE_F32 ? 0x5f000000u : 0x43e0000000000000u;
}

static void
compare_with_const(struct masm *m, uint8_t type, uint8_t reg, uint64_t bits)
{
    masm_const(m, type, MASM_FLOAT_SCRATCH, bits);
    masm_float_compare(m, type, reg, MASM_FLOAT_SCRATCH);
}

static void
trap_overflow_if(struct masm *m, enum masm_cond cond, struct masm_trunc_traps *traps)
{
    x86_jump_if(m, cond, &traps->overflow[traps->overflow_count++]);
}

// cvtts gives the smallest integer for all that does not fit: only that one is looked at.
static void
trunc_signed(struct masm *m, struct masm_trunc how, uint8_t dst, uint8_t src,
             struct masm_trunc_traps *traps)
{
    put_cvtt(m, how.from, how.w, dst, src);
    x86_alu_const(m, MASM_CMP, how.w, dst, 1);
    uint8_t *done = x86_short_if(m, MASM_NO_OVERFLOW);
    if (how.saturates) {
        compare_with_const(m, how.from, src, 0);
        uint8_t *nan = x86_short_if(m, MASM_FLOAT_UNORDERED);
        uint8_t *minimum = x86_short_if(m, MASM_FLOAT_NOT_GT);
        x86_const(m, dst, how.w == MASM_W32 ? INT32_MAX : (uint64_t)INT64_MAX);
        uint8_t *maximum = x86_short_jump(m);
        x86_bind_short(m, nan);
        x86_const(m, dst, 0);
        x86_bind_short(m, minimum);
        x86_bind_short(m, maximum);
    } else {
        bool is_open = how.from == WASM_TYPE_F64 && how.w == MASM_W32;
        compare_with_const(m, how.from, src, signed_minimum(how.from, how.w));
        x86_jump_if(m, MASM_FLOAT_UNORDERED, &traps->invalid);
        trap_overflow_if(m, is_open ? MASM_FLOAT_NOT_GT : MASM_FLOAT_NOT_GE, traps);
        compare_with_const(m, how.from, src, 0);
        trap_overflow_if(m, MASM_FLOAT_GT, traps);
    }
    x86_bind_short(m, done);
}

// Truncated to 64 bits, a result that fits has a zero upper half.
static void
trunc_u32(struct masm *m, struct masm_trunc how, uint8_t dst, uint8_t src,
          struct masm_trunc_traps *traps)
{
    put_cvtt(m, how.from, MASM_W64, dst, src);
    masm_move(m, WASM_TYPE_I64, R11, dst);
    masm_shift_const(m, MASM_SHR_U, MASM_W64, R11, 32);
    uint8_t *done = x86_short_if(m, MASM_EQ);
    if (how.saturates) {
        compare_with_const(m, how.from, src, 0);
        x86_const(m, dst, 0);
        uint8_t *zero = x86_short_if(m, MASM_FLOAT_NOT_GT);
        x86_const(m, dst, UINT32_MAX);
        x86_bind_short(m, zero);
    } else {
        masm_float_compare(m, how.from, src, src);
        x86_jump_if(m, MASM_FLOAT_UNORDERED, &traps->invalid);
        masm_jump(m, &traps->overflow[traps->overflow_count++]);
    }
    x86_bind_short(m, done);
}

// Above 2^63 the difference to it is truncated, and its bit set in the result.
static void
trunc_u64(struct masm *m, struct masm_trunc how, uint8_t dst, uint8_t src,
          struct masm_trunc_traps *traps)
{
    put_cvtt(m, how.from, MASM_W64, dst, src);
    masm_test(m, MASM_W64, dst);
    uint8_t *done = x86_short_if(m, MASM_NO_SIGN);
    compare_with_const(m, how.from, src, two_to_63(how.from));
    uint8_t *zero = NULL;
    if (how.saturates) {
        x86_const(m, dst, 0);
        zero = x86_short_if(m, MASM_FLOAT_NOT_GE);
    } else {
        x86_jump_if(m, MASM_FLOAT_UNORDERED, &traps->invalid);
        trap_overflow_if(m, MASM_FLOAT_NOT_GE, traps);
    }
    x86_rr(m, OPC(scalar(how.from), 1, 0x5c), MASM_W32, src, MASM_FLOAT_SCRATCH);
    put_cvtt(m, how.from, MASM_W64, dst, src);
    x86_const(m, R11, 1ull << 63);
    masm_test(m, MASM_W64, dst);
    if (how.saturates) {
        uint8_t *fits = x86_short_if(m, MASM_NO_SIGN);
        x86_const(m, dst, INT64_MAX);
        x86_bind_short(m, fits);
    } else {
        trap_overflow_if(m, MASM_SIGN, traps);
    }
    x86_rr(m, OPC(0, 0, 0x0b), MASM_W64, dst, R11);
    x86_bind_short(m, done);
    if (zero)
        x86_bind_short(m, zero);
}

void
masm_trunc(struct masm *m, struct masm_trunc how, uint8_t dst, uint8_t src,
           struct masm_trunc_traps *traps)
{
    *traps = (struct masm_trunc_traps){0};
    if (how.is_signed)
        trunc_signed(m, how, dst, src, traps);
    else if (how.w == MASM_W32)
        trunc_u32(m, how, dst, src, traps);
    else
        trunc_u64(m, how, dst, src, traps);
}
