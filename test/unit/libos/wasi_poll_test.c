// SPDX-License-Identifier: Apache-2.0
//
// What is about the machine and not about files: poll_oneoff, clocks, random bytes,
// arguments, environment, the table of functions.
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "test/unit/libos/fixture.h"

// Guest addresses.
#define IN    1024u
#define OUT   4096u
#define COUNT 128u

static struct fixture f;

static void
put_subscription(uint32_t index, const struct wasi_subscription *s)
{
    memcpy(f.guest + IN + index * sizeof(*s), s, sizeof(*s));
}

static void
put_clock(uint32_t index, uint32_t id, uint64_t timeout, uint16_t flags)
{
    put_subscription(index, &(struct wasi_subscription){
                                .userdata = 100 + index,
                                .tag = WASI_EVENTTYPE_CLOCK,
                                .id = id,
                                .timeout = timeout,
                                .flags = flags,
                            });
}

static void
put_fd(uint32_t index, enum wasi_eventtype tag, uint32_t fd)
{
    put_subscription(index, &(struct wasi_subscription){
                                .userdata = 100 + index, .tag = (uint8_t)tag, .id = fd});
}

// Polls `count` subscriptions; returns how many events came.
static uint32_t
poll_events(uint32_t count)
{
    memset(f.guest + OUT, 0xee, 1024);
    assert_int_equal(wasi_poll_oneoff(&f.wasi, IN, OUT, count, COUNT), WASI_SUCCESS);
    uint32_t events = guest_u32(&f, COUNT);
    assert_int_equal(f.guest[OUT + events * sizeof(struct wasi_event)], 0xee);
    return events;
}

static struct wasi_event
event_at(uint32_t index)
{
    struct wasi_event event;
    memcpy(&event, f.guest + OUT + index * sizeof(event), sizeof(event));
    return event;
}

static void
test_clocks_are_waited_for(void **state)
{
    (void)state;
    fixture_init_sample(&f);
    fake.clock_ns = 1000;
    put_clock(0, WASI_CLOCKID_MONOTONIC, 500, 0);
    put_clock(1, WASI_CLOCKID_REALTIME, 200, 0);
    assert_int_equal(poll_events(2), 1);
    assert_int_equal(event_at(0).userdata, 101);
    assert_int_equal(event_at(0).error, 0);
    assert_int_equal(fake.clock_ns, 1200);
    put_clock(0, WASI_CLOCKID_MONOTONIC, 2000, WASI_SUBCLOCKFLAG_ABSTIME);
    put_clock(1, WASI_CLOCKID_REALTIME, 2000, WASI_SUBCLOCKFLAG_ABSTIME);
    assert_int_equal(poll_events(2), 2);
    assert_int_equal(fake.clock_ns, 2000);
    // The past, now, and never.
    put_clock(0, WASI_CLOCKID_MONOTONIC, 5, WASI_SUBCLOCKFLAG_ABSTIME);
    put_clock(1, WASI_CLOCKID_MONOTONIC, UINT64_MAX, 0);
    put_clock(2, WASI_CLOCKID_MONOTONIC, 0, 0);
    assert_int_equal(poll_events(3), 2);
    assert_int_equal(event_at(1).userdata, 102);
    assert_int_equal(fake.clock_ns, 2000);
    fixture_fini(&f);
}

static void
test_bad_subscriptions_are_events(void **state)
{
    (void)state;
    fixture_init_sample(&f);
    put_clock(0, 9, 1, 0);
    put_clock(1, WASI_CLOCKID_THREAD_CPUTIME_ID, 1, 0);
    put_clock(2, WASI_CLOCKID_MONOTONIC, 1000, 2);
    put_fd(3, WASI_EVENTTYPE_FD_READ, 77);
    put_fd(4, WASI_EVENTTYPE_FD_WRITE, 0);
    put_fd(5, WASI_EVENTTYPE_FD_READ, 1);
    put_fd(6, WASI_EVENTTYPE_FD_READ, ROOT);
    assert_int_equal(poll_events(7), 7);
    assert_int_equal(event_at(0).error, WASI_EINVAL);
    assert_int_equal(event_at(1).error, WASI_ENOTSUP);
    assert_int_equal(event_at(2).error, WASI_EINVAL);
    assert_int_equal(event_at(3).error, WASI_EBADF);
    assert_int_equal(event_at(4).error, WASI_EBADF);
    assert_int_equal(event_at(5).error, WASI_EBADF);
    assert_int_not_equal(event_at(6).error, 0);
    fixture_fini(&f);
}

static void
test_input_is_polled(void **state)
{
    (void)state;
    fixture_init_sample(&f);
    fake.input = "hello";
    fake.input_len = 5;
    fake.input_waits = true;
    put_fd(0, WASI_EVENTTYPE_FD_READ, 0);
    put_clock(1, WASI_CLOCKID_MONOTONIC, 1000000, 0);
    assert_int_equal(poll_events(2), 1);
    assert_int_equal(event_at(0).userdata, 100);
    assert_int_equal(event_at(0).type, WASI_EVENTTYPE_FD_READ);
    assert_int_equal(event_at(0).nbytes, 5);
    assert_int_equal(event_at(0).flags, 0);
    // What was looked at is still there to be read.
    guest_iovec(&f, 512, 600, 3);
    assert_int_equal(wasi_fd_read(&f.wasi, 0, 512, 1, COUNT), WASI_SUCCESS);
    assert_memory_equal(f.guest + 600, "hel", 3);
    assert_int_equal(poll_events(1), 1);
    assert_int_equal(event_at(0).nbytes, 2);
    assert_int_equal(wasi_fd_read(&f.wasi, 0, 512, 1, COUNT), WASI_SUCCESS);
    assert_int_equal(guest_u32(&f, COUNT), 2);
    assert_int_equal(poll_events(1), 1);
    assert_int_equal(event_at(0).nbytes, 0);
    assert_int_equal(event_at(0).flags, WASI_EVENTRWFLAG_FD_READWRITE_HANGUP);
    fixture_fini(&f);
}

static void
test_files_and_outputs_are_ready(void **state)
{
    (void)state;
    uint32_t fd;
    fixture_init_sample(&f);
    open_path(&f, ROOT, "d/f", 0, WASI_RIGHT_FD_READ | WASI_RIGHT_FD_WRITE, &fd);
    put_fd(0, WASI_EVENTTYPE_FD_WRITE, 1);
    put_fd(1, WASI_EVENTTYPE_FD_READ, fd);
    put_fd(2, WASI_EVENTTYPE_FD_WRITE, fd);
    assert_int_equal(poll_events(3), 3);
    assert_int_equal(event_at(1).nbytes, 7);
    assert_int_equal(fake.waited, 0);
    fixture_fini(&f);
}

static void
test_poll_checks_its_arguments(void **state)
{
    (void)state;
    fixture_init_sample(&f);
    struct wasi *w = &f.wasi;
    put_clock(0, WASI_CLOCKID_MONOTONIC, 0, 0);
    assert_int_equal(wasi_poll_oneoff(w, IN, OUT, 0, COUNT), WASI_EINVAL);
    assert_int_equal(wasi_poll_oneoff(w, IN, OUT, UINT32_MAX, COUNT), WASI_EFAULT);
    assert_int_equal(wasi_poll_oneoff(w, IN + 4, OUT, 1, COUNT), WASI_EFAULT);
    assert_int_equal(wasi_poll_oneoff(w, GUEST_LEN - 40, OUT, 1, COUNT), WASI_EFAULT);
    assert_int_equal(wasi_poll_oneoff(w, IN, GUEST_LEN - 24, 1, COUNT), WASI_EFAULT);
    assert_int_equal(wasi_poll_oneoff(w, IN, OUT, 1, GUEST_LEN), WASI_EFAULT);
    f.guest[IN + 8] = 3;
    assert_int_equal(wasi_poll_oneoff(w, IN, OUT, 1, COUNT), WASI_EINVAL);
    // Events over the subscriptions that they report.
    put_clock(0, WASI_CLOCKID_MONOTONIC, 0, 0);
    put_clock(1, WASI_CLOCKID_MONOTONIC, 0, 0);
    put_clock(2, WASI_CLOCKID_MONOTONIC, 0, 0);
    assert_int_equal(wasi_poll_oneoff(w, IN, IN, 3, COUNT), WASI_SUCCESS);
    assert_int_equal(guest_u32(&f, COUNT), 3);
    assert_int_equal(guest_u64(&f, IN + 64), 102);
    fixture_fini(&f);
}

static void
test_clocks_are_read(void **state)
{
    (void)state;
    fixture_init_sample(&f);
    fake.clock_ns = 12345;
    assert_int_equal(wasi_clock_time_get(&f.wasi, WASI_CLOCKID_REALTIME, 0, OUT),
                     WASI_SUCCESS);
    assert_int_equal(guest_u64(&f, OUT), 12345);
    assert_int_equal(wasi_clock_time_get(&f.wasi, 2, 0, OUT), WASI_ENOTSUP);
    assert_int_equal(wasi_clock_time_get(&f.wasi, 4, 0, OUT), WASI_EINVAL);
    assert_int_equal(wasi_clock_time_get(&f.wasi, 1, 0, OUT + 4), WASI_EFAULT);
    assert_int_equal(wasi_clock_res_get(&f.wasi, 1, OUT), WASI_SUCCESS);
    assert_int_not_equal(guest_u64(&f, OUT), 0);
    assert_int_equal(wasi_clock_res_get(&f.wasi, 3, OUT), WASI_ENOTSUP);
    assert_int_equal(wasi_clock_res_get(&f.wasi, 1, GUEST_LEN - 4), WASI_EFAULT);
    fixture_fini(&f);
}

static void
test_random_bytes_come_in_any_length(void **state)
{
    (void)state;
    fixture_init_sample(&f);
    assert_int_equal(wasi_random_get(&f.wasi, 0, GUEST_LEN), WASI_SUCCESS);
    assert_int_equal(f.guest[GUEST_LEN - 1], 0xa5);
    assert_int_equal(wasi_random_get(&f.wasi, 1, GUEST_LEN), WASI_EFAULT);
    assert_int_equal(wasi_random_get(&f.wasi, GUEST_LEN, 0), WASI_SUCCESS);
    assert_int_equal(wasi_random_get(&f.wasi, UINT32_MAX, UINT32_MAX), WASI_EFAULT);
    fixture_fini(&f);
}

static void
test_arguments_and_environment(void **state)
{
    (void)state;
    fixture_init_sample(&f);
    assert_int_equal(wasi_args_sizes_get(&f.wasi, OUT, OUT + 4), WASI_SUCCESS);
    assert_int_equal(guest_u32(&f, OUT), 2);
    assert_int_equal(guest_u32(&f, OUT + 4), 9);
    memset(f.guest + IN, 0xee, 16);
    assert_int_equal(wasi_args_get(&f.wasi, OUT, IN), WASI_SUCCESS);
    assert_int_equal(guest_u32(&f, OUT), IN);
    assert_int_equal(guest_u32(&f, OUT + 4), IN + 5);
    assert_memory_equal(f.guest + IN, "prog\0arg\0\xee", 10);
    assert_int_equal(wasi_environ_sizes_get(&f.wasi, OUT, OUT + 4), WASI_SUCCESS);
    assert_int_equal(guest_u32(&f, OUT + 4), 4);
    assert_int_equal(wasi_environ_get(&f.wasi, OUT, GUEST_LEN - 4), WASI_SUCCESS);
    assert_memory_equal(f.guest + GUEST_LEN - 4, "K=V", 4);
    assert_int_equal(wasi_environ_get(&f.wasi, OUT, GUEST_LEN - 3), WASI_EFAULT);
    assert_int_equal(wasi_args_get(&f.wasi, OUT + 2, IN), WASI_EFAULT);
    assert_int_equal(wasi_args_get(&f.wasi, GUEST_LEN - 4, IN), WASI_EFAULT);
    assert_int_equal(wasi_args_sizes_get(&f.wasi, OUT, GUEST_LEN), WASI_EFAULT);
    fixture_fini(&f);
}

static void
test_signals_and_yielding(void **state)
{
    (void)state;
    assert_int_equal(wasi_proc_raise(&f.wasi, 6), WASI_ENOTSUP);
    assert_int_equal(wasi_sched_yield(&f.wasi), WASI_SUCCESS);
}

static uint32_t exit_code;

static void
note_exit(void *context, uint32_t code)
{
    assert_ptr_equal(context, &f);
    exit_code = code;
}

static void
test_exit_codes_are_bytes(void **state)
{
    (void)state;
    f.wasi.exit = note_exit;
    f.wasi.exit_context = &f;
    wasi_proc_exit(&f.wasi, 200);
    assert_int_equal(exit_code, 200);
    wasi_proc_exit(&f.wasi, UINT32_MAX);
    assert_int_equal(exit_code, 255);
}

static void
test_functions_are_found_by_name(void **state)
{
    (void)state;
    const char *names[] = {
        "args_get",   "clock_time_get", "fd_read",     "fd_readdir",    "proc_exit",
        "random_get", "sched_yield",    "sock_accept", "sock_shutdown",
    };
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct wasi_function *found =
            wasi_function_find(names[i], strlen(names[i]));
        assert_non_null(found);
        assert_string_equal(found->name, names[i]);
    }
    assert_int_equal(wasi_function_find("path_open", 9)->param_count, 9);
    assert_int_equal(wasi_function_find("path_open", 9)->types[5], WASM_TYPE_I64);
    assert_int_equal(wasi_function_find("proc_exit", 9)->result_count, 0);
    assert_null(wasi_function_find("fd_rea", 6));
    assert_null(wasi_function_find("fd_readd", 8));
    assert_null(wasi_function_find("", 0));
    assert_null(wasi_function_find("fd_read\0", 8));
    assert_null(wasi_function_find("zzz", 3));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clocks_are_waited_for),
        cmocka_unit_test(test_bad_subscriptions_are_events),
        cmocka_unit_test(test_input_is_polled),
        cmocka_unit_test(test_files_and_outputs_are_ready),
        cmocka_unit_test(test_poll_checks_its_arguments),
        cmocka_unit_test(test_clocks_are_read),
        cmocka_unit_test(test_random_bytes_come_in_any_length),
        cmocka_unit_test(test_arguments_and_environment),
        cmocka_unit_test(test_signals_and_yielding),
        cmocka_unit_test(test_exit_codes_are_bytes),
        cmocka_unit_test(test_functions_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
