// SPDX-License-Identifier: Apache-2.0
//
// The kernel's own messages, on the log line.
#pragma once

#include "abi/domain.h"

// One line, cut off at 255 bytes; base/fmt.h lists the directives.
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_regs(const struct sk_regs *regs);

// The kernel has broken its own rules, or cannot start: says what, and from where it
// came, and powers off with SK_POWER_PANIC. `format` makes one line.
_Noreturn void panic(const char *format, ...) __attribute__((format(printf, 1, 2)));

// The same for a trap in the kernel: with the registers, tracing back from them.
_Noreturn void panic_regs(const struct sk_regs *regs, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
