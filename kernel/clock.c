// SPDX-License-Identifier: Apache-2.0
#include "kernel/clock.h"

#include "kernel/arch/arch.h"
#include "kernel/call.h"
#include "kernel/cap.h"
#include "kernel/panic.h"

#define NS_PER_S 1000000000ull

// Shortest time to measure the counter over.
#define MEASURE_NS 2000000ull

static uint64_t entry;         // counter at time 0
static uint64_t measure_start; // counter at arch_reference_start
static uint64_t ns_per_count;  // 32.32 fixed point; 0: not known yet
static uint64_t wall_offset;   // realtime - monotonic; 0: not known yet

void
clock_init(uint64_t counter_entry)
{
    entry = counter_entry;
    arch_reference_start();
    measure_start = arch_counter();
}

// A counter that counts nanoseconds (as in an emulator that counts instructions) shows
// after a short time, others are measured over a longer one.
static bool
measured(uint64_t ns, uint64_t counts)
{
    uint64_t difference = ns > counts ? ns - counts : counts - ns;
    if (ns != 0 && difference <= 64 + ns / 16384) {
        ns_per_count = 1ull << 32;
        return true;
    }
    if (ns < MEASURE_NS || counts == 0)
        return false;
    ns_per_count = arch_mul_div(ns, 1ull << 32, counts);
    return true;
}

void
clock_calibrate(void)
{
    if (ns_per_count != 0)
        return;
    uint64_t hz = arch_counter_hz();
    if (hz != 0) {
        ns_per_count = arch_mul_div(NS_PER_S, 1ull << 32, hz);
        return;
    }
    if (arch_reference_ns() == 0) {
        arch_reference_start();
        measure_start = arch_counter();
    }
    while (!measured(arch_reference_ns(), arch_counter() - measure_start)) {
    }
}

uint64_t
clock_monotonic_ns(void)
{
    clock_calibrate();
    unsigned __int128 counts = arch_counter() - entry;
    return (uint64_t)(counts * ns_per_count >> 32);
}

static uint64_t
clock_realtime_ns(void)
{
    uint64_t now = clock_monotonic_ns();
    if (wall_offset == 0)
        wall_offset = arch_wall_ns() - now;
    return now + wall_offset;
}

int64_t
call_clock_read(sk_handle_t clock, uint64_t which)
{
    struct cap *cap;
    int64_t s = cap_find(cpu_current(), clock, SK_CAP_CLOCK, SK_RIGHT_READ, &cap);
    if (s != SK_OK)
        return s;
    if (which == SK_CLOCK_MONOTONIC)
        return (int64_t)clock_monotonic_ns();
    if (which == SK_CLOCK_REALTIME)
        return (int64_t)clock_realtime_ns();
    return SK_E_ARG;
}
