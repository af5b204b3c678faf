// SPDX-License-Identifier: Apache-2.0
//
// The porting contract: all that the kernel asks of a CPU and its platform. A second
// architecture answers this header in files of its own.
//
// One CPU runs the kernel, with interrupts off; functions marked noreturn leave the
// kernel for a domain and abandon the kernel stack.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/domain.h"

typedef uint64_t paddr_t; // physical address

struct domain;
struct space;

// [lo, hi) of physical addresses.
struct range {
    paddr_t lo, hi;
};

// ---- Boot ----

#define MACHINE_RAM_MAX 32u

// What the boot loader says about the machine, checked: ranges of whole frames, sorted,
// not overlapping. The bundle is empty when there is none.
struct machine {
    struct range ram[MACHINE_RAM_MAX];
    uint32_t ram_count;
    struct range image;     // the kernel itself
    struct range bundle;    // whole frames
    uint64_t bundle_len;    // bytes
    uint64_t counter_entry; // arch_counter at the kernel's first instruction
};

// Turns on what protects (or panics by the name of what the CPU lacks), takes over the
// trap vectors.
void arch_init(void);

// Reads the loader's tables; only before mmu_init.
void arch_read_machine(struct machine *machine);

// Programs the interrupt controllers and the timer; after mmu_init.
void arch_init_irq(void);

// ---- Memory ----

// Where the kernel sees physical memory.
void *arch_direct(paddr_t address);
paddr_t arch_physical(const void *pointer);

// Replaces the loader's mappings by the kernel's own: RAM, image, device registers.
// `take` gives zeroed frames for the tables.
void mmu_init(const struct machine *machine, paddr_t (*take)(uint64_t count));

// Prepares the root table of a new space; `root` is zeroed.
void mmu_root_init(paddr_t root);

// Makes `root` the current space; 0: the kernel's own.
void mmu_load(paddr_t root);

// May `count` pages be mapped at `va`? SK_E_BUSY: one already is. Else the number of
// table frames that mapping them takes.
int64_t mmu_map_need(paddr_t root, uint64_t va, uint64_t count);

// Maps frames from `first` on; `prot` now, within `rights` later. mmu_map_need has said
// yes; table frames come from the space's pool.
void mmu_map(struct space *space, uint64_t va, uint64_t count, paddr_t first,
             uint32_t prot, uint32_t rights);

// Unmaps what is mapped in the range and releases the frames.
void mmu_unmap(paddr_t root, uint64_t va, uint64_t count);

// SK_OK, SK_E_ADDRESS (a page is not mapped) or SK_E_RIGHTS.
int64_t mmu_protect_check(paddr_t root, uint64_t va, uint64_t count, uint32_t prot);
void mmu_protect(paddr_t root, uint64_t va, uint64_t count, uint32_t prot);

// Releases every frame and every table below `root`, not the root.
void mmu_destroy(paddr_t root);

// ---- User memory: addresses are checked to be below SK_VA_LIMIT before ----

// 0, or not 0 when a page was missing or not allowed.
size_t user_copy(void *to, const void *from, size_t len);

// ---- Domains ----

#define ARCH_VECTOR_STATE 512u // bytes of x87 and SSE state of a domain

void arch_vector_init(void *area);
void arch_vector_save(void *area);
void arch_vector_load(const void *area);

// The registers that stay in the CPU while the kernel runs (fs and gs base).
void arch_bases_save(struct sk_regs *regs);
void arch_bases_load(const struct sk_regs *regs);

// Forgets the segments that the domain before has loaded; before arch_bases_load.
void arch_segments_clear(void);

// Keeps one domain from steering another's speculation.
void arch_speculation_barrier(void);

// May a domain have these registers? Forces the flags that are the kernel's. SK_E_ARG.
int64_t arch_regs_check(struct sk_regs *regs);

struct domain *cpu_current(void);
void cpu_set_current(struct domain *domain);
_Noreturn void cpu_enter(const struct sk_regs *regs);
_Noreturn void cpu_restack(void (*next)(void));

// Halts until an interrupt has been served.
void cpu_idle(void);

// ---- Time ----

// a * b / c without overflow on the way; UINT64_MAX when the result does not fit.
uint64_t arch_mul_div(uint64_t a, uint64_t b, uint64_t c);

uint64_t arch_counter(void); // never goes back

// The counter's rate as the platform tells it, or 0.
uint64_t arch_counter_hz(void);

// Nanoseconds of a clock of known rate since arch_init_irq or the timer's last setting,
// or 0 when it has run out; to measure the counter by.
uint64_t arch_reference_ns(void);
void arch_reference_start(void);

// Interrupts once, `ns` from now (0: at once; what is too far away comes early).
void arch_timer_set(uint64_t ns);
void arch_timer_stop(void);

// Nanoseconds since 1970, from the machine's clock.
uint64_t arch_wall_ns(void);

// ---- The rest ----

bool arch_random(uint64_t *word);

// Ends the machine when its consoles have sent what they hold.
_Noreturn void arch_power_off(uint32_t status);
