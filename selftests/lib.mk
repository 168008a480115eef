# SPDX-License-Identifier: GPL-2.0-only
#
# A directory of test programs says TEST_PROGS := ..., TEST_GEN_PROGS := ...
# (built first, by a rule of its own or the built-in one), and, in a file
# "settings", timeout=SECONDS for each program; then includes this file.

all: $(TEST_GEN_PROGS)

# For run_kselftests.sh: one program a line.
list:
	@printf '%s\n' $(TEST_PROGS) $(TEST_GEN_PROGS)

clean:
	$(RM) $(TEST_GEN_PROGS)

.PHONY: all list clean
.DEFAULT_GOAL := all
