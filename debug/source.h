// SPDX-License-Identifier: Apache-2.0
//
// Where in the source the instructions of a module come from, when it carries DWARF.
#pragma once

#include "debug/dwarf_line.h"

// The same as dwarf_line_find with `address` of each place, on entry, a byte offset in
// the module; on return it has changed, the order has not. The bytes need not be a valid
// module.
void source_find(const uint8_t *module, size_t len, struct dwarf_place *places,
                 size_t count);
