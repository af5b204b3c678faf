// SPDX-License-Identifier: Apache-2.0
#include "tools/wat.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/engine.h"
#include "text/text.h"
#include "tools/compile_port.h"
#include "tools/file.h"
#include "tools/message.h"

// How much shows whether a file is text.
#define HEAD_LEN 4096

static bool
ends_in(const char *path, const char *ending)
{
    size_t len = strlen(path), ending_len = strlen(ending);
    return len > ending_len && strcmp(path + len - ending_len, ending) == 0;
}

static bool
is_text(const char *path, const void *head, size_t len)
{
    if (len >= 4 && memcmp(head, "\0asm", 4) == 0)
        return false; // whatever its name
    return ends_in(path, ".wat") || text_is_text(head, len);
}

// What the engine refuses is said here, since only the text knows lines.
static bool
check(const char *path, const char *text, size_t len, const struct text_bytes *binary)
{
    struct wasm_module *module;
    struct wasm_error error;
    uint32_t line, column;
    enum wasm_error_code code =
        wasm_module_create(&compile_port, binary->bytes, binary->len, &module, &error);
    if (code == WASM_OK)
        wasm_module_destroy(module);
    if (code == WASM_OK || code == WASM_NO_MEMORY ||
        !text_module_locate(&compile_port, text, len, binary, error.offset, &line,
                            &column))
        return true; // who takes the module finds it again
    message_error("%s:%u:%u: %s", path, line, column, error.message);
    return false;
}

static bool
encode(const char *path, const uint8_t *bytes, size_t len, struct text_bytes *out)
{
    const char *text = (const char *)bytes;
    struct text_error error;
    if (!text_module_encode(&compile_port, text, len, out, &error)) {
        message_error("%s:%u:%u: %s", path, error.line, error.column, error.message);
        if (ends_in(path, ".wast"))
            message_hint("a script is run by `selkis wast`");
        return false;
    }
    if (check(path, text, len, out))
        return true;
    text_bytes_free(&compile_port, out);
    return false;
}

bool
wat_encode_bytes(const char *path, uint8_t **bytes, size_t *len)
{
    struct text_bytes binary;
    if (!is_text(path, *bytes, *len))
        return true;
    if (!encode(path, *bytes, *len, &binary))
        return false;
    free(*bytes);
    *bytes = binary.bytes; // whose heap is malloc's
    *len = binary.len;
    return true;
}

static bool
write_all(int fd, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        ssize_t done = write(fd, bytes, len);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        bytes += done;
        len -= (size_t)done;
    }
    return true;
}

// A file in memory.
static int
make_file(const char *path, const struct text_bytes *binary)
{
    int fd = memfd_create("module", MFD_CLOEXEC);
    if (fd >= 0 && write_all(fd, binary->bytes, binary->len) &&
        lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    message_error("%s: cannot keep its binary form: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

bool
wat_encode_file(const char *path, int *fd)
{
    uint8_t head[HEAD_LEN];
    size_t len;
    const char *why;
    struct text_bytes binary;
    ssize_t head_len = pread(*fd, head, sizeof(head), 0);
    if (!is_text(path, head, head_len > 0 ? (size_t)head_len : 0))
        return true;
    uint8_t *text = file_read(path, &len, &why);
    if (text == NULL) {
        message_error("cannot open %s: %s", path, why);
        return false;
    }
    bool encoded = encode(path, text, len, &binary);
    free(text);
    int binary_fd = encoded ? make_file(path, &binary) : -1;
    if (encoded)
        text_bytes_free(&compile_port, &binary);
    if (binary_fd < 0)
        return false;
    close(*fd);
    *fd = binary_fd;
    return true;
}
