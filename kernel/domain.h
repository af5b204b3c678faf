// SPDX-License-Identifier: Apache-2.0
//
// Domains: registers, a capability table and a space. The object fills the
// SK_DOMAIN_FRAMES frames it was made of: this struct in the first, the capability table
// in the second.
//
//   STOPPED --start--> RUNNABLE <--> WAITING      --exit--> EXITED
//   (all that stand still can be started again)   --fault--> FAULTED
#pragma once

#include "kernel/cap.h"

struct domain {
    struct sk_regs regs; // must be first; while not running (see trap.S)
    uint8_t vector[ARCH_VECTOR_STATE] __attribute__((aligned(64)));

    struct sk_activation activation;
    bool upcalls_on;

    struct space *space;
    struct domain
        *creator;  // gets SK_EVENT_DOMAIN; NULL: init, or it is gone and so will this be
    uint64_t uses; // capabilities naming it

    uint32_t run;    // enum sk_domain_run
    uint32_t status; // EXITED
    struct sk_upcall fault;

    uint32_t pending; // SK_EVENT_*
    uint32_t wanted;  // WAITING
    uint64_t deadline_ns;

    struct domain *ready_next; // see sched.c
    struct domain *all_next, *all_previous;
    struct domain *dead_next; // see domain_reap
    bool dead;
};
_Static_assert(sizeof(struct domain) <= SK_PAGE_SIZE, "one frame");

static inline struct cap *
domain_caps(struct domain *domain)
{
    return (struct cap *)((char *)domain + SK_PAGE_SIZE);
}

// All domains, in no order.
struct domain *domain_first(void);

// Makes a stopped domain of two kernel frames.
struct domain *domain_make(paddr_t first, struct space *space, struct domain *creator);

// init: the domain that everything belongs to; when it ends, the machine does.
void domain_set_init(struct domain *domain);
bool domain_is_init(const struct domain *domain);

void domain_acquire(struct domain *domain);
void domain_release(struct domain *domain);

// Takes apart all domains that have become unreachable, and what falls with them. When
// the current one is among them, does not return.
void domain_reap(void);

// Stops the running domain for good, tells its creator, goes on with another.
_Noreturn void domain_end(struct domain *domain, uint32_t run);
