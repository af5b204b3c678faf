// SPDX-License-Identifier: Apache-2.0
//
// The smallest kernel: entered by PVH (32-bit protected mode), it powers the machine off. How long
// QEMU takes for it is the floor below which no boot can go. 0xf4 is where boot.py puts the
// isa-debug-exit device.

        .section .note.floor, "a", @note
        .balign 4
        .long 4, 4, 18 // name length, description length, XEN_ELFNOTE_PHYS32_ENTRY
        .asciz "Xen"
        .long floor_entry

        .text
        .code32
        .globl floor_entry
floor_entry:
        xorl %eax, %eax
        movw $0xf4, %dx
        outl %eax, %dx
1:      hlt
        jmp 1b

        .section .note.GNU-stack, "", @progbits
