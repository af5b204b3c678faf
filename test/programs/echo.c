// SPDX-License-Identifier: Apache-2.0
//
// Prints its arguments (without argv[0]) and its environment, each in brackets, in order.
#include <stdio.h>

extern char **environ;

int
main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        printf("arg [%s]\n", argv[i]);
    }
    for (char **entry = environ; entry != NULL && *entry != NULL; entry++) {
        printf("env [%s]\n", *entry);
    }
    return 0;
}
