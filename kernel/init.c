// SPDX-License-Identifier: Apache-2.0
//
// Loading init. Its ELF image lies page aligned in the bundle: what is read-only is
// mapped from there, what is writable is copied.
//
//   SK_VA_IMAGE   segments of the image
//   SK_VA_BOOT    boot information, one page
//   STACK_LO      first mapped page of the stack; the rest of SK_INIT_STACK_LEN below is
//   STACK_HI      free for init to map
//   SK_VA_BUNDLE  the bundle
#include "kernel/init.h"

#include "abi/layout.h"
#include "base/string.h"
#include "kernel/dev/serial.h"
#include "kernel/elf.h"
#include "kernel/frame.h"
#include "kernel/panic.h"
#include "kernel/sched.h"
#include "kernel/vspace.h"

#define STACK_MAPPED (64u * 1024u)
#define STACK_HI     (SK_VA_BOOT + SK_PAGE_SIZE + SK_PAGE_SIZE + SK_INIT_STACK_LEN)
#define STACK_LO     (STACK_HI - STACK_MAPPED)

#define POOL_SPARE  64u // table frames that init finds in its pool
#define SEGMENT_MAX 64u
#define RUNS_MAX    16u

// The ELF image of init, within the bundle.
struct image {
    const uint8_t *bytes;
    uint64_t len;
    paddr_t frames;
    const struct elf_segment *segments;
    uint32_t segment_count;
    uint64_t entry;
};

static uint64_t
page_down(uint64_t address)
{
    return address & ~(uint64_t)(SK_PAGE_SIZE - 1);
}

static uint64_t
page_up(uint64_t address)
{
    return page_down(address + SK_PAGE_SIZE - 1);
}

static uint64_t
page_count(uint64_t len)
{
    return page_up(len) >> SK_PAGE_SHIFT;
}

// ---- The bundle ----

static const struct sk_bundle *
bundle_open(const struct machine *machine)
{
    const struct sk_bundle *bundle = arch_direct(machine->bundle.lo);
    if (machine->bundle_len == 0)
        panic("no boot bundle: give one with -initrd");
    if (machine->bundle_len < sizeof *bundle || bundle->magic != SK_BUNDLE_MAGIC)
        panic("boot bundle: wrong magic, this is no bundle");
    if (bundle->version != SK_BUNDLE_VERSION)
        panic("boot bundle: version %u, this kernel reads %u", bundle->version,
              SK_BUNDLE_VERSION);
    if (bundle->len < sizeof *bundle || bundle->len > machine->bundle_len ||
        bundle->len > SK_BUNDLE_MAX)
        panic("boot bundle: header says %llu bytes, loader %llu",
              (unsigned long long)bundle->len, (unsigned long long)machine->bundle_len);
    if (bundle->entry_count == 0 ||
        bundle->entry_count >
            (bundle->len - sizeof *bundle) / sizeof(struct sk_bundle_entry))
        panic("boot bundle: %u entries do not fit", bundle->entry_count);
    return bundle;
}

static struct image
bundle_image(const struct machine *machine, const struct sk_bundle *bundle)
{
    const struct sk_bundle_entry *entry = (const struct sk_bundle_entry *)(bundle + 1);
    if (entry->kind != SK_BUNDLE_INIT)
        panic("boot bundle: first entry is of kind %u, not init", entry->kind);
    if (entry->data_off > bundle->len || entry->data_len > bundle->len - entry->data_off)
        panic("boot bundle: init lies outside");
    if (entry->data_off % SK_PAGE_SIZE != 0)
        panic("boot bundle: init at offset %llu is not page aligned",
              (unsigned long long)entry->data_off);
    return (struct image){
        .bytes = (const uint8_t *)bundle + entry->data_off,
        .len = entry->data_len,
        .frames = machine->bundle.lo + entry->data_off,
    };
}

// ---- The ELF image ----

static void
image_open(struct image *image)
{
    const struct elf_header *elf = (const struct elf_header *)image->bytes;
    if (image->len < sizeof *elf || memcmp(elf->ident, ELF_IDENT, 7) != 0)
        panic("init: not a 64-bit ELF image");
    if (elf->type != ELF_EXECUTABLE || elf->machine != ELF_X86_64)
        panic("init: type %u for machine %u, not a static x86-64 program", elf->type,
              elf->machine);
    if (elf->phentsize != sizeof(struct elf_segment) || elf->phnum > SEGMENT_MAX ||
        elf->phoff % 8 != 0 || elf->phoff > image->len ||
        elf->phnum * sizeof(struct elf_segment) > image->len - elf->phoff)
        panic("init: bad program headers");
    image->segments = (const struct elf_segment *)(image->bytes + elf->phoff);
    image->segment_count = elf->phnum;
    image->entry = elf->entry;
}

static void
segment_check(const struct image *image, const struct elf_segment *segment,
              uint32_t index)
{
    bool write = segment->flags & ELF_WRITE;
    bool execute = segment->flags & ELF_EXECUTE;
    if (segment->offset > image->len || segment->filesz > image->len - segment->offset)
        panic("init: segment %u lies outside the image", index);
    if (segment->vaddr < SK_VA_IMAGE || segment->vaddr >= SK_VA_BOOT ||
        segment->memsz > SK_VA_BOOT - segment->vaddr)
        panic("init: segment %u at %llx is not between SK_VA_IMAGE and SK_VA_BOOT", index,
              (unsigned long long)segment->vaddr);
    if (segment->offset % SK_PAGE_SIZE != segment->vaddr % SK_PAGE_SIZE)
        panic("init: segment %u: offset and address differ within the page", index);
    if (write && execute)
        panic("init: segment %u is writable and executable", index);
    if (segment->filesz > segment->memsz || (!write && segment->filesz != segment->memsz))
        panic("init: segment %u: bad sizes", index);
}

static void
image_check(const struct image *image)
{
    uint64_t end = SK_VA_IMAGE;
    bool entry_found = false;
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        if (segment->type == ELF_DYNAMIC || segment->type == ELF_INTERP ||
            segment->type == ELF_TLS)
            panic("init: segment %u asks for a dynamic linker or thread storage", i);
        if (segment->type != ELF_LOAD || segment->memsz == 0)
            continue;
        segment_check(image, segment, i);
        if (page_down(segment->vaddr) < end)
            panic("init: segment %u overlaps the one before", i);
        end = page_up(segment->vaddr + segment->memsz);
        if ((segment->flags & ELF_EXECUTE) && image->entry >= segment->vaddr &&
            image->entry - segment->vaddr < segment->memsz)
            entry_found = true;
    }
    if (!entry_found)
        panic("init: the entry point %llx is not in its code",
              (unsigned long long)image->entry);
}

// ---- Its space ----

static void
map(struct space *space, uint64_t va, paddr_t first, uint64_t count, uint32_t prot)
{
    int64_t need = mmu_map_need(arch_physical(space), va, count);
    if (need < 0)
        panic("init: page at %llx mapped twice", (unsigned long long)va);
    space_supply(space, frame_boot_take((uint64_t)need), (uint64_t)need);
    frame_map(first, count);
    mmu_map(space, va, count, first, prot, prot);
}

static void
map_segment(struct space *space, const struct image *image,
            const struct elf_segment *segment)
{
    uint64_t va = page_down(segment->vaddr);
    uint64_t count = page_count(segment->vaddr + segment->memsz - va);
    uint64_t offset = segment->vaddr - va;
    if (!(segment->flags & ELF_WRITE)) {
        map(space, va, image->frames + page_down(segment->offset), count,
            segment->flags & ELF_EXECUTE ? SK_PROT_READ | SK_PROT_EXECUTE : SK_PROT_READ);
        return;
    }
    paddr_t frames = frame_boot_take_zero(count);
    memcpy((uint8_t *)arch_direct(frames) + offset, image->bytes + segment->offset,
           segment->filesz);
    map(space, va, frames, count, SK_PROT_READ | SK_PROT_WRITE);
}

static void
map_image(struct space *space, const struct image *image)
{
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        if (segment->type == ELF_LOAD && segment->memsz != 0)
            map_segment(space, image, segment);
    }
}

// ---- Its capabilities ----

static void
give(struct domain *domain, uint32_t slot, struct cap cap)
{
    cap_set(&domain_caps(domain)[slot], &cap);
}

static void
give_line(struct domain *domain, uint32_t slot, uint32_t line, uint32_t rights)
{
    if (serial_present(line) || line == SERIAL_LOG)
        give(domain, slot,
             (struct cap){.type = SK_CAP_CONSOLE, .rights = rights, .object = line});
}

static void
give_frames(struct domain *domain, uint32_t slot, struct range run, uint32_t rights)
{
    give(domain, slot,
         (struct cap){.type = SK_CAP_FRAMES,
                      .rights = rights,
                      .object = run.lo,
                      .count = (run.hi - run.lo) >> SK_PAGE_SHIFT});
}

static void
give_all(struct domain *domain, const struct machine *machine)
{
    give(domain, SK_SLOT_DOMAIN,
         (struct cap){.type = SK_CAP_DOMAIN,
                      .rights = SK_RIGHT_READ | SK_RIGHT_CONTROL,
                      .object = arch_physical(domain)});
    give(domain, SK_SLOT_SPACE,
         (struct cap){.type = SK_CAP_SPACE,
                      .rights = SK_RIGHT_MAP,
                      .object = arch_physical(domain->space)});
    give_line(domain, SK_SLOT_CONSOLE, SERIAL_CONSOLE, SK_RIGHT_READ | SK_RIGHT_WRITE);
    give_line(domain, SK_SLOT_LOG, SERIAL_LOG, SK_RIGHT_WRITE);
    give_line(domain, SK_SLOT_CONTROL, SERIAL_CONTROL, SK_RIGHT_WRITE);
    give(domain, SK_SLOT_CLOCK,
         (struct cap){.type = SK_CAP_CLOCK, .rights = SK_RIGHT_READ});
    give(domain, SK_SLOT_ENTROPY,
         (struct cap){.type = SK_CAP_ENTROPY, .rights = SK_RIGHT_READ});
    give_frames(domain, SK_SLOT_BUNDLE, machine->bundle,
                SK_RIGHT_READ | SK_RIGHT_EXECUTE);
}

static uint32_t
give_runs(struct domain *domain)
{
    struct range runs[RUNS_MAX];
    uint32_t count = frame_boot_end(runs, RUNS_MAX);
    for (uint32_t i = 0; i < count; i++)
        give_frames(domain, SK_SLOT_FRAMES + i, runs[i],
                    SK_RIGHT_READ | SK_RIGHT_WRITE | SK_RIGHT_EXECUTE | SK_RIGHT_RETYPE);
    return count;
}

void
init_start(const struct machine *machine)
{
    const struct sk_bundle *bundle = bundle_open(machine);
    struct image image = bundle_image(machine, bundle);
    image_open(&image);
    image_check(&image);

    struct space *space = space_make(frame_boot_take(1), 1);
    uint64_t bundle_frames = page_count(machine->bundle_len);
    memset((uint8_t *)arch_direct(machine->bundle.lo) + machine->bundle_len, 0,
           (bundle_frames << SK_PAGE_SHIFT) - machine->bundle_len);
    frame_pin(machine->bundle.lo, bundle_frames);
    map_image(space, &image);
    paddr_t boot_frame = frame_boot_take_zero(1);
    map(space, SK_VA_BOOT, boot_frame, 1, SK_PROT_READ);
    map(space, STACK_LO, frame_boot_take_zero(STACK_MAPPED >> SK_PAGE_SHIFT),
        STACK_MAPPED >> SK_PAGE_SHIFT, SK_PROT_READ | SK_PROT_WRITE);
    map(space, SK_VA_BUNDLE, machine->bundle.lo, bundle_frames, SK_PROT_READ);
    space_supply(space, frame_boot_take(POOL_SPARE), POOL_SPARE);

    struct domain *init = domain_make(frame_boot_take(SK_DOMAIN_FRAMES), space, NULL);
    domain_set_init(init);
    give_all(init, machine);
    struct sk_boot_info *boot = arch_direct(boot_frame);
    *boot = (struct sk_boot_info){
        .version = SK_ABI_VERSION,
        .platform = SK_PLATFORM_KERNEL,
        .linear_va = SK_VA_LINEAR,
        .linear_len = SK_VA_LINEAR_LEN,
        .va_lo = SK_VA_FREE,
        .va_hi = SK_VA_LIMIT,
        .bundle_va = SK_VA_BUNDLE,
        .bundle_len = bundle->len,
        .stack_lo = STACK_LO,
        .stack_hi = STACK_HI,
        .frames_slot_count = give_runs(init),
        .cpu_count = 1,
        .table_frames = space_pool_count(space),
        .tsc_entry = machine->counter_entry,
        .tsc_init = arch_counter(),
    };

    init->regs.rip = image.entry;
    init->regs.rsp = STACK_HI - 8;
    init->regs.rdi = SK_VA_BOOT;
    (void)arch_regs_check(&init->regs); // image_check and the layout keep its rules
    init->upcalls_on = true;
    sched_ready(init);
}
