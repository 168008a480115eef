# SPDX-License-Identifier: GPL-2.0-only
# What a Makefile needs to build with the policy; it sets TOP first.

POLICY_SRCS := $(wildcard $(TOP)/kmod/policy*.c)
POLICY_INCLUDE := -I$(TOP)/tools/policy/include -I$(TOP)/include/uapi -I$(TOP)/kmod
