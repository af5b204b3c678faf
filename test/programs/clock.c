// SPDX-License-Identifier: Apache-2.0
//
// Clocks: they exist, go forwards, are of this century, and a sleep takes its time.
#include "check.h"

#include <poll.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S   1000000000ll
#define NS_PER_MS  1000000ll
#define SLEEP_NS   30000000ll
#define LIMIT_NS   (20 * NS_PER_S)
#define YEAR_2024  1704067200ll
#define YEAR_2200  7258118400ll
#define READ_COUNT 1000

static int64_t
now(clockid_t clock)
{
    struct timespec time = {0};
    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * NS_PER_S + time.tv_nsec;
}

static int
monotonic(void)
{
    int64_t last = now(CLOCK_MONOTONIC);
    for (int i = 0; i < READ_COUNT; i++) {
        int64_t next = now(CLOCK_MONOTONIC);
        if (next < last) {
            return 0;
        }
        last = next;
    }
    return 1;
}

static int
lasts(int64_t start, int64_t least_ns)
{
    int64_t passed = now(CLOCK_MONOTONIC) - start;
    return passed >= least_ns && passed < LIMIT_NS;
}

int
main(void)
{
    struct timespec resolution = {0};
    CHECK(clock_getres(CLOCK_REALTIME, &resolution) == 0);
    CHECK(resolution.tv_sec == 0 && resolution.tv_nsec > 0);
    CHECK(clock_getres(CLOCK_MONOTONIC, &resolution) == 0);
    CHECK(resolution.tv_sec == 0 && resolution.tv_nsec > 0);
    CHECK(now(CLOCK_REALTIME) > YEAR_2024 * NS_PER_S);
    CHECK(now(CLOCK_REALTIME) < YEAR_2200 * NS_PER_S);
    CHECK(monotonic());

    int64_t start = now(CLOCK_MONOTONIC);
    struct timespec sleep = {.tv_nsec = SLEEP_NS};
    CHECK(nanosleep(&sleep, NULL) == 0);
    CHECK(lasts(start, SLEEP_NS));

    start = now(CLOCK_MONOTONIC);
    struct timespec until = {.tv_sec = (start + SLEEP_NS) / NS_PER_S,
                             .tv_nsec = (start + SLEEP_NS) % NS_PER_S};
    CHECK(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == 0);
    CHECK(lasts(start, SLEEP_NS));

    start = now(CLOCK_MONOTONIC);
    CHECK(poll(NULL, 0, (int)(SLEEP_NS / NS_PER_MS)) == 0);
    CHECK(lasts(start, SLEEP_NS));

    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    CHECK(poll(&out, 1, 10000) == 1);
    CHECK((out.revents & POLLOUT) != 0);
    CHECK(lasts(start, 0));
    return check_status;
}
