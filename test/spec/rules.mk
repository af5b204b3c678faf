# SPDX-License-Identifier: Apache-2.0
#
# The specification suite, which is not part of this repository: SPEC is where its
# converted form lies, SPEC_WAST the scripts as written.

SPEC ?= ../shared/spec/json
SPEC_WAST ?= $(SPEC)/../wast
SPEC_LIST := test/spec/expected-failures
SPEC_ARGS ?=

spec_src := $(wildcard test/spec/*.c)
spec_tools_src := tools/expected.c tools/file.c tools/message.c tools/native_port.c \
    tools/parking.c tools/script_job.c
spec_obj := $(call objects,$(spec_src) $(spec_tools_src))

$(OUT)/test/spec-runner: $(spec_obj) $(script_obj) $(engine_obj) $(base_obj)
	@mkdir -p $(@D)
	$(quiet_ld) $(CC) -pie $(link) $^ -o $@

.PHONY: spec
ifeq ($(wildcard $(SPEC)),)
spec:
	@echo "spec: not run: no suite at $(SPEC)"
	@echo "0 passed, 0 failed, 1 skipped"
else
spec: $(OUT)/test/spec-runner ## the WebAssembly specification suite in SPEC
	@$< --list $(SPEC_LIST) $(SPEC_ARGS) $(SPEC)
endif
