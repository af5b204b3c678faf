// SPDX-License-Identifier: Apache-2.0
//
// The one place where errors of the layers below become WASI's.
#pragma once

#include <stdint.h>

#include "libos/fs/fs.h"
#include "libos/wasi/abi.h"

enum wasi_errno wasi_errno_of_fs(enum fs_error error);
enum wasi_errno // of a result of an sk_ call; >= 0 is success
wasi_errno_of_sk(int64_t status);
