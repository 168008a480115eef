# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the tests of what is done to the NIC: a simulated NIC without traffic,
# and taps for VMs without workers.

. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

# shellcheck disable=SC2034 # for the tests
simnic=/sys/kernel/debug/rss_simnic/pnic0
# shellcheck disable=SC2034
tree=/sys/kernel/rss_engine

rssctl()
{
	"$checkout/tools/rssctl/rssctl" "$@"
}

must()
{
	"$@" || bail "failed: $*"
}

# nic_up QUEUES [PARAMETER=VALUE]...: pnic0 and the module
nic_up()
{
	load_module rss_simnic "${@:2}"
	defer unload_module rss_simnic
	ip link add numrxqueues "$1" name pnic0 type rss_simnic || bail "cannot add pnic0"
	defer nic_down
	quiet_dev pnic0
	quiet_dev pnic0w
	ip link set pnic0w up
	ip link set pnic0 up
	engine_load
	defer unload_module rss_engine
}

# Queues do not follow the load: tables show what the layout gives to whom.
engine_load()
{
	load_module rss_engine
	must rssctl config set scale off
}

nic_down()
{
	[[ ! -d /sys/class/net/pnic0 ]] || ip link del pnic0
}

# vm_up ID: VM vm$ID with tap$ID
vm_up()
{
	modprobe tun
	ip tuntap add "tap$1" mode tap || bail "cannot add tap$1"
	defer ip link del "tap$1"
	must rssctl vm add "vm$1" dev "tap$1" mac "$(vm_mac "$1")"
}

# What the NIC says of itself: tables, keys, rules, contexts.
nic_state()
{
	local context

	ethtool -x pnic0
	ethtool -n pnic0
	for context in 1 2 3 4 5; do
		ethtool -x pnic0 context "$context" 2>/dev/null | sed "s/^/$context: /"
	done
}

table()
{
	ethtool -x pnic0 "$@" | sed -n 's/^ *[0-9]*:  *//p'
}

# Queues that a table leads to, ascending, in one line
table_queues()
{
	table "$@" | tr -s ' ' '\n' | grep . | sort -un | tr '\n' ' ' | sed 's/ $//'
}

# rule_context MAC: the context that the rule for a MAC leads to; one line each
rule_context()
{
	ethtool -n pnic0 | awk -v mac="${1^^}" '
		/^Filter:/ { mine = 0 }
		/Dest MAC addr:/ { mine = toupper($4) == mac }
		/RSS Context ID:/ { context = $4 }
		mine && /Action:|RSS Context ID:/ && context != "" { print context; mine = 0; context = "" }'
}

same()
{
	[[ $1 == "$2" ]] || { diff <(echo "$1") <(echo "$2") | head -n 20; return 1; }
}
