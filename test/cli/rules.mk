# SPDX-License-Identifier: Apache-2.0
#
# The command line: usage errors, streams, exit codes, signals, write-back, on both platforms.

cli_app := build/test/cli/app.wasm

$(cli_app): test/cli/app.c test/cli/rules.mk
	@mkdir -p $(@D)
	$(WASM_CC) $(wasm_cflags) -c $< -o $(@:.wasm=.o)
	$(WASM_CC) $(wasm_ldflags) $(@:.wasm=.o) -o $@

.PHONY: cli
cli: build/selkis build/selkis.elf build/libos.elf $(cli_app) ## the command line
	test/cli/run.sh build/selkis $(cli_app)
