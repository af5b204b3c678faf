// SPDX-License-Identifier: Apache-2.0
#include "libos/wasi/input.h"

#include "base/string.h"
#include "libos/report.h"
#include "libos/wasi/errno.h"

static uint32_t
take_buffered(struct wasi_input *input, uint8_t *bytes, uint32_t len)
{
    uint32_t n = input->hi - input->lo;
    if (n > len)
        n = len;
    memcpy(bytes, input->bytes + input->lo, n);
    input->lo += n;
    return n;
}

enum wasi_errno
input_read(struct wasi *w, sk_handle_t console, bool wait, uint8_t *bytes, uint32_t len,
           uint32_t *moved)
{
    *moved = take_buffered(&w->input, bytes, len);
    if (*moved || w->input.is_ended)
        return WASI_SUCCESS;
    if (len > SK_CONSOLE_MAX)
        len = SK_CONSOLE_MAX;
    if (!w->input.is_wanted) {
        w->input.is_wanted = true;
        report_input();
    }
    for (;;) {
        int64_t n = sk_console_read(console, bytes, len);
        if (n >= 0)
            *moved = (uint32_t)n;
        if (n == SK_E_END)
            w->input.is_ended = true;
        if (n >= 0 || n == SK_E_END)
            return WASI_SUCCESS;
        if (n != SK_E_AGAIN || !wait)
            return wasi_errno_of_sk(n);
        (void)sk_wait(SK_NEVER, SK_EVENT_CONSOLE);
    }
}

bool
input_is_ready(struct wasi *w, sk_handle_t console, uint32_t *left)
{
    struct wasi_input *input = &w->input;
    if (input->lo == input->hi && !input->is_ended) {
        uint32_t n;
        if (input_read(w, console, false, input->bytes, sizeof(input->bytes), &n))
            return false;
        input->lo = 0;
        input->hi = n;
    }
    *left = input->hi - input->lo;
    return true;
}
