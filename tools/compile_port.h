// SPDX-License-Identifier: Apache-2.0
//
// What the engine needs to decode and compile a module that nobody runs: memory of this
// process. There are no linear memories, and code never becomes executable.
#pragma once

#include "engine/port.h"

extern const struct wasm_port compile_port;
