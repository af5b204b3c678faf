// SPDX-License-Identifier: Apache-2.0
//
// COM1 is the program's console, COM2 its log, COM3 the report. All go through pipes, so
// that QEMU never touches the terminal or the flags of a descriptor that others share.
#include "tools/vm.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi/layout.h"
#include "tools/accel.h"
#include "tools/bundle.h"
#include "tools/message.h"

#define QEMU "qemu-system-x86_64"

// Descriptors in QEMU's process: 0 and 1 are COM1, 2 its own messages.
#define FD_COM2   3
#define FD_COM3   4
#define FD_BUNDLE 5
#define FD_COUNT  6

// What remains of CODE_FAULT in the seven bits that isa-debug-exit passes on.
#define STATUS_FAULT (CODE_FAULT & 0x7f)

// What KVM is given to show that it works.
#define TRIAL_NS         1000000000ull
#define TRIAL_MEMORY     (64ull << 20)
#define TRIAL_REPORT_MAX 65536u

static bool
find_in_path(char out[PATH_MAX])
{
    const char *path = getenv("PATH");
    while (path != NULL && *path != '\0') {
        size_t len = strcspn(path, ":");
        int written = snprintf(out, PATH_MAX, "%.*s/" QEMU, (int)len, path);
        if (len != 0 && written < PATH_MAX && access(out, X_OK) == 0)
            return true;
        path += len + (path[len] == ':');
    }
    return false;
}

// Beside the command, or where `make install` puts what is not a command.
static bool
find_beside(const char *name, char out[PATH_MAX])
{
    static const char *const places[] = {"", "../lib/selkis/"};
    char self[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (len <= 0)
        return false;
    self[len] = '\0';
    strrchr(self, '/')[1] = '\0';
    for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        if (snprintf(out, PATH_MAX, "%s%s%s", self, places[i], name) < PATH_MAX &&
            access(out, R_OK) == 0)
            return true;
    }
    return false;
}

const char *
vm_find(struct vm *vm, const char **hint)
{
    char init[PATH_MAX];
    vm->init_fd = -1;
    *hint = "install the package qemu-system-x86, or use --host";
    if (!find_in_path(vm->qemu))
        return QEMU " is not in PATH";
    *hint = "build it with `make`, or use --host";
    if (!find_beside("selkis.elf", vm->kernel))
        return "selkis.elf is not beside this command";
    if (!find_beside("libos.elf", init))
        return "libos.elf is not beside this command";
    vm->init_fd = open(init, O_RDONLY | O_CLOEXEC);
    return vm->init_fd < 0 ? "libos.elf cannot be opened" : NULL;
}

// ---- Starting ----

_Noreturn static void
exec_qemu(struct vm *vm, const struct run_options *options, bool kvm)
{
    char memory[32];
    snprintf(memory, sizeof(memory), "%lluK",
             (unsigned long long)(options->memory_len >> 10));
    char *argv[64] = {
        vm->qemu,
        "-M",
        "microvm,pic=off,pit=off,rtc=on,isa-serial=off,acpi=off,x-option-roms=off,"
        "auto-kernel-cmdline=off",
        "-accel",
        kvm ? "kvm" : "tcg",
        "-cpu",
        kvm ? "host" : "max",
        "-m",
        memory,
        "-nodefaults",
        "-no-user-config",
        "-display",
        "none",
        "-no-reboot",
        "-device",
        "isa-debug-exit,iobase=0xf4,iosize=4",
        "-chardev",
        "stdio,id=c0,signal=off",
        "-chardev",
        "file,id=c1,path=/dev/fd/3",
        "-chardev",
        "file,id=c2,path=/dev/fd/4",
        "-device",
        "isa-serial,index=0,chardev=c0",
        "-device",
        "isa-serial,index=1,chardev=c1",
        "-device",
        "isa-serial,index=2,chardev=c2",
        "-kernel",
        vm->kernel,
        "-initrd",
        "/dev/fd/5",
    };
    size_t count = 0;
    while (argv[count] != NULL)
        count++;
    if (options->icount) {
        argv[count++] = "-icount";
        argv[count++] = "shift=0";
    }
    execv(vm->qemu, argv);
    _exit(127);
}

// Gives the six descriptors their numbers; none of them has one of these yet.
static void
place_descriptors(const int from[FD_COUNT])
{
    int high[FD_COUNT];
    for (int i = 0; i < FD_COUNT; i++)
        high[i] = fcntl(from[i], F_DUPFD_CLOEXEC, 64);
    for (int i = 0; i < FD_COUNT; i++)
        dup2(high[i], i);
}

struct pipes {
    int com1_in[2];
    int com1_out[2];
    int com2[2];
    int com3[2];
};

static bool
open_pipes(struct pipes *p)
{
    return pipe2(p->com1_in, O_CLOEXEC) == 0 && pipe2(p->com1_out, O_CLOEXEC) == 0 &&
           pipe2(p->com2, O_CLOEXEC) == 0 && pipe2(p->com3, O_CLOEXEC) == 0;
}

static bool
start(struct vm *vm, const struct run_options *options, bool kvm, int bundle_fd,
      struct charge *charge, int *qemu_says)
{
    struct pipes p;
    *qemu_says = memfd_create("selkis-qemu-says", MFD_CLOEXEC);
    pid_t parent = getpid();
    pid_t pid = *qemu_says >= 0 && open_pipes(&p) ? fork() : -1;
    if (pid < 0) {
        message_error("cannot start QEMU: %s", strerror(errno));
        return false;
    }
    if (pid == 0) {
        supervise_child(parent);
        place_descriptors((int[FD_COUNT]){p.com1_in[0], p.com1_out[1], *qemu_says,
                                          p.com2[1], p.com3[1], bundle_fd});
        exec_qemu(vm, options, kvm);
    }
    close(p.com1_in[0]);
    close(p.com1_out[1]);
    close(p.com2[1]);
    close(p.com3[1]);
    *charge = (struct charge){.pid = pid,
                              .input = p.com1_in[1],
                              .output = p.com1_out[0],
                              .log = p.com2[0],
                              .control = p.com3[0]};
    return true;
}

// ---- With KVM or without ----

static bool
watch_trial(struct charge *charge)
{
    struct report report = {.limit = TRIAL_REPORT_MAX};
    struct report_summary summary;
    close(charge->input);
    close(charge->output);
    close(charge->log);
    charge->input = charge->output = charge->log = -1;
    struct outcome outcome = supervise(charge, TRIAL_NS, &report);
    if (outcome.ending == ENDING_SIGNAL)
        exit(CODE_SIGNAL + outcome.status);
    bool works = report_check(&report, 0, &summary) == NULL && summary.exited;
    report_fini(&report);
    return works;
}

// Boots the kernel and has the library OS look at a module with nothing in it, which
// passes through all that programs do with the CPU: the library OS's last word is enough.
static bool
trial(void *context)
{
    static const uint8_t module[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    struct vm *vm = context;
    char name[] = "kvm-trial";
    struct run_options options = {.memory_len = TRIAL_MEMORY};
    struct bundle_spec spec = {
        .init_fd = vm->init_fd,
        .module_fd = memfd_create(name, MFD_CLOEXEC),
        .args = (char *[]){name},
        .arg_count = 1,
        .limit = TRIAL_MEMORY,
    };
    int bundle_fd;
    int qemu_says;
    uint64_t len;
    struct charge charge;
    bool works = write(spec.module_fd, module, sizeof(module)) == sizeof(module) &&
                 bundle_build(&spec, &bundle_fd, &len);
    close(spec.module_fd);
    if (!works)
        return false;
    works =
        start(vm, &options, true, bundle_fd, &charge, &qemu_says) && watch_trial(&charge);
    close(qemu_says);
    close(bundle_fd);
    return works;
}

static bool
choose_accel(struct vm *vm, const struct run_options *options, bool *kvm)
{
    *kvm = false;
    if (options->accel == ACCEL_TCG || options->icount)
        return true;
    *kvm = accel_kvm_works(trial, vm);
    if (*kvm || options->accel == ACCEL_ANY)
        return true;
    message_error("KVM does not run a guest here");
    message_hint("use --accel tcg, or look at the permissions of /dev/kvm");
    return false;
}

bool
vm_start(struct vm *vm, const struct run_options *options, int bundle_fd,
         struct charge *charge, int *qemu_says)
{
    bool kvm;
    return choose_accel(vm, options, &kvm) &&
           start(vm, options, kvm, bundle_fd, charge, qemu_says);
}

// ---- Explaining ----

static void
pass_on(int qemu_says)
{
    char text[4096];
    ssize_t len = pread(qemu_says, text, sizeof(text) - 1, 0);
    if (len <= 0)
        return;
    text[len] = '\0';
    char *rest = text;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        if (*line != '\0')
            message_hint("QEMU says: %s", line);
    }
}

// The kernel powers off through isa-debug-exit with 2 * status + 1.
int
vm_explain(int wait_status, int qemu_says)
{
    int code = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : -1;
    int status = code >> 1;
    if (code == 127)
        message_error("QEMU cannot be run");
    else if (code < 0)
        message_error("QEMU was killed by signal %d (%s)", WTERMSIG(wait_status),
                      strsignal(WTERMSIG(wait_status)));
    else if ((code & 1) == 0 || status == 0)
        message_error("the machine stopped before the program ended (QEMU's code %d)",
                      code);
    else if (status == (int)SK_POWER_PANIC)
        message_error("the kernel panicked");
    else if (status == STATUS_FAULT)
        message_error("the domain was stopped by a fault");
    else
        message_error("the domain was stopped before the program ended (status %d)",
                      status);
    pass_on(qemu_says);
    return (code & 1) != 0 && status == STATUS_FAULT ? CODE_FAULT : CODE_FAILED;
}
