// SPDX-License-Identifier: Apache-2.0
//
// A mutation fuzzer for the engine.
//
//   fuzz-mutate [--seed S] [--count N | --soak] [--case K] [--save FOLDER] [--write]
//               SEED...
//
// Each SEED is a module or a folder of modules. Case K of seed S is always the same,
// given the same modules. Cases run in batches, each batch in a process: when a case
// crashes, hangs or is found wrong, its module is saved, and a new batch starts behind
// it. --soak goes on until something fails. --case runs one case in this process, for a
// debugger.
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test/fuzz/seeds.h"
#include "test/fuzz/target.h"

#define BATCH        1000
#define CASE_SECONDS 10
#define MODULE_ROOM  (1u << 20)

struct options {
    uint64_t seed;
    uint64_t count;
    uint64_t only; // one case; UINT64_MAX: all
    bool is_soak;
    bool is_write;
    const char *save;
};

// Shared with the batch's process.
struct progress {
    uint64_t at; // the case that runs
    uint64_t failed;
    struct target_stats stats;
};

// Mostly a module that compiles. Larger ones are few, so the larger of two is taken.
static struct bytes
pick_seed(struct random *random, const struct seeds *seeds)
{
    bool is_whole = seeds->whole_count > 0 && random_below(random, 8) > 0;
    size_t count = is_whole ? seeds->whole_count : seeds->count;
    struct bytes one = seeds->modules[random_below(random, count)];
    struct bytes other = seeds->modules[random_below(random, count)];
    return one.len > other.len ? one : other;
}

static size_t
make_case(const struct options *options, const struct seeds *seeds, uint64_t number,
          struct random *random, uint8_t *out)
{
    *random = random_make(options->seed, number);
    struct bytes seed = pick_seed(random, seeds);
    struct bytes donor = pick_seed(random, seeds);
    return mutate(random, seed, donor, out, MODULE_ROOM);
}

static const char *
run_case(const struct options *options, const struct seeds *seeds, uint64_t number,
         struct target_stats *stats)
{
    static uint8_t bytes[MODULE_ROOM];
    struct random random;
    size_t len = make_case(options, seeds, number, &random, bytes);
    return target_run(&random, bytes, len, stats);
}

// Makes the case once more and writes its module to `path`.
static bool
save_case(const struct options *options, const struct seeds *seeds, uint64_t number,
          char path[PATH_MAX])
{
    static uint8_t bytes[MODULE_ROOM];
    struct random random;
    size_t len = make_case(options, seeds, number, &random, bytes);
    snprintf(path, PATH_MAX, "%s/%llu-%llu.wasm", options->save,
             (unsigned long long)options->seed, (unsigned long long)number);
    mkdir(options->save, 0777);
    FILE *file = fopen(path, "wb");
    bool ok = file && fwrite(bytes, 1, len, file) == len;
    return file && fclose(file) == 0 && ok;
}

static void
report(const struct options *options, const struct seeds *seeds, uint64_t number,
       const char *problem)
{
    char path[PATH_MAX];
    bool ok = save_case(options, seeds, number, path);
    printf("--seed %llu --case %llu: %s; %s %s\n", (unsigned long long)options->seed,
           (unsigned long long)number, problem, ok ? "saved as" : "could not be saved as",
           path);
    fflush(stdout);
}

static void
run_batch(const struct options *options, const struct seeds *seeds,
          struct progress *progress, uint64_t end)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (; progress->at < end; progress->at++) {
        alarm(CASE_SECONDS);
        const char *problem = run_case(options, seeds, progress->at, &progress->stats);
        if (problem) {
            progress->failed++;
            report(options, seeds, progress->at, problem);
        }
    }
    _exit(0);
}

// Runs [progress->at, end), or up to a case that ends the process.
static void
run_batch_in_child(const struct options *options, const struct seeds *seeds,
                   struct progress *progress, uint64_t end)
{
    char problem[100];
    int status = 0;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        run_batch(options, seeds, progress, end);
    if (child < 0 || waitpid(child, &status, 0) != child) {
        perror("fork");
        exit(2);
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        snprintf(problem, sizeof(problem), "hangs for %d s", CASE_SECONDS);
    else if (WIFSIGNALED(status))
        snprintf(problem, sizeof(problem), "ended by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    else
        snprintf(problem, sizeof(problem), "ended with status %d", WEXITSTATUS(status));
    progress->failed++;
    report(options, seeds, progress->at++, problem);
}

// Both return whether all is well.
static bool
run_all(const struct options *options, const struct seeds *seeds)
{
    struct progress *progress = mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE,
                                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (progress == MAP_FAILED) {
        perror("mmap");
        return false;
    }
    while (options->is_soak ? progress->failed == 0 : progress->at < options->count) {
        uint64_t end = progress->at + BATCH;
        if (!options->is_soak && end > options->count)
            end = options->count;
        run_batch_in_child(options, seeds, progress, end);
    }
    printf("%llu cases of seed %llu: %llu compiled, %llu instantiated, %llu calls, "
           "%llu traps, %llu interrupted\n%llu passed, %llu failed\n",
           (unsigned long long)progress->at, (unsigned long long)options->seed,
           (unsigned long long)progress->stats.compiled,
           (unsigned long long)progress->stats.instantiated,
           (unsigned long long)progress->stats.calls,
           (unsigned long long)progress->stats.traps,
           (unsigned long long)progress->stats.interrupted,
           (unsigned long long)(progress->at - progress->failed),
           (unsigned long long)progress->failed);
    return progress->failed == 0;
}

static bool
run_one(const struct options *options, const struct seeds *seeds)
{
    struct target_stats stats = {0};
    const char *problem = run_case(options, seeds, options->only, &stats);
    report(options, seeds, options->only, problem ? problem : "nothing wrong");
    return problem == NULL;
}

static bool
write_all(const struct options *options, const struct seeds *seeds)
{
    char path[PATH_MAX];
    for (uint64_t number = 0; number < options->count; number++) {
        if (!save_case(options, seeds, number, path)) {
            perror(path);
            return false;
        }
    }
    return true;
}

static bool
run(const struct options *options, const struct seeds *seeds)
{
    if (options->is_write)
        return write_all(options, seeds);
    return options->only != UINT64_MAX ? run_one(options, seeds)
                                       : run_all(options, seeds);
}

// Returns the index of the first argument that is no option.
static int
read_options(int argc, char **argv, struct options *options)
{
    int at = 1;
    for (; at < argc && argv[at][0] == '-'; at++) {
        const char *name = argv[at];
        const char *value = at + 1 < argc ? argv[at + 1] : "";
        options->is_soak |= strcmp(name, "--soak") == 0;
        options->is_write |= strcmp(name, "--write") == 0;
        if (strcmp(name, "--soak") == 0 || strcmp(name, "--write") == 0)
            continue;
        if (strcmp(name, "--seed") == 0)
            options->seed = strtoull(value, NULL, 0);
        else if (strcmp(name, "--count") == 0)
            options->count = strtoull(value, NULL, 0);
        else if (strcmp(name, "--case") == 0)
            options->only = strtoull(value, NULL, 0);
        else if (strcmp(name, "--save") == 0)
            options->save = value;
        else
            break;
        at++;
    }
    return at;
}

int
main(int argc, char **argv)
{
    struct options options = {
        .seed = 1, .count = 20000, .only = UINT64_MAX, .save = "build/fuzz"};
    struct seeds seeds = {0};
    int at = read_options(argc, argv, &options);
    for (; at < argc; at++) {
        if (!seeds_add(&seeds, argv[at]))
            return 2;
    }
    if (seeds.count == 0) {
        fprintf(stderr,
                "usage: %s [--seed S] [--count N | --soak] [--case K] [--save FOLDER] "
                "[--write] SEED...\n",
                argv[0]);
        return 2;
    }
    seeds_sort(&seeds);
    bool ok = run(&options, &seeds);
    seeds_fini(&seeds);
    return ok ? 0 : 1;
}
