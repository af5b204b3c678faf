// SPDX-License-Identifier: Apache-2.0
#include "engine/error.h"

#include "base/fmt.h"

enum wasm_error_code
wasm_fail_v(struct wasm_error *error, enum wasm_error_code code, uint64_t offset,
            const char *message, va_list args)
{
    if (error) {
        error->code = code;
        error->offset = offset;
        fmt_string_v(error->message, sizeof(error->message), message, args);
    }
    return code;
}

enum wasm_error_code
wasm_fail(struct wasm_error *error, enum wasm_error_code code, uint64_t offset,
          const char *message, ...)
{
    va_list args;
    va_start(args, message);
    wasm_fail_v(error, code, offset, message, args);
    va_end(args);
    return code;
}

enum wasm_error_code
wasm_fail_memory(struct wasm_error *error, const char *what)
{
    return wasm_fail(error, WASM_NO_MEMORY, 0, "out of memory for %s", what);
}
