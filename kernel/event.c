// SPDX-License-Identifier: Apache-2.0
#include "kernel/event.h"

#include "kernel/sched.h"

uint32_t
event_take(struct domain *domain, uint32_t bits)
{
    uint32_t taken = domain->pending & bits;
    domain->pending &= ~taken;
    return taken;
}

void
event_post(struct domain *domain, uint32_t bits)
{
    domain->pending |= bits;
    if (domain->run != SK_DOMAIN_WAITING)
        return;
    uint32_t taken = event_take(domain, domain->wanted);
    if (taken == 0)
        return;
    domain->regs.rax = taken;
    sched_ready(domain);
}
