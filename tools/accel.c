// SPDX-License-Identifier: Apache-2.0
//
// The trial runs in a child, which an alarm kills: a vcpu that hangs cannot be told to
// stop. Its verdict is a byte in a file named after the user and the boot, trusted only
// if it is a plain file of this user that nobody else can write.
#include "tools/accel.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TRIAL_PORT    0xf4
#define TRIAL_ENTRY   0x1000u
#define TRIAL_LEN     0x1000u
#define TRIAL_ROUNDS  1000
#define TRIAL_SECONDS 1

// Real mode: out 0xf4, al; jmp back. Each round leaves the guest once.
static const uint8_t trial_code[] = {0xe6, TRIAL_PORT, 0xeb, 0xfc};

static int
make_vcpu(int kvm)
{
    int vm = ioctl(kvm, KVM_CREATE_VM, 0);
    void *memory =
        mmap(NULL, TRIAL_LEN, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (vm < 0 || memory == MAP_FAILED)
        return -1;
    memcpy(memory, trial_code, sizeof(trial_code));
    struct kvm_userspace_memory_region region = {
        .guest_phys_addr = TRIAL_ENTRY,
        .memory_size = TRIAL_LEN,
        .userspace_addr = (uint64_t)memory,
    };
    if (ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region) != 0)
        return -1;
    return ioctl(vm, KVM_CREATE_VCPU, 0);
}

static bool
set_registers(int vcpu)
{
    struct kvm_sregs sregs;
    struct kvm_regs regs = {.rip = TRIAL_ENTRY, .rflags = 2};
    if (ioctl(vcpu, KVM_GET_SREGS, &sregs) != 0)
        return false;
    sregs.cs.base = 0;
    sregs.cs.selector = 0;
    return ioctl(vcpu, KVM_SET_SREGS, &sregs) == 0 &&
           ioctl(vcpu, KVM_SET_REGS, &regs) == 0;
}

static bool
run_guest(void)
{
    int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    int run_len = kvm < 0 ? -1 : ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
    int vcpu = run_len < 0 ? -1 : make_vcpu(kvm);
    if (vcpu < 0 || !set_registers(vcpu))
        return false;
    const struct kvm_run *run =
        mmap(NULL, (size_t)run_len, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
    if (run == MAP_FAILED)
        return false;
    for (int i = 0; i < TRIAL_ROUNDS; i++) {
        if (ioctl(vcpu, KVM_RUN, 0) != 0 || run->exit_reason != KVM_EXIT_IO ||
            run->io.port != TRIAL_PORT)
            return false;
    }
    return true;
}

static bool
trial(void)
{
    pid_t pid = fork();
    if (pid < 0)
        return false;
    if (pid == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        signal(SIGALRM, SIG_DFL);
        alarm(TRIAL_SECONDS);
        _exit(run_guest() ? 0 : 1);
    }
    int status;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            return false;
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool
verdict_path(char path[PATH_MAX])
{
    char boot_id[37] = "";
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t len = fd < 0 ? -1 : read(fd, boot_id, sizeof(boot_id) - 1);
    if (fd >= 0)
        close(fd);
    const char *dir = getenv("XDG_RUNTIME_DIR");
    int written =
        snprintf(path, PATH_MAX, "%s/selkis-kvm-%u-%s",
                 dir != NULL && *dir == '/' ? dir : "/tmp", (unsigned)geteuid(), boot_id);
    return len == sizeof(boot_id) - 1 && written < PATH_MAX;
}

// 'y', 'n', or 0 when there is no verdict.
static char
read_verdict(const char *path)
{
    struct stat stat;
    char verdict = 0;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return 0;
    if (fstat(fd, &stat) != 0 || !S_ISREG(stat.st_mode) || stat.st_uid != geteuid() ||
        (stat.st_mode & 022) != 0 || read(fd, &verdict, 1) != 1)
        verdict = 0;
    close(fd);
    return verdict == 'y' || verdict == 'n' ? verdict : 0;
}

static void
keep_verdict(const char *path, char verdict)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    if (write(fd, &verdict, 1) != 1)
        unlink(path);
    close(fd);
}

bool
accel_kvm_works(void)
{
    char path[PATH_MAX];
    if (access("/dev/kvm", R_OK | W_OK) != 0)
        return false;
    bool keep = verdict_path(path);
    char verdict = keep ? read_verdict(path) : 0;
    if (verdict == 0) {
        verdict = trial() ? 'y' : 'n';
        if (keep)
            keep_verdict(path, verdict);
    }
    return verdict == 'y';
}
