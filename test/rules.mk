# SPDX-License-Identifier: Apache-2.0
#
# Unit tests, and the README's test command. Everything else under test/ has a rules.mk.

# ---- Units: each test/unit/<component>/<x>_test.c is one cmocka program; other .c files of its
# folder are linked into all of them ----

unit_tests := $(wildcard test/unit/*/*_test.c)
unit_bins := $(patsubst %.c,$(OUT)/%,$(unit_tests))
units_lib := $(OUT)/units.a

$(units_lib): $(filter-out $(OUT)/tools/selkis.c.o,$(tools_obj)) $(host_obj) $(libos_obj) \
    $(engine_obj) $(base_obj) $(script_obj) $(text_obj) $(call objects,$(filter api/%,$(api_src)))
	@rm -f $@
	@ar rcs $@ $^

define unit_rule
$(patsubst %.c,$(OUT)/%,$(1)): $(call objects,$(1) $(filter-out %_test.c,$(wildcard $(dir $(1))*.c))) $(units_lib)
	$$(quiet_ld) $$(CC) -pie $$(link) $$^ -lcmocka -pthread -o $$@
endef
$(foreach test,$(unit_tests),$(eval $(call unit_rule,$(test))))
$(OUT)/test/unit/api/no_memory_test: link += -Wl,--wrap=malloc,--wrap=calloc,--wrap=free

.PHONY: unit
unit: $(unit_bins) ## unit tests; PROFILE=asan runs them under ASan and UBSan
	@tools/dev/run_units.sh $(unit_bins)

# ---- The source itself ----

.PHONY: check-layers check-headers check-format check-links check-abi-doc check-source docs
check-layers:
	@tools/dev/check_layers.sh
check-headers:
	@tools/dev/check_headers.sh
check-format:
	@clang-format-19 --dry-run --Werror $$(git ls-files '*.c' '*.h')
check-links:
	@tools/dev/check_links.py
check-abi-doc:
	@tools/dev/abi_doc.py | diff -u docs/abi.md - || \
	    { echo "check-abi-doc: error: docs/abi.md is old, write it anew with: make docs"; exit 1; }
check-source: check-layers check-headers check-format check-links check-abi-doc ## layers, headers, layout, documentation
	@echo "5 passed, 0 failed"

docs: ## write docs/abi.md anew from abi/calls.def
	@tools/dev/abi_doc.py > docs/abi.md

# ---- All of it ----

# STEP<tab>COMMAND, run one after another by tools/dev/run_steps.sh, which sums up what they count.
define test_steps
source	$(sub_make) check-source
unit	$(sub_make) unit
spec	$(sub_make) spec
text	$(sub_make) text
spec-poison	$(sub_make) spec SPEC_ARGS=--poison
spec-stress	$(sub_make) spec SPEC_ARGS=--gc-stress
embed	$(sub_make) embed
cases-quick	$(sub_make) cases-quick
wast	$(sub_make) wast
spec-vm	$(sub_make) spec-vm
wast-vm	$(sub_make) wast-vm
abi-host	$(sub_make) abi-host
abi-vm	$(sub_make) abi-vm
attack	$(sub_make) attack
clang	$(sub_make) PROFILE=clang CC=clang-19 all unit
asan-unit	$(sub_make) PROFILE=asan unit
asan-spec	$(sub_make) PROFILE=asan spec SPEC_ARGS=--gc-stress
asan-limits	$(sub_make) PROFILE=asan limits
asan-fuzz	$(sub_make) PROFILE=asan fuzz FUZZ_ARGS='--count 100000'
ubsan-kernel	$(sub_make) PROFILE=ubsan kernel-tests
limits	$(sub_make) limits
fuzz	$(sub_make) fuzz FUZZ_ARGS='--seed 2'
generated	$(sub_make) generated
asan-generated	$(sub_make) PROFILE=asan generated GENERATED_ARGS='--seed 100000 --count 500 --poison --stress'
boot	$(sub_make) boot
cli	$(sub_make) cli
debug	$(sub_make) debug
asan-debug	$(sub_make) PROFILE=asan debug-mutate
wasi	$(sub_make) wasi
cases	$(sub_make) cases
endef
export test_steps
sub_make = make --no-print-directory
steps_all = source unit embed spec text spec-poison spec-stress wast spec-vm wast-vm abi-host abi-vm attack \
    clang asan-unit asan-spec asan-limits asan-fuzz ubsan-kernel limits fuzz generated asan-generated boot cli debug asan-debug wasi cases
steps_quick = source unit embed spec text wast cases-quick abi-host abi-vm attack

.PHONY: check test
check: all programs-quick ## the quick part of the tests, under two minutes
	@echo "$$test_steps" | tools/dev/run_steps.sh build/test/log $(steps_quick)

test: deps ## the README's second command: everything
	@$(MAKE) --no-print-directory -j2 all programs
	@echo "$$test_steps" | tools/dev/run_steps.sh build/test/log $(steps_all)
