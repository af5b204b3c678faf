// SPDX-License-Identifier: Apache-2.0
#include "test/spec/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

uint8_t *
file_read(const char *path, size_t spare, size_t *len)
{
    struct stat now;
    FILE *file = fopen(path, "rb");
    size_t size = file && fstat(fileno(file), &now) == 0 ? (size_t)now.st_size : 0;
    uint8_t *bytes = file ? malloc(size + spare) : NULL;
    if (!bytes || fread(bytes, 1, size, file) != size) {
        perror(path);
        free(bytes);
        bytes = NULL;
    }
    if (file)
        (void)fclose(file);
    *len = size;
    return bytes;
}
