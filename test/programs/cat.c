// SPDX-License-Identifier: Apache-2.0
//
// Copies standard input to standard output and tells the byte count on standard error.
#include <stdio.h>
#include <unistd.h>

static int
write_all(const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t count = write(STDOUT_FILENO, bytes, len);
        if (count <= 0) {
            return -1;
        }
        bytes += count;
        len -= (size_t)count;
    }
    return 0;
}

int
main(void)
{
    char buffer[4096];
    size_t total = 0;
    ssize_t count;
    while ((count = read(STDIN_FILENO, buffer, sizeof buffer)) > 0) {
        if (write_all(buffer, (size_t)count) != 0) {
            perror("write");
            return 1;
        }
        total += (size_t)count;
    }
    if (count < 0) {
        perror("read");
        return 1;
    }
    fprintf(stderr, "%zu bytes\n", total);
    return 0;
}
