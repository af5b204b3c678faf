// SPDX-License-Identifier: Apache-2.0
//
// The start info of the PVH boot protocol (Xen, public/arch-x86/hvm/start_info.h): memory
// map and modules. The loader's structs may lie anywhere below 4 GiB, which boot.S maps.
#include "abi/layout.h"
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/layout.h"
#include "kernel/panic.h"

#define START_MAGIC 0x336ec578u
#define MAPPED_END  (1ull << 32)
#define LOW_END     (1ull << 20) // firmware's; not used
#define RAM_END     (1ull << 46) // what the direct map has room for
#define MAP_MAX     1024u
#define MAP_RAM     1u

// The loader aligns its structs to 4 bytes only.
#define LOADER_STRUCT __attribute__((packed, aligned(4)))

struct start_info {
    uint32_t magic;
    uint32_t version;
    uint32_t flags;
    uint32_t module_count;
    uint64_t modules;
    uint64_t command_line;
    uint64_t rsdp;
    uint64_t map; // version 1 and up
    uint32_t map_count;
    uint32_t reserved;
} LOADER_STRUCT;

struct start_module {
    uint64_t start, len, command_line, reserved;
} LOADER_STRUCT;

struct start_map_entry {
    uint64_t start, len;
    uint32_t type;
    uint32_t reserved;
} LOADER_STRUCT;

extern const uint64_t boot_tsc, boot_start_info;
extern const char image_start[], image_end[];

static const void *
loader_struct(uint64_t address, uint64_t len)
{
    if (address == 0 || address % 4 != 0 || address >= MAPPED_END ||
        len > MAPPED_END - address)
        panic("PVH start info: struct at %llx is out of reach",
              (unsigned long long)address);
    return arch_direct(address);
}

static struct range
whole_frames(uint64_t start, uint64_t len)
{
    uint64_t mask = SK_PAGE_SIZE - 1;
    if (start >= RAM_END)
        return (struct range){0, 0};
    uint64_t end = len < RAM_END - start ? start + len : RAM_END;
    start = start < LOW_END ? LOW_END : (start + mask) & ~mask;
    return (struct range){start, end & ~mask};
}

// Keeps the list sorted; what overlaps an earlier entry is left out.
static void
add_ram(struct machine *machine, struct range ram)
{
    uint32_t at = machine->ram_count;
    while (at > 0 && machine->ram[at - 1].lo > ram.lo)
        at--;
    if (at > 0 && ram.lo < machine->ram[at - 1].hi)
        ram.lo = machine->ram[at - 1].hi;
    if (at < machine->ram_count && ram.hi > machine->ram[at].lo)
        ram.hi = machine->ram[at].lo;
    if (ram.lo >= ram.hi || machine->ram_count == MACHINE_RAM_MAX)
        return;
    for (uint32_t i = machine->ram_count++; i > at; i--)
        machine->ram[i] = machine->ram[i - 1];
    machine->ram[at] = ram;
}

static bool
in_ram(const struct machine *machine, struct range range)
{
    for (uint32_t i = 0; i < machine->ram_count; i++) {
        if (machine->ram[i].lo <= range.lo && range.hi <= machine->ram[i].hi)
            return true;
    }
    return false;
}

static bool
overlap(struct range a, struct range b)
{
    return a.lo < b.hi && b.lo < a.hi;
}

// What the loader says is both RAM and something else must not be used as either.
static void
refuse_overlap(const struct machine *machine, const struct start_map_entry *entry)
{
    uint64_t end = entry->start + entry->len;
    struct range other = {entry->start, end < entry->start ? UINT64_MAX : end};
    for (uint32_t i = 0; i < machine->ram_count; i++) {
        if (overlap(machine->ram[i], other))
            panic("PVH start info: memory at %llx is RAM and of type %u",
                  (unsigned long long)entry->start, entry->type);
    }
}

static void
add_bundle(struct machine *machine, const struct start_module *module)
{
    struct range frames = {module->start, module->start};
    if (module->len <= SK_BUNDLE_MAX)
        frames.hi += (module->len + SK_PAGE_SIZE - 1) & ~(uint64_t)(SK_PAGE_SIZE - 1);
    if (module->len == 0 || module->len > SK_BUNDLE_MAX || frames.hi < frames.lo)
        panic("boot bundle: %llu bytes, at most %llu", (unsigned long long)module->len,
              SK_BUNDLE_MAX);
    if (frames.lo % SK_PAGE_SIZE != 0)
        panic("boot bundle at %llx is not page aligned", (unsigned long long)frames.lo);
    if (!in_ram(machine, frames) || overlap(frames, machine->image))
        panic("boot bundle at %llx is not in free RAM", (unsigned long long)frames.lo);
    machine->bundle = frames;
    machine->bundle_len = module->len;
}

void
arch_read_machine(struct machine *machine)
{
    const struct start_info *info = loader_struct(boot_start_info, sizeof *info);
    if (info->magic != START_MAGIC || info->version < 1)
        panic("PVH start info: magic %x, version %u", info->magic, info->version);
    if (info->map_count > MAP_MAX)
        panic("PVH start info: %u memory map entries", info->map_count);
    machine->counter_entry = boot_tsc;
    machine->image = (struct range){
        (uint64_t)image_start - IMAGE_BASE,
        (uint64_t)image_end - IMAGE_BASE,
    };
    const struct start_map_entry *map =
        loader_struct(info->map, info->map_count * sizeof *map);
    for (uint32_t i = 0; i < info->map_count; i++) {
        if (map[i].type == MAP_RAM)
            add_ram(machine, whole_frames(map[i].start, map[i].len));
    }
    for (uint32_t i = 0; i < info->map_count; i++) {
        if (map[i].type != MAP_RAM)
            refuse_overlap(machine, &map[i]);
    }
    if (!in_ram(machine, machine->image))
        panic("PVH start info: the kernel is not in RAM");
    if (info->module_count != 0)
        add_bundle(machine, loader_struct(info->modules, sizeof(struct start_module)));
}
