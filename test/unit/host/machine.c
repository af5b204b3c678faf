// SPDX-License-Identifier: Apache-2.0
#include "test/unit/host/machine.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "abi/domain.h"

void
machine_fail(const char *file, int line, const char *condition)
{
    char text[256];
    int len = snprintf(text, sizeof(text), "%s:%d: %s\n", file, line, condition);
    (void)!sk_console_write(SK_SLOT_LOG, text, (uint64_t)len);
    sk_exit(1);
}

struct machine_end
machine_run(void (*entry)(const struct sk_boot_info *), const char *bundle,
            size_t bundle_len, int console_in)
{
    struct machine_end end = {.status = 0};
    int log = memfd_create("log", 0);
    int null = open("/dev/null", O_WRONLY);
    struct host_config config = {
        .bundle_fd = -1,
        .bundle_len = bundle_len,
        .memory_len = MACHINE_MEMORY,
        .console_in = console_in,
        .console_out = null,
        .log_out = log,
        .control_out = null,
        .entry = entry,
    };
    if (bundle != NULL) {
        config.bundle_fd = memfd_create("bundle", 0);
        assert_int_equal(write(config.bundle_fd, bundle, bundle_len), bundle_len);
    }
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        const char *error = host_boot(&config);
        dprintf(log, "%s\n", error);
        _exit(99);
    }
    assert_int_equal(waitpid(pid, &end.status, 0), pid);
    assert_true(pread(log, end.log, sizeof(end.log) - 1, 0) >= 0);
    close(log);
    close(null);
    if (bundle != NULL)
        close(config.bundle_fd);
    return end;
}
