// SPDX-License-Identifier: Apache-2.0
//
// The calls as the kernel implements them, each beside its object. Arguments are what the
// domain's registers hold: nothing about them has been checked. What a call returns is
// the caller's rax, unless it leaves for another domain.
#pragma once

#include <stdint.h>

#include "abi/domain.h"

int64_t call_null(void);
int64_t call_exit(uint64_t status);
int64_t call_yield(void);
int64_t call_wait(uint64_t deadline_ns, uint64_t events);
int64_t call_resume(uint64_t regs);
int64_t call_activation_bind(uint64_t index, uint64_t activation);
int64_t call_cap_read(sk_handle_t slot, uint64_t info);
int64_t call_cap_copy(sk_handle_t slot, sk_handle_t to, uint64_t rights, uint64_t badge);
int64_t call_cap_delete(sk_handle_t slot);
int64_t call_frame_split(sk_handle_t frames, uint64_t first, uint64_t count,
                         sk_handle_t to);
int64_t call_space_create(sk_handle_t frames, uint64_t first, uint64_t count,
                          sk_handle_t to);
int64_t call_space_supply(sk_handle_t space, sk_handle_t frames, uint64_t first,
                          uint64_t count);
int64_t call_map(sk_handle_t space, uint64_t va, sk_handle_t frames, uint64_t first,
                 uint64_t count, uint64_t prot);
int64_t call_unmap(sk_handle_t space, uint64_t va, uint64_t count);
int64_t call_protect(sk_handle_t space, uint64_t va, uint64_t count, uint64_t prot);
int64_t call_domain_create(sk_handle_t frames, uint64_t first, uint64_t count,
                           sk_handle_t space, sk_handle_t to);
int64_t call_domain_grant(sk_handle_t domain, sk_handle_t to, sk_handle_t slot,
                          uint64_t rights, uint64_t badge);
int64_t call_domain_start(sk_handle_t domain, uint64_t regs);
int64_t call_domain_stop(sk_handle_t domain);
int64_t call_domain_read(sk_handle_t domain, uint64_t state);
int64_t call_domain_destroy(sk_handle_t domain);
int64_t call_console_write(sk_handle_t console, uint64_t bytes, uint64_t len);
int64_t call_console_read(sk_handle_t console, uint64_t bytes, uint64_t room);
int64_t call_clock_read(sk_handle_t clock, uint64_t which);
int64_t call_entropy_read(sk_handle_t entropy, uint64_t bytes, uint64_t len);
