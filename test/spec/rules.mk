# SPDX-License-Identifier: Apache-2.0
#
# The specification suite, which is not part of this repository: SPEC is where it lies.

SPEC ?= ../shared/spec/json

spec_src := $(wildcard test/spec/*.c) test/unit/engine/test_port.c
spec_obj := $(call objects,$(spec_src))

$(OUT)/test/spec-runner: $(spec_obj) $(engine_obj) $(base_obj)
	@mkdir -p $(@D)
	$(quiet_ld) $(CC) -pie $(link) $^ -o $@

# Scripts that mix 3.0 into modules which test 1.0 run a second time without it.
spec_trimmed := br_table imports linking

build/spec/trimmed.stamp: test/spec/trim.py
	@$(foreach s,$(spec_trimmed),$< $(SPEC)/../wast/$(s).wast build/spec/trimmed &&) touch $@

.PHONY: spec
ifeq ($(wildcard $(SPEC)),)
spec:
	@echo "spec: not run: no suite at $(SPEC)"
	@echo "0 passed, 0 failed, 1 skipped"
else
spec: $(OUT)/test/spec-runner build/spec/trimmed.stamp ## the WebAssembly specification suite in SPEC
	@$< $(SPEC)
	@$< build/spec $(addprefix trimmed/,$(spec_trimmed))
	@$< --refuse $(SPEC)
endif
