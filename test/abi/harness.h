// SPDX-License-Identifier: Apache-2.0
//
// A test of the ABI is one promise in one file. It is a domain of its own: `init` on the
// kernel, a process on the host. It prints `ok NAME` or `not ok NAME: why` on the console
// and exits with 0 or 1.
//
//   PROMISE(map_is_zeroed)
//   {
//       EXPECT(sk_null() == SK_OK);
//   }
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/domain.h"
#include "abi/layout.h"

#define READ_WRITE (SK_PROT_READ | SK_PROT_WRITE)

// First slot that the tests put capabilities of their own into.
#define SLOT_OWN 100u

// Where a test's domain starts.
void sk_main(const struct sk_boot_info *boot);

// The promise's name, from PROMISE.
extern const char promise_name[];

// Says that the promise does not hold, and ends.
_Noreturn void promise_broken(const char *what, unsigned line);
_Noreturn void promise_kept(void);

// The run of free frames with the most frames, and how many those are.
sk_handle_t largest_run(const struct sk_boot_info *boot, uint64_t *count);

// A second domain, in the slot CHILD, that shares this one's space: made stopped, with no
// capabilities; started on a stack of its own.
#define CHILD SLOT_OWN
int64_t child_create(const struct sk_boot_info *boot);
int64_t child_start(void (*code)(void));

// Upcalls run `handler` on a stack of their own.
int64_t upcall_bind(void (*handler)(struct sk_upcall *));

#define PROMISE(name)                                                                    \
    const char promise_name[] = #name;                                                   \
    static void promise(const struct sk_boot_info *boot);                                \
    void sk_main(const struct sk_boot_info *boot)                                        \
    {                                                                                    \
        promise(boot);                                                                   \
        promise_kept();                                                                  \
    }                                                                                    \
    static void promise(const struct sk_boot_info *boot)

#define EXPECT(condition)                                                                \
    do {                                                                                 \
        if (!(condition))                                                                \
            promise_broken(#condition, __LINE__);                                        \
    } while (0)
