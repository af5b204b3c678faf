// SPDX-License-Identifier: Apache-2.0
#pragma once

// Prints what the module in `path` imports, exports and needs. Returns the exit code.
int inspect(const char *path);
