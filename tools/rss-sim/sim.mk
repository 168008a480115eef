# SPDX-License-Identifier: GPL-2.0-only
# What the simulator borrows: the histogram of the traffic generator, with finer
# steps, the hash of the simulated NIC, the names of rssctl. TOP is set before.

HIST_FINE := -DHIST_SUB_BITS=8
BORROWED := $(TOP)/selftests/miniguest/hist.c $(TOP)/kmod/simnic/toeplitz.c \
	    $(TOP)/tools/rssctl/names.c $(TOP)/tools/rssctl/util.c
