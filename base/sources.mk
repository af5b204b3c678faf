base_src := base/cursor.c base/fmt.c
base_bare_src := base/string.c
