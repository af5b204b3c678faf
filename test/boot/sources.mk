boot_init_src := test/boot/init.c
