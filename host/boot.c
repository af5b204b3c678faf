// SPDX-License-Identifier: Apache-2.0
//
// Boot: the window, the frames, what is mapped at the start, the slots, then `init`.
//
// Frames of the memory file: those in SK_SLOT_FRAMES, then the stack, then the boot page.
#include "host/host.h"

#include <errno.h>
#include <x86intrin.h>

#include "host/activation.h"
#include "host/cap.h"
#include "host/clock.h"
#include "host/console.h"
#include "host/entry.h"
#include "host/frame.h"
#include "host/space.h"
#include "host/window.h"

#define POOL_SPARE   64u // table frames that init finds in its pool (kernel/init.c)
#define STACK_FRAMES (SK_INIT_STACK_LEN / SK_PAGE_SIZE)
#define STACK_LO     (WINDOW_STACK + SK_PAGE_SIZE)
#define STACK_HI     (STACK_LO + SK_INIT_STACK_LEN)

#define RIGHTS_BUNDLE (SK_RIGHT_READ | SK_RIGHT_EXECUTE)
#define RIGHTS_FRAMES (RIGHTS_BUNDLE | SK_RIGHT_WRITE | SK_RIGHT_RETYPE)

static uint64_t
pages_of(uint64_t len)
{
    return (len + SK_PAGE_SIZE - 1) / SK_PAGE_SIZE;
}

static const char *
config_check(const struct host_config *config)
{
    errno = EINVAL;
    if (config->memory_len == 0 || config->memory_len % SK_PAGE_SIZE != 0 ||
        config->memory_len > HOST_MEMORY_MAX)
        return "memory is not a whole number of pages within the limit";
    if (config->bundle_len > SK_BUNDLE_MAX)
        return "the bundle is too large";
    return NULL;
}

static bool
map_start(uint64_t free_frames, uint64_t bundle_frames)
{
    uint64_t stack_frame = free_frames;
    uint64_t boot_frame = stack_frame + STACK_FRAMES;
    uint32_t writable = SK_PROT_READ | SK_PROT_WRITE;
    return host_space_map_boot(STACK_LO, stack_frame, STACK_FRAMES, writable, writable) &&
           host_space_map_boot(WINDOW_BOOT, boot_frame, 1, writable, SK_PROT_READ) &&
           (bundle_frames == 0 ||
            host_space_map_boot(WINDOW_BUNDLE, boot_frame + 1, bundle_frames,
                                SK_PROT_READ, RIGHTS_BUNDLE));
}

static void
put_console(sk_handle_t slot, uint32_t rights, int fd_in, int fd_out)
{
    host_cap_put(slot, &(struct host_cap){.type = SK_CAP_CONSOLE,
                                          .rights = rights,
                                          .fd_in = fd_in,
                                          .fd_out = fd_out});
}

static void
fill_slots(const struct host_config *config, uint64_t free_frames, uint64_t bundle_frames)
{
    host_cap_put(SK_SLOT_DOMAIN,
                 &(struct host_cap){.type = SK_CAP_DOMAIN,
                                    .rights = SK_RIGHT_READ | SK_RIGHT_CONTROL});
    host_cap_put(SK_SLOT_SPACE,
                 &(struct host_cap){.type = SK_CAP_SPACE, .rights = SK_RIGHT_MAP});
    put_console(SK_SLOT_CONSOLE, SK_RIGHT_READ | SK_RIGHT_WRITE, config->console_in,
                config->console_out);
    put_console(SK_SLOT_LOG, SK_RIGHT_WRITE, -1, config->log_out);
    put_console(SK_SLOT_CONTROL, SK_RIGHT_WRITE, -1, config->control_out);
    host_cap_put(SK_SLOT_CLOCK,
                 &(struct host_cap){.type = SK_CAP_CLOCK, .rights = SK_RIGHT_READ});
    host_cap_put(SK_SLOT_ENTROPY,
                 &(struct host_cap){.type = SK_CAP_ENTROPY, .rights = SK_RIGHT_READ});
    if (bundle_frames != 0)
        host_cap_put(SK_SLOT_BUNDLE,
                     &(struct host_cap){.type = SK_CAP_FRAMES,
                                        .rights = RIGHTS_BUNDLE,
                                        .first = free_frames + STACK_FRAMES + 1,
                                        .count = bundle_frames});
    host_cap_put(SK_SLOT_FRAMES, &(struct host_cap){.type = SK_CAP_FRAMES,
                                                    .rights = RIGHTS_FRAMES,
                                                    .count = free_frames});
}

static const struct sk_boot_info *
write_boot_info(const struct host_config *config, uint64_t tsc_entry)
{
    struct sk_boot_info *boot = (struct sk_boot_info *)WINDOW_BOOT;
    *boot = (struct sk_boot_info){
        .version = SK_ABI_VERSION,
        .platform = SK_PLATFORM_HOST,
        .linear_va = WINDOW_LO,
        .linear_len = SK_VA_LINEAR_LEN,
        .va_lo = WINDOW_FREE,
        .va_hi = WINDOW_HI,
        .bundle_va = config->bundle_len != 0 ? WINDOW_BUNDLE : 0,
        .bundle_len = config->bundle_len,
        .stack_lo = STACK_LO,
        .stack_hi = STACK_HI,
        .frames_slot_count = 1,
        .cpu_count = 1,
        .table_frames = host_space_pool(),
        .tsc_entry = tsc_entry,
        .tsc_init = __rdtsc(),
    };
    return boot;
}

const char *
host_boot(const struct host_config *config)
{
    uint64_t tsc_entry = __rdtsc();
    host_clock_init();
    const char *error = config_check(config);
    if (error != NULL)
        return error;
    uint64_t free_frames = config->memory_len / SK_PAGE_SIZE;
    uint64_t bundle_frames = pages_of(config->bundle_len);
    error = host_space_init(POOL_SPARE);
    if (error == NULL)
        error = host_frame_init(free_frames + STACK_FRAMES + 1, config->bundle_fd,
                                bundle_frames);
    if (error == NULL)
        error = host_activation_init(config->log_out);
    if (error != NULL)
        return error;
    if (!map_start(free_frames, bundle_frames))
        return "cannot map the bundle and the stack";

    host_console_init(config->console_in);
    fill_slots(config, free_frames, bundle_frames);
    const struct sk_boot_info *boot = write_boot_info(config, tsc_entry);
    if (sk_protect(SK_SLOT_SPACE, WINDOW_BOOT, 1, SK_PROT_READ) != SK_OK)
        return "cannot protect the boot page";
    host_enter(config->entry, boot, STACK_HI);
}
