// SPDX-License-Identifier: Apache-2.0
#include "tools/bundle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "abi/domain.h"
#include "abi/layout.h"
#include "test/unit/tools/folder.h"

#define LIMIT (64ull << 20)

struct built {
    uint8_t *bytes;
    uint64_t len;
};

static int
module_file(const char *text)
{
    int fd = memfd_create("module", 0);
    assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    return fd;
}

static bool
build(const struct preopen *preopens, uint32_t count, uint64_t limit, struct built *out)
{
    char *args[] = {(char[]){"app.wasm"}, (char[]){"one"}, (char[]){""}};
    const char *const envs[] = {"A=b"};
    const char *const options[] = {"icount=1"};
    struct bundle_spec spec = {
        .init_fd = -1,
        .module_fd = module_file("MODULE"),
        .args = args,
        .arg_count = 3,
        .envs = envs,
        .env_count = 1,
        .options = options,
        .option_count = 1,
        .preopens = preopens,
        .preopen_count = count,
        .limit = limit,
    };
    int fd;
    bool done = bundle_build(&spec, &fd, &out->len);
    close(spec.module_fd);
    if (!done)
        return false;
    out->bytes = mmap(NULL, out->len, PROT_READ, MAP_PRIVATE, fd, 0);
    assert_ptr_not_equal(out->bytes, MAP_FAILED);
    close(fd);
    return true;
}

static uint32_t
entry_count(const struct built *built)
{
    struct sk_bundle header;
    memcpy(&header, built->bytes, sizeof(header));
    assert_int_equal(header.magic, SK_BUNDLE_MAGIC);
    assert_int_equal(header.version, SK_BUNDLE_VERSION);
    assert_int_equal(header.len, built->len);
    return header.entry_count;
}

static struct sk_bundle_entry
entry_at(const struct built *built, uint32_t index)
{
    struct sk_bundle_entry entry;
    memcpy(&entry, built->bytes + sizeof(struct sk_bundle) + index * sizeof(entry),
           sizeof(entry));
    assert_true(entry.name_off + entry.name_len <= built->len);
    assert_true(entry.data_off + entry.data_len <= built->len);
    return entry;
}

// Entry `index` must be this, byte for byte.
static void
expect(const struct built *built, uint32_t index, uint32_t kind, uint32_t parent,
       const char *name, const char *data)
{
    struct sk_bundle_entry entry = entry_at(built, index);
    assert_int_equal(entry.kind, kind);
    assert_int_equal(entry.parent, parent);
    assert_int_equal(entry.name_len, strlen(name));
    assert_memory_equal(built->bytes + entry.name_off, name, strlen(name));
    assert_int_equal(entry.data_len, strlen(data));
    assert_memory_equal(built->bytes + entry.data_off, data, strlen(data));
}

static void
test_words(void **state)
{
    (void)state;
    struct built built;
    assert_true(build(NULL, 0, LIMIT, &built));
    assert_int_equal(entry_count(&built), 7);
    expect(&built, 0, SK_BUNDLE_INIT, 0, "init", "");
    expect(&built, 1, SK_BUNDLE_MODULE, 0, "app.wasm", "MODULE");
    assert_int_equal(entry_at(&built, 1).data_off % SK_PAGE_SIZE, 0);
    expect(&built, 2, SK_BUNDLE_ARG, 0, "app.wasm", "");
    expect(&built, 3, SK_BUNDLE_ARG, 0, "one", "");
    expect(&built, 4, SK_BUNDLE_ARG, 0, "", "");
    expect(&built, 5, SK_BUNDLE_ENV, 0, "A=b", "");
    expect(&built, 6, SK_BUNDLE_OPTION, 0, "icount=1", "");
    munmap(built.bytes, built.len);
}

static void
test_folder(void **state)
{
    (void)state;
    struct folder f;
    struct built built;
    folder_make(&f);
    folder_write(&f, "a", "AAA");
    folder_write(&f, "empty", "");
    assert_int_equal(mkdirat(f.fd, "d", 0755), 0);
    assert_int_equal(mkdirat(f.fd, "d/e", 0755), 0);
    folder_write(&f, "d/e/x", "deep");
    assert_int_equal(symlinkat("../../..", f.fd, "d/up"), 0);
    assert_int_equal(mkfifoat(f.fd, "fifo", 0644), 0);
    struct preopen preopens[] = {
        {.root = f.fd, .host = f.path, .guest = "/one", .read_only = true},
        {.root = f.fd, .host = f.path, .guest = "two"},
    };
    assert_true(build(preopens, 2, LIMIT, &built));
    assert_int_equal(entry_count(&built), 7 + 2 * 7);
    expect(&built, 7, SK_BUNDLE_PREOPEN, 0, "/one", "");
    assert_int_equal(entry_at(&built, 7).flags, SK_BUNDLE_READ_ONLY);
    expect(&built, 8, SK_BUNDLE_PREOPEN, 0, "two", "");
    assert_int_equal(entry_at(&built, 8).flags, 0);
    expect(&built, 9, SK_BUNDLE_FILE, 7, "a", "AAA");
    expect(&built, 10, SK_BUNDLE_DIR, 7, "d", "");
    expect(&built, 11, SK_BUNDLE_DIR, 7, "d/e", "");
    expect(&built, 12, SK_BUNDLE_FILE, 7, "d/e/x", "deep");
    expect(&built, 13, SK_BUNDLE_SYMLINK, 7, "d/up", "../../..");
    expect(&built, 14, SK_BUNDLE_FILE, 7, "empty", "");
    expect(&built, 15, SK_BUNDLE_FILE, 8, "a", "AAA");
    munmap(built.bytes, built.len);
    folder_remove(&f);
}

static void
test_too_large(void **state)
{
    (void)state;
    struct folder f;
    struct built built;
    folder_make(&f);
    folder_write(&f, "sparse", "");
    char path[96];
    strcpy(path, f.path);
    assert_int_equal(truncate(strcat(path, "/sparse"), 1ll << 40), 0);
    struct preopen preopen = {.root = f.fd, .host = f.path, .guest = "/"};
    assert_false(build(&preopen, 1, LIMIT, &built));
    folder_remove(&f);
    assert_false(build(NULL, 0, SK_PAGE_SIZE, &built)); // the module alone goes beyond
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_folder),
        cmocka_unit_test(test_too_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
