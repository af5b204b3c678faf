base_src := base/cursor.c base/fmt.c base/utf8.c
base_bare_src := base/string.c
