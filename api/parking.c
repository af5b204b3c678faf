// SPDX-License-Identifier: Apache-2.0
//
// One list of all sleepers of the process, the longest sleeper first, under one lock: a
// waiter looks at memory and joins the list before a notifier can come between.
#include "api/parking.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <time.h>

enum { WOKEN, NOT_EQUAL, TIMED_OUT };

struct sleeper {
    struct sleeper *next;
    const uint8_t *address;
    pthread_cond_t woken;
    bool is_woken; // and out of the list
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct sleeper *sleepers;

static uint64_t
load(const uint8_t *address, uint32_t width)
{
    if (width == 4)
        return __atomic_load_n((const uint32_t *)(const void *)address, __ATOMIC_SEQ_CST);
    return __atomic_load_n((const uint64_t *)(const void *)address, __ATOMIC_SEQ_CST);
}

static void
join(struct sleeper *sleeper)
{
    struct sleeper **at = &sleepers;
    while (*at)
        at = &(*at)->next;
    *at = sleeper;
}

static void
leave(const struct sleeper *sleeper)
{
    struct sleeper **at = &sleepers;
    while (*at != sleeper)
        at = &(*at)->next;
    *at = sleeper->next;
}

static struct timespec
deadline_after(int64_t ns)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += ns / 1000000000;
    at.tv_nsec += ns % 1000000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    return at;
}

uint32_t
parking_wait(void *context, uint8_t *address, uint32_t width, uint64_t expected,
             int64_t timeout_ns)
{
    (void)context;
    struct sleeper self = {.address = address, .woken = PTHREAD_COND_INITIALIZER};
    struct timespec deadline = deadline_after(timeout_ns < 0 ? 0 : timeout_ns);
    uint32_t result = NOT_EQUAL;
    pthread_mutex_lock(&lock);
    if (load(address, width) == expected) {
        int status = 0;
        join(&self);
        while (!self.is_woken && status != ETIMEDOUT)
            status = timeout_ns < 0 ? pthread_cond_wait(&self.woken, &lock)
                                    : pthread_cond_clockwait(&self.woken, &lock,
                                                             CLOCK_MONOTONIC, &deadline);
        result = self.is_woken ? WOKEN : TIMED_OUT;
        if (!self.is_woken)
            leave(&self);
    }
    pthread_mutex_unlock(&lock);
    pthread_cond_destroy(&self.woken);
    return result;
}

uint32_t
parking_notify(void *context, uint8_t *address, uint32_t count)
{
    (void)context;
    uint32_t woken = 0;
    pthread_mutex_lock(&lock);
    for (struct sleeper **at = &sleepers; *at && woken < count;) {
        struct sleeper *sleeper = *at;
        if (sleeper->address != address) {
            at = &sleeper->next;
            continue;
        }
        *at = sleeper->next;
        sleeper->is_woken = true;
        pthread_cond_signal(&sleeper->woken);
        woken++;
    }
    pthread_mutex_unlock(&lock);
    return woken;
}
