// SPDX-License-Identifier: Apache-2.0
//
// A thread of a script is a runner of its own with a store of its own. All that it sees
// of its parent are the shared memories that one named instance exports.
#include "base/string.h"
#include "text/script/run.h"

struct script_thread {
    struct script_thread *next;
    void *handle; // the host's
    struct script_runner runner;
    struct script_body body;
    struct script_shared *shared;
    struct wasm_name shared_as;
    uint32_t name_len;
    char name[]; // then the bytes of shared_as
};

// The thread's own store, commands and end. Runs in the new thread.
static void
run_in_thread(void *argument)
{
    struct script_thread *thread = argument;
    struct script_runner *run = &thread->runner;
    struct script_instance instance = {.is_foreign = true, .shared = thread->shared};
    run->command = (struct script_command){.kind = SCRIPT_BROKEN, .at = thread->body.at};
    if (environment_init(&run->env, run->host) &&
        environment_adopt(&run->env, thread->shared) &&
        (!thread->shared_as.len ||
         environment_add(&run->env, thread->shared_as, &instance)))
        runner_run(run, thread->body);
    else
        (void)runner_fail(run, WASM_OK, "out of memory: no store for a thread");
    environment_fini(&run->env);
}

static size_t
thread_len(uint32_t name_len, uint32_t shared_len)
{
    return sizeof(struct script_thread) + name_len + shared_len + 1;
}

static void
thread_destroy(const struct wasm_port *port, struct script_thread *thread)
{
    environment_unshare(port, thread->shared);
    port->heap_free(port->context, thread,
                    thread_len(thread->name_len, thread->shared_as.len));
}

static struct script_thread *
thread_create(const struct script_runner *run)
{
    const struct wasm_port *port = run->host->port;
    struct wasm_name name = run->command.name, other = run->command.other;
    struct script_thread *thread =
        port->heap_alloc(port->context, thread_len(name.len, other.len));
    if (!thread)
        return NULL;
    thread->runner.host = run->host;
    thread->runner.source = run->source;
    thread->runner.depth = run->depth + 1;
    thread->body = run->command.body;
    thread->name_len = name.len;
    if (name.len)
        memcpy(thread->name, name.bytes, name.len);
    if (other.len)
        memcpy(thread->name + name.len, other.bytes, other.len);
    thread->shared_as = (struct wasm_name){thread->name + name.len, other.len};
    return thread;
}

// False: the failure has been reported.
static bool
start(struct script_runner *run, struct script_thread *thread)
{
    struct wasm_name other = run->command.other;
    const struct script_instance *shared =
        other.len ? environment_instance(&run->env, other) : NULL;
    if (other.len && !shared) {
        (void)runner_fail(run, WASM_OK, "there is no instance %.*s", (int)other.len,
                          other.bytes);
        return false;
    }
    if (shared && !environment_share(&run->env, shared, &thread->shared)) {
        (void)runner_fail(run, WASM_OK, "out of memory");
        return false;
    }
    thread->handle = run->host->thread_start(run->host->context, run_in_thread, thread);
    if (!thread->handle)
        (void)runner_fail(run, WASM_OK, "cannot start a thread");
    return thread->handle != NULL;
}

void
run_thread(struct script_runner *run)
{
    if (!run->host->thread_start || run->depth == SCRIPT_LIMIT_THREAD_DEPTH) {
        (void)runner_fail(run, WASM_UNSUPPORTED, "unsupported: %s",
                          run->depth ? "threads so deep" : "threads on this platform");
        return;
    }
    struct script_thread *thread = thread_create(run);
    if (!thread) {
        (void)runner_fail(run, WASM_OK, "out of memory");
    } else if (start(run, thread)) {
        thread->next = run->threads;
        run->threads = thread;
    } else {
        thread_destroy(run->host->port, thread);
    }
}

// Takes the thread out of the list, at *link.
static void
join(struct script_runner *run, struct script_thread **link)
{
    struct script_thread *thread = *link;
    run->host->thread_join(run->host->context, thread->handle);
    run->totals.passed += thread->runner.totals.passed;
    run->totals.failed += thread->runner.totals.failed;
    run->totals.skipped += thread->runner.totals.skipped;
    *link = thread->next;
    thread_destroy(run->host->port, thread);
}

void
run_wait(struct script_runner *run)
{
    struct wasm_name name = run->command.name;
    for (struct script_thread **at = &run->threads; *at; at = &(*at)->next) {
        if ((*at)->name_len == name.len &&
            memcmp((*at)->name, name.bytes, name.len) == 0) {
            join(run, at);
            return;
        }
    }
    (void)runner_fail(run, run->host->thread_start ? WASM_OK : WASM_UNSUPPORTED,
                      "no thread %.*s", (int)name.len, name.bytes);
}

void
runner_join_all(struct script_runner *run)
{
    while (run->threads)
        join(run, &run->threads);
}
