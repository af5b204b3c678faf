// SPDX-License-Identifier: Apache-2.0
//
// A machine of host/ in a child process, for one test.
#pragma once

#include <stddef.h>

#include "host/host.h"

#define MACHINE_MEMORY (16ull << 20)

struct machine_end {
    int status;     // waitpid's
    char log[4096]; // what came out of the log, terminated
};

// A child that runs entry; bundle NULL: none. console_in: a descriptor.
struct machine_end machine_run(void (*entry)(const struct sk_boot_info *),
                               const char *bundle, size_t bundle_len, int console_in);

// In the child: ends it with code 1 and the line on the log, unless the condition holds.
#define MACHINE_EXPECT(condition)                                                        \
    do {                                                                                 \
        if (!(condition))                                                                \
            machine_fail(__FILE__, __LINE__, #condition);                                \
    } while (0)

_Noreturn void machine_fail(const char *file, int line, const char *condition);
