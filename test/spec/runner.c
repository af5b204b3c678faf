// SPDX-License-Identifier: Apache-2.0
//
// Runs the converted specification suite: binary modules that another program made of the
// scripts, so that decoder and validator are judged without our own text format.
//
//   spec-runner [--poison] [--gc-stress] --list FILE SUITE [SCRIPT...]
//
// SUITE is the folder with core/, bulk-memory/ and so on; a SCRIPT is "core/i32". Without
// scripts all of them run.
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/spec/json_script.h"
#include "tools/file.h"
#include "tools/script_job.h"

static const char *suite;

// Runs SUITE/core/i32/i32.json for "core/i32".
static void
read_script(struct script_job *job)
{
    char folder[PATH_MAX], path[PATH_MAX + NAME_MAX];
    const char *base = strrchr(job->path, '/');
    const char *why;
    size_t len, offset;
    snprintf(folder, sizeof(folder), "%s/%s", suite, job->path);
    snprintf(path, sizeof(path), "%s/%s.json", folder, base ? base + 1 : job->path);
    uint8_t *bytes = file_read(path, &len, &why);
    char *text = bytes ? realloc(bytes, len + 1) : NULL; // room behind, for the reader
    struct json *json = text ? json_parse(text, len, &offset) : NULL;
    const struct json *list = json_member(json, "commands");
    if (list)
        script_job_run(job, &json_script_source, json_script_body(list, folder));
    else
        script_job_fail(job, text ? "bad JSON" : why);
    json_destroy(json);
    free(text);
}

static int
is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void
run_folder(struct script_job *job, const char *folder)
{
    char path[PATH_MAX];
    struct dirent **entries;
    struct script_totals before = job->all;
    snprintf(path, sizeof(path), "%s/%s", suite, folder);
    int count = scandir(path, &entries, is_visible, alphasort);
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
        script_job_start(job, path, false);
        free(entries[i]);
    }
    if (count >= 0)
        free((void *)entries);
    printf("%s: %u passed, %u failed, %u skipped\n", folder,
           job->all.passed - before.passed, job->all.failed - before.failed,
           job->all.skipped - before.skipped);
}

static void
run_suite(struct script_job *job)
{
    struct dirent **entries;
    int count = scandir(suite, &entries, is_visible, alphasort);
    if (count < 0) {
        perror(suite);
        job->all.failed++;
        return;
    }
    for (int i = 0; i < count; i++) {
        run_folder(job, entries[i]->d_name);
        free(entries[i]);
    }
    free((void *)entries);
}

// Returns the index of the first argument that is no option.
static int
read_options(int argc, char **argv, struct script_options *options)
{
    int at = 1;
    for (; at < argc && argv[at][0] == '-'; at++) {
        if (strcmp(argv[at], "--poison") == 0)
            options->poison = true;
        else if (strcmp(argv[at], "--gc-stress") == 0)
            options->gc_stress = true;
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
    struct script_options options = {0};
    struct script_job job;
    int at = read_options(argc, argv, &options);
    if (at >= argc || argv[at][0] == '-') {
        fprintf(stderr,
                "usage: %s [--poison] [--gc-stress] [--list FILE] SUITE [SCRIPT...]\n",
                argv[0]);
        return 2;
    }
    suite = argv[at++];
    if (!script_job_init(&job, &options, read_script))
        return 2;
    if (at == argc)
        run_suite(&job);
    for (int first = at; at < argc; at++)
        script_job_start(&job, argv[at], argc - first == 1);
    return !script_job_end(&job);
}
