// SPDX-License-Identifier: Apache-2.0
#include "test/abi/harness.h"

#include "base/fmt.h"

static void
print(const char *text, size_t len)
{
    while (len > 0) {
        int64_t done = sk_console_write(SK_SLOT_CONSOLE, text, len);
        if (done < 0)
            sk_exit(2);
        text += done;
        len -= (size_t)done;
    }
}

void
promise_broken(const char *what, unsigned line)
{
    char text[256];
    print(text, fmt_string(text, sizeof text, "not ok %s: line %u: %s\n", promise_name,
                           line, what));
    sk_exit(1);
}

void
promise_kept(void)
{
    char text[256];
    print(text, fmt_string(text, sizeof text, "ok %s\n", promise_name));
    sk_exit(0);
}

sk_handle_t
largest_run(const struct sk_boot_info *boot, uint64_t *count)
{
    sk_handle_t largest = SK_SLOT_NONE;
    *count = 0;
    for (uint32_t i = 0; i < boot->frames_slot_count; i++) {
        struct sk_cap_info info;
        if (sk_cap_read(SK_SLOT_FRAMES + i, &info) == SK_OK && info.count > *count) {
            *count = info.count;
            largest = SK_SLOT_FRAMES + i;
        }
    }
    return largest;
}

static uint8_t child_stack[4 * SK_PAGE_SIZE] __attribute__((aligned(16)));

int64_t
child_create(const struct sk_boot_info *boot)
{
    uint64_t count;
    sk_handle_t run = largest_run(boot, &count);
    return sk_domain_create(run, count - SK_DOMAIN_FRAMES, SK_DOMAIN_FRAMES,
                            SK_SLOT_SPACE, CHILD);
}

int64_t
child_start(void (*code)(void))
{
    struct sk_regs regs = {
        .rip = (uint64_t)code,
        .rsp = (uint64_t)child_stack + sizeof child_stack - 8,
    };
    return sk_domain_start(CHILD, &regs);
}

static struct sk_upcall upcall_area __attribute__((aligned(16)));
static uint8_t upcall_stack[4 * SK_PAGE_SIZE] __attribute__((aligned(16)));

int64_t
upcall_bind(void (*handler)(struct sk_upcall *))
{
    struct sk_activation activation = {
        .entry = (uint64_t)handler,
        .stack_top = (uint64_t)upcall_stack + sizeof upcall_stack,
        .upcall = (uint64_t)&upcall_area,
    };
    return sk_activation_bind(0, &activation);
}
