// SPDX-License-Identifier: Apache-2.0
//
// What perf and gdb are told of a module, against the engine's own idea of it.
#include "debug/elf_image.h"

#include <elf.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "api/native_port.h"
#include "debug/gdb.h"
#include "debug/perf_map.h"
#include "engine/engine.h"
#include "text/text.h"

// Named by the name section, by exports (the first one counts), with bytes that are no
// text, and not at all; behind an import.
static const char source[] = "(module"
                             "  (import \"m\" \"f\" (func))"
                             "  (func $plain)"
                             "  (func (export \"first\") (export \"second\") (call 0))"
                             "  (func (export \"a\\n\\7f b\") (result i32) (i32.const 1))"
                             "  (func))";
enum { COUNT = 4 };
static const char *const names[COUNT] = {"wasm:plain", "wasm:first", "wasm:a?? b",
                                         "wasm-function[4]"};

static struct native_port port;
static struct text_bytes encoded;

static struct wasm_module *
compile(const char *text)
{
    struct text_error text_error;
    struct wasm_error error;
    struct wasm_module *module = NULL;
    assert_true(native_port_init(&port));
    if (!text_module_encode(&port.port, text, strlen(text), &encoded, &text_error))
        fail_msg("%u:%u: %s", text_error.line, text_error.column, text_error.message);
    assert_int_equal(
        wasm_module_create(&port.port, encoded.bytes, encoded.len, &module, &error),
        WASM_OK);
    return module;
}

static void
destroy(struct wasm_module *module)
{
    wasm_module_destroy(module);
    text_bytes_free(&port.port, &encoded);
}

static void
test_functions_fill_the_code(void **state)
{
    (void)state;
    struct wasm_module *module = compile(source);
    struct wasm_function_code functions[COUNT];
    struct wasm_module_stats stats;
    size_t len;
    const uint8_t *code = wasm_module_code(module, &len);
    wasm_module_stats(module, &stats);
    assert_non_null(code);
    assert_int_equal(stats.function_count, COUNT);
    wasm_module_functions(module, functions);
    for (uint32_t i = 0; i < COUNT; i++) {
        uint32_t end = functions[i].offset + functions[i].len;
        assert_int_equal(functions[i].func_index, i + 1);
        assert_int_equal(end, i + 1 < COUNT ? functions[i + 1].offset : len);
        // As debug/elf_image.c says: push rbp; mov rbp, rsp.
        static const uint8_t prologue[] = {0x55, 0x48, 0x8b, 0xec};
        assert_memory_equal(code + functions[i].offset, prologue, sizeof(prologue));
    }
    destroy(module);
}

// ---- ELF ----

static const void *
at(const uint8_t *image, size_t len, uint64_t offset, uint64_t wanted)
{
    assert_in_range(offset, 0, len);
    assert_in_range(wanted, 0, len - offset);
    return image + offset;
}

static void
check_symbols(const uint8_t *image, size_t len, const Elf64_Shdr *headers,
              const struct wasm_module *module)
{
    struct wasm_function_code functions[COUNT];
    size_t code_len;
    uint64_t code = (uintptr_t)wasm_module_code(module, &code_len);
    const Elf64_Shdr *table = NULL;
    wasm_module_functions(module, functions);
    for (int i = 1; i < 6; i++) {
        if (headers[i].sh_type == SHT_SYMTAB)
            table = &headers[i];
        if (headers[i].sh_type == SHT_NOBITS) {
            assert_int_equal(headers[i].sh_addr, code);
            assert_int_equal(headers[i].sh_size, code_len);
        }
    }
    assert_non_null(table);
    assert_int_equal(table->sh_size, (COUNT + 1) * sizeof(Elf64_Sym));
    const Elf64_Sym *symbols = at(image, len, table->sh_offset, table->sh_size);
    const Elf64_Shdr *strings = &headers[table->sh_link];
    const char *strtab = at(image, len, strings->sh_offset, strings->sh_size);
    for (size_t i = 0; i < COUNT; i++) {
        assert_in_range(symbols[i + 1].st_name, 1, strings->sh_size - 1);
        assert_string_equal(strtab + symbols[i + 1].st_name, names[i]);
        assert_int_equal(symbols[i + 1].st_value, code + functions[i].offset);
        assert_int_equal(symbols[i + 1].st_size, functions[i].len);
    }
}

static void
test_the_image_is_an_elf_file(void **state)
{
    (void)state;
    struct wasm_module *module = compile(source);
    size_t len;
    uint8_t *image = elf_image_make(module, &len);
    assert_non_null(image);
    const Elf64_Ehdr *header = at(image, len, 0, sizeof(*header));
    assert_memory_equal(header->e_ident, ELFMAG, SELFMAG);
    assert_int_equal(header->e_shnum, 6);
    const Elf64_Shdr *headers = at(image, len, header->e_shoff, 6 * sizeof(Elf64_Shdr));
    const Elf64_Shdr *names_of = &headers[header->e_shstrndx];
    static const char *const sections[] = {"",        ".text",   ".eh_frame",
                                           ".symtab", ".strtab", ".shstrtab"};
    for (int i = 0; i < 6; i++)
        assert_string_equal(
            (const char *)at(image, len, names_of->sh_offset + headers[i].sh_name, 10),
            sections[i]);
    check_symbols(image, len, headers, module);
    free(image);
    destroy(module);
}

// ---- gdb's list ----

extern struct {
    uint32_t version;
    uint32_t action;
    void *changed;
    struct code {
        struct code *next;
        struct code *before;
        const char *image;
        uint64_t len;
    } *first;
} __jit_debug_descriptor;

static void
test_what_is_registered_is_in_the_list(void **state)
{
    (void)state;
    struct wasm_module *module = compile(source);
    struct gdb_code *codes[3];
    for (int i = 0; i < 3; i++) {
        codes[i] = gdb_register(module);
        assert_ptr_equal(codes[i], __jit_debug_descriptor.first);
        assert_memory_equal(__jit_debug_descriptor.first->image, ELFMAG, SELFMAG);
    }
    gdb_unregister(codes[1]);
    assert_ptr_equal(__jit_debug_descriptor.first, codes[2]);
    assert_ptr_equal(__jit_debug_descriptor.first->next, codes[0]);
    assert_ptr_equal(__jit_debug_descriptor.first->next->before, codes[2]);
    gdb_unregister(codes[2]);
    gdb_unregister(codes[0]);
    assert_null(__jit_debug_descriptor.first);
    destroy(module);
}

static void
test_a_module_without_code(void **state)
{
    (void)state;
    struct wasm_module *module = compile("(module (memory 1))");
    assert_null(gdb_register(module));
    assert_true(perf_map_add(module));
    destroy(module);
}

// ---- perf's map ----

static void
check_map(FILE *file, const struct wasm_module *module)
{
    struct wasm_function_code functions[COUNT];
    size_t code_len;
    uint64_t code = (uintptr_t)wasm_module_code(module, &code_len);
    wasm_module_functions(module, functions);
    for (int i = 0; i < COUNT; i++) {
        char expected[100], line[100];
        snprintf(expected, sizeof(expected), "%" PRIx64 " %x %s\n",
                 code + functions[i].offset, functions[i].len, names[i]);
        assert_non_null(fgets(line, sizeof(line), file));
        assert_string_equal(line, expected);
    }
}

// Two modules, and a file that an older process left.
static void
test_the_map_has_all_modules_of_the_process(void **state)
{
    (void)state;
    char path[64], line[100];
    snprintf(path, sizeof(path), "/tmp/perf-%d.map", (int)getpid());
    struct wasm_module *module = compile(source);
    assert_true(perf_map_add(module));
    assert_true(perf_map_add(module));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    check_map(file, module);
    check_map(file, module);
    assert_null(fgets(line, sizeof(line), file));
    fclose(file);
    unlink(path);
    destroy(module);
}

static void
test_the_map_is_never_written_through_a_link(void **state)
{
    (void)state;
    char path[64];
    snprintf(path, sizeof(path), "/tmp/perf-%d.map", (int)getpid());
    struct wasm_module *module = compile(source);
    assert_int_equal(symlink("/dev/full", path), 0);
    assert_false(perf_map_add(module));
    unlink(path);
    destroy(module);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_functions_fill_the_code),
        cmocka_unit_test(test_the_image_is_an_elf_file),
        cmocka_unit_test(test_what_is_registered_is_in_the_list),
        cmocka_unit_test(test_a_module_without_code),
        cmocka_unit_test(test_the_map_has_all_modules_of_the_process),
        cmocka_unit_test(test_the_map_is_never_written_through_a_link),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
