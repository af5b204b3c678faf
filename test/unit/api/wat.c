// SPDX-License-Identifier: Apache-2.0
#include "test/unit/api/wat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "api/native_port.h"
#include "text/text.h"

void
wat_encode(const char *text, wasm_byte_vec_t *out)
{
    struct native_port port;
    struct text_bytes bytes;
    struct text_error error;
    assert_true(native_port_init(&port));
    if (!text_module_encode(&port.port, text, strlen(text), &bytes, &error))
        fail_msg("%u:%u: %s", error.line, error.column, error.message);
    wasm_byte_vec_new(out, bytes.len, (const char *)bytes.bytes);
    text_bytes_free(&port.port, &bytes);
}
