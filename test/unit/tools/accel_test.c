// SPDX-License-Identifier: Apache-2.0
//
// The kept verdict about KVM, and verdicts that somebody else has put there.
#include "tools/accel.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "test/unit/tools/folder.h"

struct trial {
    bool result;
    unsigned count;
};

static bool
run_trial(void *context)
{
    struct trial *trial = context;
    trial->count++;
    return trial->result;
}

// Without KVM there is nothing to try.
static void
need_kvm(void)
{
    if (access("/dev/kvm", R_OK | W_OK) != 0)
        skip();
}

static void
start(struct folder *folder)
{
    folder_make(folder);
    setenv("XDG_RUNTIME_DIR", folder->path, 1);
}

// The name of the only file in the folder.
static void
verdict_name(const struct folder *folder, char name[256])
{
    DIR *dir = opendir(folder->path);
    const struct dirent *entry;
    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] != '.')
            strcpy(name, entry->d_name);
    }
    closedir(dir);
}

static void
test_kept(void **state)
{
    (void)state;
    need_kvm();
    for (int result = 0; result < 2; result++) {
        struct folder f;
        struct trial trial = {.result = result != 0};
        start(&f);
        assert_int_equal(accel_kvm_works(run_trial, &trial), result);
        assert_int_equal(accel_kvm_works(run_trial, &trial), result);
        assert_int_equal(trial.count, 1);
        folder_remove(&f);
    }
}

static void
test_forged(void **state)
{
    (void)state;
    need_kvm();
    struct folder f;
    struct trial trial = {.result = false};
    char name[256] = "";
    start(&f);
    assert_false(accel_kvm_works(run_trial, &trial));
    verdict_name(&f, name);

    folder_write(&f, name, "y");
    assert_int_equal(fchmodat(f.fd, name, 0666, 0), 0); // anybody could have written it
    assert_false(accel_kvm_works(run_trial, &trial));
    assert_int_equal(trial.count, 2);

    assert_int_equal(unlinkat(f.fd, name, 0), 0);
    folder_write(&f, "elsewhere", "y");
    assert_int_equal(symlinkat("elsewhere", f.fd, name), 0);
    assert_false(accel_kvm_works(run_trial, &trial));
    assert_int_equal(trial.count, 3);

    assert_int_equal(unlinkat(f.fd, name, 0), 0);
    folder_write(&f, name, "maybe");
    assert_false(accel_kvm_works(run_trial, &trial));
    assert_int_equal(trial.count, 4);
    folder_remove(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kept),
        cmocka_unit_test(test_forged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
