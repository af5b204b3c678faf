// SPDX-License-Identifier: Apache-2.0
//
// Backtraces follow the frame pointers, which the kernel is compiled with, and name the
// functions by a table that tools/dev/ksyms.py makes from the linked kernel.
#include "kernel/panic.h"

#include <stdarg.h>

#include "abi/layout.h"
#include "base/fmt.h"
#include "kernel/arch/arch.h"
#include "kernel/dev/serial.h"

#define TRACE_MAX 32

struct ksym {
    uint32_t address; // offset from text_start
    uint32_t name;    // offset from ksym_names
};

extern const struct ksym ksyms[];
extern const uint32_t ksym_count;
extern const char ksym_names[];
extern const char text_start[], text_end[], kernel_stack_guard[], kernel_stack_top[];

#define MESSAGE_ROOM 224

void
log_line(const char *format, ...)
{
    char line[MESSAGE_ROOM + 32];
    va_list args;
    va_start(args, format);
    size_t len = fmt_string_v(line, sizeof line - 1, format, args);
    va_end(args);
    line[len] = '\n';
    serial_log(line, len + 1);
}

void
log_regs(const struct sk_regs *regs)
{
    const uint64_t *word = (const uint64_t *)regs;
    static const char names[][5] = {"rax", "rbx", "rcx", "rdx",  "rsi", "rdi", "rbp",
                                    "rsp", "r8 ", "r9 ", "r10",  "r11", "r12", "r13",
                                    "r14", "r15", "rip", "flag", "fs ", "gs "};
    for (unsigned i = 0; i < 20; i += 4) {
        log_line("  %s %016llx  %s %016llx  %s %016llx  %s %016llx", names[i],
                 (unsigned long long)word[i], names[i + 1],
                 (unsigned long long)word[i + 1], names[i + 2],
                 (unsigned long long)word[i + 2], names[i + 3],
                 (unsigned long long)word[i + 3]);
    }
}

static void
log_place(uint64_t address)
{
    if (address < (uint64_t)text_start || address >= (uint64_t)text_end)
        return;
    uint64_t offset = address - (uint64_t)text_start;
    uint32_t i = 0;
    while (i + 1 < ksym_count && ksyms[i + 1].address <= offset)
        i++;
    const char *name = ksym_count ? ksym_names + ksyms[i].name : "?";
    uint64_t start = ksym_count ? ksyms[i].address : 0;
    log_line("  at %s+0x%llx", name, (unsigned long long)(offset - start));
}

static void
log_trace(uint64_t frame)
{
    for (unsigned i = 0; i < TRACE_MAX; i++) {
        if (frame % 8 != 0 || frame < (uint64_t)kernel_stack_guard ||
            frame + 16 > (uint64_t)kernel_stack_top)
            return;
        const uint64_t *words = (const uint64_t *)frame;
        log_place(words[1]);
        if (words[0] <= frame)
            return;
        frame = words[0];
    }
}

static void
log_panic(const char *format, va_list args)
{
    char message[MESSAGE_ROOM];
    fmt_string_v(message, sizeof message, format, args);
    serial_log_last();
    log_line("selkis: panic: %s", message);
}

void
panic(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    log_panic(format, args);
    va_end(args);
    log_trace((uint64_t)__builtin_frame_address(0));
    arch_power_off(SK_POWER_PANIC);
}

void
panic_regs(const struct sk_regs *regs, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    log_panic(format, args);
    va_end(args);
    log_regs(regs);
    log_place(regs->rip);
    log_trace(regs->rbp);
    arch_power_off(SK_POWER_PANIC);
}
