# SPDX-License-Identifier: Apache-2.0
#
# Modules at the limits and beyond. LIMITS_MODULES are damaged in every place.

LIMITS_MODULES ?= $(wildcard $(SPEC)/core/fac/fac.0.wasm $(SPEC)/core/names/names.0.wasm \
    $(SPEC)/core/func/func.0.wasm $(SPEC)/core/call_indirect/call_indirect.0.wasm \
    $(SPEC)/bulk-memory/table_copy/table_copy.2.wasm \
    ../shared/wasi/c/testsuite/wasm32-wasip1/fopen-with-access.wasm)

limits_src := $(wildcard test/limits/*.c) test/fuzz/target.c tools/file.c \
    test/unit/engine/test_port.c
limits_obj := $(call objects,$(limits_src))

$(OUT)/test/limits-test: $(limits_obj) $(engine_obj) $(base_obj)
	@mkdir -p $(@D)
	$(quiet_ld) $(CC) -pie $(link) $^ -o $@

.PHONY: limits
limits: $(OUT)/test/limits-test ## hostile and huge modules
	@$< $(if $(filter asan,$(PROFILE)),--slow 20) $(LIMITS_MODULES)
