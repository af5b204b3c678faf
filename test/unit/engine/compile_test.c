// SPDX-License-Identifier: Apache-2.0
//
// What compiled code computes where one-pass compilers are known to go wrong: upper
// halves of i32 values used as addresses, values that join from several paths, moves of
// arguments, registers under pressure, copies of locals. The specification's suite asks
// the rest.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "test/unit/engine/builder.h"
#include "test/unit/engine/test_port.h"

#define ARGUMENT 0x123456789abcdef0u

// Leaves nothing in the registers that calls may lose.
static void
lose_registers(void)
{
    __asm__ volatile("mov $-3, %%rcx; mov %%rcx, %%rdx; mov %%rcx, %%rsi\n"
                     "mov %%rcx, %%rdi; mov %%rcx, %%r8; mov %%rcx, %%r9\n"
                     "mov %%rcx, %%r10; mov %%rcx, %%r11; movq %%rcx, %%xmm1\n"
                     "movq %%rcx, %%xmm8; movq %%rcx, %%xmm9; movq %%rcx, %%xmm10\n"
                     "movq %%rcx, %%xmm11; movq %%rcx, %%xmm12; movq %%rcx, %%xmm13\n"
                     "movq %%rcx, %%xmm14; movq %%rcx, %%xmm15; movq %%rcx, %%xmm2" ::
                         : "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "xmm1",
                           "xmm2", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13",
                           "xmm14", "xmm15");
}

// Returns an i32 whose register has bits above it.
static uint64_t
host_dirty(void *env)
{
    (void)env;
    lose_registers();
    return 0xffffffff00000010u;
}

static uint64_t // its parameters in a number, first one lowest
host_digits(void *env, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e,
            uint32_t f, uint32_t g)
{
    (void)env;
    lose_registers();
    const uint32_t digits[] = {a, b, c, d, e, f, g};
    uint64_t sum = 0;
    for (size_t i = 7; i-- > 0;)
        sum = sum << 4 | (digits[i] & 15);
    return sum;
}

struct run_case {
    const char *name;
    uint64_t result; // of f(ARGUMENT)
    enum wasm_trap_code trap;
    uint8_t len;
    uint8_t body[120]; // locals and code
};
#define GIVES(name, result, ...)                                                         \
    {                                                                                    \
        name, result, WASM_TRAP_NONE, sizeof((uint8_t[]){__VA_ARGS__}),                  \
        {                                                                                \
            __VA_ARGS__                                                                  \
        }                                                                                \
    }
#define TRAPS(name, code, ...)                                                           \
    {                                                                                    \
        name, 0, WASM_TRAP_##code, sizeof((uint8_t[]){__VA_ARGS__}),                     \
        {                                                                                \
            __VA_ARGS__                                                                  \
        }                                                                                \
    }

#define MINUS_ONE       0x41, 0x7f                      // i32.const -1
#define STORE_MINUS_8   0x41, 0, 0x41, 0x78, 0x3a, 0, 0 // i32.store8 0: -8
#define LOAD8_S_AT_0    0x41, 0, 0x2c, 0, 0             // i32.load8_s
#define LOAD8_U_AT_0    0x41, 0, 0x31, 0, 0             // i64.load8_u
#define LOAD_AT(offset) 0x35, 0, offset                 // i64.load32_u
#define TWO_TO_32       0x42, 0x80, 0x80, 0x80, 0x80, 0x10
#define SMALLEST        0x42, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f
#define F64(a, b, c, d) 0x44, 0, 0, 0, 0, a, b, c, d

// Types: 0 (i64) -> (i64); 1 () -> (i32); 2 (i32 x 7) -> (i64); 3 (i64 i32) -> (i64 i32).
// Functions 0 host_dirty, 1 host_digits, 2 the body. One page, its
// byte at 116 is 7; a table that cannot grow.
static const struct run_case cases[] = {
    // Addresses from i32 values whose 64-bit forms are negative or dirty.
    TRAPS("load8_s as an address", MEMORY_BOUNDS, 0, STORE_MINUS_8, LOAD8_S_AT_0,
          LOAD_AT(100), 0x0b),
    TRAPS("extend8_s as an address", MEMORY_BOUNDS, 0, 0x41, 0x80, 0x01, 0xc0,
          LOAD_AT(127), 0x0b), // extend8_s
    GIVES("host's i32 as an address", 7, 0, 0x10, 0, LOAD_AT(100), 0x0b),
    GIVES("wrapped i64 as an address", 7, 0, 0x42, 0xf4, 0x80, 0x80, 0x80, 0x80, 0x01,
          0xa7, LOAD_AT(0), 0x0b), // wrap
    GIVES("host's i32 by way of a local", 7, 1, 1, 0x7f, 0x10, 0, 0x21, 1, 0x20, 1,
          LOAD_AT(100), 0x0b),
    GIVES("host's i32 by way of a block", 7, 0, 2, 0x7f, 0x10, 0, 0x20, 0, 0xa7, 0x0d, 0,
          0x0b, LOAD_AT(100), 0x0b),
    GIVES("load8_s extended", 0xfffffff8u, 0, STORE_MINUS_8, LOAD8_S_AT_0, 0xad,
          0x0b), // extend_i32_u
    // -16 + 132 is no address: the sum does not wrap.
    TRAPS("address and offset do not wrap", MEMORY_BOUNDS, 0, 0x41, 0x70, LOAD_AT(0x84),
          0x01, 0x0b),
    TRAPS("largest address and offset", MEMORY_BOUNDS, 0, MINUS_ONE, 0x35, 0, 0xff, 0xff,
          0xff, 0xff, 0x0f, 0x0b),
    // Several values of a block, from a branch with more below and from its end.
    GIVES("values of a block", 5, 1, 1, 0x7f, 0x42, 5, 0x41, 9, 2, 3, 0x42, 1, 0x41, 3,
          0x0c, 0, 0x0b, 0x1a, 0x1a, 0x42, 5, 0x0b),
    // Seven arguments, the last one on the stack; locals as arguments in turned order.
    GIVES("argument on the stack", 0x7654321, 0, 0x41, 1, 0x41, 2, 0x41, 3, 0x41, 4, 0x41,
          5, 0x41, 6, 0x41, 7, 0x10, 1, 0x0b),
    GIVES("arguments in turned order", 0x1122334, 1, 7, 0x7f, 0x41, 4, 0x21, 1, 0x41, 3,
          0x21, 2, 0x41, 2, 0x21, 3, 0x41, 1, 0x21, 4, 0x41, 3, 0x21, 5, 0x41, 2, 0x21, 6,
          0x41, 1, 0x21, 7, 0x20, 1, 0x20, 2, 0x20, 5, 0x20, 3, 0x20, 6, 0x20, 4, 0x20, 7,
          0x10, 1, 0x0b),
    // A local changed while its old value waits on the stack.
    GIVES("local changed below", ARGUMENT - 1, 0, 0x20, 0, 0x42, 1, 0x21, 0, 0x20, 0,
          0x7d, 0x0b),
    GIVES("local teed below", ARGUMENT, 0, 0x20, 0, 0x42, 0, 0x22, 0, 0x7c, 0x0b),
    // Locals past the registers, set on one path of two, and across a call.
    GIVES("local set on one path", 21, 1, 12, 0x7e, 0x20, 0, 0x50, 4, 0x40, 0x42, 9, 0x21,
          9, 5, 0x42, 21, 0x21, 9, 0x0b, 0x10, 0, 0x1a, 0x20, 9, 0x0b),
    // A loop that counts in a local with a copy, with a call inside.
    GIVES("loop with a call", 10, 2, 6, 0x7e, 1, 0x7f, 3, 0x40, 0x10, 0, 0x1a, 0x20, 6,
          0x42, 1, 0x7c, 0x21, 6, 0x20, 7, 0x41, 1, 0x6a, 0x22, 7, 0x41, 10, 0x48, 0x0d,
          0, 0x0b, 0x20, 6, 0x0b),
    // More operands than registers: 1 - (2 - (3 - ... (13 - 14))).
    GIVES("more operands than registers", 0xfffffffffffffff9u, 0, 0x42, 1, 0x42, 2, 0x42,
          3, 0x42, 4, 0x42, 5, 0x42, 6, 0x42, 7, 0x42, 8, 0x42, 9, 0x42, 10, 0x42, 11,
          0x42, 12, 0x42, 13, 0x42, 14, 0x7d, 0x7d, 0x7d, 0x7d, 0x7d, 0x7d, 0x7d, 0x7d,
          0x7d, 0x7d, 0x7d, 0x7d, 0x7d, 0x0b),
    // Shift count and dividend in each other's registers.
    GIVES("shift counts", ARGUMENT << 4 >> 4, 0, 0x20, 0, 0x42, 1, 0x42, 3, 0x7c, 0x86,
          0x42, 1, 0x42, 3, 0x7c, 0x88, 0x0b),
    GIVES("dividend", 3, 0, 0x42, 17, 0x42, 2, 0x42, 3, 0x7c, 0x7f, 0x0b),
    GIVES("smallest rem_s -1", 0, 0, SMALLEST, 0x20, 0, 0x20, 0, 0x7d, 0x42, 1, 0x7d,
          0x81, 0x0b),
    TRAPS("smallest div_s -1", INTEGER_OVERFLOW, 0, SMALLEST, 0x42, 0x7f, 0x7f, 0x0b),
    // br_table whose labels take a value at different heights.
    GIVES("br_table at two heights", 6, 0, 2, 0x7e, 0x42, 5, 2, 0x7e, 0x42, 6, 0x41, 1,
          0x0e, 1, 0, 1, 0x0b, 0x7c, 0x0b, 0x0b),
    // Select on the equality of floats: NaN is not equal.
    GIVES("select of NaN ==", 2, 0, 0x42, 1, 0x42, 2, 0x43, 0, 0, 0xc0, 0x7f, 0x43, 0, 0,
          0xc0, 0x7f, 0x5b, 0x1b, 0x0b),
    GIVES("select of NaN !=", 1, 0, 0x42, 1, 0x42, 2, 0x43, 0, 0, 0xc0, 0x7f, 0x43, 0, 0,
          0xc0, 0x7f, 0x5c, 0x1b, 0x0b),
    // The same, spilled on the way, or from other sources.
    GIVES("host's i32 spilled", 7, 0, 0x10, 0, LOAD8_U_AT_0, LOAD8_U_AT_0, LOAD8_U_AT_0,
          LOAD8_U_AT_0, LOAD8_U_AT_0, LOAD8_U_AT_0, LOAD8_U_AT_0, LOAD8_U_AT_0,
          LOAD8_U_AT_0, LOAD8_U_AT_0, 0x1a, 0x1a, 0x1a, 0x1a, 0x1a, 0x1a, 0x1a, 0x1a,
          0x1a, 0x1a, LOAD_AT(100), 0x0b),
    GIVES("host's i32 selected", 7, 0, 0x10, 0, 0x41, 0, 0x20, 0, 0xa7, 0x1b,
          LOAD_AT(100), 0x0b),
    GIVES("host's i32 by br_table", 7, 0, 2, 0x7f, 0x10, 0, 0x41, 0, 0x0e, 1, 0, 0, 0x0b,
          LOAD_AT(100), 0x0b),
    TRAPS("failed memory.grow as an address", MEMORY_BOUNDS, 0, 0x41, 0x80, 0x80, 4, 0x40,
          0, LOAD_AT(1), 0x0b),
    TRAPS("failed table.grow as an address", MEMORY_BOUNDS, 0, 0xd0, 0x70, 0x41, 1, 0xfc,
          15, 0, LOAD_AT(1), 0x0b),
    TRAPS("truncated f64 as an address", MEMORY_BOUNDS, 0, F64(0, 0, 0x30, 0xc0), 0xaa,
          LOAD_AT(0x84), 0x01, 0x0b), // -16
    // What is computed of an address wraps, what is folded into it does not.
    GIVES("sum as an address wraps", 7, 0, 0x10, 0, 0x41, 0x60, 0x6a, 0x41, 0x84, 1, 0x6a,
          LOAD_AT(0), 0x0b),
    GIVES("shifted address wraps", 7, 0, 0x20, 0, 0xa7, 0x41, 28, 0x74, LOAD_AT(116),
          0x0b),
    GIVES("address shifted by 60", 7, 0, 0x20, 0, 0xa7, 0x41, 60, 0x74, LOAD_AT(116),
          0x0b),
    GIVES("masked sum as an address", 7, 0, 0x20, 0, 0xa7, 0x41, 0xf0, 0, 0x71, 0x41, 4,
          0x6a, 0x35, 2, 0, 0xb),
    GIVES("sum as an address that wraps in spite of a mask", 7, 0, 0x20, 0, 0xa7, 0x41,
          0x70, 0x72, 0x41, 0x7f, 0x71, 0x41, 0x84, 1, 0x6a, 0x35, 2, 0, 0xb),
    GIVES("shifted sum as an address wraps", 7, 0, 0x20, 0, 0xa7, 0x41, 2, 0x76, 0x41,
          0xb8, 0x91, 0xc3, 0xca, 0x7d, 0x6a, 0x35, 2, 0, 0xb),
    GIVES("shifted mask as an address wraps", 7, 0, 0x20, 0, 0xa7, 0x41, 0xf0, 0, 0x71,
          0x41, 0x1c, 0x74, 0x41, 0xf4, 0, 0x6a, 0x35, 2, 0, 0xb),
    GIVES("masked sum of a byte as an address", 7, 0, 0x41, 0xf4, 0, 0x2d, 0, 0, 0x41, 1,
          0x74, 0x41, 0xe6, 0, 0x6a, 0x35, 2, 0, 0xb),
    TRAPS("sum as an address past the end", MEMORY_BOUNDS, 0, 0x20, 0, 0xa7, 0x41, 2,
          0x76, 0x41, 0x80, 0x80, 0x80, 0x80, 4, 0x6a, 0x35, 2, 0xff, 0xff, 0xff, 0xff,
          0xf, 0xb),
    // Operands from the end of memory are read no wider than they are.
    GIVES("load8_u of the last byte", 0, 0, 0x41, 0xff, 0xff, 3, 0x31, 0, 0, 0x0b),
    GIVES("copysign of the last f64", 1, 0, F64(0, 0, 0xf0, 0x3f), 0x41, 0xf8, 0xff, 3,
          0x2b, 0, 0, 0xa6, 0xb0, 0x0b),
    GIVES("abs of the last f32", 0, 0, 0x41, 0xfc, 0xff, 3, 0x2a, 0, 0, 0x8b, 0xae, 0x0b),
    GIVES("sqrt of the last f64", 0, 0, 0x41, 0xf8, 0xff, 3, 0x2b, 0, 0, 0x9f, 0xb0,
          0x0b),
    TRAPS("f64 past the end", MEMORY_BOUNDS, 0, 0x41, 0xf9, 0xff, 3, 0x2b, 0, 0, 0xb0,
          0x0b),
    // Constant operands that have code of their own.
    GIVES("div_u 2^32", ARGUMENT >> 32, 0, 0x20, 0, TWO_TO_32, 0x80, 0x0b),
    GIVES("rem_u 2^32", ARGUMENT &UINT32_MAX, 0, 0x20, 0, TWO_TO_32, 0x82, 0x0b),
    GIVES("rem_u 2^31", ARGUMENT &INT32_MAX, 0, 0x20, 0, 0x42, 0x80, 0x80, 0x80, 0x80, 8,
          0x82, 0x0b),
    GIVES("rem_u 2^63", ARGUMENT, 0, 0x20, 0, SMALLEST, 0x82, 0x0b),
    GIVES("div_u 1", ARGUMENT, 0, 0x20, 0, 0x42, 1, 0x80, 0x0b),
    GIVES("div_s -1", 0 - ARGUMENT, 0, 0x20, 0, 0x42, 0x7f, 0x7f, 0x0b),
    GIVES("rem_s -1", 0, 0, 0x20, 0, 0x42, 0x7f, 0x81, 0x0b),
    GIVES("div_s smallest", 0, 0, 0x20, 0, SMALLEST, 0x7f, 0x0b),
    GIVES("div_s 12", ARGUMENT / 12, 0, 0x20, 0, 0x42, 12, 0x7f, 0x0b),
    TRAPS("div_s 0", DIVIDE_BY_ZERO, 0, 0x20, 0, 0x42, 0, 0x7f, 0x0b),
    TRAPS("rem_u 0", DIVIDE_BY_ZERO, 0, 0x20, 0, 0x42, 0, 0x82, 0x0b),
    GIVES("mul 2^32", ARGUMENT << 32, 0, 0x20, 0, TWO_TO_32, 0x7e, 0x0b),
    GIVES("mul 0", 0, 0, 0x20, 0, 0x42, 0, 0x7e, 0x0b),
    GIVES("shl 68", ARGUMENT << 4, 0, 0x20, 0, 0x42, 0xc4, 0, 0x86, 0x0b),
    GIVES("rotl 36", ARGUMENT << 36 | ARGUMENT >> 28, 0, 0x20, 0, 0x42, 36, 0x89, 0x0b),
    GIVES("add of 33 bits", ARGUMENT + (1ull << 32), 0, 0x20, 0, TWO_TO_32, 0x7c, 0x0b),
    // What is written in a lent register: floats have no other.
    GIVES("loop that writes a float behind a call", 10, 2, 1, 0x7c, 1, 0x7f, 3, 0x40,
          0x10, 0, 0x1a, 0x20, 1, 0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0xa0, 0x21, 1, 0x20,
          2, 0x41, 1, 0x6a, 0x22, 2, 0x41, 0xa, 0x48, 0xd, 0, 0xb, 0x20, 1, 0xb0, 0xb),
    GIVES("call where a float is written, not run", 3, 1, 1, 0x7c, 0x44, 0, 0, 0, 0, 0, 0,
          8, 0x40, 0x21, 1, 0x20, 0, 0x50, 4, 0x40, 0x10, 0, 0x1a, 0xb, 0x20, 1, 0xb0,
          0xb),
    GIVES("call where a float is written, run", 3, 1, 1, 0x7c, 0x44, 0, 0, 0, 0, 0, 0, 8,
          0x40, 0x21, 1, 0x20, 0, 0x50, 0x45, 4, 0x40, 0x10, 0, 0x1a, 0xb, 0x20, 1, 0xb0,
          0xb),
    GIVES("float written on one path behind a call, run", 5, 1, 1, 0x7c, 0x10, 0, 0x1a,
          0x20, 0, 0x50, 0x45, 4, 0x40, 0x44, 0, 0, 0, 0, 0, 0, 0x14, 0x40, 0x21, 1, 0xb,
          0x20, 1, 0xb0, 0xb),
    GIVES("float written on one path behind a call, not run", 0, 1, 1, 0x7c, 0x10, 0,
          0x1a, 0x20, 0, 0x50, 4, 0x40, 0x44, 0, 0, 0, 0, 0, 0, 0x14, 0x40, 0x21, 1, 0xb,
          0x20, 1, 0xb0, 0xb),
    GIVES("branch past a call", 4, 1, 1, 0x7c, 2, 0x40, 0x44, 0, 0, 0, 0, 0, 0, 0x10,
          0x40, 0x21, 1, 0x20, 0, 0x50, 0x45, 0xd, 0, 0x10, 0, 0x1a, 0xb, 0x20, 1, 0xb0,
          0xb),
    GIVES("branch past a call, not taken", 4, 1, 1, 0x7c, 2, 0x40, 0x44, 0, 0, 0, 0, 0, 0,
          0x10, 0x40, 0x21, 1, 0x20, 0, 0x50, 0xd, 0, 0x10, 0, 0x1a, 0xb, 0x20, 1, 0xb0,
          0xb),
    GIVES("branch to where a call was", 6, 1, 1, 0x7c, 2, 0x40, 0x10, 0, 0x45, 0xd, 0,
          0x44, 0, 0, 0, 0, 0, 0, 0x18, 0x40, 0x21, 1, 0x20, 0, 0x50, 0x45, 0xd, 0, 0x44,
          0, 0, 0, 0, 0, 0, 0x22, 0x40, 0x21, 1, 0xb, 0x20, 1, 0xb0, 0xb),
    GIVES("br_table to where a call was", 8, 1, 1, 0x7c, 2, 0x40, 2, 0x40, 0x10, 0, 0x45,
          0xd, 1, 0x44, 0, 0, 0, 0, 0, 0, 0x20, 0x40, 0x21, 1, 0x20, 0, 0xa7, 0xe, 2, 0,
          1, 0, 0xb, 0x10, 0, 0x1a, 0xb, 0x20, 1, 0xb0, 0xb),
    GIVES("inner loop without calls", 55, 2, 1, 0x7c, 2, 0x7f, 3, 0x40, 0x10, 0, 0x1a,
          0x41, 0, 0x21, 3, 3, 0x40, 0x20, 1, 0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0xa0,
          0x21, 1, 0x20, 3, 0x41, 1, 0x6a, 0x22, 3, 0x20, 2, 0x4c, 0xd, 0, 0xb, 0x20, 2,
          0x41, 1, 0x6a, 0x22, 2, 0x41, 0xa, 0x48, 0xd, 0, 0xb, 0x20, 1, 0xb0, 0xb),
    GIVES("loop left from inside", 3, 2, 1, 0x7c, 1, 0x7f, 2, 0x40, 3, 0x40, 0x20, 1,
          0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0xa0, 0x21, 1, 0x20, 2, 0x41, 1, 0x6a, 0x22,
          2, 0x41, 3, 0x46, 0xd, 1, 0xc, 0, 0xb, 0xb, 0x10, 0, 0x1a, 0x20, 1, 0xb0, 0xb),
    GIVES("value of a local over a call that follows its write", 1, 1, 1, 0x7c, 0x44, 0,
          0, 0, 0, 0, 0, 0xf0, 0x3f, 0x21, 1, 0x20, 1, 0x44, 0, 0, 0, 0, 0, 0, 0, 0x40,
          0x21, 1, 0x10, 0, 0x1a, 0xb0, 0xb),
    GIVES("float over a loop with calls", 2, 2, 1, 0x7c, 1, 0x7f, 0x44, 0, 0, 0, 0, 0, 0,
          0, 0x40, 0x21, 1, 3, 0x40, 0x10, 0, 0x1a, 0x20, 2, 0x41, 1, 0x6a, 0x22, 2, 0x41,
          3, 0x48, 0xd, 0, 0xb, 0x20, 1, 0xb0, 0xb),
    GIVES("branch past a call, then a call", 4, 1, 1, 0x7c, 2, 0x40, 0x44, 0, 0, 0, 0, 0,
          0, 0x10, 0x40, 0x21, 1, 0x20, 0, 0x50, 0x45, 0xd, 0, 0x10, 0, 0x1a, 0xb, 0x10,
          0, 0x1a, 0x20, 1, 0xb0, 0xb),
    GIVES("old value of a local over a call", -1ull, 0, 0x20, 0, 0x10, 0, 0x1a, 0x20, 0,
          0x42, 1, 0x7c, 0x22, 0, 0x7d, 0xb),
    GIVES("old value of a local over two calls and a block", -1ull, 0, 0x20, 0, 0x10, 0,
          0x1a, 0x10, 0, 0x1a, 2, 0x40, 0x20, 0, 0x42, 1, 0x7c, 0x21, 0, 0x20, 0, 0x50,
          0xd, 0, 0x10, 0, 0x1a, 0xb, 0x20, 0, 0x7d, 0xb),
    GIVES("constants over a call and a branch", 12, 0, 2, 0x7e, 0x42, 5, 0x42, 7, 0x10, 0,
          0x1a, 0x20, 0, 0x50, 0xd, 0, 0x10, 0, 0x1a, 0x7c, 0xb, 0xb),
    // Results that go straight to the register of a local.
    GIVES("x = y - x", 0xedcba98765432111, 1, 1, 0x7e, 0x42, 1, 0x21, 1, 0x20, 1, 0x20, 0,
          0x7d, 0x21, 0, 0x20, 0, 0xb),
    GIVES("x = x - x", 0, 0, 0x20, 0, 0x20, 0, 0x7d, 0x22, 0, 0xb),
    GIVES("x = x + x", 2 * ARGUMENT, 0, 0x20, 0, 0x20, 0, 0x7c, 0x21, 0, 0x20, 0, 0xb),
    GIVES("x = 5 - x", 5 - ARGUMENT, 0, 0x42, 5, 0x20, 0, 0x7d, 0x21, 0, 0x20, 0, 0xb),
    GIVES("x = 1 << x", 1ull << (ARGUMENT & 63), 0, 0x42, 1, 0x20, 0, 0x86, 0x21, 0, 0x20,
          0, 0xb),
    GIVES("x = x << x", ARGUMENT << (ARGUMENT & 63), 0, 0x20, 0, 0x20, 0, 0x86, 0x21, 0,
          0x20, 0, 0xb),
    GIVES("x = y + x below an old x", ARGUMENT + 7, 1, 1, 0x7e, 0x20, 0, 0x42, 7, 0x20, 0,
          0x7c, 0x22, 0, 0x20, 0, 0x7d, 0x7c, 0x22, 1, 0x42, 7, 0x7c, 0xb),
    GIVES("x = x ? y : x", 9, 1, 1, 0x7e, 0x42, 9, 0x21, 1, 0x20, 1, 0x20, 0, 0x20, 0,
          0x50, 0x45, 0x1b, 0x21, 0, 0x20, 0, 0xb),
    GIVES("x = x == 0 ? y : x", ARGUMENT, 1, 1, 0x7e, 0x42, 9, 0x21, 1, 0x20, 1, 0x20, 0,
          0x20, 0, 0x50, 0x1b, 0x21, 0, 0x20, 0, 0xb),
    GIVES("x = f == f ? y : x", 9, 2, 1, 0x7e, 1, 0x7c, 0x42, 9, 0x21, 1, 0x20, 1, 0x20,
          0, 0x20, 2, 0x20, 2, 0x61, 0x1b, 0x21, 0, 0x20, 0, 0xb),
    GIVES("x = f != f ? y : x", ARGUMENT, 2, 1, 0x7e, 1, 0x7c, 0x42, 9, 0x21, 1, 0x20, 1,
          0x20, 0, 0x20, 2, 0x20, 2, 0x62, 0x1b, 0x21, 0, 0x20, 0, 0xb),
    GIVES("f = g - f", 3, 1, 2, 0x7c, 0x44, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x21, 1, 0x44, 0,
          0, 0, 0, 0, 0, 0x14, 0x40, 0x21, 2, 0x20, 2, 0x20, 1, 0xa1, 0x21, 1, 0x20, 1,
          0xb0, 0xb),
    GIVES("f = g / f", 4, 1, 2, 0x7c, 0x44, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x21, 1, 0x44, 0,
          0, 0, 0, 0, 0, 0x20, 0x40, 0x21, 2, 0x20, 2, 0x20, 1, 0xa3, 0x22, 1, 0xb0, 0xb),
    GIVES("x = load x", 7, 1, 1, 0x7f, 0x41, 0xf4, 0, 0x21, 1, 0x20, 1, 0x2d, 0, 0, 0x21,
          1, 0x20, 1, 0xad, 0xb),
    GIVES("x = x == y", 1, 1, 1, 0x7f, 0x41, 1, 0x20, 1, 0x20, 1, 0x46, 0x22, 1, 0x71,
          0xad, 0xb),
    GIVES("x = wrapped and widened", 0xffffffff9abcdef0, 0, 0x20, 0, 0xa7, 0xac, 0x21, 0,
          0x20, 0, 0xb),
};

static struct test_port port;
static struct wasm_store *store;

static struct wasm_func *
host_func(const struct wasm_functype *type, void (*code)(void))
{
    struct wasm_func *func;
    assert_int_equal(wasm_func_create(store, type, code, NULL, &func), WASM_OK);
    return func;
}

static struct wasm_module *
make_module(struct builder *b, const struct run_case *k)
{
    struct wasm_module *module;
    struct wasm_error error;
    builder_init(b);
    builder_section(b, 1,
                    BYTES(4, 0x60, 1, 0x7e, 1, 0x7e, 0x60, 0, 1, 0x7f, 0x60, 7, 0x7f,
                          0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7e, 0x60, 2, 0x7e,
                          0x7f, 2, 0x7e, 0x7f));
    builder_section(b, 2, BYTES(2, 1, 'm', 1, 'a', 0, 1, 1, 'm', 1, 'b', 0, 2));
    builder_section(b, 3, BYTES(1, 0));
    builder_section(b, 4, BYTES(1, 0x70, 1, 0, 0));
    builder_section(b, 5, BYTES(1, 0, 1));
    builder_section(b, 7, BYTES(1, 1, 'f', 0, 2));
    builder_code(b, k->body, k->len);
    builder_section(b, 11, BYTES(1, 0, 0x41, 0xf4, 0, 0x0b, 1, 7));
    if (wasm_module_create(&port.port, b->bytes, b->len, &module, &error) != WASM_OK)
        fail_msg("%s: %s", k->name, error.message);
    return module;
}

static void
run(const struct run_case *k, bool is_poisoned)
{
    static const wasm_type_t types[] = {0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7e};
    const struct wasm_functype dirty = {0, 1, types};
    const struct wasm_functype digits = {7, 1, types};
    struct wasm_store_config config = {.stack_limit = test_port_stack_limit()};
    static struct builder b; // modules are read in place
    assert_int_equal(wasm_store_create(test_port_init(&port), &config, &store), WASM_OK);
    port.port.poison = is_poisoned;
    test_port_set_store(store);
    struct wasm_module *module = make_module(&b, k);
    struct wasm_extern imports[] = {
        {.kind = WASM_KIND_FUNC, .func = host_func(&dirty, (void (*)(void))host_dirty)},
        {.kind = WASM_KIND_FUNC, .func = host_func(&digits, (void (*)(void))host_digits)},
    };
    struct wasm_instance *instance;
    struct wasm_trap trap = {0};
    struct wasm_error error;
    struct wasm_extern f;
    union wasm_value argument = {.i64 = ARGUMENT};
    union wasm_value result = {0};
    assert_int_equal(
        wasm_instance_create(store, module, imports, 2, &instance, &trap, &error),
        WASM_OK);
    assert_true(wasm_instance_export(instance, "f", 1, &f));
    (void)!wasm_func_invoke(store, f.func, &argument, &result, &trap);
    if (trap.code != k->trap || result.i64 != k->result)
        fail_msg("%s: %#llx, \"%s\"", k->name, (unsigned long long)result.i64,
                 wasm_trap_text(trap.code));
    test_port_set_store(NULL);
    wasm_store_destroy(store);
    wasm_module_destroy(module);
    assert_int_equal(port.live, 0);
}

static void
computes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        run(&cases[i], false);
}

static void
computes_poisoned(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        run(&cases[i], true);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(computes),
                                       cmocka_unit_test(computes_poisoned)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
