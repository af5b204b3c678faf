// SPDX-License-Identifier: Apache-2.0
//
// Runs scripts, whatever they are written in, in this process or in children, and prints
// what fails: FILE:LINE:COLUMN: what was expected, what came.
//
// Each of several scripts runs in a process of its own, so that a crash or hang fails it
// and no other; one that is alone runs in this process, where a debugger finds it. What
// children and parent both know lies in memory that they share.
#pragma once

#include <pthread.h>
#include <stdbool.h>

#include "text/script/script.h"

struct expected;

struct script_options {
    const char *list; // of expected failures (tools/expected.h); NULL: none
    bool gc_stress;   // collect at every allocation
    bool poison;      // engine/port.h
    bool print;       // what scripts print
};

struct script_result {
    struct script_totals totals;
    struct script_position at; // of the command that is run now
};

struct script_job {
    const struct script_options *options;
    struct expected *expected;    // NULL: no list
    struct script_result *result; // of the script that runs now
    struct script_totals all;     // of all that ran
    const char *path;             // of this script
    char name[512];               // and as the list has it: without the ending
    // Reads the script at `path` and calls script_job_run or script_job_fail.
    void (*read)(struct script_job *job);
    pthread_mutex_t lock;
};

// False: a message has been printed.
bool script_job_init(struct script_job *job, const struct script_options *options,
                     void (*read)(struct script_job *job));
void script_job_start(struct script_job *job, const char *path, bool is_alone);
// Prints the totals, after the entries of the list that nothing needed. Returns whether
// nothing failed.
bool script_job_end(struct script_job *job);

void script_job_run(struct script_job *job, const struct script_source *source,
                    struct script_body body);
void script_job_fail(struct script_job *job, const char *why);
