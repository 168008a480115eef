# SPDX-License-Identifier: GPL-2.0-only
# What the kernel at hand has, told by its headers: stable kernels back-port,
# so version numbers do not tell. Included by Kbuild.

rsse-header-has = $(shell grep -qsw '$(2)' $(srctree)/include/$(1) && echo y)

RSSE_HAVE_NETDEV_LOCK := $(if $(wildcard $(srctree)/include/net/netdev_lock.h),y)
RSSE_HAVE_RSS_INDIR_USER_SIZE := $(call rsse-header-has,linux/ethtool.h,rss_indir_user_size)
RSSE_HAVE_INDIR_CONFIGURED := $(call rsse-header-has,linux/ethtool.h,indir_configured)
RSSE_HAVE_HRTIMER_SETUP := $(call rsse-header-has,linux/hrtimer.h,hrtimer_setup)
RSSE_HAVE_RX_RING_COUNT := $(call rsse-header-has,linux/ethtool.h,get_rx_ring_count)
RSSE_HAVE_NEWLINK_PARAMS := $(call rsse-header-has,net/rtnetlink.h,rtnl_newlink_params)
RSSE_HAVE_SET_RXFH_CONTEXTS := $(call rsse-header-has,linux/ethtool.h,cap_rss_ctx_supported)

ccflags-$(RSSE_HAVE_NETDEV_LOCK) += -DRSSE_HAVE_NETDEV_LOCK
ccflags-$(RSSE_HAVE_RSS_INDIR_USER_SIZE) += -DRSSE_HAVE_RSS_INDIR_USER_SIZE
ccflags-$(RSSE_HAVE_INDIR_CONFIGURED) += -DRSSE_HAVE_INDIR_CONFIGURED
ccflags-$(RSSE_HAVE_HRTIMER_SETUP) += -DRSSE_HAVE_HRTIMER_SETUP
ccflags-$(RSSE_HAVE_RX_RING_COUNT) += -DRSSE_HAVE_RX_RING_COUNT
ccflags-$(RSSE_HAVE_NEWLINK_PARAMS) += -DRSSE_HAVE_NEWLINK_PARAMS
ccflags-$(RSSE_HAVE_SET_RXFH_CONTEXTS) += -DRSSE_HAVE_SET_RXFH_CONTEXTS
