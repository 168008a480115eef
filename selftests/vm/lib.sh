# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the programs that keep something in the cache: where it is, an end with a
# reason, tries, and the mirror.

# shellcheck disable=SC2034 # for the programs
cache=${RSSE_CACHE:-/var/cache/rss-engine}
program=${0##*/}

die()
{
	echo "$program: $*" >&2
	exit 1
}

# Mirrors hiccup; a fetch is tried three times before it counts as failed.
retry()
{
	local try

	for try in 1 2 3; do
		"$@" && return 0
		echo "$program: attempt $try failed: $*" >&2
		sleep $((try * 2))
	done
	return 1
}

# The release's own mirror and key, as apt knows them: URI CODENAME KEY
release()
{
	apt-get indextargets --format "\$(REPO_URI) \$(CODENAME) \$(SIGNED_BY)" \
		'Created-By: Packages' 'Origin: Debian' 'Component: main' |
		awk '$2 !~ /-/ && !seen++ { print $1, $2, $3 }'
}
