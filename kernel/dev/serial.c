// SPDX-License-Identifier: Apache-2.0
//
// There is no input buffer but the UART's: the receive interrupt is off from its arrival
// until a domain reads.
#include "kernel/dev/serial.h"

#include "kernel/arch/x86_64/cpu.h"
#include "kernel/call.h"
#include "kernel/cap.h"
#include "kernel/domain.h"
#include "kernel/event.h"
#include "kernel/user.h"

#define UART_DATA    0
#define UART_IRQ_ON  1
#define UART_FIFO    2
#define UART_LINE    3
#define UART_MODEM   4
#define UART_STATUS  5
#define UART_SCRATCH 7
#define IRQ_RECEIVE  0x01
#define FIFO_ENABLE                                                                      \
    0xc7 // and empty both; receive interrupt at 14 bytes, or after a while
#define LINE_8N1     0x03
#define LINE_DIVISOR 0x80
#define MODEM_READY  0x0b // DTR, RTS, and OUT2, which lets interrupts through
#define STATUS_INPUT 0x01
#define STATUS_EMPTY 0x20 // the FIFO
#define STATUS_IDLE  0x40 // the FIFO, and the byte on the wire
#define FIFO_LEN     16u
#define PATIENCE     100000u      // polls for room before a write returns short
#define LAST_POLLS   200000000u   // the same when the machine ends
#define LAST_COUNTS  (1ull << 36) // and of the CPU's counter: half a minute or so

// Input of line 0: the state of the framing (abi/layout.h).
static struct {
    bool started;
    bool escaped;
    bool ended;
} input;

static const uint16_t ports[SERIAL_COUNT] = {0x3f8, 0x2f8, 0x3e8};
static bool present[SERIAL_COUNT];
static uint32_t log_patience = PATIENCE;

static bool
probe(uint16_t port)
{
    outb(port + UART_SCRATCH, 0x5a);
    if (inb(port + UART_SCRATCH) != 0x5a)
        return false;
    outb(port + UART_SCRATCH, 0xa5);
    return inb(port + UART_SCRATCH) == 0xa5;
}

// Is this byte content? Else it is part of the framing.
static bool
unframe(uint8_t byte)
{
    if (!input.escaped && byte == SK_INPUT_ESCAPE) {
        input.escaped = true;
        return false;
    }
    bool content = input.started;
    if (input.escaped && byte == SK_INPUT_START) {
        input.started = true;
        content = false;
    }
    if (input.escaped && byte == SK_INPUT_END) {
        input.ended = input.started;
        content = false;
    }
    input.escaped = false;
    return content;
}

static void
line_init(uint32_t line)
{
    uint16_t port = ports[line];
    present[line] = probe(port);
    if (!present[line])
        return;
    outb(port + UART_IRQ_ON, 0);
    outb(port + UART_LINE, LINE_DIVISOR); // 115200 baud
    outb(port + UART_DATA, 1);
    outb(port + UART_IRQ_ON, 0);
    outb(port + UART_LINE, LINE_8N1);
    outb(port + UART_MODEM, MODEM_READY);
    outb(port + UART_FIFO, FIFO_ENABLE); // loses a byte that has come already
    // An emulator that holds input back is told by a read that there is room. It may
    // bring a byte, or the 0 of an empty FIFO, which does not count before the start
    // mark.
    uint8_t byte = inb(port + UART_DATA);
    if (line == SERIAL_CONSOLE)
        (void)unframe(byte);
}

void
serial_init(void)
{
    for (uint32_t line = 0; line < SERIAL_COUNT; line++)
        line_init(line);
}

bool
serial_present(uint32_t line)
{
    return present[line];
}

// Waits for `status`; false: the other end takes nothing. With STATUS_EMPTY, a burst of
// FIFO_LEN bytes has room.
static bool
wait_status(uint16_t port, uint8_t status, uint32_t polls)
{
    uint64_t start = arch_counter();
    do {
        if (inb(port + UART_STATUS) & status)
            return true;
    } while (--polls > 0 && arch_counter() - start < LAST_COUNTS);
    return false;
}

void
serial_drain(void)
{
    for (uint32_t line = 0; line < SERIAL_COUNT; line++) {
        if (present[line])
            (void)wait_status(ports[line], STATUS_IDLE, LAST_POLLS);
    }
}

static uint32_t
log_line_number(void)
{
    return present[SERIAL_LOG] ? SERIAL_LOG : SERIAL_CONSOLE;
}

void
serial_log(const char *bytes, size_t len)
{
    uint16_t port = ports[log_line_number()];
    for (size_t i = 0; i < len; i++) {
        if (i % FIFO_LEN == 0 && !wait_status(port, STATUS_EMPTY, log_patience)) {
            log_patience = PATIENCE;
            return;
        }
        outb(port, (uint8_t)bytes[i]);
    }
}

void
serial_log_last(void)
{
    log_patience = LAST_POLLS;
}

static void
receive_irq(bool on)
{
    if (present[SERIAL_CONSOLE])
        outb(ports[SERIAL_CONSOLE] + UART_IRQ_ON, on ? IRQ_RECEIVE : 0);
}

static void
tell_readers(void)
{
    for (struct domain *d = domain_first(); d; d = d->all_next) {
        const struct cap *caps = domain_caps(d);
        for (uint32_t i = 0; i < SK_SLOT_COUNT; i++) {
            if (caps[i].type == SK_CAP_CONSOLE && (caps[i].rights & SK_RIGHT_READ)) {
                event_post(d, SK_EVENT_CONSOLE);
                break;
            }
        }
    }
}

void
serial_irq(void)
{
    receive_irq(false);
    tell_readers();
}

int64_t
call_console_write(sk_handle_t console, uint64_t bytes, uint64_t len)
{
    struct cap *cap;
    int64_t s = cap_find(cpu_current(), console, SK_CAP_CONSOLE, SK_RIGHT_WRITE, &cap);
    if (s == SK_OK && len > SK_CONSOLE_MAX)
        s = SK_E_RANGE;
    if (s == SK_OK && !user_readable(bytes, len))
        s = SK_E_ADDRESS;
    if (s != SK_OK)
        return s;
    uint16_t port = ports[cap->object == SERIAL_LOG ? log_line_number() : cap->object];
    uint64_t done = 0;
    while (done < len && wait_status(port, STATUS_EMPTY, PATIENCE)) {
        uint64_t burst = len - done < FIFO_LEN ? len - done : FIFO_LEN;
        (void)user_output(port, (const void *)(bytes + done), burst);
        done += burst;
    }
    return (int64_t)done;
}

static bool
receive(uint8_t *byte)
{
    uint16_t port = ports[SERIAL_CONSOLE];
    if (!(inb(port + UART_STATUS) & STATUS_INPUT))
        return false;
    *byte = inb(port + UART_DATA);
    return true;
}

// One byte of content; false: none has come yet, or the end has.
static bool
receive_content(uint8_t *byte)
{
    while (!input.ended && receive(byte)) {
        if (unframe(*byte))
            return true;
    }
    return false;
}

int64_t
call_console_read(sk_handle_t console, uint64_t bytes, uint64_t room)
{
    struct cap *cap;
    int64_t s = cap_find(cpu_current(), console, SK_CAP_CONSOLE, SK_RIGHT_READ, &cap);
    if (s == SK_OK && (room == 0 || room > SK_CONSOLE_MAX))
        s = SK_E_RANGE;
    if (s == SK_OK && !user_writable(bytes, room))
        s = SK_E_ADDRESS;
    if (s != SK_OK)
        return s;
    uint64_t done = 0;
    uint8_t byte;
    while (done < room && receive_content(&byte))
        (void)user_write(bytes + done++, &byte, 1);
    if (!input.ended)
        receive_irq(true);
    else if (done != 0)
        tell_readers();
    if (done != 0)
        return (int64_t)done;
    return input.ended ? SK_E_END : SK_E_AGAIN;
}
