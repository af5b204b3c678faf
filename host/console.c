// SPDX-License-Identifier: Apache-2.0
//
// Consoles are file descriptors. A descriptor that was set not to block (by somebody who
// shares it) is waited for; a closed pipe ends the process by SIGPIPE, as any Linux
// command.
#include "host/console.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <unistd.h>

#include "host/cap.h"
#include "host/clock.h"
#include "host/memory.h"

static int input_fd;

void
host_console_init(int console_in)
{
    input_fd = console_in;
}

int64_t
sk_console_write(sk_handle_t console, const void *bytes, uint64_t len)
{
    const struct host_cap *cap;
    int64_t status = host_cap_find(console, SK_CAP_CONSOLE, SK_RIGHT_WRITE, &cap);
    if (status == SK_OK && len > SK_CONSOLE_MAX)
        status = SK_E_RANGE;
    if (status == SK_OK && !host_memory_readable(bytes, len))
        status = SK_E_ADDRESS;
    if (status != SK_OK)
        return status;
    for (;;) {
        ssize_t done = write(cap->fd_out, bytes, len);
        if (done >= 0)
            return done;
        if (errno == EAGAIN)
            poll(&(struct pollfd){.fd = cap->fd_out, .events = POLLOUT}, 1, -1);
        else if (errno != EINTR)
            return SK_E_END; // a full disk, for one: nobody will take these bytes
    }
}

int64_t
sk_console_read(sk_handle_t console, void *bytes, uint64_t room)
{
    const struct host_cap *cap;
    int64_t status = host_cap_find(console, SK_CAP_CONSOLE, SK_RIGHT_READ, &cap);
    if (status == SK_OK && (room == 0 || room > SK_CONSOLE_MAX))
        status = SK_E_RANGE;
    if (status == SK_OK && !host_memory_writable(bytes, room))
        status = SK_E_ADDRESS;
    if (status != SK_OK)
        return status;
    struct pollfd input = {.fd = cap->fd_in, .events = POLLIN};
    if (poll(&input, 1, 0) == 0)
        return SK_E_AGAIN;
    ssize_t done = read(cap->fd_in, bytes, room);
    if (done > 0)
        return done;
    return done < 0 && (errno == EAGAIN || errno == EINTR) ? SK_E_AGAIN : SK_E_END;
}

// Waits for input until the deadline; true when some has arrived, or ended.
static bool
wait_input(uint64_t deadline_ns, bool input)
{
    struct pollfd poll_input = {.fd = input_fd, .events = POLLIN};
    for (;;) {
        uint64_t now = host_clock_monotonic_ns();
        uint64_t left = now < deadline_ns ? deadline_ns - now : 0;
        struct timespec timeout = {.tv_sec = (time_t)(left / HOST_NS_PER_S),
                                   .tv_nsec = (long)(left % HOST_NS_PER_S)};
        int ready =
            ppoll(&poll_input, input, deadline_ns == SK_NEVER ? NULL : &timeout, NULL);
        if (ready >= 0)
            return ready > 0;
        if (errno != EINTR)
            return false;
    }
}

int64_t
sk_wait(uint64_t deadline_ns, uint64_t events)
{
    if ((events & ~(uint64_t)(SK_EVENT_CONSOLE | SK_EVENT_DOMAIN)) != 0)
        return SK_E_ARG;
    bool arrived = wait_input(deadline_ns, (events & SK_EVENT_CONSOLE) != 0);
    return arrived ? SK_EVENT_CONSOLE : 0;
}
