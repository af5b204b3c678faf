// SPDX-License-Identifier: Apache-2.0
//
// Serial lines (16550): the consoles. Output is polled; input of the first line
// interrupts.
//
//   line 0  COM1  standard input and output (SK_SLOT_CONSOLE)
//   line 1  COM2  log (SK_SLOT_LOG, and the kernel's messages); COM1 when absent
//   line 2  COM3  reports (SK_SLOT_CONTROL)
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SERIAL_CONSOLE 0u
#define SERIAL_LOG     1u
#define SERIAL_CONTROL 2u
#define SERIAL_COUNT   3u

#define SERIAL_IRQ 4u // of line 0

// Finds out which lines there are.
void serial_init(void);
bool serial_present(uint32_t line);

// Writes a kernel message to the log line; what nobody takes for a while is lost.
void serial_log(const char *bytes, size_t len);

// The messages that follow are the machine's last: has more patience with them.
void serial_log_last(void);

// Waits until all lines have sent what was written to them, but not for ever.
void serial_drain(void);

// Input has arrived on line 0.
void serial_irq(void);
