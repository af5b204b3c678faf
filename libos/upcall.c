// SPDX-License-Identifier: Apache-2.0
#include "libos/upcall.h"

#include "engine/engine.h"
#include "libos/exit.h"
#include "libos/frames.h"
#include "libos/log.h"

#define STACK_PAGES 8u

// x86_64/upcall_enter.S
_Noreturn void upcall_enter(struct sk_upcall *interrupted);
void upcall_handle(struct sk_upcall *u);

static const char *
reason_name(uint32_t reason)
{
    switch ((enum sk_upcall_reason)reason) {
    case SK_UPCALL_PAGE_FAULT:
        return "page fault";
    case SK_UPCALL_ILLEGAL:
        return "illegal instruction";
    case SK_UPCALL_DIVIDE:
        return "divide error";
    case SK_UPCALL_PROTECTION:
        return "protection fault";
    case SK_UPCALL_FLOAT:
        return "floating-point exception";
    case SK_UPCALL_BREAKPOINT:
        return "breakpoint";
    }
    return "unknown fault";
}

static void
log_fault(const struct sk_upcall *u)
{
    const struct sk_regs *r = &u->regs;
    log_line("selkis: error: %s in the library OS at 0x%lx, address 0x%lx",
             reason_name(u->reason), r->rip, u->address);
    log_line("    rax %016lx  rbx %016lx  rcx %016lx  rdx %016lx", r->rax, r->rbx, r->rcx,
             r->rdx);
    log_line("    rsi %016lx  rdi %016lx  rbp %016lx  rsp %016lx", r->rsi, r->rdi, r->rbp,
             r->rsp);
    log_line("    r8  %016lx  r9  %016lx  r10 %016lx  r11 %016lx", r->r8, r->r9, r->r10,
             r->r11);
    log_line("    r12 %016lx  r13 %016lx  r14 %016lx  r15 %016lx", r->r12, r->r13, r->r14,
             r->r15);
}

static bool
become_trap(struct wasm_store *store, struct sk_upcall *u)
{
    struct wasm_fault fault = {
        .pc = u->regs.rip,
        .sp = u->regs.rsp,
        .fp = u->regs.rbp,
        .address = u->address,
        .is_memory =
            u->reason == SK_UPCALL_PAGE_FAULT || u->reason == SK_UPCALL_PROTECTION,
    };
    if (!store || !wasm_store_fault(store, &fault))
        return false;
    u->regs.rip = fault.pc;
    u->regs.rsp = fault.sp;
    u->regs.rbp = fault.fp;
    u->regs.rdi = fault.arg0;
    return true;
}

// Changes what upcall_enter resumes.
void
upcall_handle(struct sk_upcall *u)
{
    struct upcall *upcall = (struct upcall *)u;
    if (u->reason == SK_UPCALL_PAGE_FAULT && stack_grow(&upcall->stack, u->address))
        return;
    if (become_trap(upcall->store, u))
        return;
    log_fault(u);
    exit_fault();
}

bool
upcall_init(struct upcall *upcall, struct frames *frames)
{
    uint64_t stack;
    if (!frames_reserve(frames, STACK_PAGES, &stack) ||
        !frames_map(frames, stack, STACK_PAGES))
        return false;
    struct sk_activation activation = {
        .entry = (uintptr_t)upcall_enter,
        .stack_top = stack + STACK_PAGES * SK_PAGE_SIZE,
        .upcall = (uintptr_t)&upcall->interrupted,
    };
    return sk_activation_bind(0, &activation) == SK_OK;
}
