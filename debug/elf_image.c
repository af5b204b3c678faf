// SPDX-License-Identifier: Apache-2.0
//
//   header | .eh_frame | .symtab | .strtab | section names | section headers
//
// .text has no bytes in the file: it is the code itself, at its address. All addresses
// are absolute. ELF-64 object file format 1.5; LSB 5 (.eh_frame); DWARF 5 section 6.4.
#include "debug/elf_image.h"

#include <elf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "debug/function_name.h"

enum {
    SECTION_NONE,
    SECTION_TEXT,
    SECTION_EH_FRAME,
    SECTION_SYMTAB,
    SECTION_STRTAB,
    SECTION_NAMES,
    SECTION_COUNT,
};

static const char section_names[] = "\0.text\0.eh_frame\0.symtab\0.strtab\0.shstrtab";
enum { // places in it
    NAME_TEXT = 1,
    NAME_EH_FRAME = 7,
    NAME_SYMTAB = 17,
    NAME_STRTAB = 25,
    NAME_NAMES = 33,
};

// Every function begins with push rbp (1 byte); mov rbp, rsp (3 bytes). Registers by
// their DWARF numbers: rbp 6, rsp 7, return address 16. At the call's target the CFA is
// rsp + 8.

struct cie {
    uint32_t len; // of what follows
    uint32_t id;  // 0
    uint8_t version;
    uint8_t augmentation; // "": addresses are absolute
    uint8_t code_alignment;
    uint8_t data_alignment; // -8
    uint8_t return_address;
    uint8_t instructions[8];
    uint8_t pad[3];
};
_Static_assert(sizeof(struct cie) == 24, "nothing between the fields");

struct fde {
    uint32_t len;
    uint32_t cie; // from here back to the CIE
    uint64_t lo;
    uint64_t code_len;
    uint8_t instructions[8];
};
_Static_assert(sizeof(struct fde) == 32, "nothing between the fields");

struct image {
    uint64_t code;
    uint64_t code_len;
    const struct wasm_function_code *functions;
    uint32_t count;
    size_t names_len; // of .strtab
    size_t eh_frame;  // places in the file
    size_t symtab;
    size_t strtab;
    size_t names;
    size_t headers;
    size_t len;
    uint8_t *bytes;
};

static size_t
round_up(size_t len)
{
    return (len + 7) & ~(size_t)7;
}

static void
lay_out(struct image *image)
{
    char name[FUNCTION_NAME_ROOM];
    image->names_len = 1;
    for (uint32_t i = 0; i < image->count; i++)
        image->names_len += function_name(&image->functions[i], name) + 1;
    // A length of 0 ends .eh_frame.
    size_t eh_frame_len =
        sizeof(struct cie) + image->count * sizeof(struct fde) + sizeof(uint64_t);
    image->eh_frame = sizeof(Elf64_Ehdr);
    image->symtab = image->eh_frame + eh_frame_len;
    image->strtab = image->symtab + (1 + (size_t)image->count) * sizeof(Elf64_Sym);
    image->names = image->strtab + image->names_len;
    image->headers = round_up(image->names + sizeof(section_names));
    image->len = image->headers + SECTION_COUNT * sizeof(Elf64_Shdr);
}

static void
put(struct image *image, size_t at, const void *from, size_t len)
{
    memcpy(image->bytes + at, from, len);
}

static void
put_header(struct image *image)
{
    Elf64_Ehdr header = {
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
                    EV_CURRENT},
        .e_type = ET_EXEC,
        .e_machine = EM_X86_64,
        .e_version = EV_CURRENT,
        .e_shoff = image->headers,
        .e_ehsize = sizeof(Elf64_Ehdr),
        .e_shentsize = sizeof(Elf64_Shdr),
        .e_shnum = SECTION_COUNT,
        .e_shstrndx = SECTION_NAMES,
    };
    put(image, 0, &header, sizeof(header));
}

// .eh_frame is found in the file, so that its address tells nothing; it must be one that
// nothing else has.
static void
put_section_headers(struct image *image)
{
    Elf64_Shdr headers[SECTION_COUNT] = {
        [SECTION_TEXT] = {.sh_name = NAME_TEXT,
                          .sh_type = SHT_NOBITS,
                          .sh_flags = SHF_ALLOC | SHF_EXECINSTR,
                          .sh_addr = image->code,
                          .sh_offset = image->eh_frame,
                          .sh_size = image->code_len,
                          .sh_addralign = 16},
        [SECTION_EH_FRAME] = {.sh_name = NAME_EH_FRAME,
                              .sh_type = SHT_PROGBITS,
                              .sh_flags = SHF_ALLOC,
                              .sh_addr = (uint64_t)(image->bytes + image->eh_frame),
                              .sh_offset = image->eh_frame,
                              .sh_size = image->symtab - image->eh_frame,
                              .sh_addralign = 8},
        [SECTION_SYMTAB] = {.sh_name = NAME_SYMTAB,
                            .sh_type = SHT_SYMTAB,
                            .sh_offset = image->symtab,
                            .sh_size = image->strtab - image->symtab,
                            .sh_link = SECTION_STRTAB,
                            .sh_info = 1, // the first one that is global
                            .sh_addralign = 8,
                            .sh_entsize = sizeof(Elf64_Sym)},
        [SECTION_STRTAB] = {.sh_name = NAME_STRTAB,
                            .sh_type = SHT_STRTAB,
                            .sh_offset = image->strtab,
                            .sh_size = image->names_len,
                            .sh_addralign = 1},
        [SECTION_NAMES] = {.sh_name = NAME_NAMES,
                           .sh_type = SHT_STRTAB,
                           .sh_offset = image->names,
                           .sh_size = sizeof(section_names),
                           .sh_addralign = 1},
    };
    put(image, image->headers, headers, sizeof(headers));
    put(image, image->names, section_names, sizeof(section_names));
}

static void
put_symbols(struct image *image)
{
    size_t name_at = 1;
    for (uint32_t i = 0; i < image->count; i++) {
        const struct wasm_function_code *function = &image->functions[i];
        char name[FUNCTION_NAME_ROOM];
        size_t len = function_name(function, name) + 1;
        Elf64_Sym symbol = {
            .st_name = (Elf64_Word)name_at,
            .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
            .st_shndx = SECTION_TEXT,
            .st_value = image->code + function->offset,
            .st_size = function->len,
        };
        put(image, image->symtab + (1 + (size_t)i) * sizeof(symbol), &symbol,
            sizeof(symbol));
        put(image, image->strtab + name_at, name, len);
        name_at += len;
    }
}

static void
put_frames(struct image *image)
{
    struct cie cie = {
        .len = sizeof(cie) - 4,
        .version = 1,
        .code_alignment = 1,
        .data_alignment = 0x78,
        .return_address = 16,
        // def_cfa rsp + 8; offset of the return address: CFA - 8; nop
        .instructions = {0x0c, 7, 8, 0x90, 1, 0, 0, 0},
    };
    put(image, image->eh_frame, &cie, sizeof(cie));
    for (uint32_t i = 0; i < image->count; i++) {
        size_t at = sizeof(cie) + i * sizeof(struct fde);
        struct fde fde = {
            .len = sizeof(fde) - 4,
            .cie = (uint32_t)(at + offsetof(struct fde, cie)),
            .lo = image->code + image->functions[i].offset,
            .code_len = image->functions[i].len,
            // advance_loc 1; def_cfa_offset 16; offset of rbp: CFA - 16; advance_loc 3;
            // def_cfa_register rbp
            .instructions = {0x41, 0x0e, 16, 0x86, 2, 0x43, 0x0d, 6},
        };
        put(image, image->eh_frame + at, &fde, sizeof(fde));
    }
}

static bool
make(struct image *image)
{
    lay_out(image);
    // .strtab is addressed by 32 bits.
    if (image->names_len > UINT32_MAX)
        return false;
    image->bytes = calloc(1, image->len);
    if (image->bytes == NULL)
        return false;
    put_header(image);
    put_frames(image);
    put_symbols(image);
    put_section_headers(image);
    return true;
}

uint8_t *
elf_image_make(const struct wasm_module *module, size_t *len)
{
    struct wasm_module_stats stats;
    size_t code_len;
    const uint8_t *code = wasm_module_code(module, &code_len);
    wasm_module_stats(module, &stats);
    if (code == NULL || stats.function_count == 0)
        return NULL;
    struct wasm_function_code *functions =
        malloc(stats.function_count * sizeof(*functions));
    if (functions == NULL)
        return NULL;
    wasm_module_functions(module, functions);
    struct image image = {.code = (uintptr_t)code,
                          .code_len = code_len,
                          .functions = functions,
                          .count = stats.function_count};
    bool done = make(&image);
    free(functions);
    *len = image.len;
    return done ? image.bytes : NULL;
}
