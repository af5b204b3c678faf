// SPDX-License-Identifier: Apache-2.0
//
// CPU features, hypervisor leaves of CPUID, KVM's paravirtual clock, the RTC, power.
#include "kernel/arch/x86_64/platform.h"

#include "base/string.h"
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/layout.h"
#include "kernel/dev/serial.h"
#include "kernel/panic.h"

// CPUID leaf 1.
#define ECX1_SSSE3      (1u << 9)
#define ECX1_SSE41      (1u << 19)
#define ECX1_SSE42      (1u << 20)
#define ECX1_POPCNT     (1u << 23)
#define ECX1_RDRAND     (1u << 30)
#define ECX1_HYPERVISOR (1u << 31)
#define EDX1_PGE        (1u << 13)
// CPUID leaf 7.
#define EBX7_FSGSBASE (1u << 0)
#define EBX7_SMEP     (1u << 7)
#define EBX7_RDSEED   (1u << 18)
#define EBX7_SMAP     (1u << 20)
#define ECX7_UMIP     (1u << 2)
#define EDX7_IBPB     (1u << 26)

#define LEAF_CRYSTAL    0x15u
#define LEAF_HYPERVISOR 0x40000000u
#define LEAF_KVM        0x40000001u
#define LEAF_TIMING     0x40000010u
#define KVM_CLOCK       (1u << 3)

#define APIC_HZ_VIRTUAL 1000000000ull

#define POWER_PORT 0xf4 // isa-debug-exit

// A barrier by writing this to MSR_PRED_CMD.
#define PRED_CMD_IBPB 1u

bool cpu_has_smap; // trap.S
static bool has_fsgsbase;
static bool has_rdseed;
static bool has_rdrand;
static bool has_ibpb;
static bool on_hypervisor;
static bool on_kvm;

static void
need(uint32_t word, uint32_t bit, const char *name)
{
    if (!(word & bit))
        panic("this CPU lacks %s", name);
}

static void
find_hypervisor(void)
{
    struct cpuid leaf = cpuid(LEAF_HYPERVISOR, 0);
    on_kvm = memcmp(&leaf.ebx, "KVMK", 4) == 0 && memcmp(&leaf.ecx, "VMKV", 4) == 0 &&
             (cpuid(LEAF_KVM, 0).eax & KVM_CLOCK);
}

void
platform_init(void)
{
    struct cpuid one = cpuid(1, 0);
    struct cpuid seven = {0};
    if (cpuid(0, 0).eax >= 7)
        seven = cpuid(7, 0);
    need(one.ecx, ECX1_SSSE3, "SSSE3");
    need(one.ecx, ECX1_SSE41, "SSE4.1");
    need(one.ecx, ECX1_SSE42, "SSE4.2");
    need(one.ecx, ECX1_POPCNT, "POPCNT");
    has_rdrand = one.ecx & ECX1_RDRAND;
    has_rdseed = seven.ebx & EBX7_RDSEED;
    has_fsgsbase = seven.ebx & EBX7_FSGSBASE;
    has_ibpb = seven.edx & EDX7_IBPB;
    cpu_has_smap = seven.ebx & EBX7_SMAP;
    on_hypervisor = one.ecx & ECX1_HYPERVISOR;
    if (on_hypervisor)
        find_hypervisor();

    write_cr4(read_cr4() | CR4_OSFXSR | CR4_OSXMMEXCPT |
              (one.edx & EDX1_PGE ? CR4_PGE : 0) | (has_fsgsbase ? CR4_FSGSBASE : 0) |
              (seven.ebx & EBX7_SMEP ? CR4_SMEP : 0) | (cpu_has_smap ? CR4_SMAP : 0) |
              (seven.ecx & ECX7_UMIP ? CR4_UMIP : 0));
}

// ---- Registers that domains own ----

void
arch_bases_save(struct sk_regs *regs)
{
    regs->fs_base = has_fsgsbase ? rdfsbase() : rdmsr(MSR_FS_BASE);
    regs->gs_base = rdmsr(MSR_KERNEL_GS_BASE);
}

void
arch_bases_load(const struct sk_regs *regs)
{
    if (has_fsgsbase)
        wrfsbase(regs->fs_base);
    else
        wrmsr(MSR_FS_BASE, regs->fs_base);
    wrmsr(MSR_KERNEL_GS_BASE, regs->gs_base);
}

void
arch_speculation_barrier(void)
{
    if (has_ibpb)
        wrmsr(MSR_PRED_CMD, PRED_CMD_IBPB);
}

// ---- Time ----

uint64_t
arch_mul_div(uint64_t a, uint64_t b, uint64_t c)
{
    uint64_t lo, hi, quotient, rest;
    __asm__("mulq %3" : "=a"(lo), "=d"(hi) : "0"(a), "r"(b));
    if (hi >= c)
        return UINT64_MAX;
    __asm__("divq %4" : "=a"(quotient), "=d"(rest) : "0"(lo), "1"(hi), "r"(c));
    return quotient;
}

uint64_t
arch_counter(void)
{
    return rdtsc();
}

// Where the page that KVM writes its clock to has this form (KVM documentation, "msr").
struct kvm_time {
    uint32_t version;
    uint32_t pad;
    uint64_t tsc;
    uint64_t system_ns;
    uint32_t tsc_to_ns; // 0.32 fixed point, after the shift
    int8_t tsc_shift;
    uint8_t flags;
    uint8_t pad2[2];
};

struct kvm_wall_clock {
    uint32_t version;
    uint32_t seconds;
    uint32_t nanoseconds;
};

static struct kvm_time kvm_time __attribute__((aligned(64)));
static struct kvm_wall_clock kvm_wall_clock __attribute__((aligned(64)));

static uint64_t
image_physical(const void *pointer)
{
    return (uint64_t)pointer - IMAGE_BASE;
}

static uint64_t
kvm_counter_hz(void)
{
    wrmsr(MSR_KVM_TIME, image_physical(&kvm_time) | 1);
    wrmsr(MSR_KVM_TIME, 0);
    int shift = kvm_time.tsc_shift;
    if (kvm_time.tsc_to_ns == 0 || shift < -31 || shift > 31)
        return 0;
    uint64_t hz = arch_mul_div(1000000000u, 1ull << 32, kvm_time.tsc_to_ns);
    return shift < 0 ? hz << -shift : hz >> shift;
}

// The time leaf of a hypervisor: kHz of the counter in eax, of the APIC's timer in ebx.
static struct cpuid
hypervisor_timing(void)
{
    if (on_hypervisor && cpuid(LEAF_HYPERVISOR, 0).eax >= LEAF_TIMING)
        return cpuid(LEAF_TIMING, 0);
    return (struct cpuid){0};
}

static struct cpuid
crystal(void)
{
    if (!on_hypervisor && cpuid(0, 0).eax >= LEAF_CRYSTAL)
        return cpuid(LEAF_CRYSTAL, 0);
    return (struct cpuid){0};
}

uint64_t
arch_counter_hz(void)
{
    uint64_t hz = on_kvm ? kvm_counter_hz() : 0;
    if (hz == 0)
        hz = hypervisor_timing().eax * 1000ull;
    struct cpuid leaf = crystal();
    if (hz == 0 && leaf.eax != 0)
        hz = (uint64_t)leaf.ecx * leaf.ebx / leaf.eax;
    return hz;
}

uint64_t
platform_apic_hz(void)
{
    uint64_t hz = hypervisor_timing().ebx * 1000ull;
    if (hz == 0)
        hz = crystal().ecx;
    return hz != 0 ? hz : APIC_HZ_VIRTUAL;
}

// ---- The real-time clock (MC146818) ----

#define RTC_INDEX    0x70
#define RTC_DATA     0x71
#define RTC_STATUS_A 0x0a
#define RTC_STATUS_B 0x0b
#define RTC_24_HOURS 0x02
#define RTC_BINARY   0x04
#define RTC_PM       0x80

static uint8_t
rtc_read(uint8_t index)
{
    outb(RTC_INDEX, index);
    return inb(RTC_DATA);
}

struct rtc {
    uint8_t second, minute, hour, day, month, year;
};

static struct rtc
rtc_read_all(void)
{
    return (struct rtc){rtc_read(0), rtc_read(2), rtc_read(4),
                        rtc_read(7), rtc_read(8), rtc_read(9)};
}

static uint64_t
binary(uint8_t value, uint8_t status)
{
    return status & RTC_BINARY ? value : (uint64_t)(value >> 4) * 10 + (value & 15);
}

// Days from 1970-01-01 to a date of the proleptic Gregorian calendar; years begin in
// March here, so that the leap day is a year's last.
static uint64_t
days_since_1970(uint64_t year, uint64_t month, uint64_t day)
{
    year -= month <= 2;
    uint64_t march_month = (month + 9) % 12;
    uint64_t day_of_year = (153 * march_month + 2) / 5 + day - 1;
    return year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 719468;
}

static uint64_t
rtc_seconds(void)
{
    if (rtc_read(RTC_STATUS_A) == 0xff) // no such chip
        return 0;
    struct rtc rtc, again = rtc_read_all();
    do { // two equal readings: no update fell between
        rtc = again;
        again = rtc_read_all();
    } while (memcmp(&rtc, &again, sizeof rtc) != 0);
    uint8_t status = rtc_read(RTC_STATUS_B);
    uint64_t hour = binary(rtc.hour & (uint8_t)~RTC_PM, status);
    if (!(status & RTC_24_HOURS))
        hour = hour % 12 + (rtc.hour & RTC_PM ? 12 : 0);
    uint64_t days = days_since_1970(2000 + binary(rtc.year, status),
                                    binary(rtc.month, status), binary(rtc.day, status));
    return ((days * 24 + hour) * 60 + binary(rtc.minute, status)) * 60 +
           binary(rtc.second, status);
}

uint64_t
arch_wall_ns(void)
{
    if (!on_kvm)
        return rtc_seconds() * 1000000000u;
    wrmsr(MSR_KVM_WALL_CLOCK, image_physical(&kvm_wall_clock));
    // The hypervisor tells when the machine started.
    wrmsr(MSR_KVM_TIME, image_physical(&kvm_time) | 1);
    wrmsr(MSR_KVM_TIME, 0);
    return kvm_wall_clock.seconds * 1000000000ull + kvm_wall_clock.nanoseconds +
           kvm_time.system_ns;
}

// ---- The rest ----

bool
arch_random(uint64_t *word)
{
    return (has_rdseed && rdseed(word)) || (has_rdrand && rdrand(word));
}

void
arch_power_off(uint32_t status)
{
    serial_drain();
    outb(POWER_PORT, (uint8_t)status);
    // Without that device, a fault that cannot be served resets the machine.
    static const struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) no_vectors;
    __asm__ volatile("lidt %0; ud2" ::"m"(no_vectors));
    __builtin_unreachable();
}
