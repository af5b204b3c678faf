// SPDX-License-Identifier: Apache-2.0
//
// Runs the converted WebAssembly specification suite through the engine's public face.
//
//   spec-runner [--refuse] [--list FILE] SUITE [SCRIPT...]
//
// SUITE is the folder with core/, bulk-memory/ and so on; a SCRIPT is "core/i32". Without
// scripts all of core and bulk-memory run. With --refuse it is all the other folders,
// whose modules must either work or be refused as unsupported. Each script runs in a
// process of its own, so that a crash or hang fails it and no other.
#include <dirent.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test/spec/script.h"

#define SCRIPT_SECONDS 60

struct options {
    const char *suite;
    const char *list;
    bool is_foreign;
};

struct totals {
    uint32_t passed, failed, skipped;
    uint32_t compiled, unsupported;
};

static const char *const own_folders[] = {"core", "bulk-memory"};

static bool
is_own_folder(const char *name)
{
    for (size_t i = 0; i < sizeof(own_folders) / sizeof(own_folders[0]); i++) {
        if (strcmp(own_folders[i], name) == 0)
            return true;
    }
    return false;
}

static void
totals_add(struct totals *totals, const struct totals *more)
{
    totals->passed += more->passed;
    totals->failed += more->failed;
    totals->skipped += more->skipped;
    totals->compiled += more->compiled;
    totals->unsupported += more->unsupported;
}

static void
print_totals(const struct options *options, const char *name, const struct totals *totals)
{
    printf("%s%u passed, %u failed, %u skipped", name, totals->passed, totals->failed,
           totals->skipped);
    if (options->is_foreign)
        printf("; %u modules compiled, %u refused by name", totals->compiled,
               totals->unsupported);
    printf("\n");
}

// Runs the script in a child. A child that does not end by itself adds a failure.
static void
run_in_child(const struct script *script)
{
    int status = 0;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        alarm(SCRIPT_SECONDS);
        script_run(script);
        fflush(stdout);
        _exit(0);
    }
    if (child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
        WEXITSTATUS(status) == 0)
        return;
    script->report->failed++;
    if (WIFSIGNALED(status))
        printf("%s:%u: ended by signal %d (%s)\n", script->name, script->report->line,
               WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        printf("%s:%u: ended with status %#x\n", script->name, script->report->line,
               (unsigned int)status);
}

static void
run_script(const struct options *options, struct exceptions *exceptions,
           struct report *report, const char *name, struct totals *totals)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof(folder), "%s/%s", options->suite, name);
    *report = (struct report){0};
    exceptions_try(exceptions, name);
    run_in_child(&(struct script){
        .folder = folder,
        .name = name,
        .exceptions = exceptions,
        .is_foreign = options->is_foreign,
        .report = report,
    });
    totals_add(totals, &(struct totals){report->passed, report->failed, report->skipped,
                                        report->compiled, report->unsupported});
}

static int
is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void
run_folder(const struct options *options, struct exceptions *exceptions,
           struct report *report, const char *folder, struct totals *totals)
{
    char path[PATH_MAX], name[PATH_MAX];
    struct dirent **entries;
    struct totals own = {0};
    snprintf(path, sizeof(path), "%s/%s", options->suite, folder);
    int count = scandir(path, &entries, is_visible, alphasort);
    if (count < 0) {
        perror(path);
        own.failed++;
    }
    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof(name), "%s/%s", folder, entries[i]->d_name);
        run_script(options, exceptions, report, name, &own);
        free(entries[i]);
    }
    if (count >= 0)
        free((void *)entries);
    snprintf(name, sizeof(name), "%s: ", folder);
    print_totals(options, name, &own);
    totals_add(totals, &own);
}

static void
run_folders(const struct options *options, struct exceptions *exceptions,
            struct report *report, struct totals *totals)
{
    struct dirent **entries;
    int count = scandir(options->suite, &entries, is_visible, alphasort);
    if (count < 0) {
        perror(options->suite);
        totals->failed++;
        return;
    }
    for (int i = 0; i < count; i++) {
        if (is_own_folder(entries[i]->d_name) != options->is_foreign)
            run_folder(options, exceptions, report, entries[i]->d_name, totals);
        free(entries[i]);
    }
    free((void *)entries);
}

// Returns the index of the first argument that is no option.
static int
read_options(int argc, char **argv, struct options *options)
{
    int at = 1;
    for (; at < argc && argv[at][0] == '-'; at++) {
        if (strcmp(argv[at], "--refuse") == 0)
            options->is_foreign = true;
        else if (strcmp(argv[at], "--list") == 0 && at + 1 < argc)
            options->list = argv[++at];
        else
            break;
    }
    return at;
}

int
main(int argc, char **argv)
{
    struct options options = {.list = "test/spec/expected-failures"};
    int at = read_options(argc, argv, &options);
    if (at >= argc || argv[at][0] == '-') {
        fprintf(stderr, "usage: %s [--refuse] [--list FILE] SUITE [SCRIPT...]\n",
                argv[0]);
        return 2;
    }
    options.suite = argv[at++];
    struct exceptions *exceptions = exceptions_read(options.list);
    struct report *report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!exceptions || report == MAP_FAILED)
        return 2;
    struct totals totals = {0};
    if (at == argc)
        run_folders(&options, exceptions, report, &totals);
    for (; at < argc; at++)
        run_script(&options, exceptions, report, argv[at], &totals);
    totals.failed += exceptions_print_unused(exceptions);
    print_totals(&options, "", &totals);
    return totals.failed > 0;
}
