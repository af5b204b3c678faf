// SPDX-License-Identifier: Apache-2.0
//
// An ELF file in memory that describes the code of a compiled module to a debugger: a
// symbol for each function, and how to unwind its frame.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct wasm_module;

// To be freed by free(). NULL: no memory, or no code.
uint8_t *elf_image_make(const struct wasm_module *module, size_t *len);
