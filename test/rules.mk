# SPDX-License-Identifier: Apache-2.0
#
# Unit tests: each test/unit/<component>/<x>_test.c is one cmocka program; other .c files of its
# folder are linked into all of them. Everything else under test/ has a rules.mk of its own.

unit_tests := $(wildcard test/unit/*/*_test.c)
unit_bins := $(patsubst %.c,$(OUT)/%,$(unit_tests))
units_lib := $(OUT)/units.a

$(units_lib): $(filter-out $(OUT)/tools/selkis.c.o,$(tools_obj)) $(host_obj) $(libos_obj) \
    $(engine_obj) $(base_obj)
	rm -f $@
	ar rcs $@ $^

define unit_rule
$(patsubst %.c,$(OUT)/%,$(1)): $(call objects,$(1) $(filter-out %_test.c,$(wildcard $(dir $(1))*.c))) $(units_lib)
	$$(CC) -pie $$(link) $$^ -lcmocka -o $$@
endef
$(foreach test,$(unit_tests),$(eval $(call unit_rule,$(test))))

.PHONY: unit
unit: $(unit_bins)
	@tools/dev/run_units.sh $(unit_bins)

# ---- The two commands of the README, and the quick one ----

.PHONY: check test check-source check-clang
check-source: ## headers, layers, layout, documentation
	@tools/dev/check_layers.sh && tools/dev/check_headers.sh && tools/dev/check_links.py
	@clang-format-19 --dry-run --Werror $$(git ls-files '*.c' '*.h')
	@tools/dev/abi_doc.py | diff -u docs/abi.md - || \
	    { echo "check-source: error: docs/abi.md is old: make docs"; exit 1; }

.PHONY: docs
docs: ## write docs/abi.md from abi/calls.def
	tools/dev/abi_doc.py > docs/abi.md

check-clang: ## the other compiler builds everything as well
	@$(MAKE) --no-print-directory CC=clang-19 PROFILE=clang $(patsubst build/%,build/clang/%,all-objects)
