// SPDX-License-Identifier: Apache-2.0
//
// Representation: a fault's signal handler writes the struct sk_upcall and rewrites the
// interrupted context, so that returning from the signal starts the activation. Vector
// state comes back as it was.
#include "host/activation.h"

#include <asm/prctl.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "abi/domain.h"
#include "abi/layout.h"
#include "base/fmt.h"
#include "host/entry.h"
#include "host/memory.h"

#define SIGNAL_STACK_LEN 65536u

// Flags that a domain may set: carry to overflow, less trap, interrupt and direction's
// neighbours; then resume, alignment check and identification.
#define RFLAGS_USER  0x00250dd5ull
#define RFLAGS_FIXED 0x202ull

_Static_assert(offsetof(struct sk_regs, rsp) == 56 &&
                   offsetof(struct sk_regs, r8) == 64 &&
                   offsetof(struct sk_regs, rip) == 128 &&
                   offsetof(struct sk_regs, rflags) == 136,
               "host/x86_64/entry.S");

static struct sk_activation activation;
static bool upcalls_on = true;
static int log_fd;

static uint64_t
base_read(int which)
{
    uint64_t base = 0;
    syscall(SYS_arch_prctl, which, &base);
    return base;
}

static void
gs_base_write(uint64_t base)
{
    if (base != base_read(ARCH_GET_GS))
        syscall(SYS_arch_prctl, ARCH_SET_GS, base);
}

static void
regs_of(const greg_t *from, struct sk_regs *regs)
{
    *regs = (struct sk_regs){
        .rax = (uint64_t)from[REG_RAX],
        .rbx = (uint64_t)from[REG_RBX],
        .rcx = (uint64_t)from[REG_RCX],
        .rdx = (uint64_t)from[REG_RDX],
        .rsi = (uint64_t)from[REG_RSI],
        .rdi = (uint64_t)from[REG_RDI],
        .rbp = (uint64_t)from[REG_RBP],
        .rsp = (uint64_t)from[REG_RSP],
        .r8 = (uint64_t)from[REG_R8],
        .r9 = (uint64_t)from[REG_R9],
        .r10 = (uint64_t)from[REG_R10],
        .r11 = (uint64_t)from[REG_R11],
        .r12 = (uint64_t)from[REG_R12],
        .r13 = (uint64_t)from[REG_R13],
        .r14 = (uint64_t)from[REG_R14],
        .r15 = (uint64_t)from[REG_R15],
        .rip = (uint64_t)from[REG_RIP],
        .rflags = (uint64_t)from[REG_EFL],
        .fs_base = base_read(ARCH_GET_FS),
        .gs_base = base_read(ARCH_GET_GS),
    };
}

// Exception vectors of the CPU, by name. The error code of a page fault: bit 1 write,
// bit 4 instruction fetch.
static void
reason_of(const greg_t *from, struct sk_upcall *upcall)
{
    switch (from[REG_TRAPNO]) {
    case 14:
        upcall->reason = SK_UPCALL_PAGE_FAULT;
        upcall->address = (uint64_t)from[REG_CR2];
        upcall->detail = (from[REG_ERR] & 2) != 0    ? SK_PROT_WRITE
                         : (from[REG_ERR] & 16) != 0 ? SK_PROT_EXECUTE
                                                     : 0;
        break;
    case 0:
        upcall->reason = SK_UPCALL_DIVIDE;
        break;
    case 6:
        upcall->reason = SK_UPCALL_ILLEGAL;
        break;
    case 16: // x87
    case 19: // SSE
        upcall->reason = SK_UPCALL_FLOAT;
        break;
    case 1: // debug
    case 3: // int3
        upcall->reason = SK_UPCALL_BREAKPOINT;
        break;
    default:
        upcall->reason = SK_UPCALL_PROTECTION;
        break;
    }
}

static void
report_write(const char *text, size_t len)
{
    while (len > 0) {
        ssize_t done = write(log_fd, text, len);
        if (done <= 0)
            return;
        text += done;
        len -= (size_t)done;
    }
}

_Noreturn static void
stop(const struct sk_upcall *upcall, const char *why)
{
    static const char *const names[] = {
        [SK_UPCALL_PAGE_FAULT] = "page fault",
        [SK_UPCALL_ILLEGAL] = "illegal instruction",
        [SK_UPCALL_DIVIDE] = "divide error",
        [SK_UPCALL_PROTECTION] = "protection fault",
        [SK_UPCALL_FLOAT] = "floating-point",
        [SK_UPCALL_BREAKPOINT] = "breakpoint",
    };
    const char *access = upcall->reason != SK_UPCALL_PAGE_FAULT    ? ""
                         : (upcall->detail & SK_PROT_WRITE) != 0   ? " writing"
                         : (upcall->detail & SK_PROT_EXECUTE) != 0 ? " executing"
                                                                   : " reading";
    const struct sk_regs *r = &upcall->regs;
    char text[1024];
    size_t len = fmt_string(text, sizeof(text),
                            "selkis: domain stopped (%s): %s%s %lx at rip %lx\n"
                            "  rax %016lx rbx %016lx rcx %016lx rdx %016lx\n"
                            "  rsi %016lx rdi %016lx rbp %016lx rsp %016lx\n"
                            "  r8  %016lx r9  %016lx r10 %016lx r11 %016lx\n"
                            "  r12 %016lx r13 %016lx r14 %016lx r15 %016lx\n"
                            "  rip %016lx rflags %lx fs %lx gs %lx\n",
                            why, names[upcall->reason], access, upcall->address, r->rip,
                            r->rax, r->rbx, r->rcx, r->rdx, r->rsi, r->rdi, r->rbp,
                            r->rsp, r->r8, r->r9, r->r10, r->r11, r->r12, r->r13, r->r14,
                            r->r15, r->rip, r->rflags, r->fs_base, r->gs_base);
    report_write(text, len);
    signal(SIGABRT, SIG_DFL);
    raise(SIGABRT);
    _exit(128 + SIGABRT);
}

static void
deliver(greg_t *context)
{
    struct sk_upcall upcall = {.address = 0};
    regs_of(context, &upcall.regs);
    reason_of(context, &upcall);
    if (activation.entry == 0)
        stop(&upcall, "no activation");
    if (!upcalls_on)
        stop(&upcall, "upcalls are off");
    if (!host_memory_write((void *)activation.upcall, &upcall, sizeof(upcall)))
        stop(&upcall, "upcall area not writable");
    upcalls_on = false;
    context[REG_RIP] = (greg_t)activation.entry;
    context[REG_RSP] = (greg_t)activation.stack_top - 8;
    context[REG_RDI] = (greg_t)activation.upcall;
    context[REG_EFL] = (greg_t)RFLAGS_FIXED;
}

static void
on_fault(int signal_number, siginfo_t *info, void *user_context)
{
    int saved_errno = errno;
    greg_t *context = ((ucontext_t *)user_context)->uc_mcontext.gregs;
    if (info->si_code <= 0) { // somebody sent it
        signal(signal_number, SIG_DFL);
        raise(signal_number);
    } else if (context[REG_RIP] == (greg_t)host_copy_at) {
        context[REG_RIP] = (greg_t)host_copy_failed;
    } else {
        deliver(context);
    }
    errno = saved_errno;
}

#ifdef __SANITIZE_ADDRESS__
// Faults are ours to take, also where AddressSanitizer would like to report them.
const char *__asan_default_options(void);

__attribute__((visibility("default"))) const char *
__asan_default_options(void)
{
    return "handle_segv=0:handle_sigbus=0:handle_sigill=0:handle_sigfpe=0:handle_sigtrap="
           "0:"
           "allow_user_segv_handler=1:use_sigaltstack=0";
}
#endif

// SA_NODEFER: writing the upcall may fault itself, inside host_copy.
const char *
host_activation_init(int log_out)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
    log_fd = log_out;
    void *stack = mmap(NULL, SIGNAL_STACK_LEN, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack == MAP_FAILED)
        return "cannot map the signal stack";
    if (sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = SIGNAL_STACK_LEN}, NULL) != 0)
        return "cannot set the signal stack";
    struct sigaction action = {.sa_sigaction = on_fault,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        if (sigaction(signals[i], &action, NULL) != 0)
            return "cannot take over the fault signals";
    }
    return NULL;
}

int64_t
sk_activation_bind(uint64_t index, const struct sk_activation *user)
{
    struct sk_activation wanted;
    if (index != 0)
        return SK_E_RANGE;
    if (!host_memory_read(&wanted, user, sizeof(wanted)))
        return SK_E_ADDRESS;
    if (wanted.reserved != 0 || wanted.stack_top % 16 != 0 || wanted.upcall % 16 != 0)
        return SK_E_ARG;
    if (wanted.entry >= SK_VA_LIMIT || wanted.stack_top > SK_VA_LIMIT ||
        (wanted.entry != 0 && wanted.stack_top < SK_PAGE_SIZE) ||
        wanted.upcall > SK_VA_LIMIT - sizeof(struct sk_upcall))
        return SK_E_RANGE;
    activation = wanted;
    return SK_OK;
}

static bool
canonical(uint64_t address)
{
    return (uint64_t)((int64_t)(address << 16) >> 16) == address;
}

int64_t
sk_resume(const struct sk_regs *user)
{
    struct sk_regs regs;
    if (!host_memory_read(&regs, user, sizeof(regs)))
        return SK_E_ADDRESS;
    if (regs.rip >= SK_VA_LIMIT || regs.rsp > SK_VA_LIMIT || !canonical(regs.fs_base) ||
        !canonical(regs.gs_base))
        return SK_E_ARG;
    regs.rflags = (regs.rflags & RFLAGS_USER) | RFLAGS_FIXED;
    gs_base_write(regs.gs_base);
    upcalls_on = true;
    host_load_regs(&regs);
}
