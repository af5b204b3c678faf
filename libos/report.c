// SPDX-License-Identifier: Apache-2.0
#include "libos/report.h"

#include <stdarg.h>

#include "base/fmt.h"
#include "libos/log.h"

static uint32_t
text_len(const char *text)
{
    uint32_t len = 0;
    while (text[len])
        len++;
    return len;
}

void
report_begin(enum sk_report_kind kind, uint32_t parent, const char *name,
             uint32_t name_len, uint64_t data_len, uint64_t value)
{
    struct sk_report header = {
        .magic = SK_REPORT_MAGIC,
        .kind = (uint32_t)kind,
        .parent = parent,
        .name_len = name_len,
        .data_len = data_len,
        .value = value,
    };
    report_data(&header, sizeof(header));
    report_data(name, name_len);
}

void
report_data(const void *bytes, uint64_t len)
{
    (void)console_write_all(SK_SLOT_CONTROL, bytes, len);
}

void
report_stat(const char *name, uint64_t value)
{
    report_begin(SK_REPORT_STAT, 0, name, text_len(name), 0, value);
}

void
report_grant(const char *line)
{
    report_begin(SK_REPORT_GRANT, 0, line, text_len(line), 0, 0);
}

void
report_trace(uint32_t module_offset, const char *format, ...)
{
    char line[1024];
    va_list args;
    va_start(args, format);
    size_t len = fmt_string_v(line, sizeof(line), format, args);
    va_end(args);
    report_begin(SK_REPORT_TRACE, 0, line, (uint32_t)len, 0, module_offset);
}

void
report_input(void)
{
    report_begin(SK_REPORT_INPUT, 0, "", 0, 0, 0);
}

void
report_exit(uint32_t code)
{
    report_begin(SK_REPORT_EXIT, 0, "", 0, 0, code);
}
