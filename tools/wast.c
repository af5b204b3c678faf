// SPDX-License-Identifier: Apache-2.0
#include "tools/wast.h"

#include <stdlib.h>
#include <string.h>

#include "text/script/parse.h"
#include "tools/file.h"
#include "tools/supervise.h"

static void
read_script(struct script_job *job)
{
    size_t len;
    const char *why;
    uint8_t *text = file_read(job->path, &len, &why);
    if (text && len >= 4 && memcmp(text, "\0asm", 4) == 0)
        script_job_fail(job, "it is a binary module, no script; try `selkis run`");
    else if (text)
        script_job_run(job, &script_text_source,
                       script_text_body((const char *)text, len));
    else
        script_job_fail(job, why);
    free(text);
}

int
wast(const struct script_options *options, char *const *files, uint32_t file_count)
{
    struct script_job job;
    if (!script_job_init(&job, options, read_script))
        return CODE_USAGE;
    for (uint32_t i = 0; i < file_count; i++)
        script_job_start(&job, files[i], file_count == 1);
    return script_job_end(&job) ? 0 : CODE_FAILED;
}
