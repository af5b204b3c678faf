// SPDX-License-Identifier: Apache-2.0
//
// Damages one module in every single place.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Cuts the module after every byte; what is left must be refused with an offset in it,
// unless it is whole sections. Long modules are cut at some thousand places only.
// Returns NULL, or what was wrong, with the place in *at.
const char *damage_cut(const uint8_t *bytes, size_t len, size_t *at);

// Flips every bit, of long modules those of some hundred bytes; anything may come of it
// but a crash or a leak. Likewise.
const char *damage_flip(const uint8_t *bytes, size_t len, size_t *at);
