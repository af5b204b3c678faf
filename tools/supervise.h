// SPDX-License-Identifier: Apache-2.0
//
// Looks after the process that runs the domain: moves its streams, ends it when its time
// is up or the user says so.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "tools/report.h"

// Exit codes of the command besides the program's own.
#define CODE_FAILED  1
#define CODE_USAGE   2
#define CODE_TIMEOUT 124
#define CODE_FAULT   134 // 128 + SIGABRT
#define CODE_SIGNAL  128 // + its number

// A process with its ends of pipes; -1 where there is none.
struct charge {
    pid_t pid;
    int input;   // to its console; our standard input goes there, escaped (abi/layout.h)
    int output;  // from its console to our standard output
    int log;     // from its log to our standard error
    int control; // from it: the report
};

enum ending {
    ENDING_EXIT,    // it ended: `status` is waitpid's
    ENDING_SIGNAL,  // we were told to end by the signal `status`
    ENDING_TIMEOUT, // it took too long
    ENDING_OUTPUT,  // our standard output failed: errno `status`
    ENDING_FLOOD,   // the report passed its limit
    ENDING_FAILED,  // Linux refused something; an error has been printed
};

struct outcome {
    enum ending ending;
    int status;
};

// Blocks the signals that end the command and ignores SIGPIPE; before any fork.
void supervise_init(void);

// In the forked child: the signals as they were, and death with the parent.
void supervise_child(pid_t parent);

// Returns when the process has ended, on its own or killed. Closes charge's descriptors.
// timeout_ns 0: none.
struct outcome supervise(const struct charge *charge, uint64_t timeout_ns,
                         struct report *report);
