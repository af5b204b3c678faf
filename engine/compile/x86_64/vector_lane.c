// SPDX-License-Identifier: Apache-2.0
//
// Single lanes, and shuffles: patterns that one machine instruction does, else by tables.
#include "engine/compile/x86_64/vector_encode.h"

// ---- All lanes the same ----

void
masm_vector_splat(struct masm *m, uint32_t opcode, uint8_t dst, uint8_t src)
{
    switch (opcode) {
    case WASM_OP_I8X16_SPLAT:
        x86_rr(m, MOVD, MASM_W32, dst, src);
        vector_rk(m, PSHUFB, dst, K_ZERO);
        break;
    case WASM_OP_I16X8_SPLAT:
        x86_rr(m, MOVD, MASM_W32, dst, src);
        vector_rri(m, PSHUFLW, dst, dst, 0);
        vector_rr(m, PUNPCKLQDQ, dst, dst);
        break;
    case WASM_OP_I32X4_SPLAT:
        x86_rr(m, MOVD, MASM_W32, dst, src);
        vector_rri(m, PSHUFD, dst, dst, 0);
        break;
    case WASM_OP_I64X2_SPLAT:
        x86_rr(m, MOVD, MASM_W64, dst, src);
        vector_rr(m, PUNPCKLQDQ, dst, dst);
        break;
    case WASM_OP_F32X4_SPLAT:
        if (dst == src)
            vector_rri(m, SHUFPS, dst, dst, 0);
        else
            vector_rri(m, PSHUFD, dst, src, 0);
        break;
    default: // f64x2.splat
        vector_rr(m, OPC(0xf2, 1, 0x12), dst, src);
        break;
    }
}

// ---- One lane ----

static void
extract_byte(struct masm *m, uint8_t dst, uint8_t src, uint32_t lane)
{
    x86_rr(m, PD3A(0x14), MASM_W32, src, dst);
    put8(m, lane);
}

// A lane of 32 or 64 bits.
static void
extract_word(struct masm *m, enum masm_width w, uint8_t dst, uint8_t src, uint32_t lane)
{
    if (lane == 0) {
        x86_rr(m, MOVD_TO, w, src, dst);
    } else {
        x86_rr(m, PD3A(0x16), w, src, dst);
        put8(m, lane);
    }
}

// The lanes above do not matter.
static void
extract_float(struct masm *m, uint32_t lanes, uint8_t dst, uint8_t src)
{
    if (lanes == 0)
        vector_move(m, dst, src);
    else
        vector_rri(m, PSHUFD, dst, src, lanes);
}

void
masm_vector_extract(struct masm *m, uint32_t opcode, uint8_t dst, uint8_t src,
                    uint32_t lane)
{
    switch (opcode) {
    case WASM_OP_I8X16_EXTRACT_LANE_S:
        extract_byte(m, dst, src, lane);
        masm_sign_extend(m, MASM_W32, 8, dst, dst);
        break;
    case WASM_OP_I8X16_EXTRACT_LANE_U:
        extract_byte(m, dst, src, lane);
        break;
    case WASM_OP_I16X8_EXTRACT_LANE_S:
        vector_rri(m, PD(0xc5), dst, src, lane);
        masm_sign_extend(m, MASM_W32, 16, dst, dst);
        break;
    case WASM_OP_I16X8_EXTRACT_LANE_U:
        vector_rri(m, PD(0xc5), dst, src, lane);
        break;
    case WASM_OP_I32X4_EXTRACT_LANE:
        extract_word(m, MASM_W32, dst, src, lane);
        break;
    case WASM_OP_I64X2_EXTRACT_LANE:
        extract_word(m, MASM_W64, dst, src, lane);
        break;
    case WASM_OP_F32X4_EXTRACT_LANE:
        extract_float(m, lane, dst, src);
        break;
    default: // f64x2.extract_lane
        extract_float(m, lane ? 0xee : 0, dst, src);
        break;
    }
}

void
masm_vector_replace(struct masm *m, uint32_t opcode, uint8_t dst, uint8_t src,
                    uint32_t lane)
{
    switch (opcode) {
    case WASM_OP_I8X16_REPLACE_LANE:
        vector_rri(m, PD3A(0x20), dst, src, lane);
        break;
    case WASM_OP_I16X8_REPLACE_LANE:
        vector_rri(m, PD(0xc4), dst, src, lane);
        break;
    case WASM_OP_I32X4_REPLACE_LANE:
        vector_rri(m, PD3A(0x22), dst, src, lane);
        break;
    case WASM_OP_I64X2_REPLACE_LANE:
        x86_rr(m, PD3A(0x22), MASM_W64, dst, src);
        put8(m, lane);
        break;
    case WASM_OP_F32X4_REPLACE_LANE:
        vector_rri(m, PD3A(0x21), dst, src, lane << 4);
        break;
    default: // f64x2.replace_lane
        vector_rr(m, lane ? PUNPCKLQDQ : OPC(0xf2, 1, 0x10), dst, src);
        break;
    }
}

// An index above 15 gets its top bit set, for which the machine gives 0.
void
masm_vector_swizzle(struct masm *m, uint8_t dst, uint8_t src)
{
    vector_rk(m, MOVAPS, SCRATCH, K_70);
    vector_rr(m, PD(0xdc), SCRATCH, src);
    vector_rr(m, PSHUFB, dst, SCRATCH);
}

// ---- Shuffles ----

// Units of 1, 2, 4, 8 bytes of both vectors' halves in turn: 0 ..7, the upper half 4 ..
static const uint8_t unpack_codes[] = {0x60, 0x61, 0x62, 0x6c, 0x68, 0x69, 0x6a, 0x6d};

// The unpack that gives these lanes, with `second` bytes from the first vector's lanes to
// the second one's; -1: none.
static int
find_unpack(const struct masm_bytes *lanes, uint32_t turn, uint32_t second)
{
    for (uint32_t code = 0; code < 8; code++) {
        uint32_t log2 = code & 3, unit = 1u << log2, i = 0;
        for (; i < 16; i++) {
            uint32_t element = i >> log2;
            uint32_t lane = (element >> 1) * unit + (i & (unit - 1)) + (code & 4) * 2;
            lane += (element & 1) * second;
            if (lanes->at[i] != (lane ^ turn))
                break;
        }
        if (i == 16)
            return (int)code;
    }
    return -1;
}

// 16 lanes in a row, of `count` in a ring.
static bool
is_run(const struct masm_bytes *lanes, uint32_t count)
{
    for (uint32_t i = 1; i < 16; i++)
        if (lanes->at[i] != ((lanes->at[0] + i) & (count - 1)))
            return false;
    return true;
}

// Whether units of `unit` bytes stay together.
static bool
has_units(const struct masm_bytes *lanes, uint32_t unit)
{
    for (uint32_t i = 0; i < 16; i++)
        if (i % unit ? lanes->at[i] != lanes->at[i - 1] + 1 : lanes->at[i] % unit != 0)
            return false;
    return true;
}

// Words taken from the second vector, as bits; -1: one does not stay in place.
static int
find_blend(const struct masm_bytes *lanes)
{
    uint32_t second = 0;
    if (!has_units(lanes, 2))
        return -1;
    for (uint32_t i = 0; i < 16; i++) {
        if ((lanes->at[i] & 15) != i)
            return -1;
        second |= (lanes->at[i] >> 4 & 1u) << i / 2;
    }
    return (int)second;
}

// The immediate of a shuffle of dwords.
static uint32_t
dword_selectors(const struct masm_bytes *lanes)
{
    uint32_t selectors = 0;
    for (uint32_t i = 0; i < 4; i++)
        selectors |= (lanes->at[4 * i] >> 2 & 3u) << 2 * i;
    return selectors;
}

// Two dwords of one vector, then two of the other; 0: first and second, 16: the other
// way.
static bool
has_dword_halves(const struct masm_bytes *lanes, uint32_t turn)
{
    return has_units(lanes, 4) && (lanes->at[0] & 16) == turn &&
           (lanes->at[4] & 16) == turn && (lanes->at[8] & 16) != turn &&
           (lanes->at[12] & 16) != turn;
}

struct masm_shuffle
masm_vector_shuffle_plan(const struct masm_bytes *lanes)
{
    uint32_t first = lanes->at[0];
    int code = find_unpack(lanes, 0, 16);
    if (code >= 0)
        return (struct masm_shuffle){MASM_SHUFFLE_UNPACK, false, (uint32_t)code};
    code = find_unpack(lanes, 16, 16);
    if (code >= 0)
        return (struct masm_shuffle){MASM_SHUFFLE_UNPACK, true, (uint32_t)code};
    if (is_run(lanes, 32)) // the machine's first operand is the upper one
        return (struct masm_shuffle){MASM_SHUFFLE_ALIGN, first < 16, first & 15};
    code = find_blend(lanes);
    if (code >= 0)
        return (struct masm_shuffle){MASM_SHUFFLE_BLEND, false, (uint32_t)code};
    if (has_dword_halves(lanes, 0) || has_dword_halves(lanes, 16))
        return (struct masm_shuffle){MASM_SHUFFLE_DWORDS, first >= 16,
                                     dword_selectors(lanes)};
    return (struct masm_shuffle){MASM_SHUFFLE_BYTES, false, 0};
}

void
masm_vector_shuffle(struct masm *m, struct masm_shuffle plan, uint8_t dst, uint8_t src)
{
    switch (plan.kind) {
    case MASM_SHUFFLE_UNPACK:
        vector_rr(m, PD(unpack_codes[plan.code]), dst, src);
        break;
    case MASM_SHUFFLE_ALIGN:
        vector_rri(m, PD3A(0x0f), dst, src, plan.code);
        break;
    case MASM_SHUFFLE_BLEND:
        vector_rri(m, PD3A(0x0e), dst, src, plan.code);
        break;
    case MASM_SHUFFLE_DWORDS:
        vector_rri(m, SHUFPS, dst, src, plan.code);
        break;
    case MASM_SHUFFLE_BYTES:
        break;
    }
}

// Words of one half of the vector move, the other half stays.
static bool
permute_words(struct masm *m, const struct masm_bytes *lanes, uint8_t dst, uint8_t src)
{
    if (!has_units(lanes, 2))
        return false;
    for (uint32_t half = 0; half < 2; half++) {
        uint32_t selectors = 0;
        bool fits = true;
        for (uint32_t i = 0; i < 4; i++) {
            uint32_t moved = lanes->at[8 * half + 2 * i];
            selectors |= (moved >> 1 & 3) << 2 * i;
            fits = fits && moved / 8 == half;
            fits = fits && lanes->at[8 * (1 - half) + 2 * i] == 8 * (1 - half) + 2 * i;
        }
        if (fits) {
            vector_rri(m, half ? OPC(0xf3, 1, 0x70) : PSHUFLW, dst, src, selectors);
            return true;
        }
    }
    return false;
}

bool
masm_vector_permute(struct masm *m, const struct masm_bytes *lanes, uint8_t dst,
                    uint8_t src)
{
    if (has_units(lanes, 4)) {
        if (dword_selectors(lanes) == 0xe4)
            vector_move(m, dst, src);
        else
            vector_rri(m, PSHUFD, dst, src, dword_selectors(lanes));
        return true;
    }
    if (permute_words(m, lanes, dst, src))
        return true;
    int code = find_unpack(lanes, 0, 0);
    bool is_rotation = is_run(lanes, 16);
    if (code < 0 && !is_rotation)
        return false;
    vector_move(m, dst, src);
    if (is_rotation)
        vector_rri(m, PD3A(0x0f), dst, dst, lanes->at[0]);
    else
        vector_rr(m, PD(unpack_codes[code]), dst, dst);
    return true;
}

// ---- Constants ----

bool
masm_vector_const(struct masm *m, uint8_t dst, uint64_t lo, uint64_t hi)
{
    if (lo != hi || lo + 1 > 1)
        return false;
    vector_rr(m, lo ? PCMPEQD : PXOR, dst, dst);
    return true;
}

// The chain's field is the displacement, which counts from its end as a jump's does.
static void
put_forward(struct masm *m, uint32_t opc, uint8_t dst, uint32_t *chain)
{
    x86_opcode(m, opc, MASM_W32, dst & 15u, 0, 0);
    put8(m, (dst & 7u) << 3 | 5);
    uint32_t at = masm_offset(m);
    put32(m, *chain);
    *chain = at;
}

void
masm_vector_load_const(struct masm *m, uint8_t dst, uint32_t *chain)
{
    put_forward(m, MOVAPS, dst, chain);
}

void
masm_vector_table(struct masm *m, uint8_t dst, uint32_t *chain)
{
    put_forward(m, PSHUFB, dst, chain);
}

void
masm_vector_align(struct masm *m)
{
    while (masm_offset(m) & 15)
        put8(m, 0xcc); // int3; never run
}

void
masm_vector_put_const(struct masm *m, uint32_t chain, uint64_t lo, uint64_t hi)
{
    masm_bind(m, chain);
    put64(m, lo);
    put64(m, hi);
}
