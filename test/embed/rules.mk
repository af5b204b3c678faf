# SPDX-License-Identifier: Apache-2.0
#
# The examples of libselkis, built as somebody else would.

.PHONY: embed
embed: ## examples/embed outside the tree, against an installed libselkis
	@rm -rf $(OUT)/embed
	@$(MAKE) --no-print-directory install-lib DESTDIR=$(OUT)/embed PREFIX=/usr > /dev/null
	@CC=$(CC) test/embed/run.sh $(OUT)/embed
