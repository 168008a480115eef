# SPDX-License-Identifier: GPL-2.0-only
#
# A directory of test programs says TEST_PROGS := ..., TEST_GEN_PROGS := ...
# (built first, by a rule of its own or the built-in one), and includes this file.
# In a file "settings" it may say
#
#   timeout=SECONDS			of each program
#   alone=PROGRAM...			those that share the machine with no others
#   counted=PROGRAM...			those whose guest has to count instructions
#   attempts=PROGRAM:N...		those whose verdict depends on measured time

all: $(TEST_GEN_PROGS)

# For run_kselftests.sh: one program a line.
list:
	@printf '%s\n' $(TEST_PROGS) $(TEST_GEN_PROGS)

clean:
	$(RM) $(TEST_GEN_PROGS)

.PHONY: all list clean
.DEFAULT_GOAL := all
