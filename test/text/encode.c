// SPDX-License-Identifier: Apache-2.0
//
// Encodes the texts of its standard input, for compare.py. Both directions: a length of
// four bytes, least first, then so many bytes; results have a byte before that: 1, then a
// binary module, or 0, then "LINE:COLUMN: message".
#include <stdio.h>
#include <stdlib.h>

#include "text/text.h"
#include "tools/compile_port.h"

static bool
read_text(char **text, size_t *len)
{
    uint32_t wanted;
    if (fread(&wanted, sizeof(wanted), 1, stdin) != 1)
        return false;
    *len = wanted;
    *text = malloc(*len + !*len);
    return *text && fread(*text, 1, *len, stdin) == *len;
}

static void
write_result(bool encoded, const void *bytes, size_t len)
{
    uint32_t written = (uint32_t)len;
    putchar(encoded);
    fwrite(&written, sizeof(written), 1, stdout);
    fwrite(bytes, 1, len, stdout);
    fflush(stdout);
}

int
main(void)
{
    char *text;
    size_t len;
    while (read_text(&text, &len)) {
        struct text_bytes bytes;
        struct text_error error;
        char message[200];
        bool encoded = text_module_encode(&compile_port, text, len, &bytes, &error);
        int said = snprintf(message, sizeof(message), "%u:%u: %s", error.line,
                            error.column, error.message);
        if (encoded)
            write_result(true, bytes.bytes, bytes.len);
        else
            write_result(false, message, (size_t)said);
        text_bytes_free(&compile_port, &bytes);
        free(text);
    }
    return 0;
}
