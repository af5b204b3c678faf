// SPDX-License-Identifier: Apache-2.0
//
// `selkis wast`: runs specification scripts in the text format.
#pragma once

#include <stdint.h>

#include "tools/script_job.h"

// Prints failures and totals. Returns the exit code: 0, or 1 when something failed.
int wast(const struct script_options *options, char *const *files, uint32_t file_count);
