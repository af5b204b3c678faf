// SPDX-License-Identifier: Apache-2.0
//
// The `selkis` command: its verbs.
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tools/inspect.h"
#include "tools/message.h"
#include "tools/options.h"
#include "tools/run.h"
#include "tools/supervise.h"
#include "tools/wast.h"

#define VERSION "0.1.0"

static const char usage_text[] =
    "selkis: runs WebAssembly programs on an exokernel\n"
    "\n"
    "  selkis run [OPTIONS] APP.wasm [ARGS...]   run a program\n"
    "  selkis inspect APP.wasm                   what it imports, exports and needs\n"
    "  selkis wast [OPTIONS] FILE.wast...        run specification scripts\n"
    "  selkis --version\n"
    "\n"
    "A program may be in the text format (APP.wat). `selkis run --help` and so on say\n"
    "more.\n";

static const char run_text[] =
    "selkis run [OPTIONS] APP.wasm [ARGS...]\n"
    "\n"
    "Runs a WebAssembly program, binary or text (.wat). It sees what is granted\n"
    "here and nothing else.\n"
    "\n"
    "  --vm                       in a virtual machine (QEMU), on the exokernel; the "
    "default\n"
    "  --host                     in a Linux process\n"
    "  --dir HOST[::GUEST][:ro]   grant a folder, as GUEST; :ro lets it be read only;\n"
    "                             what changed is written back when the program ends\n"
    "  --env NAME[=VALUE]         set a variable; without VALUE, to its value here\n"
    "  --mem SIZE                 memory, 32M to 64G; default 512M\n"
    "  --cpus N                   1; more are not there yet\n"
    "  --timeout DURATION         stop it after 500ms, 10s, 2m, ...; exit code 124\n"
    "  --invoke NAME              call this export instead of _start\n"
    "  --accel kvm|tcg            of the machine; default: KVM if it works, else TCG\n"
    "  --icount                   count guest instructions (TCG) and print the counts\n"
    "  --perf, --gdb              with --host: tell perf, gdb the names of functions\n"
    "\n"
    "The exit code is the program's; a trap is 134. Options after APP.wasm are its "
    "own.\n";

static const char inspect_text[] = "selkis inspect APP.wasm\n"
                                   "\n"
                                   "Prints what a module imports and exports, its "
                                   "memory, which grants it would\nneed, and whether "
                                   "the engine compiles it.\n";

static const char wast_text[] =
    "selkis wast [OPTIONS] FILE.wast...\n"
    "\n"
    "Runs scripts in the text format of the WebAssembly specification's test suite: "
    "modules,\ninvocations and assertions. Each failure is a line FILE:LINE:COLUMN: what "
    "was expected,\nwhat came; the last line counts assertions. A file that runs along "
    "with others has a\nprocess of its own.\n"
    "\n"
    "  --list FILE                expected failures, one a line: SCRIPT[:LINE] REASON; "
    "they\n"
    "                             are skipped, and an entry without need is a failure;\n"
    "                             SCRIPT alone: what the engine refuses by name\n"
    "  --gc-stress                collect garbage at every allocation\n"
    "  --poison                   let compiled code check its own conventions\n"
    "  --print                    show what scripts print\n"
    "\n"
    "The exit code is 1 when something failed.\n";

struct verb {
    const char *name;
    int (*main)(int argc, char *const *argv); // NULL: not there yet
};

// verb: whose help to read, with a space behind it, or empty.
static int
usage_error(const char *verb, const char *word, const char *what)
{
    message_error("%s: %s", word, what);
    message_hint("see `selkis %s--help`", verb);
    return CODE_USAGE;
}

static bool
is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int
run_main(int argc, char *const *argv)
{
    struct run_options options;
    int code = CODE_USAGE;
    switch (options_parse(argc, argv, &options)) {
    case OPTIONS_OK:
        code = run(&options);
        break;
    case OPTIONS_HELP:
        fputs(run_text, stdout);
        code = 0;
        break;
    case OPTIONS_ERROR:
        break;
    }
    options_fini(&options);
    return code;
}

static int
inspect_main(int argc, char *const *argv)
{
    if (argc == 1 && is_help(argv[0])) {
        fputs(inspect_text, stdout);
        return 0;
    }
    if (argc != 1 || argv[0][0] == '-')
        return usage_error("inspect ", "inspect", "takes one APP.wasm");
    return inspect(argv[0]);
}

// Takes the options; argv[*at] is then the first file. False: an option is unknown.
static bool
wast_options(int argc, char *const *argv, struct script_options *options, int *at)
{
    for (; *at < argc && argv[*at][0] == '-'; ++*at) {
        if (strcmp(argv[*at], "--") == 0) {
            ++*at;
            return true;
        }
        if (strcmp(argv[*at], "--gc-stress") == 0)
            options->gc_stress = true;
        else if (strcmp(argv[*at], "--poison") == 0)
            options->poison = true;
        else if (strcmp(argv[*at], "--print") == 0)
            options->print = true;
        else if (strcmp(argv[*at], "--list") == 0 && *at + 1 < argc)
            options->list = argv[++*at];
        else
            return false;
    }
    return true;
}

static int
wast_main(int argc, char *const *argv)
{
    struct script_options options = {0};
    int at = 0;
    if (argc >= 1 && is_help(argv[0])) {
        fputs(wast_text, stdout);
        return 0;
    }
    if (!wast_options(argc, argv, &options, &at))
        return usage_error("wast ", argv[at], "no such option, or it lacks its value");
    if (at == argc)
        return usage_error("wast ", "wast", "takes FILE.wast...");
    return wast(&options, argv + at, (uint32_t)(argc - at));
}

static const struct verb verbs[] = {
    {"run", run_main}, {"inspect", inspect_main}, {"wast", wast_main},
    {"compile", NULL}, {"image", NULL},
};

static int
verb_main(int argc, char *const *argv)
{
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        if (strcmp(argv[0], verbs[i].name) != 0)
            continue;
        if (verbs[i].main == NULL)
            return usage_error("", argv[0], "this verb is not there yet");
        return verbs[i].main(argc - 1, argv + 1);
    }
    if (access(argv[0], F_OK) == 0) {
        message_error("no verb before %s", argv[0]);
        message_hint("selkis run %s", argv[0]);
        return CODE_USAGE;
    }
    return usage_error("", argv[0], "no such verb");
}

// A closed standard descriptor would go to the next file that is opened.
static bool
open_standard_descriptors(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    return fd >= 0 && close(fd) == 0;
}

static int
command_main(int argc, char *const *argv)
{
    if (argc < 2) {
        fputs(usage_text, stderr);
        return CODE_USAGE;
    }
    if (is_help(argv[1])) {
        fputs(usage_text, stdout);
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("selkis " VERSION);
        return 0;
    }
    return verb_main(argc - 1, argv + 1);
}

int
main(int argc, char **argv)
{
    if (!open_standard_descriptors())
        return CODE_FAILED;
    int code = command_main(argc, argv);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    message_error("cannot write standard output: %s", strerror(errno));
    return CODE_FAILED;
}
