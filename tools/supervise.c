// SPDX-License-Identifier: Apache-2.0
//
// One poll loop. A stream reads when its buffer is empty and writes when the other side
// has room, so a slow reader slows the writer and blocks nobody else. Standard input is
// read once the program asks for it: else it stays for whoever comes after.
#include "tools/supervise.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "abi/layout.h"
#include "tools/message.h"

#define CHUNK    4096u // PIPE_BUF: what a pipe with room takes without blocking
#define NS_PER_S 1000000000ull

struct stream {
    int from;   // -1: ended
    int to;     // -1: nobody takes it; the bytes are dropped
    bool input; // to a console: escaped, with an end mark
    bool asked; // input: the program wants it
    uint8_t bytes[CHUNK];
    size_t lo;
    size_t hi;
};

struct supervisor {
    struct stream input;
    struct stream output;
    struct stream log;
    int control;
    int signals;
    int process; // pidfd; -1 once it has ended
    struct report *report;
    size_t report_seen; // records up to here have been looked at
    bool over;
    struct outcome outcome;
};

static sigset_t signals_before;
static sigset_t signals_ending;

void
supervise_init(void)
{
    sigemptyset(&signals_ending);
    sigaddset(&signals_ending, SIGINT);
    sigaddset(&signals_ending, SIGTERM);
    sigaddset(&signals_ending, SIGHUP);
    sigprocmask(SIG_BLOCK, &signals_ending, &signals_before);
    signal(SIGPIPE, SIG_IGN);
}

void
supervise_child(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(CODE_FAILED);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &signals_before, NULL);
}

static void
finish(struct supervisor *s, enum ending ending, int status)
{
    if (s->over)
        return;
    s->over = true;
    s->outcome = (struct outcome){.ending = ending, .status = status};
}

static void
close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

// ---- Streams ----

static void
stream_start(struct stream *stream)
{
    static const uint8_t start[] = {0, SK_INPUT_ESCAPE, SK_INPUT_START};
    memcpy(stream->bytes, start, sizeof start);
    stream->hi = sizeof start;
}

static size_t
escape_input(struct stream *stream, const uint8_t *bytes, size_t len)
{
    size_t hi = 0;
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] == SK_INPUT_ESCAPE)
            stream->bytes[hi++] = SK_INPUT_ESCAPE;
        stream->bytes[hi++] = bytes[i];
    }
    return hi;
}

static void
stream_end(struct stream *stream)
{
    if (stream->input) {
        stream->bytes[0] = SK_INPUT_ESCAPE;
        stream->bytes[1] = SK_INPUT_END;
        stream->hi = 2;
        stream->from = -1; // standard input is not ours to close
    } else {
        close_end(&stream->from);
    }
}

static void
stream_read(struct stream *stream)
{
    uint8_t bytes[CHUNK / 2]; // may double
    ssize_t got = read(stream->from, bytes, sizeof(bytes));
    stream->lo = stream->hi = 0;
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (got <= 0) {
        stream_end(stream);
    } else if (stream->input) {
        stream->hi = escape_input(stream, bytes, (size_t)got);
    } else {
        memcpy(stream->bytes, bytes, (size_t)got);
        stream->hi = (size_t)got;
    }
}

// False: nobody takes the bytes any more (errno).
static bool
stream_write(struct stream *stream)
{
    ssize_t done = write(stream->to, stream->bytes + stream->lo, stream->hi - stream->lo);
    if (done < 0)
        return errno == EINTR || errno == EAGAIN;
    stream->lo += (size_t)done;
    return true;
}

static bool
stream_waiting(const struct stream *stream)
{
    return stream->lo != stream->hi;
}

static struct pollfd
stream_poll(const struct stream *stream)
{
    if (stream_waiting(stream))
        return (struct pollfd){.fd = stream->to, .events = POLLOUT};
    return (struct pollfd){.fd = stream->from, .events = POLLIN};
}

// False: nobody takes the stream's bytes any more (errno).
static bool
stream_move(struct stream *stream, const struct pollfd *ready)
{
    if (ready->fd < 0 || ready->revents == 0)
        return true;
    if (!stream_waiting(stream)) {
        stream_read(stream);
        return true;
    }
    return stream_write(stream);
}

static void
stream_drop(struct stream *stream)
{
    if (!stream->input)
        close_end(&stream->from);
    stream->from = -1;
    stream->lo = stream->hi = 0;
}

// ---- The loop ----

static void
on_signal(struct supervisor *s)
{
    struct signalfd_siginfo info;
    if (read(s->signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
        finish(s, ENDING_SIGNAL, (int)info.ssi_signo);
}

static void
look_for_input(struct supervisor *s)
{
    struct report_record record;
    while (report_next(s->report, &s->report_seen, &record)) {
        if (record.kind == SK_REPORT_INPUT && !s->input.asked) {
            s->input.asked = true;
            s->input.from = s->input.to >= 0 ? STDIN_FILENO : -1;
        }
    }
}

static void
on_control(struct supervisor *s)
{
    ptrdiff_t got = report_receive(s->report, s->control);
    if (got > 0)
        look_for_input(s);
    if (got > 0 || (got < 0 && errno == EINTR))
        return;
    if (got < 0)
        finish(s, ENDING_FLOOD, 0);
    close_end(&s->control);
}

static uint64_t
now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

enum { POLL_SIGNALS, POLL_PROCESS, POLL_CONTROL, POLL_INPUT, POLL_OUTPUT, POLL_LOG };

static void
step(struct supervisor *s, uint64_t deadline_ns)
{
    struct pollfd fds[] = {
        [POLL_SIGNALS] = {.fd = s->signals, .events = POLLIN},
        [POLL_PROCESS] = {.fd = s->process, .events = POLLIN},
        [POLL_CONTROL] = {.fd = s->control, .events = POLLIN},
        [POLL_INPUT] = stream_poll(&s->input),
        [POLL_OUTPUT] = stream_poll(&s->output),
        [POLL_LOG] = stream_poll(&s->log),
    };
    uint64_t now = deadline_ns != 0 ? now_ns() : 0;
    uint64_t left = now < deadline_ns ? deadline_ns - now : 0;
    struct timespec timeout = {.tv_sec = (time_t)(left / NS_PER_S),
                               .tv_nsec = (long)(left % NS_PER_S)};
    int ready =
        ppoll(fds, sizeof(fds) / sizeof(fds[0]), deadline_ns ? &timeout : NULL, NULL);
    if (ready == 0)
        finish(s, ENDING_TIMEOUT, 0);
    if (ready <= 0)
        return;
    if (fds[POLL_SIGNALS].revents != 0)
        on_signal(s);
    if (fds[POLL_CONTROL].revents != 0)
        on_control(s);
    if (!stream_move(&s->output, &fds[POLL_OUTPUT]))
        finish(s, ENDING_OUTPUT, errno);
    if (!stream_move(&s->log, &fds[POLL_LOG]))
        stream_drop(&s->log);
    if (!stream_move(&s->input, &fds[POLL_INPUT]))
        stream_drop(&s->input);
    if (fds[POLL_PROCESS].revents != 0)
        close_end(&s->process);
}

static bool
flowing(const struct supervisor *s)
{
    return s->process >= 0 || s->control >= 0 || s->output.from >= 0 ||
           stream_waiting(&s->output) || s->log.from >= 0 || stream_waiting(&s->log);
}

static struct stream
stream_of(int from, int to)
{
    return (struct stream){.from = from, .to = to};
}

struct outcome
supervise(const struct charge *charge, uint64_t timeout_ns, struct report *report)
{
    struct supervisor s = {
        .input = stream_of(-1, charge->input),
        .output = stream_of(charge->output, STDOUT_FILENO),
        .log = stream_of(charge->log, STDERR_FILENO),
        .control = charge->control,
        .signals = signalfd(-1, &signals_ending, SFD_CLOEXEC),
        .process = (int)syscall(SYS_pidfd_open, charge->pid, 0),
        .report = report,
    };
    s.input.input = true;
    stream_start(&s.input);
    uint64_t deadline_ns = timeout_ns != 0 ? now_ns() + timeout_ns : 0;
    if (s.signals < 0 || s.process < 0) {
        message_error("cannot watch the domain's process: %s", strerror(errno));
        finish(&s, ENDING_FAILED, 0);
    }
    while (!s.over && flowing(&s))
        step(&s, deadline_ns);

    int status = 0;
    if (s.over)
        kill(charge->pid, SIGKILL);
    while (waitpid(charge->pid, &status, 0) < 0 && errno == EINTR) {
    }
    finish(&s, ENDING_EXIT, status);
    stream_drop(&s.output);
    stream_drop(&s.log);
    close_end(&s.input.to);
    close_end(&s.control);
    close_end(&s.signals);
    close_end(&s.process);
    return s.outcome;
}
