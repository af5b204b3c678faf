// SPDX-License-Identifier: Apache-2.0
//
// The library OS: what stands between a WebAssembly program and the exokernel, inside the
// program's own domain.
//
//   boot info, bundle -> memory -> file system -> WASI -> engine -> the program -> report
#pragma once

#include "abi/layout.h"

struct wasm_import;
struct wasm_module;

// Runs the module of the boot bundle to its end: instruction one of a domain. Entered on
// the initial stack with rsp = boot->stack_hi - 8.
_Noreturn void sk_main(const struct sk_boot_info *boot);

// The same for whoever has linked it into a process of its own, with an eye on it:
// `compiled` is called with the module before its first instruction runs, on the initial
// stack.
_Noreturn void libos_main(const struct sk_boot_info *boot,
                          void (*compiled)(const struct wasm_module *module));

// NULL when the library OS satisfies the import, or why it does not (static text).
const char *libos_import_error(const struct wasm_import *import);
