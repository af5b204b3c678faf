// SPDX-License-Identifier: Apache-2.0
//
// Runs every attack, each in a fresh domain, and prints `ok attack/NAME` or
// `not ok attack/NAME: why`. Exits with 1 when one was not ok.
#include "base/fmt.h"
#include "base/string.h"
#include "test/attack/attack.h"

void sk_main(const struct sk_boot_info *boot);

extern const struct attack *const __start_attacks[], *const __stop_attacks[];

// Slots of the supervisor.
#define SLOT_SPACE  60u
#define SLOT_DOMAIN 61u
#define SLOT_GIFT   62u

// Frames of the largest run, by what they are for in each attack.
#define POOL_FRAMES  16u
#define STACK_FRAMES 8u
#define AT_SPACE     0u
#define AT_DOMAIN    (AT_SPACE + POOL_FRAMES)
#define AT_STACK     (AT_DOMAIN + SK_DOMAIN_FRAMES)
#define AT_GIFT      (AT_STACK + STACK_FRAMES)
#define AT_PROBE     (AT_GIFT + ATTACK_FRAME_COUNT)
#define AT_END       (AT_PROBE + 1)

#define VA_PROBE    0x3000000000ull
#define PATIENCE_NS 2000000000ull
#define RUN_ON_NS   50000000ull

static sk_handle_t frames; // the largest run
static const struct sk_boot_info *boot;

static void
print(const char *text, size_t len)
{
    while (len > 0) {
        int64_t done = sk_console_write(SK_SLOT_CONSOLE, text, len);
        if (done < 0)
            sk_exit(2);
        text += done;
        len -= (size_t)done;
    }
}

static void
verdict(const char *name, const char *why, int64_t detail)
{
    char line[160];
    size_t len = why ? fmt_string(line, sizeof line, "not ok attack/%s: %s (%lld)\n",
                                  name, why, (long long)detail)
                     : fmt_string(line, sizeof line, "ok attack/%s\n", name);
    print(line, len);
}

static void
choose_frames(void)
{
    uint64_t most = 0;
    for (uint32_t i = 0; i < boot->frames_slot_count; i++) {
        struct sk_cap_info info;
        if (sk_cap_read(SK_SLOT_FRAMES + i, &info) == SK_OK && info.count > most) {
            most = info.count;
            frames = SK_SLOT_FRAMES + i;
        }
    }
    if (most < AT_END)
        sk_exit(3);
}

// ---- Birth ----

struct segment {
    uint32_t type, flags;
    uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

// Maps what is not writable of this image (the bundle's first entry) at its place in the
// new space.
static int64_t
map_image(void)
{
    const uint8_t *bundle = (const uint8_t *)boot->bundle_va;
    const struct sk_bundle_entry *entry =
        (const struct sk_bundle_entry *)(bundle + sizeof(struct sk_bundle));
    const uint8_t *elf = bundle + entry->data_off;
    uint64_t segments_at;
    uint16_t count;
    memcpy(&segments_at, elf + 32, sizeof segments_at);
    memcpy(&count, elf + 56, sizeof count);
    for (uint16_t i = 0; i < count; i++) {
        struct segment s;
        memcpy(&s, elf + segments_at + i * sizeof s, sizeof s);
        if (s.type != 1 || s.memsz == 0 || (s.flags & 2))
            continue;
        uint64_t offset = s.vaddr % SK_PAGE_SIZE;
        int64_t status =
            sk_map(SLOT_SPACE, s.vaddr - offset, SK_SLOT_BUNDLE,
                   (entry->data_off + s.offset) / SK_PAGE_SIZE,
                   (offset + s.memsz + SK_PAGE_SIZE - 1) / SK_PAGE_SIZE,
                   s.flags & 1 ? SK_PROT_READ | SK_PROT_EXECUTE : SK_PROT_READ);
        if (status != SK_OK)
            return status;
    }
    return SK_OK;
}

static int64_t
grant(void)
{
    static const struct {
        sk_handle_t to, slot;
        uint32_t rights;
    } gifts[] = {
        {ATTACK_SELF, SLOT_DOMAIN, SK_RIGHT_READ | SK_RIGHT_CONTROL},
        {ATTACK_SPACE, SLOT_SPACE, SK_RIGHT_MAP},
        {ATTACK_CONSOLE, SK_SLOT_CONSOLE, SK_RIGHT_READ | SK_RIGHT_WRITE},
        {SK_SLOT_CLOCK, SK_SLOT_CLOCK, SK_RIGHT_READ},
        {SK_SLOT_ENTROPY, SK_SLOT_ENTROPY, SK_RIGHT_READ},
        {ATTACK_FRAMES, SLOT_GIFT,
         SK_RIGHT_READ | SK_RIGHT_WRITE | SK_RIGHT_EXECUTE | SK_RIGHT_RETYPE},
        {ATTACK_READ_RUN, SLOT_GIFT, SK_RIGHT_READ},
    };
    int64_t s = sk_frame_split(frames, AT_GIFT, ATTACK_FRAME_COUNT, SLOT_GIFT);
    for (size_t i = 0; s == SK_OK && i < sizeof gifts / sizeof gifts[0]; i++)
        s = sk_domain_grant(SLOT_DOMAIN, gifts[i].to, gifts[i].slot, gifts[i].rights, 0);
    return s;
}

// Where a domain begins; an act that comes back has done what it may.
static void
run_act(void (*act)(void))
{
    act();
    sk_exit(0);
}

static int64_t
start(const struct attack *attack)
{
    int64_t s = sk_space_create(frames, AT_SPACE, POOL_FRAMES, SLOT_SPACE);
    if (s == SK_OK)
        s = sk_domain_create(frames, AT_DOMAIN, SK_DOMAIN_FRAMES, SLOT_SPACE,
                             SLOT_DOMAIN);
    if (s == SK_OK)
        s = map_image();
    if (s == SK_OK)
        s = sk_map(SLOT_SPACE, ATTACK_STACK_LO, frames, AT_STACK, STACK_FRAMES,
                   SK_PROT_READ | SK_PROT_WRITE);
    if (s == SK_OK)
        s = grant();
    struct sk_regs regs = {
        .rip = (uint64_t)run_act,
        .rdi = (uint64_t)attack->act,
        .rsp = ATTACK_STACK_HI - 8,
    };
    if (s == SK_OK)
        s = sk_domain_start(SLOT_DOMAIN, &regs);
    return s;
}

// ---- Judgement ----

static const char *
judge(const struct attack *attack, int64_t *detail)
{
    uint64_t patience = attack->end == ATTACK_RUNS_ON ? RUN_ON_NS : PATIENCE_NS;
    uint64_t now = (uint64_t)sk_clock_read(SK_SLOT_CLOCK, SK_CLOCK_MONOTONIC);
    int64_t events = sk_wait(now + patience, SK_EVENT_DOMAIN);
    if (attack->end == ATTACK_ENDS_ANYHOW)
        return NULL;
    struct sk_domain_state state;
    *detail = sk_domain_read(SLOT_DOMAIN, &state);
    if (attack->end == ATTACK_VANISHES)
        return *detail == SK_E_HANDLE ? NULL : "it is still there";
    if (*detail != SK_OK)
        return "its state cannot be read";
    if (attack->end == ATTACK_RUNS_ON)
        return events == 0 && state.run == SK_DOMAIN_RUNNABLE ? NULL : "it has stopped";
    if (events != SK_EVENT_DOMAIN)
        return "it does not stop";
    if (attack->end == ATTACK_SURVIVES) {
        *detail = state.run == SK_DOMAIN_EXITED ? state.status : state.fault.reason;
        if (state.run != SK_DOMAIN_EXITED)
            return "it faulted, with reason";
        return state.status == 0 ? NULL : "the check failed in line";
    }
    *detail = state.run;
    if (state.run != SK_DOMAIN_FAULTED)
        return "it did not fault";
    *detail = state.fault.reason;
    return attack->reasons & 1u << state.fault.reason ? NULL : "it faulted with reason";
}

static void
bury(void)
{
    // Empty when the domain has vanished; the status is that of the attack.
    (void)sk_domain_destroy(SLOT_DOMAIN);
    (void)sk_cap_delete(SLOT_SPACE);
    (void)sk_cap_delete(SLOT_GIFT);
}

static const char *
check_zero(uint64_t first, uint64_t count)
{
    int64_t s = sk_map(SK_SLOT_SPACE, VA_PROBE, frames, first, count, SK_PROT_READ);
    if (s != SK_OK)
        return "frames of the dead cannot be mapped";
    const uint64_t *words = (const uint64_t *)VA_PROBE;
    uint64_t any = 0;
    for (uint64_t i = 0; i < count * SK_PAGE_SIZE / sizeof *words; i++)
        any |= words[i];
    if (sk_unmap(SK_SLOT_SPACE, VA_PROBE, count) != SK_OK)
        return "unmap";
    return any ? "the dead left something in memory" : NULL;
}

// The kernel does its work, and keeps no frame of the domain that is gone.
static const char *
check_kernel(void)
{
    uint64_t before = (uint64_t)sk_clock_read(SK_SLOT_CLOCK, SK_CLOCK_MONOTONIC);
    if (sk_null() != SK_OK)
        return "null call";
    if (sk_map(SK_SLOT_SPACE, VA_PROBE, frames, AT_PROBE, 1,
               SK_PROT_READ | SK_PROT_WRITE) != SK_OK)
        return "map";
    *(volatile uint64_t *)VA_PROBE = before;
    if (sk_unmap(SK_SLOT_SPACE, VA_PROBE, 1) != SK_OK)
        return "unmap";
    if (sk_clock_read(SK_SLOT_CLOCK, SK_CLOCK_MONOTONIC) < (int64_t)before)
        return "clock";
    return check_zero(AT_SPACE, AT_PROBE);
}

static bool
run(const struct attack *attack)
{
    int64_t detail = start(attack);
    const char *why = detail == SK_OK ? judge(attack, &detail) : "cannot start";
    bury();
    if (!why) {
        why = check_kernel();
        detail = 0;
    }
    (void)sk_wait(0, SK_EVENT_DOMAIN); // forget the event of a death by bury
    verdict(attack->name, why, detail);
    return why == NULL;
}

void
sk_main(const struct sk_boot_info *info)
{
    boot = info;
    choose_frames();
    bool good = true;
    for (const struct attack *const *a = __start_attacks; a < __stop_attacks; a++)
        good &= run(*a);
    sk_exit(good ? 0 : 1);
}
