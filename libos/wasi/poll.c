// SPDX-License-Identifier: Apache-2.0
//
// poll_oneoff. Subscriptions are read from the guest twice: once to find out how long to
// wait, once to report. Deadlines are kept on the monotonic clock, from the time of the
// call.
#include "libos/fs/fs.h"
#include "libos/wasi/clock.h"
#include "libos/wasi/descriptor.h"
#include "libos/wasi/guest.h"
#include "libos/wasi/input.h"

struct poll {
    struct wasi *w;
    uint32_t in;
    uint32_t out;
    uint32_t count;
    uint64_t started_ns; // monotonic
    uint64_t started_realtime_ns;
};

// When a clock subscription is due, on the monotonic clock.
static enum wasi_errno
clock_deadline(const struct poll *p, const struct wasi_subscription *s,
               uint64_t *deadline)
{
    uint64_t now = 0;
    enum wasi_errno error = clock_read(s->id, &now);
    if (error)
        return error;
    if (s->flags & ~WASI_SUBCLOCKFLAG_ABSTIME)
        return WASI_EINVAL;
    uint64_t delay = s->timeout;
    if (s->flags & WASI_SUBCLOCKFLAG_ABSTIME) {
        uint64_t start =
            s->id == WASI_CLOCKID_REALTIME ? p->started_realtime_ns : p->started_ns;
        delay = s->timeout > start ? s->timeout - start : 0;
    }
    if (__builtin_add_overflow(p->started_ns, delay, deadline))
        *deadline = SK_NEVER;
    return WASI_SUCCESS;
}

// Whether a read or write would not wait now; fills the event's size and flags.
static enum wasi_errno
fd_is_ready(struct wasi *w, const struct wasi_subscription *s, bool *ready,
            struct wasi_event *event)
{
    struct wasi_fd *d;
    bool reads = s->tag == WASI_EVENTTYPE_FD_READ;
    enum wasi_errno error = descriptor_get(
        w, s->id,
        WASI_RIGHT_POLL_FD_READWRITE | (reads ? WASI_RIGHT_FD_READ : WASI_RIGHT_FD_WRITE),
        &d);
    if (error)
        return error;
    *ready = true;
    event->nbytes = SK_CONSOLE_MAX;
    if (!reads)
        return WASI_SUCCESS;
    if (d->kind == WASI_FD_FILE) {
        uint64_t size = d->inode->file.size;
        event->nbytes = size > d->offset ? size - d->offset : 0;
        return WASI_SUCCESS;
    }
    uint32_t left = 0;
    *ready = input_is_ready(w, d->console, &left);
    event->nbytes = left;
    event->flags = *ready && !left ? WASI_EVENTRWFLAG_FD_READWRITE_HANGUP : 0;
    return WASI_SUCCESS;
}

// Whether the subscription's event has happened. If not, *deadline is when it will
// (clock) and *waits_input whether standard input must be waited for.
static bool
has_happened(const struct poll *p, const struct wasi_subscription *s, uint64_t now,
             struct wasi_event *event, uint64_t *deadline, bool *waits_input)
{
    bool ready = false;
    enum wasi_errno error;
    *event = (struct wasi_event){.userdata = s->userdata, .type = s->tag};
    *deadline = SK_NEVER;
    *waits_input = false;
    if (s->tag == WASI_EVENTTYPE_CLOCK) {
        error = clock_deadline(p, s, deadline);
        ready = *deadline <= now;
    } else {
        error = fd_is_ready(p->w, s, &ready, event);
        *waits_input = !ready;
    }
    event->error = (uint16_t)error;
    return error || ready;
}

static bool
load(const struct poll *p, uint32_t index, struct wasi_subscription *s)
{
    return guest_load(p->w, guest_element(p->in, index, sizeof(*s)), s, sizeof(*s), 8);
}

// Looks at all subscriptions. Returns whether an event has happened; else until when and
// for what to sleep.
static bool
look(const struct poll *p, uint64_t now, uint64_t *deadline, uint64_t *events)
{
    bool any = false;
    *deadline = SK_NEVER;
    *events = 0;
    for (uint32_t i = 0; i < p->count; i++) {
        struct wasi_subscription s;
        struct wasi_event event;
        uint64_t due;
        bool waits_input;
        if (!load(p, i, &s))
            continue;
        any |= has_happened(p, &s, now, &event, &due, &waits_input);
        if (due < *deadline)
            *deadline = due;
        if (waits_input)
            *events = SK_EVENT_CONSOLE;
    }
    return any;
}

static uint32_t
store_events(const struct poll *p, uint64_t now)
{
    uint32_t stored = 0;
    for (uint32_t i = 0; i < p->count; i++) {
        struct wasi_subscription s;
        struct wasi_event event;
        uint64_t due;
        bool waits_input;
        if (!load(p, i, &s) || !has_happened(p, &s, now, &event, &due, &waits_input))
            continue;
        uint32_t at = guest_element(p->out, stored, sizeof(event));
        if (guest_store(p->w, at, &event, sizeof(event), 8))
            stored++;
    }
    return stored;
}

static enum wasi_errno
check(const struct poll *p)
{
    if (p->count == 0)
        return WASI_EINVAL;
    if (!guest_holds(p->w, p->in, (uint64_t)p->count * sizeof(struct wasi_subscription),
                     8) ||
        !guest_holds(p->w, p->out, (uint64_t)p->count * sizeof(struct wasi_event), 8))
        return WASI_EFAULT;
    for (uint32_t i = 0; i < p->count; i++) {
        struct wasi_subscription s;
        if (!load(p, i, &s) || s.tag > WASI_EVENTTYPE_FD_WRITE)
            return WASI_EINVAL;
    }
    return WASI_SUCCESS;
}

uint32_t
wasi_poll_oneoff(void *env, uint32_t in, uint32_t out, uint32_t count, uint32_t nevents)
{
    struct wasi *w = env;
    struct poll p = {.w = w, .in = in, .out = out, .count = count};
    enum wasi_errno error = check(&p);
    if (!error && !guest_holds(w, nevents, 4, 4))
        error = WASI_EFAULT;
    if (!error)
        error = clock_read(WASI_CLOCKID_MONOTONIC, &p.started_ns);
    if (!error)
        error = clock_read(WASI_CLOCKID_REALTIME, &p.started_realtime_ns);
    if (error)
        return error;
    uint64_t now = p.started_ns;
    uint64_t deadline;
    uint64_t events;
    while (!look(&p, now, &deadline, &events)) {
        (void)sk_wait(deadline, events);
        error = clock_read(WASI_CLOCKID_MONOTONIC, &now);
        if (error)
            return error;
    }
    guest_store_u32(w, nevents, store_events(&p, now));
    return WASI_SUCCESS;
}
