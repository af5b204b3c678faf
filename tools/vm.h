// SPDX-License-Identifier: Apache-2.0
//
// A machine in QEMU, with the kernel and the library OS that lie beside this command.
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "tools/options.h"
#include "tools/supervise.h"

struct vm {
    char qemu[PATH_MAX];
    char kernel[PATH_MAX];
    int init_fd; // build/libos.elf
};

// Finds what a machine needs. NULL, or what is missing, with a hint in *hint (static
// text).
const char *vm_find(struct vm *vm, const char **hint);

// Starts the machine. False: an error has been printed. qemu_says receives a memory file
// with what QEMU itself prints.
bool vm_start(struct vm *vm, const struct run_options *options, int bundle_fd,
              struct charge *charge, int *qemu_says);

// Explains a machine that ended without its domain's last word. Prints an error; returns
// the exit code.
int vm_explain(int wait_status, int qemu_says);
