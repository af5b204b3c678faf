// SPDX-License-Identifier: Apache-2.0
//
// Encodings of the assembler that special registers and displacements make irregular, as
// a disassembler reads them, and the chains of forward jumps.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/compile/masm.h"
#include "engine/opcode.h"
#include "test/unit/engine/builder.h"

static uint8_t code[4096];

static struct masm
start(bool memory_at_zero)
{
    memset(code, 0, sizeof(code));
    return (struct masm){.base = code, .at = code, .memory_at_zero = memory_at_zero};
}

static void
expect(const struct masm *m, const uint8_t *bytes, size_t len)
{
    assert_int_equal(m->at - m->base, len);
    assert_memory_equal(m->base, bytes, len);
}

static void
encodes_bases(void **state)
{
    (void)state;
    struct masm m = start(false);
    masm_load_mem(&m, WASM_TYPE_I64, 0, (struct masm_mem){12, MASM_NONE, 0, 0});
    expect(&m, BYTES(0x49, 0x8b, 0x04, 0x24)); // mov rax, [r12]
    m = start(false);
    masm_load_mem(&m, WASM_TYPE_I32, 9, (struct masm_mem){13, MASM_NONE, 0, 0});
    expect(&m, BYTES(0x45, 0x8b, 0x4d, 0x00)); // mov r9d, [r13 + 0]
    m = start(false);
    masm_load_mem(&m, WASM_TYPE_F64, 31, (struct masm_mem){4, MASM_NONE, 0, 128});
    // movsd xmm15, [rsp + 128]
    expect(&m, BYTES(0xf2, 0x44, 0x0f, 0x10, 0xbc, 0x24, 0x80, 0, 0, 0));
    m = start(false);
    masm_address(&m, 1, (struct masm_mem){5, 12, 3, -128});
    expect(&m, BYTES(0x4a, 0x8d, 0x4c, 0xe5, 0x80)); // lea rcx, [rbp + r12 * 8 - 128]
}

static void
encodes_byte_registers(void **state)
{
    (void)state;
    struct masm m = start(true);
    masm_set(&m, MASM_EQ, 6);
    expect(&m, BYTES(0x40, 0x0f, 0x94, 0xc6, 0x40, 0x0f, 0xb6, 0xf6)); // sil
    m = start(true);
    masm_store(&m, WASM_OP_I32_STORE8, (struct masm_access){MASM_NONE, 7, 1}, 6);
    expect(&m, BYTES(0x40, 0x88, 0x77, 0x01)); // mov [rdi + 1], sil
}

static void
reaches_linear_memory(void **state)
{
    (void)state;
    struct masm m = start(true);
    struct masm_access at_zero = {MASM_NONE, 1, INT32_MAX};
    struct masm_access absolute = {MASM_NONE, MASM_NONE, 16};
    struct masm_access based = {MASM_MEMORY, 1, 16};
    struct masm_access checked = {7, 1, -4};
    assert_int_equal(masm_load(&m, WASM_OP_I32_LOAD, 0, at_zero), 0);
    expect(&m, BYTES(0x8b, 0x81, 0xff, 0xff, 0xff, 0x7f)); // mov eax, [rcx + 0x7fffffff]
    m = start(true);
    masm_load(&m, WASM_OP_I32_LOAD, 0, absolute);
    expect(&m, BYTES(0x8b, 0x04, 0x25, 16, 0, 0, 0)); // mov eax, [16]
    m = start(false);
    masm_load(&m, WASM_OP_I32_LOAD, 0, based);
    expect(&m, BYTES(0x41, 0x8b, 0x44, 0x0f, 16)); // mov eax, [r15 + rcx + 16]
    m = start(false);
    masm_load(&m, WASM_OP_I32_LOAD, 0, checked);
    expect(&m, BYTES(0x8b, 0x44, 0x0f, 0xfc)); // mov eax, [rdi + rcx - 4]
}

static void
accesses_atomically(void **state)
{
    (void)state;
    struct masm m = start(false);
    struct masm_access based = {MASM_MEMORY, 1, 16};
    struct masm_access at_zero = {MASM_NONE, 7, 1};
    masm_atomic_exchange(&m, 1, 6, at_zero);
    // xchg [rdi + 1], sil; movzx esi, sil
    expect(&m, BYTES(0x40, 0x86, 0x77, 0x01, 0x40, 0x0f, 0xb6, 0xf6));
    m = start(false);
    masm_atomic_add(&m, 2, 10, at_zero);
    // lock xadd [rdi + 1], r10w; movzx r10d, r10w
    expect(&m, BYTES(0xf0, 0x66, 0x44, 0x0f, 0xc1, 0x57, 0x01, 0x45, 0x0f, 0xb7, 0xd2));
    m = start(false);
    masm_atomic_compare_exchange(&m, 4, 2, based);
    // lock cmpxchg [r15 + rcx + 16], edx; mov eax, eax
    expect(&m, BYTES(0xf0, 0x41, 0x0f, 0xb1, 0x54, 0x0f, 0x10, 0x8b, 0xc0));
    m = start(false);
    masm_atomic_update(&m, MASM_XOR, 8, 2, at_zero);
    // mov rax, [rdi + 1]; mov r11, rax; xor r11, rdx; lock cmpxchg [rdi + 1], r11; jne
    expect(&m, BYTES(0x48, 0x8b, 0x47, 0x01, 0x4c, 0x8b, 0xd8, 0x4c, 0x33, 0xda, 0xf0,
                     0x4c, 0x0f, 0xb1, 0x5f, 0x01, 0x75, 0xf2));
}

static void
accesses_fields(void **state)
{
    (void)state;
    struct masm m = start(false);
    masm_load_field(&m, WASM_TYPE_I8, true, 0, (struct masm_mem){1, 2, 0, 16});
    expect(&m, BYTES(0x0f, 0xbe, 0x44, 0x11, 0x10)); // movsx eax, byte [rcx + rdx + 16]
    m = start(false);
    masm_store_field(&m, WASM_TYPE_I16, (struct masm_mem){1, 2, 1, 16}, 6);
    expect(&m, BYTES(0x66, 0x89, 0x74, 0x51, 0x10)); // mov [rcx + rdx * 2 + 16], si
    m = start(false);
    masm_store_field(&m, WASM_TYPE_I8, (struct masm_mem){1, MASM_NONE, 0, 16}, 6);
    expect(&m, BYTES(0x40, 0x88, 0x71, 0x10)); // mov [rcx + 16], sil
    m = start(false);
    masm_compare_byte(&m, (struct masm_mem){MASM_SCRATCH, MASM_NONE, 0, 6}, 3);
    expect(&m, BYTES(0x41, 0x80, 0x7b, 0x06, 0x03)); // cmp byte [r11 + 6], 3
}

// Each field of a chain becomes the distance from its end to the target.
static void
binds_chains(void **state)
{
    (void)state;
    struct masm m = start(false);
    uint32_t chain = 0;
    masm_nop(&m);
    masm_jump(&m, &chain);
    masm_jump_if(&m, MASM_FLOAT_NE, &chain);
    masm_bind(&m, chain);
    expect(&m, BYTES(0x90, 0xe9, 12, 0, 0, 0, 0x0f, 0x8a, 6, 0, 0, 0, 0x0f, 0x85, 0, 0, 0,
                     0));
}

static void
jumps_back_far_and_near(void **state)
{
    (void)state;
    struct masm m = start(false);
    for (int i = 0; i < 126; i++)
        masm_nop(&m);
    masm_jump_back(&m, 0);
    assert_memory_equal(code + 126, ((uint8_t[]){0xeb, 0x80}), 2);
    masm_jump_back_if(&m, MASM_NE, 0);
    assert_memory_equal(code + 128, ((uint8_t[]){0x0f, 0x85, 0x7a, 0xff, 0xff, 0xff}), 6);
}

static void
negates_conditions(void **state)
{
    (void)state;
    for (int cond = MASM_EQ; cond <= MASM_FLOAT_NOT_GE; cond++) {
        enum masm_cond inverse = masm_cond_not((enum masm_cond)cond);
        assert_int_not_equal(inverse, cond);
        assert_int_equal(masm_cond_not(inverse), cond);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodes_bases),
        cmocka_unit_test(encodes_byte_registers),
        cmocka_unit_test(reaches_linear_memory),
        cmocka_unit_test(accesses_atomically),
        cmocka_unit_test(accesses_fields),
        cmocka_unit_test(binds_chains),
        cmocka_unit_test(jumps_back_far_and_near),
        cmocka_unit_test(negates_conditions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
