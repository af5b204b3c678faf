abi_stubs_src := abi/x86_64/stubs.S
