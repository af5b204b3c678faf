// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tools/options.h"

// Runs a program to its end. Returns the command's exit code.
int run(const struct run_options *options);
