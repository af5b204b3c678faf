# SPDX-License-Identifier: Apache-2.0
#
# The specification suite, which is not part of this repository: SPEC is where its
# converted form lies, SPEC_WAST the scripts as written. SPEC_ARGS: options of `selkis
# wast`, such as --poison and --gc-stress.

SPEC ?= ../shared/spec/json
SPEC_WAST ?= $(SPEC)/../wast
SPEC_ARGS ?=

spec_list := test/spec/expected-failures
spec_src := $(wildcard test/spec/*.c)
spec_tools_src := tools/expected.c tools/file.c tools/message.c api/native_port.c \
    api/parking.c tools/script_job.c
spec_obj := $(call objects,$(spec_src) $(spec_tools_src)) $(script_obj) $(text_obj)

$(OUT)/test/spec-runner: $(spec_obj) $(engine_obj) $(base_obj)
	@mkdir -p $(@D)
	$(quiet_ld) $(CC) -pie $(link) $^ -o $@

# A domain like libos.elf, with another program's life in it.
spec_vm_obj := $(OUT)/bare/test/spec/vm/main.c.o $(filter-out %/libos/start.c.o,$(libos_obj)) \
    $(script_obj) $(text_obj) $(engine_obj) $(base_obj) $(bare_obj)

build/test/spec.elf: $(spec_vm_obj) libos/libos.ld
	@mkdir -p $(@D)
	$(quiet_ld) $(link_domain)

.PHONY: spec spec-vm
ifeq ($(wildcard $(SPEC)),)
spec spec-vm:
	@echo "$@: not run: no suite at $(SPEC)"
	@echo "0 passed, 0 failed, 1 skipped"
else
spec: $(OUT)/test/spec-runner $(OUT)/selkis ## the WebAssembly specification suite in SPEC, converted and as written
	@failed=0; \
	$< --list $(spec_list) $(SPEC_ARGS) $(SPEC) || failed=1; \
	for folder in $$(find $(SPEC_WAST) -name '*.wast' -printf '%h\n' | sort -u); do \
	    echo "$$folder:"; \
	    $(OUT)/selkis wast --list $(spec_list) $(SPEC_ARGS) $$folder/*.wast || failed=1; \
	done; \
	exit $$failed
spec-vm: build/selkis.elf build/test/spec.elf ## the specification suite as written, on the kernel
	@test/spec/vm/run.sh build/test/spec.elf $(SPEC_WAST)
endif
