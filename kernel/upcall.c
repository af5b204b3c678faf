// SPDX-License-Identifier: Apache-2.0
#include "kernel/upcall.h"

#include "kernel/call.h"
#include "kernel/dev/serial.h"
#include "kernel/panic.h"
#include "kernel/sched.h"
#include "kernel/user.h"

// What a machine powers off with when init dies of a fault: a trap's exit code.
#define STATUS_FAULT 134u

static const char *const reason_names[] = {
    [SK_UPCALL_PAGE_FAULT] = "page fault", [SK_UPCALL_ILLEGAL] = "illegal instruction",
    [SK_UPCALL_DIVIDE] = "divide error",   [SK_UPCALL_PROTECTION] = "protection fault",
    [SK_UPCALL_FLOAT] = "floating-point",  [SK_UPCALL_BREAKPOINT] = "breakpoint",
};

static void
report(const struct domain *domain, const struct sk_upcall *fault, const char *why)
{
    const char *access = fault->reason != SK_UPCALL_PAGE_FAULT ? ""
                         : fault->detail & SK_PROT_WRITE       ? " writing"
                         : fault->detail & SK_PROT_EXECUTE     ? " executing"
                                                               : " reading";
    log_line("selkis: domain %llx%s stopped (%s): %s%s %llx at rip %llx",
             (unsigned long long)arch_physical(domain),
             domain_is_init(domain) ? " (init)" : "", why, reason_names[fault->reason],
             access, (unsigned long long)fault->address,
             (unsigned long long)fault->regs.rip);
    log_regs(&fault->regs);
}

static const char *
deliver(struct domain *domain, const struct sk_upcall *upcall)
{
    const struct sk_activation *a = &domain->activation;
    if (a->entry == 0)
        return "no activation";
    if (!domain->upcalls_on)
        return "upcalls are off";
    if (user_write(a->upcall, upcall, sizeof *upcall) != SK_OK)
        return "upcall area not writable";
    domain->upcalls_on = false;
    domain->regs.rip = a->entry;
    domain->regs.rsp = a->stack_top - 8;
    domain->regs.rdi = a->upcall;
    domain->regs.rflags = 0;
    (void)arch_regs_check(&domain->regs); // activation_bind has checked the addresses
    return NULL;
}

void
upcall_fault(struct domain *domain, uint32_t reason, uint32_t detail, uint64_t address)
{
    arch_bases_save(&domain->regs);
    struct sk_upcall upcall = {domain->regs, address, reason, detail};
    const char *why_not = deliver(domain, &upcall);
    if (!why_not)
        sched_return();
    if (domain_is_init(domain))
        serial_log_last();
    report(domain, &upcall, why_not);
    if (domain_is_init(domain))
        arch_power_off(STATUS_FAULT);
    domain->fault = upcall;
    domain_end(domain, SK_DOMAIN_FAULTED);
}

int64_t
call_activation_bind(uint64_t index, uint64_t activation)
{
    struct sk_activation wanted;
    if (index != 0)
        return SK_E_RANGE;
    int64_t s = user_read(&wanted, activation, sizeof wanted);
    if (s != SK_OK)
        return s;
    if (wanted.reserved != 0 || wanted.stack_top % 16 != 0 || wanted.upcall % 16 != 0)
        return SK_E_ARG;
    if (wanted.entry >= SK_VA_LIMIT || wanted.stack_top > SK_VA_LIMIT ||
        (wanted.entry != 0 && wanted.stack_top < SK_PAGE_SIZE) ||
        !user_range(wanted.upcall, sizeof(struct sk_upcall)))
        return SK_E_RANGE;
    cpu_current()->activation = wanted;
    return SK_OK;
}

int64_t
call_resume(uint64_t regs)
{
    struct domain *self = cpu_current();
    struct sk_regs wanted;
    int64_t s = user_read(&wanted, regs, sizeof wanted);
    if (s == SK_OK)
        s = arch_regs_check(&wanted);
    if (s != SK_OK)
        return s;
    self->regs = wanted;
    self->upcalls_on = true;
    arch_bases_load(&self->regs);
    sched_return();
}
