# SPDX-License-Identifier: Apache-2.0
#
# Cases: one program, both platforms. CASES_ARGS adds options: --platform, --filter, --jobs.

.PHONY: cases cases-quick
cases: build/selkis build/selkis.elf build/libos.elf programs ## real programs, on both platforms
	@test/cases/run.py $(CASES_ARGS)
cases-quick: build/selkis build/selkis.elf build/libos.elf programs-quick ## the small ones of the real programs
	@test/cases/run.py --quick $(CASES_ARGS)
