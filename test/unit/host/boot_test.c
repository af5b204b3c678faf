// SPDX-License-Identifier: Apache-2.0
//
// What the host adds to the promises that test/abi checks on both platforms.
#include "host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "abi/domain.h"
#include "test/unit/host/machine.h"

static void
expect_exit(const struct machine_end *end, int code)
{
    if (!WIFEXITED(end->status) || WEXITSTATUS(end->status) != code)
        fail_msg("status 0x%x: %s", end->status, end->log);
}

static void
expect_stopped(const struct machine_end *end, const char *why)
{
    if (!WIFSIGNALED(end->status) || WTERMSIG(end->status) != SIGABRT ||
        strstr(end->log, why) == NULL)
        fail_msg("status 0x%x: %s", end->status, end->log);
}

static void
exit_entry(const struct sk_boot_info *boot)
{
    (void)boot;
    sk_exit(0x1ff);
}

static void
test_exit(void **state)
{
    (void)state;
    struct machine_end end = machine_run(exit_entry, NULL, 0, -1);
    expect_exit(&end, 255);
}

// ---- Boot information and bundle ----

static void
layout_entry(const struct sk_boot_info *boot)
{
    uint64_t here = (uint64_t)__builtin_frame_address(0);
    MACHINE_EXPECT(boot->version == SK_ABI_VERSION);
    MACHINE_EXPECT(boot->platform == SK_PLATFORM_HOST);
    MACHINE_EXPECT(here >= boot->stack_lo && here < boot->stack_hi);
    MACHINE_EXPECT(boot->stack_hi - boot->stack_lo >= SK_INIT_STACK_LEN);
    MACHINE_EXPECT(boot->linear_len == SK_VA_LINEAR_LEN);
    MACHINE_EXPECT(boot->va_lo < boot->va_hi);
    // Outside of the window there is nothing to map.
    MACHINE_EXPECT(sk_map(SK_SLOT_SPACE, boot->linear_va - SK_PAGE_SIZE, SK_SLOT_FRAMES,
                          0, 1, SK_PROT_READ) == SK_E_RANGE);
    MACHINE_EXPECT(sk_map(SK_SLOT_SPACE, boot->va_hi, SK_SLOT_FRAMES, 0, 1,
                          SK_PROT_READ) == SK_E_RANGE);
    MACHINE_EXPECT(sk_map(SK_SLOT_SPACE, boot->va_hi - SK_PAGE_SIZE, SK_SLOT_FRAMES, 0, 2,
                          SK_PROT_READ) == SK_E_RANGE);
    // The boot page and the stack are as read-only and as mapped as on the kernel.
    MACHINE_EXPECT(sk_protect(SK_SLOT_SPACE, (uint64_t)boot, 1, SK_PROT_WRITE) ==
                   SK_E_RIGHTS);
    MACHINE_EXPECT(sk_map(SK_SLOT_SPACE, boot->stack_lo, SK_SLOT_FRAMES, 0, 1,
                          SK_PROT_READ) == SK_E_BUSY);
    sk_exit(0);
}

static void
test_layout(void **state)
{
    (void)state;
    struct machine_end end = machine_run(layout_entry, NULL, 0, -1);
    expect_exit(&end, 0);
}

#define BUNDLE_TEXT "bundle of one page"

static void
bundle_entry(const struct sk_boot_info *boot)
{
    const char *bundle = (const char *)boot->bundle_va;
    struct sk_cap_info info;
    MACHINE_EXPECT(boot->bundle_len == sizeof(BUNDLE_TEXT));
    MACHINE_EXPECT(memcmp(bundle, BUNDLE_TEXT, sizeof(BUNDLE_TEXT)) == 0);
    MACHINE_EXPECT(bundle[SK_PAGE_SIZE - 1] == 0);
    MACHINE_EXPECT(sk_cap_read(SK_SLOT_BUNDLE, &info) == SK_OK);
    MACHINE_EXPECT(info.count == 1 && info.first >= MACHINE_MEMORY);
    MACHINE_EXPECT(sk_map(SK_SLOT_SPACE, boot->va_lo, SK_SLOT_BUNDLE, 0, 1,
                          SK_PROT_WRITE) == SK_E_RIGHTS);
    MACHINE_EXPECT(sk_map(SK_SLOT_SPACE, boot->va_lo, SK_SLOT_BUNDLE, 0, 1,
                          SK_PROT_EXECUTE) == SK_OK);
    MACHINE_EXPECT(memcmp((const char *)boot->va_lo, BUNDLE_TEXT, sizeof(BUNDLE_TEXT)) ==
                   0);
    MACHINE_EXPECT(sk_entropy_read(SK_SLOT_ENTROPY, (void *)boot->bundle_va, 1) ==
                   SK_E_ADDRESS);
    sk_exit(0);
}

static void
test_bundle(void **state)
{
    (void)state;
    struct machine_end end =
        machine_run(bundle_entry, BUNDLE_TEXT, sizeof(BUNDLE_TEXT), -1);
    expect_exit(&end, 0);
}

static void
no_bundle_entry(const struct sk_boot_info *boot)
{
    struct sk_cap_info info;
    MACHINE_EXPECT(boot->bundle_len == 0);
    MACHINE_EXPECT(sk_cap_read(SK_SLOT_BUNDLE, &info) == SK_E_HANDLE);
    sk_exit(0);
}

static void
test_no_bundle(void **state)
{
    (void)state;
    struct machine_end end = machine_run(no_bundle_entry, NULL, 0, -1);
    expect_exit(&end, 0);
}

// ---- Faults that stop the domain ----

static void
no_activation_entry(const struct sk_boot_info *boot)
{
    *(volatile char *)boot->va_lo = 1;
    sk_exit(0);
}

static void
test_no_activation(void **state)
{
    (void)state;
    struct machine_end end = machine_run(no_activation_entry, NULL, 0, -1);
    expect_stopped(&end, "(no activation): page fault writing");
}

static void
returning_entry(const struct sk_boot_info *boot)
{
    (void)boot;
}

static void
test_entry_returns(void **state)
{
    (void)state;
    struct machine_end end = machine_run(returning_entry, NULL, 0, -1);
    expect_stopped(&end, "page fault executing 0 ");
}

static struct sk_upcall upcall;
static _Alignas(16) char upcall_stack[64 * 1024];
static uint64_t guard_page;

static void
bind(void (*entry)(const struct sk_upcall *))
{
    struct sk_activation activation = {
        .entry = (uint64_t)entry,
        .stack_top = (uint64_t)upcall_stack + sizeof(upcall_stack),
        .upcall = (uint64_t)&upcall,
    };
    MACHINE_EXPECT(sk_activation_bind(0, &activation) == SK_OK);
}

static void
on_fault_again(const struct sk_upcall *fault)
{
    *(volatile char *)fault->address = 1;
    sk_exit(0);
}

static void
fault_in_upcall_entry(const struct sk_boot_info *boot)
{
    bind(on_fault_again);
    *(volatile char *)boot->va_lo = 1;
    sk_exit(0);
}

static void
test_fault_in_upcall(void **state)
{
    (void)state;
    struct machine_end end = machine_run(fault_in_upcall_entry, NULL, 0, -1);
    expect_stopped(&end, "(upcalls are off): page fault writing");
}

static void
on_overflow(const struct sk_upcall *fault)
{
    MACHINE_EXPECT(fault->reason == SK_UPCALL_PAGE_FAULT);
    MACHINE_EXPECT(fault->address - guard_page < SK_PAGE_SIZE);
    sk_exit(7);
}

static __attribute__((noinline)) uint64_t
descend(uint64_t depth)
{
    volatile char room[512];
    room[depth % sizeof(room)] = (char)depth;
    return depth == UINT64_MAX ? 0 : descend(depth + 1) + (uint64_t)room[0];
}

static void
overflow_entry(const struct sk_boot_info *boot)
{
    guard_page = boot->stack_lo - SK_PAGE_SIZE;
    bind(on_overflow);
    sk_exit(descend(0) != 0);
}

static void
test_stack_overflow(void **state)
{
    (void)state;
    struct machine_end end = machine_run(overflow_entry, NULL, 0, -1);
    expect_exit(&end, 7);
}

static void
sent_signal_entry(const struct sk_boot_info *boot)
{
    (void)boot;
    bind(on_overflow);
    kill(getpid(), SIGSEGV);
    sk_exit(0);
}

static void
test_sent_signal(void **state)
{
    (void)state;
    struct machine_end end = machine_run(sent_signal_entry, NULL, 0, -1);
    assert_true(WIFSIGNALED(end.status) && WTERMSIG(end.status) == SIGSEGV);
}

// ---- Console input ----

static void
input_entry(const struct sk_boot_info *boot)
{
    char byte;
    (void)boot;
    MACHINE_EXPECT(sk_console_read(SK_SLOT_CONSOLE, &byte, 1) == SK_E_AGAIN);
    MACHINE_EXPECT(sk_wait(1000000, SK_EVENT_CONSOLE) == 0);
    sk_exit(0);
}

static void
test_input_quiet(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct machine_end end = machine_run(input_entry, NULL, 0, ends[0]);
    expect_exit(&end, 0);
    close(ends[0]);
    close(ends[1]);
}

static void
closed_entry(const struct sk_boot_info *boot)
{
    char byte;
    (void)boot;
    MACHINE_EXPECT(sk_wait(SK_NEVER, SK_EVENT_CONSOLE) == SK_EVENT_CONSOLE);
    MACHINE_EXPECT(sk_console_read(SK_SLOT_CONSOLE, &byte, 1) == SK_E_END);
    sk_exit(0);
}

static void
test_input_closed(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    close(ends[1]);
    struct machine_end end = machine_run(closed_entry, NULL, 0, ends[0]);
    expect_exit(&end, 0);
    close(ends[0]);
    end = machine_run(closed_entry, NULL, 0, 1000); // no such descriptor
    expect_exit(&end, 0);
}

// ---- Configurations that are refused ----

static void
test_refused(void **state)
{
    (void)state;
    struct host_config config = {.bundle_fd = -1, .entry = exit_entry};
    assert_non_null(host_boot(&config));
    config.memory_len = SK_PAGE_SIZE + 1;
    assert_non_null(host_boot(&config));
    config.memory_len = HOST_MEMORY_MAX + SK_PAGE_SIZE;
    assert_non_null(host_boot(&config));
    config.memory_len = MACHINE_MEMORY;
    config.bundle_len = SK_BUNDLE_MAX + 1;
    assert_non_null(host_boot(&config));
}

static void
test_address_limit(void **state)
{
    (void)state;
    pid_t pid = fork();
    if (pid == 0) {
        struct host_config config = {
            .bundle_fd = -1, .memory_len = MACHINE_MEMORY, .entry = exit_entry};
        struct rlimit limit = {.rlim_cur = 1ull << 32, .rlim_max = 1ull << 32};
        setrlimit(RLIMIT_AS, &limit);
        const char *error = host_boot(&config);
        _exit(error != NULL && strstr(error, "ulimit") != NULL && errno == ENOMEM ? 3
                                                                                  : 4);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 3);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exit),
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_bundle),
        cmocka_unit_test(test_no_bundle),
        cmocka_unit_test(test_no_activation),
        cmocka_unit_test(test_entry_returns),
        cmocka_unit_test(test_fault_in_upcall),
        cmocka_unit_test(test_stack_overflow),
        cmocka_unit_test(test_sent_signal),
        cmocka_unit_test(test_input_quiet),
        cmocka_unit_test(test_input_closed),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_address_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
