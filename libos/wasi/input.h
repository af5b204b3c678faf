// SPDX-License-Identifier: Apache-2.0
//
// Standard input, with the little that poll_oneoff has read ahead.
#pragma once

#include "libos/wasi/wasi.h"

// Reads what is there; waits for the first byte if `wait`. *moved is 0 at the end.
// Errors: EAGAIN.
enum wasi_errno input_read(struct wasi *w, sk_handle_t console, bool wait, uint8_t *bytes,
                           uint32_t len, uint32_t *moved);

// Whether a read would not wait, without waiting. *left: bytes known to be there; 0 at
// the end.
bool input_is_ready(struct wasi *w, sk_handle_t console, uint32_t *left);
