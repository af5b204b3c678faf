// SPDX-License-Identifier: Apache-2.0
//
// Brings what a program changed in its folders back to the host.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "tools/bundle.h"
#include "tools/report.h"

// Applies the changes of a report that report_check accepted, in their order, and says on
// standard error what was written where. Files appear whole or not at all.
// False: a change failed, or was not granted; an error has been printed.
bool writeback_apply(const struct report *report, const struct preopen *preopens,
                     uint32_t preopen_count);
