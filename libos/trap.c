// SPDX-License-Identifier: Apache-2.0
//
// What happened is logged. The call stack goes out as a report: the tool has the module's
// debug information at hand.
#include "libos/trap.h"

#include "engine/engine.h"
#include "libos/log.h"
#include "libos/report.h"

#define NAME_SHOWN 800u // bytes of a name, so that the offset behind it is seen

static bool
same_place(const struct wasm_trap_frame *a, const struct wasm_trap_frame *b)
{
    return a->instance == b->instance && a->module_offset == b->module_offset;
}

static void
trace_frame(const struct wasm_trap_frame *frame, uint32_t repeats)
{
    struct wasm_name name = wasm_trap_frame_name(frame);
    if (name.len > NAME_SHOWN)
        name.len = NAME_SHOWN;
    if (name.len)
        report_trace(frame->module_offset, "    at %.*s (offset 0x%x)", (int)name.len,
                     name.bytes, frame->module_offset);
    else
        report_trace(frame->module_offset, "    at func[%u] (offset 0x%x)",
                     frame->func_index, frame->module_offset);
    if (repeats)
        report_trace(0, "    ... the same %u times more", repeats);
}

static void
trace(const struct wasm_trap *trap)
{
    for (uint32_t i = 0; i < trap->frame_count;) {
        uint32_t end = i + 1;
        while (end < trap->frame_count &&
               same_place(&trap->frames[i], &trap->frames[end]))
            end++;
        trace_frame(&trap->frames[i], end - i - 1);
        i = end;
    }
    if (trap->frames_cut)
        report_trace(0, "    ... and %u more", trap->frames_cut);
}

void
trap_log(const struct wasm_trap *trap)
{
    const char *message = wasm_trap_text(trap->code);
    if (trap->code == WASM_TRAP_HOST && trap->host_message)
        message = trap->host_message;
    log_line("selkis: error: trap: %s", message);
    trace(trap);
}

void
trap_log_exception(const struct wasm_trap *trap)
{
    log_line("selkis: error: uncaught exception");
    trace(trap);
}
