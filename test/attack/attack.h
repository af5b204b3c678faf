// SPDX-License-Identifier: Apache-2.0
//
// An attack is one forbidden act, in a file named for it. It runs as a fresh domain that
// has been given little; supervisor.c (init) judges how that domain ends and then checks
// that the kernel still works. Attacks have no writable globals: a domain gets the
// image's code and constants only.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "abi/domain.h"
#include "abi/layout.h"

// What a domain has been given, besides the image and SK_SLOT_CLOCK, SK_SLOT_ENTROPY.
#define ATTACK_SELF        SK_SLOT_DOMAIN  // read, control
#define ATTACK_SPACE       SK_SLOT_SPACE   // map
#define ATTACK_CONSOLE     SK_SLOT_CONSOLE // read, write
#define ATTACK_FRAMES      SK_SLOT_FRAMES  // all rights
#define ATTACK_READ_RUN    10u             // the same frames, to be read only
#define ATTACK_EMPTY       20u             // and up: empty slots
#define ATTACK_FRAME_COUNT 16u

#define ATTACK_STACK_LO 0x1800100000ull
#define ATTACK_STACK_HI 0x1800108000ull
#define ATTACK_VA       0x2000000000ull // nothing is mapped from here on

#define KERNEL_IMAGE  0xffffffff80200000ull
#define KERNEL_DIRECT 0xffff800000400000ull
#define NOT_CANONICAL 0x0000900000000000ull

// How a domain must end.
enum attack_end {
    ATTACK_SURVIVES, // by exit with status 0: every check of its own held
    ATTACK_FAULTS,   // by a fault that no upcall took, with one of the reasons
    ATTACK_RUNS_ON,  // not at all, until the supervisor stops it
    ATTACK_VANISHES, // by taking itself apart
    ATTACK_ENDS_ANYHOW,
};

struct attack {
    const char *name;
    void (*act)(void);
    enum attack_end end;
    uint32_t reasons; // 1 << SK_UPCALL_*
};

#define ATTACK_AS(name, act, end, reasons)                                               \
    static const struct attack attack_##name = {#name, act, end, reasons};               \
    __attribute__((section("attacks"),                                                   \
                   used)) static const struct attack *const attack_entry_##name =        \
        &attack_##name

#define ATTACK(name, end, reasons) ATTACK_AS(name, act, end, reasons)

#define REASON(name) (1u << SK_UPCALL_##name)

// Ends the attack with the number of the line where what the kernel did was not refused.
#define CHECK(condition)                                                                 \
    do {                                                                                 \
        if (!(condition))                                                                \
            sk_exit(__LINE__ & 0xff ? __LINE__ & 0xff : 1);                              \
    } while (0)

// Any call, by number.
static inline int64_t
call_number(uint64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
            uint64_t f)
{
    int64_t result;
    register uint64_t r10 __asm__("r10") = d;
    register uint64_t r8 __asm__("r8") = e;
    register uint64_t r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}
