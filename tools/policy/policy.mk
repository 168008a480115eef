# SPDX-License-Identifier: GPL-2.0-only
# What a Makefile needs to build with the policy; it sets TOP first, and has a
# target FORCE.
#
# The library is built in three ways, each once for all who link it: as optimised
# as the module, with sanitizers, and so that it counts its steps.

POLICY_DIR := $(TOP)/tools/policy
POLICY_SRCS := $(wildcard $(TOP)/kmod/policy*.c)
POLICY_INCLUDE := -I$(POLICY_DIR)/include -I$(TOP)/include/uapi -I$(TOP)/kmod

POLICY_FAST := $(POLICY_DIR)/fast/libpolicy.a
POLICY_SANE := $(POLICY_DIR)/sane/libpolicy.a
POLICY_COUNT := $(POLICY_DIR)/count/libpolicy.a

# What links POLICY_SANE is compiled so as well; names and lines are all that a
# report needs.
SANE_CFLAGS := -O1 -g1 -fsanitize=address,undefined -fno-sanitize-recover=all

# Several may ask for one at the same time.
POLICY_MAKE = +@flock $(POLICY_DIR)/Makefile $(MAKE) -s -C $(POLICY_DIR) O=$(notdir $(@D))

$(POLICY_FAST): FORCE
	$(POLICY_MAKE) CFLAGS="-O2 -g"

$(POLICY_SANE): FORCE
	$(POLICY_MAKE) CFLAGS="$(SANE_CFLAGS)"

$(POLICY_COUNT): FORCE
	$(POLICY_MAKE) CFLAGS="-O2 -fsanitize-coverage=trace-pc"

.DEFAULT_GOAL := all
