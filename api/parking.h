// SPDX-License-Identifier: Apache-2.0
//
// Where threads sleep that wait for a notification about an address of shared memory:
// memory_wait and memory_notify of the engine's port (engine/port.h), for a Linux
// process.
#pragma once

#include <stdint.h>

uint32_t parking_wait(void *context, uint8_t *address, uint32_t width, uint64_t expected,
                      int64_t timeout_ns);
uint32_t parking_notify(void *context, uint8_t *address, uint32_t count);
