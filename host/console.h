// SPDX-License-Identifier: Apache-2.0
//
// Consoles, and waiting for their input.
#pragma once

// The input that SK_EVENT_CONSOLE tells of.
void host_console_init(int console_in);
