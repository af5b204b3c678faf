// SPDX-License-Identifier: Apache-2.0
//
// What lies in memory when a domain is born, and the byte streams that leave the machine:
// the boot information, the boot bundle, the report stream.
//
//   boot loader ── bundle ──> kernel ── boot info, bundle mapped ──> init ── report ──>
//   tool
//
// All integers are little-endian. Readers trust no offset or length of a bundle or
// report.
#pragma once

#include <stdint.h>

// ---- Boot information: one page, read-only; its address is `init`'s first argument.
// ----

enum sk_platform {
    SK_PLATFORM_KERNEL = 1,
    SK_PLATFORM_HOST = 2,
};

struct sk_boot_info {
    uint32_t version;  // SK_ABI_VERSION
    uint32_t platform; // enum sk_platform
    // Linear memory 0 belongs at linear_va: 4 GiB for its pages, the rest up to
    // linear_va + linear_len stays unmapped for ever (see DESIGN: zero-cost sandbox).
    // linear_va is 0 on the kernel.
    uint64_t linear_va;
    uint64_t linear_len;
    uint64_t va_lo; // [va_lo, va_hi): the domain maps what it likes here
    uint64_t va_hi;
    uint64_t bundle_va; // the boot bundle, read-only, page aligned
    uint64_t bundle_len;
    uint64_t stack_lo; // the initial stack; one page below it is never mapped
    uint64_t stack_hi;
    uint32_t frames_slot_count; // runs of free frames in slots SK_SLOT_FRAMES, ...
    uint32_t cpu_count;
    uint64_t table_frames; // frames in the pool of SK_SLOT_SPACE for page tables
    uint64_t tsc_entry;    // time stamp counter at the kernel's first instruction
    uint64_t tsc_init;     // and when init was started
    uint64_t reserved[3];
};
_Static_assert(sizeof(struct sk_boot_info) == 128, "ABI");

// Where the kernel puts things in init's space (the host picks addresses of its own).
#define SK_VA_LINEAR     0x000000000000ull
#define SK_VA_LINEAR_LEN 0x001000000000ull // 64 GiB: 4 GiB memory, 60 GiB guard
#define SK_VA_IMAGE      0x001000000000ull // link address of a domain's image
#define SK_VA_BOOT       0x001800000000ull // boot info, stack
#define SK_VA_BUNDLE     0x001900000000ull
#define SK_VA_FREE       0x002000000000ull // va_lo
#define SK_VA_LIMIT      0x7ffffffff000ull // end of user addresses (va_hi)

#define SK_INIT_STACK_LEN (1024u * 1024u)

// ---- The boot bundle: a header, the entries, then names and data. ----

#define SK_BUNDLE_MAGIC   0x4c444e424b4c4553ull // "SELKBNDL"
#define SK_BUNDLE_VERSION 0u
#define SK_BUNDLE_MAX     (3ull << 30) // bytes

struct sk_bundle {
    uint64_t magic;
    uint32_t version;
    uint32_t entry_count;
    uint64_t len; // of the whole bundle
    uint64_t reserved;
    // struct sk_bundle_entry entries[entry_count];
};
_Static_assert(sizeof(struct sk_bundle) == 32, "ABI");

enum sk_bundle_kind {
    SK_BUNDLE_INIT = 1, // the ELF image of `init`; data page aligned. Exactly one, first
    SK_BUNDLE_MODULE = 2, // the .wasm; name: as the user gave it; data page aligned
    SK_BUNDLE_ARG = 3,    // name: one argument, argv[0] first, in order
    SK_BUNDLE_ENV = 4,    // name: K=V
    SK_BUNDLE_OPTION =
        5, // name: KEY=VALUE for the library OS ("invoke=NAME", "icount=1")
    SK_BUNDLE_PREOPEN = 6, // name: guest path of a preopened directory
    SK_BUNDLE_DIR =
        7, // below preopen `parent`: name: relative path, "a/b", parents first
    SK_BUNDLE_FILE = 8,    // the same; data: content
    SK_BUNDLE_SYMLINK = 9, // the same; data: target
};

#define SK_BUNDLE_READ_ONLY (1u << 0) // preopen

struct sk_bundle_entry {
    uint32_t kind;
    uint32_t flags;
    uint32_t parent;   // DIR, FILE, SYMLINK: index of the PREOPEN entry; else 0
    uint32_t name_len; // bytes, no terminator
    uint64_t name_off; // from the start of the bundle
    uint64_t data_off;
    uint64_t data_len;
    uint64_t mtime_ns; // since 1970
};
_Static_assert(sizeof(struct sk_bundle_entry) == 48, "ABI");

// ---- The report stream: what a domain tells the tool, on SK_SLOT_CONTROL. ----
// Records: this header, name_len bytes, data_len bytes, no padding.

#define SK_REPORT_MAGIC 0x50524b53u // "SKRP"

enum sk_report_kind {
    SK_REPORT_EXIT = 1,    // value: exit code 0..255. The last record
    SK_REPORT_REMOVE = 2,  // name: path of a file, symlink or empty directory
    SK_REPORT_DIR = 3,     // name: path; make it
    SK_REPORT_FILE = 4,    // name: path; data: content
    SK_REPORT_SYMLINK = 5, // name: path; data: target
    SK_REPORT_STAT = 6,    // name: a metric; value: its number
    SK_REPORT_GRANT = 7,   // name: a line for the user: which grant was missing
    SK_REPORT_INPUT = 8,   // the program reads its console: send standard input
    SK_REPORT_TRACE = 9,   // name: a line about a trap for the user; value: offset in the
                           // module of the instruction it speaks of, or 0
};

struct sk_report {
    uint32_t magic;
    uint32_t kind;
    uint32_t parent; // REMOVE, DIR, FILE, SYMLINK: number of the preopen, in bundle order
                     // from 0
    uint32_t name_len;
    uint64_t data_len;
    uint64_t value; // FILE, DIR: mtime_ns; EXIT, STAT: as said
};
_Static_assert(sizeof(struct sk_report) == 32, "ABI");

// ---- Standard input on a byte stream without an end (a serial line). ----
// The tool first sends any one byte, which a line that is being set up may lose, escape
// and SK_INPUT_START: what comes up to there does not count. Then it sends each byte as
// it is, except SK_INPUT_ESCAPE, which it doubles; escape followed by SK_INPUT_END means
// that no more comes. The kernel's console undoes this.
#define SK_INPUT_ESCAPE 0x10u
#define SK_INPUT_START  0x02u
#define SK_INPUT_END    0x04u

// The status that the machine powers off with goes to QEMU's isa-debug-exit port, so the
// emulator's exit code is (status << 1 | 1) & 0xff. A panic powers off with this one:
#define SK_POWER_PANIC 0x7fu
