# SPDX-License-Identifier: Apache-2.0
#
# The specification suite, which is not part of this repository: SPEC is where it lies.

SPEC ?= ../shared/spec/json

spec_src := $(wildcard test/spec/*.c) test/unit/engine/test_port.c
spec_obj := $(call objects,$(spec_src))

$(OUT)/test/spec-runner: $(spec_obj) $(engine_obj) $(base_obj)
	@mkdir -p $(@D)
	$(CC) -pie $(link) $^ -o $@

.PHONY: spec
spec: $(OUT)/test/spec-runner
	@if test -d $(SPEC); then $< $(SPEC) && $< --refuse $(SPEC); \
	else echo "spec: not run: no suite at $(SPEC)"; fi
