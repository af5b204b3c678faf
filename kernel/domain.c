// SPDX-License-Identifier: Apache-2.0
//
// Representation: `all` links every domain. A domain that must go is marked dead and put
// on the `dead` list; domain_reap takes the list apart in a loop, because the end of one
// domain can be the end of others (its capabilities were their last) to any depth.
#include "kernel/domain.h"

#include "base/string.h"
#include "kernel/call.h"
#include "kernel/event.h"
#include "kernel/frame.h"
#include "kernel/sched.h"
#include "kernel/user.h"
#include "kernel/vspace.h"

static struct domain *all;
static struct domain *dead;
static struct domain *init;

struct domain *
domain_first(void)
{
    return all;
}

struct domain *
domain_make(paddr_t first, struct space *space, struct domain *creator)
{
    struct domain *domain = arch_direct(first);
    memset(domain, 0, SK_DOMAIN_FRAMES * SK_PAGE_SIZE);
    domain->space = space;
    domain->creator = creator;
    domain->run = SK_DOMAIN_STOPPED;
    arch_vector_init(domain->vector);
    space_acquire(space);
    domain->all_next = all;
    if (all)
        all->all_previous = domain;
    all = domain;
    return domain;
}

void
domain_set_init(struct domain *domain)
{
    init = domain;
}

bool
domain_is_init(const struct domain *domain)
{
    return domain == init;
}

static bool
domain_still(const struct domain *domain)
{
    return domain->run != SK_DOMAIN_RUNNABLE && domain->run != SK_DOMAIN_WAITING;
}

static void
domain_kill(struct domain *domain)
{
    if (domain->dead)
        return;
    domain->dead = true;
    domain->dead_next = dead;
    dead = domain;
}

void
domain_acquire(struct domain *domain)
{
    domain->uses++;
}

void
domain_release(struct domain *domain)
{
    domain->uses--;
    if (domain->uses == 0 && domain_still(domain))
        domain_kill(domain);
}

// Empties every slot that names `gone`. The domains that it created go as well: they were
// made of its frames, and may be held by nobody but themselves.
static void
forget(struct domain *gone)
{
    for (struct domain *d = all; d; d = d->all_next) {
        struct cap *caps = domain_caps(d);
        for (uint32_t i = 0; i < SK_SLOT_COUNT; i++) {
            if (caps[i].type == SK_CAP_DOMAIN && caps[i].object == arch_physical(gone))
                caps[i] = (struct cap){.type = SK_CAP_NONE};
        }
        if (d->creator == gone) {
            d->creator = NULL;
            domain_kill(d);
        }
    }
}

static void
take_apart(struct domain *domain)
{
    sched_remove(domain);
    forget(domain);
    space_release(domain->space); // before the frames: it unmaps them
    struct cap *caps = domain_caps(domain);
    for (uint32_t i = 0; i < SK_SLOT_COUNT; i++) {
        struct cap cap = caps[i];
        cap_drop(&caps[i]);
        if (cap.type == SK_CAP_FRAMES && (cap.rights & SK_RIGHT_WRITE))
            frame_forget(cap.object, cap.count);
    }

    if (domain->all_previous)
        domain->all_previous->all_next = domain->all_next;
    else
        all = domain->all_next;
    if (domain->all_next)
        domain->all_next->all_previous = domain->all_previous;
    frame_free(arch_physical(domain));
    frame_free(arch_physical(domain) + SK_PAGE_SIZE);
}

void
domain_reap(void)
{
    struct domain *self = cpu_current();
    bool self_gone = false;
    while (dead) {
        struct domain *domain = dead;
        dead = domain->dead_next;
        self_gone |= domain == self;
        take_apart(domain);
    }
    if (self_gone)
        sched_leave();
}

void
domain_end(struct domain *domain, uint32_t run)
{
    sched_remove(domain);
    domain->run = run;
    if (domain->creator)
        event_post(domain->creator, SK_EVENT_DOMAIN);
    if (domain->uses == 0)
        domain_kill(domain);
    domain_reap();
    sched_leave();
}

int64_t
call_exit(uint64_t status)
{
    struct domain *self = cpu_current();
    if (domain_is_init(self))
        arch_power_off((uint32_t)(status & 0xff));
    self->status = (uint32_t)(status & 0xff);
    domain_end(self, SK_DOMAIN_EXITED);
}

int64_t
call_domain_create(sk_handle_t frames, uint64_t first, uint64_t count, sk_handle_t space,
                   sk_handle_t to)
{
    struct domain *self = cpu_current();
    struct cap *space_cap, *slot;
    paddr_t base;
    int64_t s = cap_frames(self, frames, SK_RIGHT_RETYPE, first, count, &base);
    if (s == SK_OK && count != SK_DOMAIN_FRAMES)
        s = SK_E_RANGE;
    if (s == SK_OK)
        s = cap_find(self, space, SK_CAP_SPACE, SK_RIGHT_MAP, &space_cap);
    if (s == SK_OK)
        s = cap_empty(self, to, &slot);
    if (s == SK_OK)
        s = frame_retype_check(base, count);
    if (s != SK_OK)
        return s;

    frame_retype(base, count);
    domain_make(base, arch_direct(space_cap->object), self);
    cap_set(slot, &(struct cap){.type = SK_CAP_DOMAIN,
                                .rights = SK_RIGHT_READ | SK_RIGHT_CONTROL,
                                .object = base});
    return SK_OK;
}

static int64_t
domain_find(sk_handle_t slot, uint32_t rights, struct domain **domain)
{
    struct cap *cap;
    int64_t s = cap_find(cpu_current(), slot, SK_CAP_DOMAIN, rights, &cap);
    if (s == SK_OK)
        *domain = arch_direct(cap->object);
    return s;
}

int64_t
call_domain_grant(sk_handle_t domain, sk_handle_t to, sk_handle_t slot, uint64_t rights,
                  uint64_t badge)
{
    struct domain *other;
    struct cap *from, *target, copy;
    int64_t s = domain_find(domain, SK_RIGHT_CONTROL, &other);
    if (s == SK_OK)
        s = cap_find(cpu_current(), slot, SK_CAP_NONE, 0, &from);
    if (s == SK_OK)
        s = cap_empty(other, to, &target);
    if (s == SK_OK)
        s = cap_derive(from, rights, badge, &copy);
    if (s == SK_OK)
        cap_set(target, &copy);
    return s;
}

int64_t
call_domain_start(sk_handle_t domain, uint64_t regs)
{
    struct domain *other;
    struct sk_regs wanted;
    int64_t s = domain_find(domain, SK_RIGHT_CONTROL, &other);
    if (s == SK_OK && !domain_still(other))
        s = SK_E_STATE;
    if (s == SK_OK)
        s = user_read(&wanted, regs, sizeof wanted);
    if (s == SK_OK)
        s = arch_regs_check(&wanted);
    if (s != SK_OK)
        return s;
    other->regs = wanted;
    other->upcalls_on = true;
    sched_ready(other);
    return SK_OK;
}

// init cannot be stopped or destroyed, only exit: nobody would be left to start it.
int64_t
call_domain_stop(sk_handle_t domain)
{
    struct domain *other;
    int64_t s = domain_find(domain, SK_RIGHT_CONTROL, &other);
    if (s == SK_OK && (domain_still(other) || domain_is_init(other)))
        s = SK_E_STATE;
    if (s != SK_OK)
        return s;
    if (other == cpu_current()) {
        other->regs.rax = SK_OK;
        domain_end(other, SK_DOMAIN_STOPPED);
    }
    sched_remove(other);
    other->run = SK_DOMAIN_STOPPED;
    if (other->creator)
        event_post(other->creator, SK_EVENT_DOMAIN);
    return SK_OK;
}

int64_t
call_domain_read(sk_handle_t domain, uint64_t state)
{
    struct domain *other;
    int64_t s = domain_find(domain, SK_RIGHT_READ, &other);
    if (s != SK_OK)
        return s;
    if (other == cpu_current())
        arch_bases_save(&other->regs);
    struct sk_domain_state value = {
        .run = other->run,
        .status = other->run == SK_DOMAIN_EXITED ? other->status : 0,
        .fault.regs = other->regs,
    };
    if (other->run == SK_DOMAIN_FAULTED)
        value.fault = other->fault;
    return user_write(state, &value, sizeof value);
}

int64_t
call_domain_destroy(sk_handle_t domain)
{
    struct domain *other;
    int64_t s = domain_find(domain, SK_RIGHT_CONTROL, &other);
    if (s == SK_OK && domain_is_init(other))
        s = SK_E_STATE;
    if (s != SK_OK)
        return s;
    domain_kill(other);
    domain_reap();
    return SK_OK;
}
