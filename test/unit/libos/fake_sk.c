// SPDX-License-Identifier: Apache-2.0
#include "test/unit/libos/fake_sk.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <setjmp.h>

#include <cmocka.h>

#include "abi/domain.h"

struct fake_sk fake;

void
fake_reset(uint64_t frames)
{
    memset(&fake, 0, sizeof(fake));
    fake.runs[0] = frames;
    fake.tables_left = UINT64_MAX;
    fake.input_step = SIZE_MAX;
}

struct sk_boot_info
fake_boot(uint32_t runs, uint64_t window_len)
{
    void *window = mmap(NULL, window_len, PROT_NONE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert_true(window != MAP_FAILED);
    return (struct sk_boot_info){
        .frames_slot_count = runs,
        .va_lo = (uintptr_t)window,
        .va_hi = (uintptr_t)window + window_len,
    };
}

int64_t
sk_cap_read(sk_handle_t slot, struct sk_cap_info *info)
{
    assert_in_range(slot, SK_SLOT_FRAMES, SK_SLOT_FRAMES + 3);
    *info = (struct sk_cap_info){
        .type = SK_CAP_FRAMES,
        .count = fake.runs[slot - SK_SLOT_FRAMES],
    };
    return SK_OK;
}

int64_t
sk_map(sk_handle_t space, uint64_t va, sk_handle_t frames, uint64_t first, uint64_t count,
       uint64_t prot)
{
    assert_int_equal(space, SK_SLOT_SPACE);
    assert_int_equal(prot, SK_PROT_READ | SK_PROT_WRITE);
    assert_int_equal(va % SK_PAGE_SIZE, 0);
    assert_true(first + count <= fake.runs[frames - SK_SLOT_FRAMES]);
    if (!fake.tables_left)
        return SK_E_MEMORY;
    fake.tables_left--;
    assert_int_equal(mprotect((void *)va, count * SK_PAGE_SIZE, PROT_READ | PROT_WRITE),
                     0);
    return SK_OK;
}

int64_t
sk_unmap(sk_handle_t space, uint64_t va, uint64_t count)
{
    (void)space;
    if (count)
        assert_int_equal(mprotect((void *)va, count * SK_PAGE_SIZE, PROT_NONE), 0);
    return SK_OK;
}

int64_t
sk_protect(sk_handle_t space, uint64_t va, uint64_t count, uint64_t prot)
{
    assert_int_equal(space, SK_SLOT_SPACE);
    assert_int_equal(prot, SK_PROT_READ | SK_PROT_EXECUTE);
    if (count)
        assert_int_equal(
            mprotect((void *)va, count * SK_PAGE_SIZE, PROT_READ | PROT_EXEC), 0);
    return SK_OK;
}

int64_t
sk_activation_bind(uint64_t index, const struct sk_activation *activation)
{
    assert_int_equal(index, 0);
    assert_int_equal(activation->stack_top % 16, 0);
    return SK_OK;
}

int64_t
sk_resume(const struct sk_regs *regs)
{
    (void)regs;
    fail_msg("nothing was interrupted");
    return SK_E_ARG;
}

_Noreturn void
sk_exit(uint64_t status)
{
    fake.exit_status = status;
    longjmp(fake.exit, 1);
}

int64_t
sk_space_supply(sk_handle_t space, sk_handle_t frames, uint64_t first, uint64_t count)
{
    assert_int_equal(space, SK_SLOT_SPACE);
    assert_true(first + count <= fake.runs[frames - SK_SLOT_FRAMES]);
    fake.supplied += count;
    fake.tables_left += count;
    return SK_OK;
}

static struct fake_output *
output_of(sk_handle_t console)
{
    if (console == SK_SLOT_CONSOLE)
        return &fake.console;
    return console == SK_SLOT_LOG ? &fake.log : &fake.control;
}

// Takes a little at a time, so that callers must come back for the rest.
int64_t
sk_console_write(sk_handle_t console, const void *bytes, uint64_t len)
{
    struct fake_output *out = output_of(console);
    assert_true(len <= SK_CONSOLE_MAX);
    if (len > 1000)
        len = 1000;
    assert_true(len <= sizeof(out->bytes) - out->len);
    memcpy(out->bytes + out->len, bytes, len);
    out->len += len;
    return (int64_t)len;
}

int64_t
sk_console_read(sk_handle_t console, void *bytes, uint64_t room)
{
    assert_int_equal(console, SK_SLOT_CONSOLE);
    assert_in_range(room, 1, SK_CONSOLE_MAX);
    if (fake.input_waits)
        return SK_E_AGAIN;
    if (!fake.input_len)
        return SK_E_END;
    size_t n = fake.input_step;
    n = n < fake.input_len ? n : fake.input_len;
    n = n < room ? n : room;
    memcpy(bytes, fake.input, n);
    fake.input += n;
    fake.input_len -= n;
    return (int64_t)n;
}

int64_t
sk_wait(uint64_t deadline_ns, uint64_t events)
{
    fake.waited++;
    if (events & SK_EVENT_CONSOLE && fake.input_waits) {
        fake.input_waits = false;
        return SK_EVENT_CONSOLE;
    }
    assert_int_not_equal(deadline_ns, SK_NEVER);
    if (fake.clock_ns < deadline_ns)
        fake.clock_ns = deadline_ns;
    return 0;
}

int64_t
sk_yield(void)
{
    return SK_OK;
}

int64_t
sk_clock_read(sk_handle_t clock, uint64_t which)
{
    assert_int_equal(clock, SK_SLOT_CLOCK);
    assert_in_range(which, SK_CLOCK_MONOTONIC, SK_CLOCK_REALTIME);
    return (int64_t)fake.clock_ns;
}

int64_t
sk_entropy_read(sk_handle_t entropy, void *bytes, uint64_t len)
{
    assert_int_equal(entropy, SK_SLOT_ENTROPY);
    assert_true(len <= SK_ENTROPY_MAX);
    memset(bytes, 0xa5, len);
    return SK_OK;
}

// Allocations carry their length in front, to be compared when they are freed.
#define FRONT 16

static void *
counting_alloc(void *context, size_t len)
{
    struct counting_allocator *c = context;
    assert_true(len > 0);
    c->calls++;
    if (c->fail_at && (c->calls == c->fail_at || (c->fail_all && c->calls > c->fail_at)))
        return NULL;
    uint8_t *bytes = calloc(1, len + FRONT);
    assert_non_null(bytes);
    memcpy(bytes, &len, sizeof(len));
    c->live++;
    return bytes + FRONT;
}

static void
counting_free(void *context, void *bytes, size_t len)
{
    struct counting_allocator *c = context;
    uint8_t *start = (uint8_t *)bytes - FRONT;
    size_t allocated;
    memcpy(&allocated, start, sizeof(allocated));
    assert_int_equal(allocated, len);
    c->live--;
    free(start);
}

void
counting_init(struct counting_allocator *c)
{
    *c = (struct counting_allocator){.allocator = {
                                         .context = c,
                                         .alloc = counting_alloc,
                                         .free = counting_free,
                                     }};
}
