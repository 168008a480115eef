#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a move costs, in instructions: a VM is moved by hand, round and round, and
# the kernel's probes time the transaction with its contexts, tables and rules on
# the simulated NIC. In a guest that counts instructions (run.sh -i) a nanosecond is
# one; the probes' own work, some thousand, is counted in. Prints JSON.

. "$(dirname "$0")/../engine/lib.sh"

rounds=5
tracing=/sys/kernel/tracing

# What is wanted is printed as JSON, so nothing else may be.
exec 3>&1 >&2

probes_off()
{
	echo 0 >$tracing/tracing_on
	echo 0 >$tracing/events/kprobes/enable
	echo >$tracing/kprobe_events
}

[[ -f $tracing/trace ]] || must mount -t tracefs tracefs $tracing
engine_up 1 8 10000 shared-engines 1 shared-queues 2 dedicated-queues 1
# The policy keeps out of it.
must rssctl config set share_above 10000 unshare_below 1 engine_above 1000 \
	return_margin 1 release_below 1 period_ms 10000 period_max_ms 10000
defer probes_off
must sh -c "echo p:begin rsse_migrate >$tracing/kprobe_events"
must sh -c "echo r:end rsse_migrate 'error=\$retval:s32' >>$tracing/kprobe_events"
must sh -c "echo 1 >$tracing/events/kprobes/enable"
echo >$tracing/trace
for ((i = 0; i < rounds; i++)); do
	for target in shared dedicated shared none; do
		must rssctl vm move vm1 $target
	done
done
echo 0 >$tracing/tracing_on

# The least of the rounds: nobody came in between. The trace has microseconds.
awk -v rounds=$rounds '
	BEGIN {
		split("none -> shared,shared -> dedicated,dedicated -> shared,shared -> none",
		      kinds, ",")
	}
	function now(   i) {
		for (i = 1; i <= NF; i++)
			if ($i ~ /^[0-9]+\.[0-9]+:$/)
				return $i * 1000000
	}
	/ begin: / { begun = now() }
	/ end: / && /error=0$/ {
		took = now() - begun
		kind = nr++ % 4 + 1
		if (nr <= 4 || took < least[kind])
			least[kind] = took
	}
	END {
		if (nr != 4 * rounds)
			exit 1
		for (kind = 1; kind <= 4; kind++)
			printf("%s{\"move\": \"%s\", \"instructions\": %d}",
			       (kind > 1 ? ", " : "["), kinds[kind], least[kind] * 1000)
		print "]"
	}' $tracing/trace >&3 || bail "not every move was seen: $(tail $tracing/trace)"
