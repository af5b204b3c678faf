// SPDX-License-Identifier: Apache-2.0
#include "tools/report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/beneath.h"
#include "tools/message.h"

#define ROOM_FIRST 65536u
#define LINE_MAX   1024u // of a name that is printed

ptrdiff_t
report_receive(struct report *report, int fd)
{
    if (report->len == report->room) {
        size_t room = report->room == 0 ? ROOM_FIRST : report->room * 2;
        uint8_t *bytes = realloc(report->bytes, room);
        if (bytes == NULL)
            return -1;
        report->bytes = bytes;
        report->room = room;
    }
    ssize_t got = read(fd, report->bytes + report->len, report->room - report->len);
    if (got <= 0)
        return got;
    report->len += (size_t)got;
    if (report->len > report->limit) {
        errno = EFBIG;
        return -1;
    }
    return got;
}

void
report_fini(struct report *report)
{
    free(report->bytes);
    *report = (struct report){.bytes = NULL};
}

bool
report_next(const struct report *report, size_t *at, struct report_record *record)
{
    struct sk_report header;
    size_t left = report->len - *at;
    if (left < sizeof(header))
        return false;
    memcpy(&header, report->bytes + *at, sizeof(header));
    left -= sizeof(header);
    if (header.name_len > left || header.data_len > left - header.name_len)
        return false;
    const uint8_t *name = report->bytes + *at + sizeof(header);
    *record = (struct report_record){
        .kind = header.magic == SK_REPORT_MAGIC ? (enum sk_report_kind)header.kind : 0,
        .parent = header.parent,
        .name = (const char *)name,
        .name_len = header.name_len,
        .data = name + header.name_len,
        .data_len = header.data_len,
        .value = header.value,
    };
    *at += sizeof(header) + header.name_len + header.data_len;
    return true;
}

static const char *
check_record(const struct report_record *record, uint32_t preopen_count,
             struct report_summary *out)
{
    if (out->exited)
        return "a record after the last one";
    switch (record->kind) {
    case SK_REPORT_EXIT:
        out->exited = true;
        out->code = (uint32_t)record->value;
        return record->value <= 255 ? NULL : "an exit code above 255";
    case SK_REPORT_INPUT:
    case SK_REPORT_STAT:
    case SK_REPORT_GRANT:
    case SK_REPORT_TRACE:
        return record->name_len <= LINE_MAX ? NULL : "a line that is too long";
    case SK_REPORT_REMOVE:
    case SK_REPORT_DIR:
    case SK_REPORT_FILE:
    case SK_REPORT_SYMLINK:
        out->change_count++;
        if (record->parent >= preopen_count)
            return "a folder that was not granted";
        return beneath_valid(record->name, record->name_len)
                   ? NULL
                   : "a path that is not below its folder";
    }
    return "an unknown record";
}

const char *
report_check(const struct report *report, uint32_t preopen_count,
             struct report_summary *out)
{
    *out = (struct report_summary){.exited = false};
    struct report_record record;
    size_t at = 0;
    while (report_next(report, &at, &record)) {
        const char *error = check_record(&record, preopen_count, out);
        if (error != NULL)
            return error;
    }
    return out->exited && at != report->len ? "bytes after the last record" : NULL;
}

void
report_print_stats(const struct report *report)
{
    struct report_record record;
    for (size_t at = 0; report_next(report, &at, &record);) {
        if (record.kind == SK_REPORT_STAT)
            message_note("%-36.*s %16llu", (int)record.name_len, record.name,
                         (unsigned long long)record.value);
    }
}

void
report_print_grants(const struct report *report)
{
    struct report_record record;
    for (size_t at = 0; report_next(report, &at, &record);) {
        if (record.kind == SK_REPORT_GRANT)
            message_hint("%.*s", (int)record.name_len, record.name);
    }
}
