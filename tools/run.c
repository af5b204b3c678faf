// SPDX-License-Identifier: Apache-2.0
//
// `selkis run`: open what was granted, build the bundle, start the domain in a machine or
// in a process, look after it, then do what its report says.
#include "tools/run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/host.h"
#include "tools/bundle.h"
#include "tools/message.h"
#include "tools/observe.h"
#include "tools/supervise.h"
#include "tools/trace.h"
#include "tools/vm.h"
#include "tools/wat.h"
#include "tools/writeback.h"

// What a machine needs besides the bundle: image, stack, tables, and some to work with.
#define MEMORY_BESIDE_BUNDLE (16ull << 20)
// What a report may be longer than all memory that could hold it.
#define REPORT_SLACK (16ull << 20)

struct job {
    const struct run_options *options;
    bool in_vm;
    struct vm vm;
    int module_fd;
    struct preopen *preopens;
    int bundle_fd;
    uint64_t bundle_len;
    int qemu_says;
};

static bool
choose_platform(struct job *job)
{
    const char *hint;
    job->vm.init_fd = -1;
    if (job->options->platform == PLATFORM_HOST)
        return true;
    const char *missing = vm_find(&job->vm, &hint);
    job->in_vm = missing == NULL;
    if (job->in_vm)
        return true;
    if (job->options->platform == PLATFORM_VM || job->options->icount ||
        job->options->accel != ACCEL_ANY) {
        message_error("no machine: %s", missing);
        message_hint("%s", hint);
        return false;
    }
    message_note("%s: running as a Linux process (--host)", missing);
    return true;
}

static bool
cannot_open(const char *name, const char *why)
{
    message_error("cannot open %s: %s", name, why);
    return false;
}

static bool
open_module(struct job *job)
{
    const char *name = job->options->args[0];
    struct stat stat;
    job->module_fd = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (job->module_fd < 0 || fstat(job->module_fd, &stat) != 0)
        return cannot_open(name, strerror(errno));
    if (S_ISDIR(stat.st_mode)) {
        message_hint("a program is a file, such as APP.wasm");
        return cannot_open(name, strerror(EISDIR));
    }
    if (!S_ISREG(stat.st_mode))
        return cannot_open(name, "not a plain file");
    return wat_encode_file(name, &job->module_fd);
}

static bool
open_folders(struct job *job)
{
    uint32_t count = job->options->dir_count;
    job->preopens = calloc(count + 1, sizeof(job->preopens[0]));
    if (job->preopens == NULL)
        return cannot_open("folders", strerror(ENOMEM));
    for (uint32_t i = 0; i < count; i++) {
        const struct grant_dir *dir = &job->options->dirs[i];
        int root = open(dir->host, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (root < 0)
            return cannot_open(dir->host, strerror(errno));
        job->preopens[i] = (struct preopen){.root = root,
                                            .host = dir->host,
                                            .guest = dir->guest,
                                            .read_only = dir->read_only};
    }
    return true;
}

static bool
build_bundle(struct job *job)
{
    const struct run_options *options = job->options;
    const char *for_libos[3];
    uint32_t count = 0;
    char *invoke = NULL;
    char terminals[] = "tty=\0\0\0";
    for (int fd = 0, at = 4; fd <= STDERR_FILENO; fd++)
        if (isatty(fd))
            terminals[at++] = (char)('0' + fd);
    for_libos[count++] = terminals;
    if (options->invoke != NULL && asprintf(&invoke, "invoke=%s", options->invoke) >= 0)
        for_libos[count++] = invoke;
    if (options->icount)
        for_libos[count++] = "icount=1";
    struct bundle_spec spec = {
        .init_fd = job->in_vm ? job->vm.init_fd : -1,
        .module_fd = job->module_fd,
        .args = options->args,
        .arg_count = options->arg_count,
        .envs = (const char *const *)options->envs,
        .env_count = options->env_count,
        .options = for_libos,
        .option_count = count,
        .preopens = job->preopens,
        .preopen_count = options->dir_count,
        .limit = options->memory_len - MEMORY_BESIDE_BUNDLE,
    };
    bool done = bundle_build(&spec, &job->bundle_fd, &job->bundle_len);
    free(invoke);
    return done;
}

// ---- As a Linux process ----

_Noreturn static void
boot_host(const struct job *job, int control)
{
    struct host_config config = {
        .bundle_fd = job->bundle_fd,
        .bundle_len = job->bundle_len,
        .memory_len = job->options->memory_len,
        .console_in = STDIN_FILENO,
        .console_out = STDOUT_FILENO,
        .log_out = STDERR_FILENO,
        .control_out = control,
        .entry = observe_entry(job->options->perf, job->options->gdb),
    };
    const char *error = host_boot(&config);
    message_error("%s: %s", error, strerror(errno));
    _exit(CODE_FAILED);
}

static bool
start_host(const struct job *job, struct charge *charge)
{
    int control[2];
    pid_t parent = getpid();
    pid_t pid = pipe2(control, O_CLOEXEC) == 0 ? fork() : -1;
    if (pid < 0) {
        message_error("cannot start a process: %s", strerror(errno));
        return false;
    }
    if (pid == 0) {
        supervise_child(parent);
        boot_host(job, control[1]);
    }
    close(control[1]);
    *charge = (struct charge){
        .pid = pid, .input = -1, .output = -1, .log = -1, .control = control[0]};
    return true;
}

static int
explain_host(int status)
{
    if (WIFEXITED(status)) {
        if (WEXITSTATUS(status) == 0)
            message_error("the domain ended without a report");
        return WEXITSTATUS(status) != 0 ? WEXITSTATUS(status) : CODE_FAILED;
    }
    int number = WTERMSIG(status);
    if (number == SIGPIPE || number == SIGINT || number == SIGTERM)
        return CODE_SIGNAL + number;
    message_error("the domain was killed by signal %d (%s)", number, strsignal(number));
    return number == SIGABRT ? CODE_FAULT : CODE_SIGNAL + number;
}

// ---- The end ----

static int
finish_report(const struct job *job, const struct report *report, int status)
{
    struct report_summary summary;
    const char *error = report_check(report, job->options->dir_count, &summary);
    if (error != NULL) {
        message_error("the domain sent a report that is not one: %s", error);
        return CODE_FAILED;
    }
    int code = (int)summary.code;
    if (!summary.exited)
        code = job->in_vm ? vm_explain(status, job->qemu_says) : explain_host(status);
    else if (!writeback_apply(report, job->preopens, job->options->dir_count))
        code = code != 0 ? code : CODE_FAILED;
    trace_print(report, job->bundle_fd);
    report_print_stats(report);
    if (code != 0)
        report_print_grants(report);
    return code;
}

static int
finish(const struct job *job, const struct report *report, struct outcome outcome)
{
    switch (outcome.ending) {
    case ENDING_EXIT:
        return finish_report(job, report, outcome.status);
    case ENDING_SIGNAL:
        return CODE_SIGNAL + outcome.status;
    case ENDING_TIMEOUT:
        message_error("stopped: it ran longer than --timeout allows");
        return CODE_TIMEOUT;
    case ENDING_OUTPUT:
        if (outcome.status == EPIPE) // as a command that SIGPIPE ends
            return CODE_SIGNAL + SIGPIPE;
        message_error("cannot write standard output: %s", strerror(outcome.status));
        return CODE_FAILED;
    case ENDING_FLOOD:
        message_error("stopped: its report is longer than its memory");
        return CODE_FAILED;
    case ENDING_FAILED:
        break;
    }
    return CODE_FAILED;
}

static int
run_job(struct job *job)
{
    struct charge charge;
    struct report report = {.limit = job->options->memory_len + REPORT_SLACK};
    signal(SIGXFSZ, SIG_IGN); // a file size limit is an error like others
    if (!choose_platform(job) || !open_module(job) || !open_folders(job) ||
        !build_bundle(job))
        return CODE_FAILED;
    supervise_init();
    bool started = job->in_vm ? vm_start(&job->vm, job->options, job->bundle_fd, &charge,
                                         &job->qemu_says)
                              : start_host(job, &charge);
    if (!started)
        return CODE_FAILED;
    struct outcome outcome = supervise(&charge, job->options->timeout_ns, &report);
    int code = finish(job, &report, outcome);
    report_fini(&report);
    return code;
}

int
run(const struct run_options *options)
{
    struct job job = {.options = options, .qemu_says = -1};
    int code = run_job(&job);
    free(job.preopens);
    return code;
}
