// SPDX-License-Identifier: Apache-2.0
//
// The report stream of a domain (abi/layout.h). The domain is not trusted: everything is
// checked before anything is done with it.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/layout.h"

// Bytes as they arrived.
struct report {
    uint8_t *bytes;
    size_t len;
    size_t room;
    size_t limit; // bytes that a domain may send
};

// Reads what has arrived at `fd`. Returns read's result; -1 with errno EFBIG beyond the
// limit.
ptrdiff_t report_receive(struct report *report, int fd);
void report_fini(struct report *report);

// One record, pointing into the report. `name` and `data` have no terminator.
struct report_record {
    enum sk_report_kind kind;
    uint32_t parent;
    const char *name;
    size_t name_len;
    const uint8_t *data;
    size_t data_len;
    uint64_t value;
};

// Takes the record at *at and moves *at behind it. False at the end, or at a record that
// has not arrived as a whole. The record is not checked (report_check).
bool report_next(const struct report *report, size_t *at, struct report_record *record);

struct report_summary {
    bool exited; // an EXIT record has come
    uint32_t code;
    uint32_t change_count; // records that change folders
};

// Checks every record: known kinds, valid names, preopens below preopen_count.
// NULL, or what is wrong (static text).
const char *report_check(const struct report *report, uint32_t preopen_count,
                         struct report_summary *out);

// Prints what the domain measured as a table, and which grants were missing as hints.
void report_print_stats(const struct report *report);
void report_print_grants(const struct report *report);
