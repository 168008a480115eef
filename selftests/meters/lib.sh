# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the tests of the meters: what the kernel and the simulated NIC say beside
# what the module says.

. "$(dirname "${BASH_SOURCE[0]}")/../engine/lib.sh"

tracing=/sys/kernel/tracing
samples=$rig_dir/samples

# median N...
median()
{
	printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"
}

# permille PART WHOLE
permille()
{
	echo $(($1 * 1000 / ($2 > 0 ? $2 : 1)))
}

# spun DEV: ns that the simulated NIC has spun, all queues
spun()
{
	ethtool -S "$1" | awk '/_spun_ns:/ { sum += $2 } END { printf "%.0f\n", sum }'
}

# busy_ns: ns that the module has seen the queues of pnic0 busy, all of them
busy_ns()
{
	cat "$state"/pnics/pnic0/queues/*/busy_ns | awk '{ sum += $1 } END { printf "%.0f\n", sum }'
}

# sampled: the next sample has been taken
sampled()
{
	local before

	before=$(<"$state/pnics/pnic0/sample")
	poll_until 5 sample_after "$before" || bail "no sample is taken"
}

sample_after()
{
	[[ $(<"$state/pnics/pnic0/sample") -gt $1 ]]
}

# settled CMD...: waits until what CMD prints does not change any more
settled()
{
	local last='' now

	now=$("$@")
	while [[ $now != "$last" ]]; do
		last=$now
		pause 0.2
		now=$("$@")
	done
}

counted=0 elapsed_us=0

# watch_loads SECONDS COUNTER [ARG...]: the samples of the VMs in that time, into
# a file; $counted is by how much COUNTER grew meanwhile, $elapsed_us how long
# it took
watch_loads()
{
	local seconds=$1 before start

	shift
	echo >"$tracing/trace"
	echo 1 >"$tracing/events/rss_engine/rsse_placement/enable"
	echo begin >"$tracing/trace_marker"
	before=$("$@")
	start=${EPOCHREALTIME/./}
	sleep "$seconds"
	# shellcheck disable=SC2034 # for the tests
	counted=$(($("$@") - before))
	# shellcheck disable=SC2034
	elapsed_us=$((${EPOCHREALTIME/./} - start))
	echo end >"$tracing/trace_marker"
	echo 0 >"$tracing/events/rss_engine/rsse_placement/enable"
	cat "$tracing/trace" >"$samples"
}

# mean ID FIELD [SCALE]: of the samples watched, each for the time it stands for;
# times SCALE, for one that is small
mean()
{
	awk -v vm="vm=vm$1" -v field="$2=" -v scale="${3:-1}" '
		!index($0, vm " ") { next }
		{
			for (i = 1; i <= NF; i++) {
				if ($i == "rsse_placement:")
					now = $(i - 1) + 0
				if (index($i, field) == 1)
					value = substr($i, length(field) + 1)
			}
			if (last) {
				sum += value * (now - last)
				time += now - last
			}
			last = now
		}
		END { printf "%.0f\n", time ? scale * sum / time : -1 }' "$samples"
}

# threads_of PID: the vhost threads of a process, one a line
threads_of()
{
	local task

	for task in "/proc/$1/task"/*; do
		[[ $(cat "$task/comm" 2>/dev/null) != vhost-* ]] || basename "$task"
	done
}

# workers_of ID: what the module has found, one a line
workers_of()
{
	rssctl -j vm show "vm$1" | jq -r '.[0].vnics[0].workers | sort | .[]'
}

# ran_ns TID...: CPU time of threads, softirqs on top of them included
ran_ns()
{
	local tid sum=0 ns

	for tid; do
		read -r ns _ <"/proc/$tid/schedstat"
		sum=$((sum + ns))
	done
	echo "$sum"
}

# observe ID...: the module, which measures these VMs and moves nobody
observe()
{
	local id

	load_module rss_engine
	defer unload_module rss_engine
	must rssctl config set period_ms 100 period_max_ms 100
	must rssctl pnic add pnic0 mode observe
	for id; do
		must rssctl vm add "vm$id" dev "tap$id" mac "$(vm_mac "$id")"
		must poll_until 20 has_worker "$id"
	done
}

# foreign_nic CPU COST_NS: a second NIC whose packets go nowhere: NAPI work on that CPU
# and nothing else. Its generator is on another CPU where there is one, or the polls
# would come on top of the generator, and hardly ever on top of what is to be disturbed.
foreign_nic()
{
	must ip link add numrxqueues 1 name pnic1 type rss_simnic
	defer ip link del pnic1
	quiet_dev pnic1
	quiet_dev pnic1w
	ip link set pnic1w up
	ip link set pnic1 up promisc on
	echo 1 >/sys/kernel/debug/rss_simnic/pnic1/drop_after_napi
	echo "$2" >/sys/kernel/debug/rss_simnic/pnic1/cost_ns
	echo "$1" >/sys/kernel/debug/rss_simnic/pnic1/queues/0/cpu
	taskset -c $((($1 + 1) % $(nproc))) "$miniguest_dir/trafficgen" --dev pnic1w --ctl "$rig_dir/gen1" &
	defer end_process $!
	poll_until 20 test -S "$rig_dir/gen1" || bail "the second generator does not start"
	"$miniguest_dir/mgctl" "$rig_dir/gen1" vm 1 "$(vm_mac 1)" >/dev/null
}

# foreign_rate PPS
foreign_rate()
{
	"$miniguest_dir/mgctl" "$rig_dir/gen1" rate "$1" 1 >/dev/null
	pause 0.5
}
