// SPDX-License-Identifier: Apache-2.0
//
// What the kernel's paths cost, counted by the CPU's counter: under an emulator that
// counts instructions (-icount shift=0) those are guest instructions. An init that prints
// lines "NAME NUMBER"; each number is the least of ROUNDS.
#include <stdbool.h>

#include "abi/domain.h"
#include "abi/layout.h"
#include "base/fmt.h"
#include "base/string.h"

void sk_main(const struct sk_boot_info *info);

#define ROUNDS     16u
#define READ_WRITE (SK_PROT_READ | SK_PROT_WRITE)

#define SLOT_SPACE  60u
#define SLOT_DOMAIN 61u

// Frames of the largest run.
#define AT_PAGE      0u
#define AT_CODE      1u
#define AT_DOMAIN    2u
#define AT_SPACE     (AT_DOMAIN + SK_DOMAIN_FRAMES)
#define SPACE_FRAMES 8u

#define VA_PAGE 0x3000000000ull
#define VA_CODE 0x3000001000ull

enum call_number {
#define SK_CALL(number, name, argument_count, arguments, rights, text)                   \
    CALL_##name = number,
#include "abi/calls.def"
#undef SK_CALL
};

static const struct sk_boot_info *boot;
static sk_handle_t frames; // the largest run

// What another domain runs, copied to a page of its own; r12 is a call number. The first
// keeps in rbx when it started, the second makes its call for ever.
extern const uint8_t child_start[], child_call[], child_end[];
__asm__("child_start: rdtsc; shlq $32, %rdx; leaq (%rax, %rdx), %rbx\n"
        "child_call: movq %r12, %rax; syscall; jmp child_call\n"
        "child_end:");

static uint64_t
counter(void)
{
    uint32_t lo, hi;
    __asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi)::"memory");
    return (uint64_t)hi << 32 | lo;
}

static void
print(const char *name, uint64_t value)
{
    char line[64];
    size_t len =
        fmt_string(line, sizeof line, "%s %llu\n", name, (unsigned long long)value);
    if (sk_console_write(SK_SLOT_CONSOLE, line, len) != (int64_t)len)
        sk_exit(1);
}

static void
need(int64_t status)
{
    if (status != SK_OK)
        sk_exit(2);
}

// ---- What is measured; `prepare` and `finish` are not counted ----

static uint8_t handler_stack[SK_PAGE_SIZE] __attribute__((aligned(16)));
static struct sk_upcall upcall_area __attribute__((aligned(16)));

#define UD2_LEN 2u

static void
handle(struct sk_upcall *upcall)
{
    upcall->regs.rip += UD2_LEN;
    (void)sk_resume(&upcall->regs);
}

static void
bind(void)
{
    const struct sk_activation activation = {
        .entry = (uint64_t)handle,
        .stack_top = (uint64_t)handler_stack + sizeof handler_stack,
        .upcall = (uint64_t)&upcall_area,
    };
    need(sk_activation_bind(0, &activation));
}

static void
nothing(void)
{
}

static void
null_call(void)
{
    (void)sk_null();
}

static void
fault_upcall(void)
{
    __asm__ volatile("ud2" ::: "memory");
}

static void
map_page(void)
{
    need(sk_map(SK_SLOT_SPACE, VA_PAGE, frames, AT_PAGE, 1, READ_WRITE));
}

static void
protect_page(void)
{
    need(sk_protect(SK_SLOT_SPACE, VA_PAGE, 1, SK_PROT_READ));
}

static void
unmap_page(void)
{
    need(sk_unmap(SK_SLOT_SPACE, VA_PAGE, 1));
}

static void
yield(void)
{
    need(sk_yield());
}

static void
domain_create(void)
{
    need(sk_space_create(frames, AT_SPACE, SPACE_FRAMES, SLOT_SPACE));
    need(sk_domain_create(frames, AT_DOMAIN, SK_DOMAIN_FRAMES, SLOT_SPACE, SLOT_DOMAIN));
}

static void
destroy(void)
{
    need(sk_domain_destroy(SLOT_DOMAIN));
    need(sk_cap_delete(SLOT_SPACE));
}

static void
start(const uint8_t *entry, enum call_number call)
{
    need(sk_map(SLOT_SPACE, VA_CODE, frames, AT_CODE, 1, SK_PROT_READ | SK_PROT_EXECUTE));
    const struct sk_regs regs = {
        .rip = VA_CODE + (uint64_t)(entry - child_start),
        .r12 = call,
    };
    need(sk_domain_start(SLOT_DOMAIN, &regs));
}

static void
create_yielding(void)
{
    domain_create();
    start(child_call, CALL_yield);
}

static const struct step {
    const char *name;
    void (*prepare)(void);
    void (*measured)(void);
    void (*finish)(void);
} steps[] = {
    {"null_call", nothing, null_call, nothing},
    {"fault_upcall", bind, fault_upcall, nothing},
    {"map_page", nothing, map_page, unmap_page},
    {"protect_page", map_page, protect_page, unmap_page},
    {"unmap_page", map_page, unmap_page, nothing},
    {"yield", nothing, yield, nothing},
    {"yield_to_another_and_back", create_yielding, yield, destroy},
    {"domain_create", nothing, domain_create, destroy},
    {"destroy", domain_create, destroy, nothing},
};

static uint64_t
least(const struct step *step)
{
    uint64_t best = UINT64_MAX;
    for (unsigned i = 0; i < ROUNDS; i++) {
        step->prepare();
        uint64_t begin = counter();
        step->measured();
        uint64_t cost = counter() - begin;
        step->finish();
        best = cost < best ? cost : best;
    }
    return best;
}

// From the first call to the first instruction of a domain with one page of code.
static uint64_t
spawn_once(void)
{
    uint64_t begin = counter();
    domain_create();
    start(child_start, CALL_exit);
    struct sk_domain_state state;
    if (sk_wait(SK_NEVER, SK_EVENT_DOMAIN) != SK_EVENT_DOMAIN)
        sk_exit(3);
    need(sk_domain_read(SLOT_DOMAIN, &state));
    destroy();
    return state.fault.regs.rbx - begin;
}

static uint64_t
spawn(void)
{
    uint64_t best = UINT64_MAX;
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t cost = spawn_once();
        best = cost < best ? cost : best;
    }
    return best;
}

static void
choose_frames(void)
{
    uint64_t most = 0;
    for (uint32_t i = 0; i < boot->frames_slot_count; i++) {
        struct sk_cap_info info;
        need(sk_cap_read(SK_SLOT_FRAMES + i, &info));
        if (info.count > most) {
            most = info.count;
            frames = SK_SLOT_FRAMES + i;
        }
    }
}

void
sk_main(const struct sk_boot_info *info)
{
    boot = info;
    choose_frames();
    need(sk_map(SK_SLOT_SPACE, VA_CODE, frames, AT_CODE, 1, READ_WRITE));
    memcpy((void *)VA_CODE, child_start, (size_t)(child_end - child_start));

    const struct step empty = {"", nothing, nothing, nothing};
    uint64_t overhead = least(&empty);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        print(steps[i].name, least(&steps[i]) - overhead);
    print("spawn", spawn());
    print("boot", boot->tsc_init - boot->tsc_entry);
    sk_exit(0);
}
