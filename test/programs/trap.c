// SPDX-License-Identifier: Apache-2.0
//
// Traps in the way that its argument names, a few calls deep, after a line of output.
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define NOINLINE __attribute__((noinline))

static volatile int zero = 0;
static volatile int minus_one = -1;
static volatile int least = INT_MIN;
static volatile float big = 1e30f;
static volatile uintptr_t last_word = 0xfffffffc;

static NOINLINE int
divide(int by)
{
    return 7 / by;
}

static NOINLINE int
overflow(int by)
{
    return least / by;
}

static NOINLINE int
load_outside(void)
{
    return *(volatile int *)last_word;
}

static NOINLINE int
store_outside(void)
{
    *(volatile int *)last_word = 1;
    return 0;
}

static NOINLINE int
convert(void)
{
    int result;
    __asm__ volatile("local.get %1\n\ti32.trunc_f32_s\n\tlocal.set %0"
                     : "=r"(result)
                     : "r"(big));
    return result;
}

static NOINLINE double
other_signature(double x)
{
    return x + zero;
}

static NOINLINE int
call_mismatch(void)
{
    double (*volatile right)(double) = other_signature;
    int (*wrong)(int) = (int (*)(int))(uintptr_t)right;
    return wrong(1);
}

static NOINLINE int
call_outside(void)
{
    int (*volatile nowhere)(int) = (int (*)(int))(uintptr_t)0x00ffffff;
    return nowhere(1);
}

static NOINLINE int
recurse(int depth)
{
    volatile int kept = depth;
    return kept < 0 ? 0 : recurse(depth + 1) + kept;
}

static int
trap(const char *way)
{
    if (strcmp(way, "divide") == 0) {
        return divide(zero);
    }
    if (strcmp(way, "overflow") == 0) {
        return overflow(minus_one);
    }
    if (strcmp(way, "load") == 0) {
        return load_outside();
    }
    if (strcmp(way, "store") == 0) {
        return store_outside();
    }
    if (strcmp(way, "convert") == 0) {
        return convert();
    }
    if (strcmp(way, "mismatch") == 0) {
        return call_mismatch();
    }
    if (strcmp(way, "table") == 0) {
        return call_outside();
    }
    if (strcmp(way, "recursion") == 0) {
        return recurse(zero);
    }
    __builtin_trap();
}

int
main(int argc, char **argv)
{
    puts("before");
    fflush(stdout);
    int result = trap(argc > 1 ? argv[1] : "unreachable");
    printf("after %d\n", result);
    return 0;
}
