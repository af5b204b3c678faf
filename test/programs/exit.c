// SPDX-License-Identifier: Apache-2.0
//
// Ends in the way that its first argument names, with the code that the second one gives.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "return";
    int code = argc > 2 ? atoi(argv[2]) : 0;
    printf("%s %d", way, code); // left in the buffer: only a flushing exit shows it
    if (strcmp(way, "exit") == 0) {
        exit(code);
    }
    if (strcmp(way, "_Exit") == 0) {
        _Exit(code);
    }
    if (strcmp(way, "abort") == 0) {
        abort();
    }
    return code;
}
