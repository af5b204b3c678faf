// SPDX-License-Identifier: Apache-2.0
//
// What Lua's library calls and wasi-libc declares, but does not have: WASI has no
// processes, and no folder for temporary files.
#include <stdio.h>
#include <stdlib.h>

#pragma clang diagnostic ignored "-Wdeprecated-declarations"

int
system(const char *command)
{
    return command != NULL ? -1 : 0;
}

char *
tmpnam(char *name)
{
    (void)name;
    return NULL;
}

FILE *
tmpfile(void)
{
    return NULL;
}
