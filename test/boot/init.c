// SPDX-License-Identifier: Apache-2.0
//
// The init of the boot tests: does what the bundle's first argument says.
//
//   hello     prints how much memory there is free, uses some of every run, exits with 0
//   exit=N    exits with N
//   fault=N   prints N lines of 16 bytes, runs an undefined instruction
//   write=N   prints N lines of 16 bytes, exits with 0
//   sleep     waits for ever
#include <stdbool.h>

#include "abi/domain.h"
#include "abi/layout.h"
#include "base/fmt.h"
#include "base/string.h"

void sk_main(const struct sk_boot_info *boot);

static const char *argument;
static uint32_t argument_len;

static void
print(const char *text, size_t len)
{
    for (int64_t done; len > 0; text += done, len -= (size_t)done) {
        done = sk_console_write(SK_SLOT_CONSOLE, text, len);
        if (done < 0)
            sk_exit(1);
    }
}

static void
find_argument(const struct sk_boot_info *boot)
{
    const struct sk_bundle *bundle = (const struct sk_bundle *)boot->bundle_va;
    const struct sk_bundle_entry *entry = (const struct sk_bundle_entry *)(bundle + 1);
    for (uint32_t i = 0; i < bundle->entry_count; i++) {
        if (entry[i].kind != SK_BUNDLE_ARG)
            continue;
        argument = (const char *)bundle + entry[i].name_off;
        argument_len = entry[i].name_len;
        return;
    }
}

// The decimal number at the end of the argument.
static uint64_t
argument_number(void)
{
    uint64_t number = 0;
    for (uint32_t i = 0; i < argument_len; i++) {
        if (argument[i] >= '0' && argument[i] <= '9')
            number = number * 10 + (uint64_t)(argument[i] - '0');
    }
    return number;
}

static bool
argument_is(const char *word)
{
    uint32_t len = 0;
    while (word[len])
        len++;
    return argument_len >= len && memcmp(argument, word, len) == 0;
}

// The first and the last frame of each run can be used.
static bool
use_run(const struct sk_boot_info *boot, sk_handle_t run, uint64_t count)
{
    uint64_t prot = SK_PROT_READ | SK_PROT_WRITE;
    volatile uint64_t *first = (volatile uint64_t *)boot->va_lo;
    volatile uint64_t *last = first + SK_PAGE_SIZE / sizeof *first;
    if (sk_map(SK_SLOT_SPACE, boot->va_lo, run, 0, 1, prot) != SK_OK ||
        sk_map(SK_SLOT_SPACE, boot->va_lo + SK_PAGE_SIZE, run, count - 1, 1, prot) !=
            SK_OK)
        return false;
    *first = run;
    *last = ~(uint64_t)run;
    bool good = count == 1 || *first == run;
    return sk_unmap(SK_SLOT_SPACE, boot->va_lo, 2) == SK_OK && good;
}

static void
hello(const struct sk_boot_info *boot)
{
    char line[128];
    uint64_t frames = 0;
    for (uint32_t i = 0; i < boot->frames_slot_count; i++) {
        struct sk_cap_info info;
        if (sk_cap_read(SK_SLOT_FRAMES + i, &info) != SK_OK ||
            !use_run(boot, SK_SLOT_FRAMES + i, info.count))
            sk_exit(1);
        frames += info.count;
    }
    print(line,
          fmt_string(line, sizeof line, "hello: %llu MiB free, %llu counts to init\n",
                     (unsigned long long)(frames >> 8),
                     (unsigned long long)(boot->tsc_init - boot->tsc_entry)));
    sk_exit(0);
}

static void
write_lines(uint64_t count)
{
    char line[17];
    for (uint64_t i = 1; i <= count; i++)
        print(line, fmt_string(line, sizeof line, "%015llu\n", (unsigned long long)i));
}

void
sk_main(const struct sk_boot_info *boot)
{
    find_argument(boot);
    if (argument_is("hello"))
        hello(boot);
    if (argument_is("write=") || argument_is("fault="))
        write_lines(argument_number());
    if (argument_is("write="))
        sk_exit(0);
    if (argument_is("fault="))
        __builtin_trap();
    if (argument_is("sleep"))
        (void)sk_wait(SK_NEVER, 0);
    sk_exit(argument_number());
}
