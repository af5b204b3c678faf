# SPDX-License-Identifier: Apache-2.0
#
# Scripts of our own in the language of the specification's suite: what the suite does not
# ask. Each runs plain, with poisoned upper halves, and with a collection at every
# allocation.

wast_scripts := $(sort $(wildcard test/wast/*.wast))

.PHONY: wast wast-vm
wast: $(OUT)/selkis ## scripts of our own, as the suite's are
	@failed=0; \
	for mode in "" --poison --gc-stress; do \
	    $(OUT)/selkis wast $$mode $(wast_scripts) || failed=1; \
	done; \
	exit $$failed

wast-vm: build/selkis.elf build/test/spec.elf ## scripts of our own, on the kernel
	@test/spec/vm/run.sh build/test/spec.elf test/wast
