// SPDX-License-Identifier: Apache-2.0
//
// The exokernel ABI, version 0, as a domain sees it: handles, rights, status codes, the
// structs that cross the border, and one C function per call of calls.def.
//
// The functions are implemented twice and chosen at link time: abi/x86_64/stubs.S enters
// the kernel by `syscall`; host/ does the same work in a Linux process.
//
// Every struct is fixed-width and explicitly padded. Reserved members are written as 0 by
// their author and refused by the kernel when they are not.
#pragma once

#include <stdint.h>

#define SK_ABI_VERSION 0u
#define SK_PAGE_SIZE   4096u
#define SK_PAGE_SHIFT  12u

#define SK_NODISCARD __attribute__((warn_unused_result))

// A handle is a slot number in the calling domain's capability table.
typedef uint32_t sk_handle_t;

#define SK_SLOT_COUNT 128u // slots 0..127; slot 0 is always empty

// Slots as `init` finds them. A domain's creator grants what it likes, where it likes.
#define SK_SLOT_NONE    0u
#define SK_SLOT_DOMAIN  1u // the domain itself
#define SK_SLOT_SPACE   2u // its space
#define SK_SLOT_CONSOLE 3u // standard input and output
#define SK_SLOT_LOG     4u // standard error
#define SK_SLOT_CONTROL 5u // to whoever started the machine: struct sk_report (layout.h)
#define SK_SLOT_CLOCK   6u
#define SK_SLOT_ENTROPY 7u
#define SK_SLOT_BUNDLE  8u // the frames of the boot bundle, read and execute only
#define SK_SLOT_FRAMES  9u // first of boot_info.frames_slot_count runs of free frames

enum sk_cap_type {
    SK_CAP_NONE = 0,
    SK_CAP_FRAMES = 1,
    SK_CAP_SPACE = 2,
    SK_CAP_DOMAIN = 3,
    SK_CAP_CONSOLE = 4,
    SK_CAP_CLOCK = 5,
    SK_CAP_ENTROPY = 6,
};

// Rights, one bit each; which ones a type has is in the comment.
#define SK_RIGHT_READ    (1u << 0) // frames, domain, console, clock, entropy
#define SK_RIGHT_WRITE   (1u << 1) // frames, console
#define SK_RIGHT_EXECUTE (1u << 2) // frames
#define SK_RIGHT_RETYPE  (1u << 3) // frames: make kernel objects of them
#define SK_RIGHT_MAP     (1u << 4) // space: change mappings
#define SK_RIGHT_CONTROL (1u << 5) // domain: start, stop, grant, destroy
#define SK_RIGHT_ALL     0x3fu

// Protection of a mapping. Write implies read. Write with execute is refused.
#define SK_PROT_READ    SK_RIGHT_READ
#define SK_PROT_WRITE   SK_RIGHT_WRITE
#define SK_PROT_EXECUTE SK_RIGHT_EXECUTE

enum sk_status {
    SK_OK = 0,
    SK_E_CALL = -1,         // no such call
    SK_E_HANDLE = -2,       // slot out of range or empty
    SK_E_TYPE = -3,         // the slot names another kind of object
    SK_E_RIGHTS = -4,       // the capability does not allow it
    SK_E_ARG = -5,          // a value is not one of those listed
    SK_E_RANGE = -6,        // a number, address or length is out of range
    SK_E_ADDRESS = -7,      // the caller's pointer is not mapped as needed
    SK_E_BUSY = -8,         // slot occupied, page already mapped, frame in use
    SK_E_MEMORY = -9,       // the pool of page-table frames is too small
    SK_E_STATE = -10,       // the domain is not in a state that allows it
    SK_E_UNSUPPORTED = -11, // this platform cannot do it (host: other domains and spaces)
    SK_E_AGAIN = -12,       // nothing there yet
    SK_E_END = -13,         // nothing will come any more
};

#define SK_NEVER       UINT64_MAX
#define SK_CONSOLE_MAX 65536u // bytes a console call moves at most
#define SK_ENTROPY_MAX 65536u

// Event bits of a domain.
#define SK_EVENT_CONSOLE (1u << 0) // input has arrived, or ended
#define SK_EVENT_DOMAIN  (1u << 1) // a domain that this one created has stopped

#define SK_CLOCK_MONOTONIC 0u
#define SK_CLOCK_REALTIME  1u

// The machine registers of a domain (x86-64). Vector and x87 state is not in here: it
// stays in the registers during an upcall, and a handler that uses them saves them.
struct sk_regs {
    uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp;
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    uint64_t rip, rflags, fs_base, gs_base;
};
_Static_assert(sizeof(struct sk_regs) == 160, "ABI");

enum sk_upcall_reason {
    SK_UPCALL_PAGE_FAULT = 1, // address, access in `detail` (SK_PROT_* bits; 0 = read)
    SK_UPCALL_ILLEGAL = 2,    // undefined instruction (also how compiled code traps)
    SK_UPCALL_DIVIDE = 3,     // divide error
    SK_UPCALL_PROTECTION = 4, // general protection, stack segment, alignment
    SK_UPCALL_FLOAT = 5,      // floating-point exception
    SK_UPCALL_BREAKPOINT = 6, // int3, debug
};

// An upcall: the kernel writes this where the activation says, then runs `entry` with
// rdi = the address of it, rsp = stack_top - 8, rflags clear. Upcalls are off until
// sk_resume; a fault while they are off stops the domain.
struct sk_upcall {
    struct sk_regs regs; // the interrupted registers
    uint64_t address;    // page fault: the address; else 0
    uint32_t reason;     // enum sk_upcall_reason
    uint32_t detail;
};
_Static_assert(sizeof(struct sk_upcall) == 176, "ABI");

// Where a CPU's upcalls arrive in this domain.
struct sk_activation {
    uint64_t entry;     // code address; 0: no upcalls, any fault stops the domain
    uint64_t stack_top; // 16-byte aligned, at least SK_PAGE_SIZE mapped below
    uint64_t upcall;    // address of a struct sk_upcall, 16-byte aligned, writable
    uint64_t reserved;  // 0
};
_Static_assert(sizeof(struct sk_activation) == 32, "ABI");

struct sk_cap_info {
    uint32_t type;   // enum sk_cap_type
    uint32_t rights; // SK_RIGHT_*
    uint64_t badge;
    uint64_t first; // frames: physical address of the first byte; else 0
    uint64_t count; // frames: how many; space: frames left in its pool; else 0
};
_Static_assert(sizeof(struct sk_cap_info) == 32, "ABI");

#define SK_DOMAIN_FRAMES 2u // what domain_create takes

enum sk_domain_run {
    SK_DOMAIN_STOPPED = 0, // never started, or stopped by domain_stop
    SK_DOMAIN_RUNNABLE = 1,
    SK_DOMAIN_WAITING = 2,
    SK_DOMAIN_EXITED = 3,  // by sk_exit; `status` holds its argument
    SK_DOMAIN_FAULTED = 4, // by a fault that no upcall could take; see `fault`
};

struct sk_domain_state {
    uint32_t run;           // enum sk_domain_run
    uint32_t status;        // exit status
    struct sk_upcall fault; // FAULTED: the fault; else only .regs has meaning
};
_Static_assert(sizeof(struct sk_domain_state) == 184, "ABI");

// The calls. abi/calls.def says what each does; docs/abi.md adds errors and cost.
int64_t sk_null(void);
_Noreturn void sk_exit(uint64_t status);
int64_t sk_yield(void);
int64_t sk_wait(uint64_t deadline_ns, uint64_t events);
int64_t sk_resume(const struct sk_regs *regs);
int64_t sk_activation_bind(uint64_t index, const struct sk_activation *activation);
int64_t sk_cap_read(sk_handle_t slot, struct sk_cap_info *info);
int64_t sk_cap_copy(sk_handle_t slot, sk_handle_t to, uint64_t rights, uint64_t badge);
int64_t sk_cap_delete(sk_handle_t slot);
int64_t sk_frame_split(sk_handle_t frames, uint64_t first, uint64_t count,
                       sk_handle_t to);
int64_t sk_space_create(sk_handle_t frames, uint64_t first, uint64_t count,
                        sk_handle_t to);
int64_t sk_space_supply(sk_handle_t space, sk_handle_t frames, uint64_t first,
                        uint64_t count);
int64_t sk_map(sk_handle_t space, uint64_t va, sk_handle_t frames, uint64_t first,
               uint64_t count, uint64_t prot);
int64_t sk_unmap(sk_handle_t space, uint64_t va, uint64_t count);
int64_t sk_protect(sk_handle_t space, uint64_t va, uint64_t count, uint64_t prot);
int64_t sk_domain_create(sk_handle_t frames, uint64_t first, uint64_t count,
                         sk_handle_t space, sk_handle_t to);
int64_t sk_domain_grant(sk_handle_t domain, sk_handle_t to, sk_handle_t slot,
                        uint64_t rights, uint64_t badge);
int64_t sk_domain_start(sk_handle_t domain, const struct sk_regs *regs);
int64_t sk_domain_stop(sk_handle_t domain);
int64_t sk_domain_read(sk_handle_t domain, struct sk_domain_state *state);
int64_t sk_domain_destroy(sk_handle_t domain);
int64_t sk_console_write(sk_handle_t console, const void *bytes, uint64_t len);
int64_t sk_console_read(sk_handle_t console, void *bytes, uint64_t room);
int64_t sk_clock_read(sk_handle_t clock, uint64_t which);
int64_t sk_entropy_read(sk_handle_t entropy, void *bytes, uint64_t len);
