// SPDX-License-Identifier: Apache-2.0
//
// Segments, vectors, the per-CPU struct, and what a trap means.
#include "base/string.h"
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/apic.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/layout.h"
#include "kernel/arch/x86_64/platform.h"
#include "kernel/irq.h"
#include "kernel/panic.h"
#include "kernel/sched.h"
#include "kernel/upcall.h"

#include "abi/layout.h"

// ---- Per CPU ----

struct task_state {
    uint32_t reserved0;
    uint64_t stack[3];
    uint64_t reserved1;
    uint64_t fault_stack[7];
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t io_map;
} __attribute__((packed));

#define GDT_ENTRIES 7

struct cpu {
    struct domain *current;
    uint64_t user_rsp; // scratch of call_entry
    uint64_t stack_top;
    uint64_t gdt[GDT_ENTRIES];
    struct task_state task;
};

_Static_assert(offsetof(struct cpu, current) == CPU_CURRENT, "layout.h");
_Static_assert(offsetof(struct cpu, user_rsp) == CPU_USER_RSP, "layout.h");
_Static_assert(offsetof(struct cpu, stack_top) == CPU_STACK_TOP, "layout.h");
_Static_assert(offsetof(struct domain, regs) == 0, "trap.S");
_Static_assert(offsetof(struct sk_regs, rax) == REGS_RAX, "layout.h");
_Static_assert(offsetof(struct sk_regs, rdi) == REGS_RDI, "layout.h");
_Static_assert(offsetof(struct sk_regs, rsp) == REGS_RSP, "layout.h");
_Static_assert(offsetof(struct sk_regs, r15) == REGS_R15, "layout.h");
_Static_assert(offsetof(struct sk_regs, rip) == REGS_RIP, "layout.h");
_Static_assert(offsetof(struct sk_regs, rflags) == REGS_RFLAGS, "layout.h");

struct gate {
    uint16_t offset_low;
    uint16_t selector;
    uint8_t stack; // number of a fault stack, 0: the ordinary one
    uint8_t type;
    uint16_t offset_middle;
    uint32_t offset_high;
    uint32_t reserved;
};
_Static_assert(sizeof(struct gate) == 16, "x86-64");

struct table_pointer {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

// Faults that must not rely on the stack they interrupt, and their stacks.
enum fault_stack {
    STACK_DOUBLE_FAULT = 1,
    STACK_NMI,
    STACK_MACHINE_CHECK,
    STACK_END,
};

#define VECTOR_DIVIDE        0
#define VECTOR_DEBUG         1
#define VECTOR_NMI           2
#define VECTOR_BREAKPOINT    3
#define VECTOR_ILLEGAL       6
#define VECTOR_DOUBLE_FAULT  8
#define VECTOR_STACK         12
#define VECTOR_PROTECTION    13
#define VECTOR_PAGE_FAULT    14
#define VECTOR_X87           16
#define VECTOR_ALIGNMENT     17
#define VECTOR_MACHINE_CHECK 18
#define VECTOR_SIMD          19

#define GATE_INTERRUPT 0x8e
#define GATE_USER      0xee

#define SEGMENT_KERNEL_CODE 0x00af9b000000ffffull
#define SEGMENT_KERNEL_DATA 0x00cf93000000ffffull
#define SEGMENT_USER_DATA   0x00cff3000000ffffull
#define SEGMENT_USER_CODE   0x00affb000000ffffull
#define SEGMENT_TASK        0x0000890000000000ull

#define FLAGS_FIXED   0x202ull    // interrupts on; bit 1 is always set
#define FLAGS_USER    0x250dd5ull // CF PF AF ZF SF TF DF OF RF AC ID
#define FLAGS_CLEARED 0x257fd5ull // on a call: all that can be set

static struct cpu cpu0;
static struct gate gates[VECTOR_COUNT];
static uint8_t fault_stacks[STACK_END - 1][FAULT_STACK_LEN] __attribute__((aligned(16)));

extern const uint64_t trap_stubs[VECTOR_COUNT];
extern char kernel_stack_top[];
void call_entry(void);

// Called by trap.S.
_Noreturn void trap_user(struct domain *domain, uint64_t vector, uint64_t error);

struct trap_frame {
    uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp;
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    uint64_t vector, error;
    uint64_t rip, cs, rflags, rsp, ss;
};
void trap_kernel(struct trap_frame *frame);

static uint8_t
gate_stack(unsigned vector)
{
    switch (vector) {
    case VECTOR_DOUBLE_FAULT:
        return STACK_DOUBLE_FAULT;
    case VECTOR_NMI:
        return STACK_NMI;
    case VECTOR_MACHINE_CHECK:
        return STACK_MACHINE_CHECK;
    default:
        return 0;
    }
}

static void
init_gates(void)
{
    for (unsigned i = 0; i < VECTOR_COUNT; i++) {
        uint64_t stub = trap_stubs[i];
        gates[i] = (struct gate){
            .offset_low = (uint16_t)stub,
            .selector = SELECTOR_KERNEL_CODE,
            .stack = gate_stack(i),
            .type = i == VECTOR_BREAKPOINT ? GATE_USER : GATE_INTERRUPT,
            .offset_middle = (uint16_t)(stub >> 16),
            .offset_high = (uint32_t)(stub >> 32),
        };
    }
    struct table_pointer pointer = {sizeof gates - 1, (uint64_t)gates};
    __asm__ volatile("lidt %0" ::"m"(pointer));
}

static void
init_segments(struct cpu *cpu)
{
    uint64_t task = (uint64_t)&cpu->task;
    cpu->task.stack[0] = cpu->stack_top;
    cpu->task.io_map = sizeof cpu->task; // no port is allowed
    for (unsigned i = 0; i < STACK_END - 1; i++)
        cpu->task.fault_stack[i] = (uint64_t)fault_stacks[i] + FAULT_STACK_LEN;
    const uint64_t gdt[GDT_ENTRIES] = {
        0,
        SEGMENT_KERNEL_CODE,
        SEGMENT_KERNEL_DATA,
        SEGMENT_USER_DATA,
        SEGMENT_USER_CODE,
        SEGMENT_TASK | (sizeof cpu->task - 1) | (task & 0xffffff) << 16 |
            (task >> 24 & 0xff) << 56,
        task >> 32,
    };
    memcpy(cpu->gdt, gdt, sizeof gdt);
    struct table_pointer pointer = {sizeof cpu->gdt - 1, (uint64_t)cpu->gdt};
    __asm__ volatile("lgdt %0" ::"m"(pointer));
    __asm__ volatile("ltr %w0" ::"r"(SELECTOR_TSS));
    // No local table: the one after a reset lies at address 0, which is a domain's.
    __asm__ volatile("lldt %w0" ::"r"(0));
}

void
arch_init(void)
{
    cpu0.stack_top = (uint64_t)kernel_stack_top;
    init_segments(&cpu0);
    init_gates();
    wrmsr(MSR_GS_BASE, (uint64_t)&cpu0);
    wrmsr(MSR_STAR,
          (uint64_t)SELECTOR_KERNEL_DATA << 48 | (uint64_t)SELECTOR_KERNEL_CODE << 32);
    wrmsr(MSR_LSTAR, (uint64_t)call_entry);
    wrmsr(MSR_SFMASK, FLAGS_CLEARED);
    platform_init();
}

// Loading gs takes the kernel's own base with it.
void
arch_segments_clear(void)
{
    __asm__ volatile(
        "movl %0, %%ds; movl %0, %%es; movl %0, %%fs; movl %0, %%gs" ::"r"(0));
    wrmsr(MSR_GS_BASE, (uint64_t)&cpu0);
}

struct domain *
cpu_current(void)
{
    struct domain *current;
    __asm__("movq %%gs:%c1, %0" : "=r"(current) : "i"(CPU_CURRENT));
    return current;
}

void
cpu_set_current(struct domain *domain)
{
    cpu0.current = domain;
}

// `sti` takes effect after the next instruction, so no wake-up falls between the two.
void
cpu_idle(void)
{
    __asm__ volatile("sti; hlt; cli" ::: "memory");
}

// ---- What domains may have in their registers ----

static bool
canonical(uint64_t address)
{
    return (uint64_t)((int64_t)(address << 16) >> 16) == address;
}

int64_t
arch_regs_check(struct sk_regs *regs)
{
    if (regs->rip >= SK_VA_LIMIT || regs->rsp > SK_VA_LIMIT)
        return SK_E_ARG;
    if (!canonical(regs->fs_base) || !canonical(regs->gs_base))
        return SK_E_ARG;
    regs->rflags = (regs->rflags & FLAGS_USER) | FLAGS_FIXED;
    return SK_OK;
}

// x87 control word 0x37f and MXCSR 0x1f80: all exceptions masked, round to nearest.
void
arch_vector_init(void *area)
{
    memset(area, 0, ARCH_VECTOR_STATE);
    ((uint16_t *)area)[0] = 0x37f;
    ((uint32_t *)area)[6] = 0x1f80;
}

void
arch_vector_save(void *area)
{
    __asm__ volatile("fxsave64 (%0)" ::"r"(area) : "memory");
}

void
arch_vector_load(const void *area)
{
    __asm__ volatile("fxrstor64 (%0)" ::"r"(area) : "memory");
}

// ---- Traps ----

static void
interrupt(uint64_t vector)
{
    if (vector == VECTOR_SPURIOUS)
        return;
    apic_acknowledge();
    if (vector == VECTOR_TIMER)
        irq_timer();
    else
        irq_device((uint32_t)(vector - VECTOR_IRQ_BASE));
}

#define ERROR_WRITE   (1u << 1)
#define ERROR_EXECUTE (1u << 4)

static _Noreturn void
page_fault(struct domain *domain, uint64_t error)
{
    uint32_t detail = error & ERROR_WRITE     ? SK_PROT_WRITE
                      : error & ERROR_EXECUTE ? SK_PROT_EXECUTE
                                              : 0;
    upcall_fault(domain, SK_UPCALL_PAGE_FAULT, detail, read_cr2());
}

void
trap_user(struct domain *domain, uint64_t vector, uint64_t error)
{
    if (vector >= VECTOR_IRQ_BASE) {
        interrupt(vector);
        sched_return();
    }
    switch (vector) {
    case VECTOR_PAGE_FAULT:
        page_fault(domain, error);
    case VECTOR_DIVIDE:
        upcall_fault(domain, SK_UPCALL_DIVIDE, 0, 0);
    case VECTOR_ILLEGAL:
        upcall_fault(domain, SK_UPCALL_ILLEGAL, 0, 0);
    case VECTOR_DEBUG:
    case VECTOR_BREAKPOINT:
        upcall_fault(domain, SK_UPCALL_BREAKPOINT, 0, 0);
    case VECTOR_X87:
    case VECTOR_SIMD:
        upcall_fault(domain, SK_UPCALL_FLOAT, 0, 0);
    case VECTOR_STACK:
    case VECTOR_PROTECTION:
    case VECTOR_ALIGNMENT:
        upcall_fault(domain, SK_UPCALL_PROTECTION, 0, 0);
    default:
        panic_regs(&domain->regs, "trap %llu (error %llx) in a domain",
                   (unsigned long long)vector, (unsigned long long)error);
    }
}

// Addresses of instructions that may fault on user memory, and where to go on then.
struct recovery {
    uint64_t fault, next;
};
extern const struct recovery extable_start[], extable_end[];

static bool
recover(struct trap_frame *frame)
{
    for (const struct recovery *r = extable_start; r < extable_end; r++) {
        if (r->fault == frame->rip) {
            frame->rip = r->next;
            return true;
        }
    }
    return false;
}

static struct sk_regs
frame_regs(const struct trap_frame *f)
{
    return (struct sk_regs){
        .rax = f->rax,
        .rbx = f->rbx,
        .rcx = f->rcx,
        .rdx = f->rdx,
        .rsi = f->rsi,
        .rdi = f->rdi,
        .rbp = f->rbp,
        .rsp = f->rsp,
        .r8 = f->r8,
        .r9 = f->r9,
        .r10 = f->r10,
        .r11 = f->r11,
        .r12 = f->r12,
        .r13 = f->r13,
        .r14 = f->r14,
        .r15 = f->r15,
        .rip = f->rip,
        .rflags = f->rflags,
    };
}

void
trap_kernel(struct trap_frame *frame)
{
    if (frame->vector >= VECTOR_IRQ_BASE) {
        interrupt(frame->vector);
        return;
    }
    uint64_t address = frame->vector == VECTOR_PAGE_FAULT ? read_cr2() : 0;
    bool user = address < SK_VA_LIMIT;
    if (frame->vector == VECTOR_PAGE_FAULT && user && recover(frame))
        return;
    struct sk_regs regs = frame_regs(frame);
    panic_regs(&regs, "trap %llu (error %llx, address %llx) in the kernel",
               (unsigned long long)frame->vector, (unsigned long long)frame->error,
               (unsigned long long)address);
}
