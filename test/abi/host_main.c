// SPDX-License-Identifier: Apache-2.0
//
// Runs a test of the ABI as a Linux process: console and log are the standard streams.
#include <stdio.h>

#include "host/host.h"
#include "test/abi/harness.h"

int
main(void)
{
    struct host_config config = {
        .bundle_fd = -1,
        .memory_len = 64u << 20,
        .console_in = 0,
        .console_out = 1,
        .log_out = 2,
        .control_out = 2,
        .entry = sk_main,
    };
    const char *why = host_boot(&config);
    perror(why);
    return 3;
}
