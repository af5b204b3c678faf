// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libos/wasi/abi.h"

// Reads a clock. Errors: ENOTSUP (processor time), EINVAL (no such clock).
enum wasi_errno clock_read(uint32_t id, uint64_t *ns);
