// SPDX-License-Identifier: Apache-2.0
//
// int64_t sk_NAME(...) for a domain, one per row of calls.def. The arguments are where the
// C convention puts them, but the fourth: `syscall` takes rcx for the return address.
// The kernel keeps every register but rax, rcx and r11.
#define SK_CALL(number, name, argument_count, arguments, rights, text)                    \
    .globl sk_##name;                                                                     \
    .hidden sk_##name;                                                                    \
    .type sk_##name, @function;                                                           \
    sk_##name: movl $number, %eax;                                                        \
    .if argument_count > 3;                                                               \
    movq %rcx, %r10;                                                                      \
    .endif;                                                                               \
    syscall;                                                                              \
    retq;                                                                                 \
    .size sk_##name, . - sk_##name;

    .text
#include "abi/calls.def"

    .section .note.GNU-stack, "", @progbits
