// SPDX-License-Identifier: Apache-2.0
//
// Representation: `first`..`last` link, through ready_next, the domains that are RUNNABLE
// and not current. `loaded` is the domain whose vector state and segment bases are in the
// CPU; it differs from the current one only inside sched_leave, and while nobody runs.
// The one timer is armed for what comes first: the end of the slice or a deadline.
#include "kernel/sched.h"

#include "kernel/call.h"
#include "kernel/clock.h"
#include "kernel/event.h"
#include "kernel/vspace.h"

#define SLICE_NS 10000000ull

static struct domain *first;
static struct domain *last;
static struct domain *loaded;
static bool sliced;               // the current domain shares the CPU
static bool armed;                // the timer will fire
static uint32_t deadline_waiters; // WAITING with a deadline

static bool
has_deadline(const struct domain *domain)
{
    return domain->run == SK_DOMAIN_WAITING && domain->deadline_ns != SK_NEVER;
}

static void
arm(void)
{
    uint64_t wait = sliced ? SLICE_NS : SK_NEVER;
    if (deadline_waiters != 0) {
        uint64_t now = clock_monotonic_ns();
        for (struct domain *d = domain_first(); d; d = d->all_next) {
            if (!has_deadline(d))
                continue;
            uint64_t left = d->deadline_ns > now ? d->deadline_ns - now : 0;
            wait = left < wait ? left : wait;
        }
    }
    if (wait == SK_NEVER && !armed)
        return;
    clock_calibrate(); // until then it measures by the timer's count
    armed = wait != SK_NEVER;
    if (armed)
        arch_timer_set(wait);
    else
        arch_timer_stop();
}

static void
enqueue(struct domain *domain)
{
    domain->ready_next = NULL;
    if (first)
        last->ready_next = domain;
    else
        first = domain;
    last = domain;
}

void
sched_ready(struct domain *domain)
{
    if (has_deadline(domain))
        deadline_waiters--;
    domain->run = SK_DOMAIN_RUNNABLE;
    enqueue(domain);
    if (!sliced && cpu_current()) {
        sliced = true;
        arm();
    }
}

static void
unload(void)
{
    if (loaded) {
        arch_vector_save(loaded->vector);
        arch_bases_save(&loaded->regs);
        loaded = NULL;
    }
}

void
sched_remove(struct domain *domain)
{
    if (has_deadline(domain))
        deadline_waiters--;
    struct domain *previous = NULL;
    for (struct domain *d = first; d; previous = d, d = d->ready_next) {
        if (d != domain)
            continue;
        if (previous)
            previous->ready_next = d->ready_next;
        else
            first = d->ready_next;
        if (last == d)
            last = previous;
        break;
    }
    if (loaded == domain)
        unload(); // the rest is overwritten before another domain runs
}

static void
load(struct domain *domain)
{
    if (loaded == domain)
        return;
    unload();
    arch_speculation_barrier();
    mmu_load(arch_physical(domain->space));
    arch_vector_load(domain->vector);
    arch_segments_clear();
    arch_bases_load(&domain->regs);
    loaded = domain;
}

static void
next_domain(void)
{
    cpu_set_current(NULL);
    sliced = false;
    while (!first) {
        arm();
        cpu_idle();
    }
    struct domain *domain = first;
    first = domain->ready_next;
    load(domain);
    cpu_set_current(domain);
    sliced = first != NULL;
    arm();
    cpu_enter(&domain->regs);
}

void
sched_leave(void)
{
    cpu_restack(next_domain);
}

void
sched_return(void)
{
    cpu_enter(&cpu_current()->regs);
}

static void
wake_overdue(void)
{
    uint64_t now = clock_monotonic_ns();
    for (struct domain *d = domain_first(); d; d = d->all_next) {
        if (has_deadline(d) && d->deadline_ns <= now) {
            d->regs.rax = 0;
            sched_ready(d);
        }
    }
}

void
sched_timer(void)
{
    struct domain *current = cpu_current();
    if (deadline_waiters != 0)
        wake_overdue();
    if (!current)
        return; // next_domain looks at the queue and arms
    if (first) {
        enqueue(current);
        sched_leave();
    }
    sliced = false;
    arm();
}

int64_t
call_yield(void)
{
    if (!first)
        return SK_OK;
    struct domain *self = cpu_current();
    self->regs.rax = SK_OK;
    enqueue(self);
    sched_leave();
}

int64_t
call_wait(uint64_t deadline_ns, uint64_t events)
{
    struct domain *self = cpu_current();
    if (events & ~(uint64_t)(SK_EVENT_CONSOLE | SK_EVENT_DOMAIN))
        return SK_E_ARG;
    uint32_t taken = event_take(self, (uint32_t)events);
    if (taken != 0)
        return taken;
    if (deadline_ns != SK_NEVER && deadline_ns <= clock_monotonic_ns())
        return 0;
    self->run = SK_DOMAIN_WAITING;
    self->wanted = (uint32_t)events;
    self->deadline_ns = deadline_ns;
    if (has_deadline(self))
        deadline_waiters++;
    sched_leave();
}
