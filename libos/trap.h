// SPDX-License-Identifier: Apache-2.0
//
// What the user is told about a trap: its name and the call stack; and about an exception
// that nobody caught.
#pragma once

struct wasm_trap;

void trap_log(const struct wasm_trap *trap);
void trap_log_exception(const struct wasm_trap *trap); // where it was thrown
