#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What metering costs, in instructions: the kernel's packet generator sends into
# the simulated NIC, which drops behind NAPI, without the module and with it. In a
# guest that counts instructions (run.sh -i) a nanosecond is one. Prints JSON.

. "$(dirname "$0")/../engine/lib.sh"

packets=20000
pktgen=/proc/net/pktgen

# What is wanted is printed as JSON, so nothing else may be.
exec 3>&1 >&2

# pg FILE WORDS...
pg()
{
	echo "${*:2}" >"$pktgen/$1" || bail "pktgen: ${*:2}"
}

# send: instructions that the packets took
send()
{
	pg pgctrl start
	sed -n 's/^Result: OK: \([0-9]*\)(.*/\1000/p' "$pktgen/pnic0w@0"
}

polls()
{
	ethtool -S pnic0 | awk '$1 == "rx0_polls:" { print $2 }'
}

# measure NAME: "NAME INSTRUCTIONS POLLS", both a packet and in thousandths
measure()
{
	local before took

	send >/dev/null
	before=$(polls)
	took=$(send)
	echo "$1 $((took * 1000 / packets)) $((($(polls) - before) * 1000 / packets))"
}

# Few packets a poll: one. Many: the NIC's interrupt is put off by so much.
batched()
{
	echo "$1" >/sys/class/net/pnic0/gro_flush_timeout
	echo "$(($1 > 0 ? 1000000 : 0))" >/sys/class/net/pnic0/napi_defer_hard_irqs
}

both()
{
	batched 0
	measure "$1 single"
	batched 200000
	measure "$1 batched"
}

bridge_up
pnic_up simnic 2
must ethtool -X pnic0 equal 1
must sh -c "echo 1 >$simnic/drop_after_napi"
must modprobe pktgen
defer modprobe -r pktgen
pg kpktgend_0 add_device pnic0w@0
pg pnic0w@0 count $packets
pg pnic0w@0 delay 0
pg pnic0w@0 pkt_size 60
pg pnic0w@0 dst_mac 52:54:00:00:00:01
without=$(both without)
load_module rss_engine
defer unload_module rss_engine
must rssctl config set period_ms 10000 period_max_ms 10000
must rssctl pnic add pnic0 mode observe
with=$(both with)
# What the module adds to the way of a packet, with a poll for each and with many.
awk '
	{ cost[$1 " " $2] = $3 / 1000; polls[$2] = $4 / 1000 }
	function row(kind)
	{
		printf "{\"packets_per_poll\": %.1f, \"path\": %.1f, \"metering\": %.1f}",
			1 / polls[kind], cost["without " kind],
			cost["with " kind] - cost["without " kind]
	}
	END { printf "["; row("single"); printf ", "; row("batched"); print "]" }
	' <<<"$without"$'\n'"$with" >&3
