# SPDX-License-Identifier: Apache-2.0
#
# The text format's encoder beside the reference interpreter. SPEC and SPEC_WAST as in
# test/spec/rules.mk.

$(OUT)/test/text-encode: $(call objects,test/text/encode.c tools/compile_port.c) $(text_obj) \
    $(script_obj) $(engine_obj) $(base_obj)
	@mkdir -p $(@D)
	$(quiet_ld) $(CC) -pie $(link) $^ -o $@

.PHONY: text
text: $(OUT)/test/text-encode ## encoded text, compared with the suite's binaries
	@if test -d "$(SPEC)" && test -d "$(SPEC_WAST)"; then \
	    test/text/compare.py $< test/text/differences $(SPEC_WAST) $(SPEC); \
	else echo "text: not run: no suite at $(SPEC)"; echo "0 passed, 0 failed, 1 skipped"; fi
