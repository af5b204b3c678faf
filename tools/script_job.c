// SPDX-License-Identifier: Apache-2.0
#include "tools/script_job.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "api/native_port.h"
#include "tools/expected.h"
#include "tools/message.h"

// A script that is not done by then hangs.
#define SCRIPT_SECONDS 300u

// ---- The script's host ----

static struct wasm_store_config
store_config(void *context)
{
    const struct script_job *job = context;
    return (struct wasm_store_config){
        .stack_limit = native_port_stack_limit(),
        .gc_stress = job->options->gc_stress,
    };
}

static void
use_store(void *context, struct wasm_store *store)
{
    (void)context;
    native_port_use(store);
}

static void
begin(void *context, struct script_position at)
{
    struct script_job *job = context;
    pthread_mutex_lock(&job->lock); // other threads of the script begin commands too
    job->result->at = at;
    pthread_mutex_unlock(&job->lock);
}

// Text of the script's choice: control characters become '?'.
static void
print_text(const char *text)
{
    for (; *text; text++)
        putchar((unsigned char)*text < ' ' || *text == 0x7f ? '?' : *text);
}

static bool
is_expected(struct script_job *job, uint32_t line, bool is_unsupported)
{
    return job->expected &&
           (expected_use(job->expected, job->name, line) ||
            (is_unsupported && expected_use(job->expected, job->name, 0)));
}

static bool
failed(void *context, struct script_position at, bool is_unsupported, const char *text)
{
    struct script_job *job = context;
    pthread_mutex_lock(&job->lock);
    bool expected = is_expected(job, at.line, is_unsupported);
    if (!expected) {
        printf("%s:%u:%u: ", job->path, at.line, at.column);
        print_text(text);
        putchar('\n');
    }
    pthread_mutex_unlock(&job->lock);
    return expected;
}

static void
print(void *context, const char *line)
{
    struct script_job *job = context;
    pthread_mutex_lock(&job->lock);
    puts(line);
    pthread_mutex_unlock(&job->lock);
}

struct thread {
    pthread_t id;
    void (*run)(void *argument);
    void *argument;
    _Alignas(16) char signal_stack[NATIVE_PORT_SIGNAL_STACK];
};

static void *
thread_main(void *argument)
{
    struct thread *thread = argument;
    if (!native_port_enter(thread->signal_stack))
        abort(); // its script would pass without it
    thread->run(thread->argument);
    native_port_leave();
    return NULL;
}

static void *
thread_start(void *context, void (*run)(void *argument), void *argument)
{
    (void)context;
    pthread_attr_t attributes;
    struct thread *thread = malloc(sizeof(*thread));
    if (!thread || pthread_attr_init(&attributes) != 0) {
        free(thread);
        return NULL;
    }
    thread->run = run;
    thread->argument = argument;
    bool started = pthread_attr_setstacksize(&attributes, NATIVE_PORT_STACK) == 0 &&
                   pthread_create(&thread->id, &attributes, thread_main, thread) == 0;
    pthread_attr_destroy(&attributes);
    if (!started) {
        free(thread);
        return NULL;
    }
    return thread;
}

static void
thread_join(void *context, void *handle)
{
    (void)context;
    struct thread *thread = handle;
    pthread_join(thread->id, NULL);
    free(thread);
}

// ---- One script ----

static void
set_name(struct script_job *job, const char *path)
{
    size_t len = strlen(path);
    if (len > 5 && strcmp(path + len - 5, ".wast") == 0)
        len -= 5;
    size_t skipped = len >= sizeof(job->name) ? len - sizeof(job->name) + 1 : 0;
    memcpy(job->name, path + skipped, len - skipped);
    job->name[len - skipped] = '\0';
}

void
script_job_run(struct script_job *job, const struct script_source *source,
               struct script_body body)
{
    static _Alignas(16) char signal_stack[NATIVE_PORT_SIGNAL_STACK];
    struct native_port port;
    if (!native_port_init(&port) || !native_port_enter(signal_stack)) {
        script_job_fail(job, "cannot catch faults");
        return;
    }
    port.port.poison = job->options->poison;
    struct script_host host = {
        .context = job,
        .port = &port.port,
        .store_config = store_config,
        .use_store = use_store,
        .begin = begin,
        .failed = failed,
        .print = job->options->print ? print : NULL,
        .thread_start = thread_start,
        .thread_join = thread_join,
    };
    script_run(&host, source, body, &job->result->totals);
    native_port_leave();
    if (port.live == 0)
        return;
    printf("%s: %llu blocks were not given back\n", job->path,
           (unsigned long long)port.live);
    job->result->totals.failed++;
}

void
script_job_fail(struct script_job *job, const char *why)
{
    message_error("cannot run %s: %s", job->path, why);
    job->result->totals.failed++;
}

// A child that does not end by itself adds a failure.
static void
run_in_child(struct script_job *job)
{
    int status = 0;
    fflush(stdout);
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(1); // it ended before that
        alarm(SCRIPT_SECONDS);
        job->read(job);
        _exit(fflush(stdout) == 0 ? 0 : 1);
    }
    if (child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
        WEXITSTATUS(status) == 0)
        return;
    struct script_result *result = job->result;
    result->totals.failed++;
    printf("%s:%u:%u: the script ended ", job->path, result->at.line, result->at.column);
    if (child < 0)
        printf("before it began: no process\n");
    else if (WIFSIGNALED(status))
        printf("by signal %d (%s)\n", WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        printf("with status %#x\n", (unsigned int)status);
}

void
script_job_start(struct script_job *job, const char *path, bool is_alone)
{
    job->path = path;
    set_name(job, path);
    *job->result = (struct script_result){0};
    if (job->expected)
        expected_try(job->expected, job->name);
    if (is_alone)
        job->read(job);
    else
        run_in_child(job);
    job->all.passed += job->result->totals.passed;
    job->all.failed += job->result->totals.failed;
    job->all.skipped += job->result->totals.skipped;
}

bool
script_job_init(struct script_job *job, const struct script_options *options,
                void (*read)(struct script_job *job))
{
    *job = (struct script_job){
        .options = options, .read = read, .lock = PTHREAD_MUTEX_INITIALIZER};
    job->expected = options->list ? expected_read(options->list) : NULL;
    if (options->list && !job->expected)
        return false;
    job->result = mmap(NULL, sizeof(*job->result), PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (job->result != MAP_FAILED)
        return true;
    message_error("out of memory");
    return false;
}

bool
script_job_end(struct script_job *job)
{
    if (job->expected)
        job->all.failed += expected_print_unused(job->expected);
    printf("%u passed, %u failed, %u skipped\n", job->all.passed, job->all.failed,
           job->all.skipped);
    return job->all.failed == 0;
}
