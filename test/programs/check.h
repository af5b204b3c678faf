// SPDX-License-Identifier: Apache-2.0
//
// For test programs that judge themselves: CHECK prints one line for each promise, and
// `check_status` is what main returns.
#pragma once

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int check_status;

#define CHECK(condition)                                                                 \
    do {                                                                                 \
        errno = 0;                                                                       \
        if (condition) {                                                                 \
            printf("ok   %s\n", #condition);                                             \
        } else {                                                                         \
            printf("FAIL %s:%d: %s (errno: %s)\n", __FILE_NAME__, __LINE__, #condition,  \
                   strerror(errno));                                                     \
            check_status = 1;                                                            \
        }                                                                                \
    } while (0)
