// SPDX-License-Identifier: Apache-2.0
//
// The part of ELF (System V gABI, chapters 4 and 5) that describes a static 64-bit
// program.
#pragma once

#include <stdint.h>

struct elf_header {
    uint8_t ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, phoff, shoff;
    uint32_t flags;
    uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};
_Static_assert(sizeof(struct elf_header) == 64, "gABI");

struct elf_segment {
    uint32_t type, flags;
    uint64_t offset, vaddr, paddr, filesz, memsz, align;
};
_Static_assert(sizeof(struct elf_segment) == 56, "gABI");

#define ELF_IDENT      "\177ELF\2\1\1" // 64 bit, little-endian, version 1
#define ELF_EXECUTABLE 2
#define ELF_X86_64     62

#define ELF_LOAD    1u
#define ELF_DYNAMIC 2u
#define ELF_INTERP  3u
#define ELF_TLS     7u

#define ELF_EXECUTE 1u
#define ELF_WRITE   2u
