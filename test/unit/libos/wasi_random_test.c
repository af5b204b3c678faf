// SPDX-License-Identifier: Apache-2.0
//
// All functions, called at random with arguments that are near something that matters.
// Nothing is expected but that it stays in bounds, which sanitizers and the fixture see.
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "test/unit/libos/fixture.h"

static const char *const names[] = {
    "args_get",
    "args_sizes_get",
    "clock_res_get",
    "clock_time_get",
    "environ_get",
    "environ_sizes_get",
    "fd_advise",
    "fd_allocate",
    "fd_close",
    "fd_datasync",
    "fd_fdstat_get",
    "fd_fdstat_set_flags",
    "fd_fdstat_set_rights",
    "fd_filestat_get",
    "fd_filestat_set_size",
    "fd_filestat_set_times",
    "fd_pread",
    "fd_prestat_dir_name",
    "fd_prestat_get",
    "fd_pwrite",
    "fd_read",
    "fd_readdir",
    "fd_renumber",
    "fd_seek",
    "fd_sync",
    "fd_tell",
    "fd_write",
    "path_create_directory",
    "path_filestat_get",
    "path_filestat_set_times",
    "path_link",
    "path_open",
    "path_readlink",
    "path_remove_directory",
    "path_rename",
    "path_symlink",
    "path_unlink_file",
    "poll_oneoff",
    "proc_exit",
    "proc_raise",
    "random_get",
    "sched_yield",
    "sock_accept",
    "sock_recv",
    "sock_send",
    "sock_shutdown",
};

#define NAME_COUNT (sizeof(names) / sizeof(names[0]))
#define ARGS_MAX   9

// How the functions look to a caller that passes every argument in a register or stack
// slot of its own, as compiled code does.
typedef uint32_t any_function(void *env, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                              uint64_t e, uint64_t f, uint64_t g, uint64_t h, uint64_t i);

static struct fixture f;

static void
return_from_exit(void *context, uint32_t code)
{
    (void)context;
    assert_true(code <= 255);
}

static uint64_t
random_value(void)
{
    switch (rand() % 8) {
    case 0:
        return GUEST_LEN - (uint64_t)(rand() % 64);
    case 1:
        return UINT64_MAX - (uint64_t)(rand() % 16);
    case 2:
        return (uint64_t)(rand() % 512) * 8;
    case 3:
        return (uint64_t)rand() << (rand() % 33);
    default:
        return (uint64_t)(rand() % 12);
    }
}

// Paths and iovecs where small addresses point.
static void
fill_guest(void)
{
    static const char *const paths[] = {"d",  "d/f",   "../x", "l",  "l/",     "new",
                                        "./", "d/new", "d/..", "/d", "d/../l", "f"};
    for (uint32_t at = 0; at < 4096; at += 16) {
        if (rand() % 2)
            guest_put(&f, at, paths[(size_t)rand() % (sizeof(paths) / sizeof(paths[0]))]);
        else
            guest_iovec(&f, at, (uint32_t)random_value(), (uint32_t)random_value());
    }
}

static void
call_any(const char *name)
{
    const struct wasi_function *function = wasi_function_find(name, strlen(name));
    uint64_t a[ARGS_MAX];
    assert_non_null(function);
    assert_true(function->param_count <= ARGS_MAX);
    for (unsigned i = 0; i < ARGS_MAX; i++)
        a[i] = random_value();
    any_function *code = (any_function *)function->code;
    (void)code(&f.wasi, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8]);
}

static void
run(unsigned seed, bool memory_fails)
{
    srand(seed);
    fixture_init_sample(&f);
    f.wasi.exit = return_from_exit;
    for (int n = 0; n < 400; n++) {
        if (n % 16 == 0)
            fill_guest();
        fake.console.len = fake.log.len = 0;
        fake.input = "some input";
        fake.input_len = (size_t)rand() % 10;
        fake.input_waits = false;
        if (memory_fails)
            f.memory.fail_at = f.memory.calls + 1 + (uint64_t)(rand() % 3);
        call_any(names[(size_t)rand() % NAME_COUNT]);
    }
    mounts_write_back(&f.mounts, &f.bundle);
    fixture_fini(&f);
}

static void
test_random_calls(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < 300; seed++)
        run(seed, false);
}

static void
test_random_calls_without_memory(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < 300; seed++)
        run(seed, true);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_calls),
        cmocka_unit_test(test_random_calls_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
