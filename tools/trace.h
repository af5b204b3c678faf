// SPDX-License-Identifier: Apache-2.0
//
// The back trace of a trap as the domain reported it, with source lines when the module
// has them.
#pragma once

#include "tools/report.h"

// Prints the report's TRACE records. The module is looked for in the bundle, which the
// domain may have changed.
void trace_print(const struct report *report, int bundle_fd);
