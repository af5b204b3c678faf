// SPDX-License-Identifier: Apache-2.0
//
// Events: SK_EVENT_* bits that stay pending at a domain until it takes them.
#pragma once

#include "kernel/domain.h"

// Makes `bits` pending; wakes the domain when it waits for one of them.
void event_post(struct domain *domain, uint32_t bits);

// Takes the pending bits among `bits`.
uint32_t event_take(struct domain *domain, uint32_t bits);
