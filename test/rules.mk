# SPDX-License-Identifier: Apache-2.0
#
# Unit tests: each test/unit/<component>/<x>_test.c is one cmocka program; other .c files of its
# folder are linked into all of them. Everything else under test/ has a rules.mk of its own.

unit_tests := $(wildcard test/unit/*/*_test.c)
unit_bins := $(patsubst %.c,$(OUT)/%,$(unit_tests))
units_lib := $(OUT)/units.a

$(units_lib): $(filter-out $(OUT)/tools/selkis.o,$(tools_obj)) $(host_obj) $(libos_obj) \
    $(engine_obj) $(base_obj)
	rm -f $@
	ar rcs $@ $^

define unit_rule
$(patsubst %.c,$(OUT)/%,$(1)): $(patsubst %.c,$(OUT)/%.o,$(1) $(filter-out %_test.c,$(wildcard $(dir $(1))*.c))) $(units_lib)
	$$(CC) -pie $$(link) $$^ -lcmocka -o $$@
endef
$(foreach test,$(unit_tests),$(eval $(call unit_rule,$(test))))

.PHONY: unit
unit: $(unit_bins)
	@tools/dev/run_units.sh $(unit_bins)
