// SPDX-License-Identifier: Apache-2.0
//
// Builds the boot bundle (abi/layout.h) in a memory file.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// A granted folder, open.
struct preopen {
    int root;         // the host folder
    const char *host; // its name, for messages
    const char *guest;
    bool read_only;
};

struct bundle_spec {
    int init_fd; // ELF image of init; -1: none (the host links it in)
    int module_fd;
    char *const *args; // args[0] names the module too
    uint32_t arg_count;
    const char *const *envs;
    uint32_t env_count;
    const char *const *options; // KEY=VALUE
    uint32_t option_count;
    const struct preopen *preopens;
    uint32_t preopen_count;
    uint64_t limit; // bytes; at most SK_BUNDLE_MAX
};

// False: an error has been printed. *fd has the bundle, *len its length.
// Folders are copied without following symbolic links; what is neither file, folder nor
// link, or cannot be read, is left out with a note.
bool bundle_build(const struct bundle_spec *spec, int *fd, uint64_t *len);
