// SPDX-License-Identifier: Apache-2.0
//
// The instructions that C has no words for.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cpuid {
    uint32_t eax, ebx, ecx, edx;
};

#define MSR_APIC_BASE      0x1bu
#define MSR_PRED_CMD       0x49u
#define MSR_KVM_WALL_CLOCK 0x4b564d00u
#define MSR_KVM_TIME       0x4b564d01u
#define MSR_STAR           0xc0000081u
#define MSR_LSTAR          0xc0000082u
#define MSR_SFMASK         0xc0000084u
#define MSR_FS_BASE        0xc0000100u
#define MSR_GS_BASE        0xc0000101u
#define MSR_KERNEL_GS_BASE 0xc0000102u

#define CR4_PGE        (1u << 7)
#define CR4_OSFXSR     (1u << 9)
#define CR4_OSXMMEXCPT (1u << 10)
#define CR4_UMIP       (1u << 11)
#define CR4_FSGSBASE   (1u << 16)
#define CR4_SMEP       (1u << 20)
#define CR4_SMAP       (1u << 21)

static inline struct cpuid
cpuid(uint32_t leaf, uint32_t subleaf)
{
    struct cpuid r;
    __asm__ volatile("cpuid"
                     : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
                     : "a"(leaf), "c"(subleaf));
    return r;
}

static inline uint64_t
rdtsc(void)
{
    uint32_t lo, hi;
    __asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
    return (uint64_t)hi << 32 | lo;
}

static inline uint64_t
rdmsr(uint32_t msr)
{
    uint32_t lo, hi;
    __asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
    return (uint64_t)hi << 32 | lo;
}

static inline void
wrmsr(uint32_t msr, uint64_t value)
{
    __asm__ volatile("wrmsr" ::"c"(msr), "a"((uint32_t)value),
                     "d"((uint32_t)(value >> 32))
                     : "memory");
}

static inline uint8_t
inb(uint16_t port)
{
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void
outb(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port));
}

static inline uint64_t
read_cr2(void)
{
    uint64_t value;
    __asm__ volatile("movq %%cr2, %0" : "=r"(value));
    return value;
}

static inline uint64_t
read_cr4(void)
{
    uint64_t value;
    __asm__ volatile("movq %%cr4, %0" : "=r"(value));
    return value;
}

static inline void
write_cr4(uint64_t value)
{
    __asm__ volatile("movq %0, %%cr4" ::"r"(value) : "memory");
}

static inline uint64_t
read_cr3(void)
{
    uint64_t value;
    __asm__ volatile("movq %%cr3, %0" : "=r"(value));
    return value;
}

static inline void
write_cr3(uint64_t value)
{
    __asm__ volatile("movq %0, %%cr3" ::"r"(value) : "memory");
}

static inline void
invlpg(uint64_t va)
{
    __asm__ volatile("invlpg (%0)" ::"r"(va) : "memory");
}

static inline uint64_t
rdfsbase(void)
{
    uint64_t value;
    __asm__ volatile("rdfsbase %0" : "=r"(value));
    return value;
}

static inline void
wrfsbase(uint64_t value)
{
    __asm__ volatile("wrfsbase %0" ::"r"(value));
}

// Sends checked user bytes to a port; how many were left when a page was missing
// (trap.S).
size_t user_output(uint16_t port, const void *from, size_t len);

// One true random word of a hardware source, if there is one and it delivers.
static inline bool
rdseed(uint64_t *word)
{
    bool ok;
    __asm__ volatile("rdseed %0" : "=r"(*word), "=@ccc"(ok));
    return ok;
}

static inline bool
rdrand(uint64_t *word)
{
    bool ok;
    __asm__ volatile("rdrand %0" : "=r"(*word), "=@ccc"(ok));
    return ok;
}
