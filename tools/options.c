// SPDX-License-Identifier: Apache-2.0
//
// Options come before APP.wasm; every word after it belongs to the program.
#include "tools/options.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/message.h"

#define MEMORY_DEFAULT (512ull << 20)
#define MEMORY_MIN     (32ull << 20)
#define MEMORY_MAX     (64ull << 30)
#define NS_PER_MS      1000000ull

struct suffix {
    const char *name;
    uint64_t factor;
};

// Digits, at most three after a point, and one of the suffixes (NULL ends them).
static bool
parse_number(const char *text, const struct suffix *suffixes, uint64_t *out)
{
    uint64_t thousandths = 0;
    unsigned decimals = 0;
    bool point = false;
    if (!isdigit((unsigned char)*text))
        return false;
    for (; isdigit((unsigned char)*text) || (*text == '.' && !point); text++) {
        if (*text == '.') {
            point = true;
            continue;
        }
        if (point && ++decimals > 3)
            return false;
        if (thousandths > UINT64_MAX / 10000)
            return false;
        thousandths = thousandths * 10 + (uint64_t)(*text - '0');
    }
    for (; decimals < 3; decimals++)
        thousandths *= 10;
    for (; suffixes->name != NULL; suffixes++) {
        if (strcmp(text, suffixes->name) != 0)
            continue;
        unsigned __int128 value =
            (unsigned __int128)thousandths * suffixes->factor / 1000;
        *out = (uint64_t)value;
        return value <= UINT64_MAX / 2;
    }
    return false;
}

bool
options_size(const char *text, uint64_t *bytes)
{
    static const struct suffix suffixes[] = {
        {"", 1},           {"K", 1ull << 10}, {"M", 1ull << 20}, {"G", 1ull << 30},
        {"k", 1ull << 10}, {"m", 1ull << 20}, {"g", 1ull << 30}, {NULL, 0}};
    return parse_number(text, suffixes, bytes);
}

bool
options_duration(const char *text, uint64_t *ns)
{
    static const struct suffix suffixes[] = {
        {"", 1000 * NS_PER_MS},   {"ms", NS_PER_MS},          {"s", 1000 * NS_PER_MS},
        {"m", 60000 * NS_PER_MS}, {"h", 3600000 * NS_PER_MS}, {NULL, 0}};
    return parse_number(text, suffixes, ns);
}

static bool
usage_error(const char *what, const char *value, const char *hint)
{
    message_error("%s: %s", value, what);
    message_hint("%s", hint);
    return false;
}

static bool
take_dir(struct run_options *out, const char *value)
{
    struct grant_dir *dir = &out->dirs[out->dir_count];
    size_t len = strlen(value);
    dir->read_only = len >= 3 && strcmp(value + len - 3, ":ro") == 0;
    if (dir->read_only)
        len -= 3;
    dir->host = strndup(value, len);
    if (dir->host == NULL)
        return usage_error("out of memory", "--dir", "close something else first");
    char *guest = strstr(dir->host, "::");
    if (guest != NULL) {
        *guest = '\0';
        guest += 2;
    }
    dir->guest = guest != NULL ? guest : dir->host;
    out->dir_count++;
    if (*dir->host == '\0' || *dir->guest == '\0')
        return usage_error("a folder has no name", value, "--dir HOST[::GUEST][:ro]");
    for (uint32_t i = 0; i + 1 < out->dir_count; i++) {
        if (strcmp(out->dirs[i].guest, dir->guest) == 0)
            return usage_error("granted twice", dir->guest,
                               "give each --dir another name: --dir HOST::GUEST");
    }
    return true;
}

static bool
take_env(struct run_options *out, const char *value)
{
    char *pair = NULL;
    const char *inherited = getenv(value);
    if (*value == '=' || *value == '\0')
        return usage_error("a variable has no name", "--env", "--env NAME=VALUE");
    if (strchr(value, '=') != NULL)
        pair = strdup(value);
    else if (inherited == NULL)
        return usage_error("not set in the environment", value,
                           "say which value: --env NAME=VALUE");
    else if (asprintf(&pair, "%s=%s", value, inherited) < 0)
        pair = NULL;
    if (pair == NULL)
        return usage_error("out of memory", "--env", "close something else first");
    out->envs[out->env_count++] = pair;
    return true;
}

static bool
take_memory(struct run_options *out, const char *value)
{
    if (!options_size(value, &out->memory_len) || out->memory_len < MEMORY_MIN ||
        out->memory_len > MEMORY_MAX)
        return usage_error("not a size from 32M to 64G", value, "--mem 512M");
    out->memory_len &= ~4095ull;
    return true;
}

static bool
take_cpus(const char *value)
{
    if (strcmp(value, "1") == 0)
        return true;
    if (*value == '\0' || strspn(value, "0123456789") != strlen(value) || *value == '0')
        return usage_error("not a number of CPUs", value, "--cpus 1");
    return usage_error("more than one CPU is not there yet", value, "--cpus 1");
}

static bool
take_timeout(struct run_options *out, const char *value)
{
    if (!options_duration(value, &out->timeout_ns) || out->timeout_ns == 0)
        return usage_error("not a duration", value, "--timeout 500ms, 10s, 2m");
    return true;
}

static bool
take_accel(struct run_options *out, const char *value)
{
    if (strcmp(value, "kvm") == 0)
        out->accel = ACCEL_KVM;
    else if (strcmp(value, "tcg") == 0)
        out->accel = ACCEL_TCG;
    else
        return usage_error("not an accelerator", value, "--accel kvm or --accel tcg");
    return true;
}

static bool
take_invoke(struct run_options *out, const char *value)
{
    out->invoke = value;
    return *value != '\0' || usage_error("no name", "--invoke", "--invoke EXPORT");
}

enum option { OPT_DIR, OPT_ENV, OPT_MEM, OPT_CPUS, OPT_TIMEOUT, OPT_INVOKE, OPT_ACCEL };

static bool
take_value(struct run_options *out, enum option option, const char *value)
{
    switch (option) {
    case OPT_DIR:
        return take_dir(out, value);
    case OPT_ENV:
        return take_env(out, value);
    case OPT_MEM:
        return take_memory(out, value);
    case OPT_CPUS:
        return take_cpus(value);
    case OPT_TIMEOUT:
        return take_timeout(out, value);
    case OPT_INVOKE:
        return take_invoke(out, value);
    case OPT_ACCEL:
        return take_accel(out, value);
    }
    return false;
}

static bool
take_flag(struct run_options *out, const char *word)
{
    if (strcmp(word, "--vm") == 0)
        out->platform = PLATFORM_VM;
    else if (strcmp(word, "--host") == 0)
        out->platform = PLATFORM_HOST;
    else if (strcmp(word, "--icount") == 0)
        out->icount = true;
    else if (strcmp(word, "--perf") == 0)
        out->perf = true;
    else if (strcmp(word, "--gdb") == 0)
        out->gdb = true;
    else
        return usage_error("no such option", word, "see `selkis run --help`");
    return true;
}

// One option at argv[*at], its value in the same word after '=' or in the next.
static bool
take_option(struct run_options *out, int argc, char *const *argv, int *at)
{
    static const char *const names[] = {
        [OPT_DIR] = "--dir",     [OPT_ENV] = "--env",         [OPT_MEM] = "--mem",
        [OPT_CPUS] = "--cpus",   [OPT_TIMEOUT] = "--timeout", [OPT_INVOKE] = "--invoke",
        [OPT_ACCEL] = "--accel",
    };
    const char *word = argv[*at];
    size_t name_len = strcspn(word, "=");
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strlen(names[i]) != name_len || strncmp(names[i], word, name_len) != 0)
            continue;
        if (word[name_len] == '=')
            return take_value(out, (enum option)i, word + name_len + 1);
        if (*at + 1 == argc)
            return usage_error("needs a value", word, "see `selkis run --help`");
        return take_value(out, (enum option)i, argv[++*at]);
    }
    return take_flag(out, word);
}

static bool
check_together(const struct run_options *options)
{
    if (options->arg_count == 0 || *options->args[0] == '\0')
        return usage_error("which program?", "run", "selkis run APP.wasm [ARGS...]");
    if (options->icount && options->platform == PLATFORM_HOST)
        return usage_error("counts the instructions of a machine", "--icount",
                           "leave --host away");
    if ((options->perf || options->gdb) && options->platform != PLATFORM_HOST)
        return usage_error("looks at a Linux process", options->perf ? "--perf" : "--gdb",
                           "add --host");
    if (options->icount && options->accel == ACCEL_KVM)
        return usage_error("KVM cannot count instructions", "--icount", "--accel tcg");
    if (options->accel != ACCEL_ANY && options->platform == PLATFORM_HOST)
        return usage_error("there is no machine to accelerate", "--accel",
                           "leave --host away");
    return true;
}

enum options_result
options_parse(int argc, char *const *argv, struct run_options *out)
{
    *out = (struct run_options){.memory_len = MEMORY_DEFAULT};
    out->dirs = calloc((size_t)argc + 1, sizeof(out->dirs[0]));
    out->envs = calloc((size_t)argc + 1, sizeof(out->envs[0]));
    if (out->dirs == NULL || out->envs == NULL)
        return OPTIONS_ERROR;
    int at = 0;
    for (; at < argc && argv[at][0] == '-' && argv[at][1] != '\0'; at++) {
        if (strcmp(argv[at], "--") == 0) {
            at++;
            break;
        }
        if (strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "-h") == 0)
            return OPTIONS_HELP;
        if (!take_option(out, argc, argv, &at))
            return OPTIONS_ERROR;
    }
    out->args = argv + at;
    out->arg_count = (uint32_t)(argc - at);
    return check_together(out) ? OPTIONS_OK : OPTIONS_ERROR;
}

void
options_fini(struct run_options *options)
{
    for (uint32_t i = 0; i < options->dir_count; i++)
        free(options->dirs[i].host);
    for (uint32_t i = 0; i < options->env_count; i++)
        free(options->envs[i]);
    free(options->dirs);
    free(options->envs);
}
