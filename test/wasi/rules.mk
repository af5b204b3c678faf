# SPDX-License-Identifier: Apache-2.0
#
# The WASI conformance programs, which are not part of this repository. WASI_ARGS adds options.

.PHONY: wasi
wasi: build/selkis build/selkis.elf build/libos.elf ## the WASI conformance programs, on both platforms
	@test/wasi/run.py $(WASI_ARGS)
