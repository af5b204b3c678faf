// SPDX-License-Identifier: Apache-2.0
//
// Who runs: a round-robin queue of the runnable domains that do not run, a slice only
// while there is more than one, a deadline for those that wait. No periodic tick.
#pragma once

#include "kernel/domain.h"

// Makes a domain that stands still or waits runnable, last in the queue.
void sched_ready(struct domain *domain);

// Takes a domain out of the queue, if it is there.
void sched_remove(struct domain *domain);

// Leaves the current domain, whose registers are saved, for the next runnable one; sleeps
// until there is one.
_Noreturn void sched_leave(void);

// Goes back to the current domain after a trap.
_Noreturn void sched_return(void);

// The timer has fired.
void sched_timer(void);
