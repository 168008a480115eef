#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Foreign work on top of a worker is not taken for the VM's load: windows without
# and with it, by turns. For a guest that counts instructions (run.sh -i): what a
# packet costs is the same there in every window. That guest has one CPU, so all
# softirqs are on the worker's.

. "$(dirname "$0")/lib.sh"

# window FOREIGN_PPS: adds to $busy, $ran and $spun, in hundredths of a permille
window()
{
	local foreign

	foreign_rate "$1"
	foreign=$(spun pnic1)
	watch_loads 2 ran_ns "$worker"
	foreign=$(($(spun pnic1) - foreign))
	busy+=("$(mean 1 vnic_busy 100)")
	ran+=("$((100 * counted / elapsed_us))")
	spun+=("$((100 * foreign / elapsed_us))")
	echo "# foreign ${spun[-1]}, vnic_busy ${busy[-1]}, schedstat ${ran[-1]}"
}

# every_second FIRST N...: median of N FIRST, FIRST + 2 and so on
every_second()
{
	local first=$1 i picked=()

	shift
	for ((i = first; i < $#; i += 2)); do
		picked+=("${@:i + 1:1}")
	done
	median "${picked[@]}"
}

# changed LOW HIGH N...: what the foreign work changes
changed()
{
	local low=$1 high=$2

	shift 2
	within "$(permille "$(every_second 1 "$@")" "$(every_second 0 "$@")")" "$low" "$high"
}

ktap_plan 3
rig_up 1 2
observe 1
worker=$(threads_of "${vm_pid[1]}" | head -n 1)
must ethtool -X pnic0 equal 1
foreign_nic 0 505000
# On top of whatever runs a while later, not of the generator that sends.
must ethtool -C pnic1 rx-usecs 300

# Many packets each time that the worker is woken, or foreign work would make its
# own cheaper: it would be woken less often.
gen rate 12000 1 >/dev/null
busy=() ran=() spun=()
for i in 1 2 3; do
	window 0
	window 990
done
check "500 permille of foreign work on the worker's CPU" \
	within "$(every_second 1 "${spun[@]}")" 45000 55000
check "the kernel charges the worker for what runs on top of it" \
	changed 1200 9000 "${ran[@]}"
check "vnic_busy changes by a tenth at most" changed 900 1100 "${busy[@]}"
ktap_end
