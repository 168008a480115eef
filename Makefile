# SPDX-License-Identifier: GPL-2.0-only
#
#   make              modules for KERNEL (a series, a full version, or sid: Debian sid's
#                     newest), tools, test programs
#                     HEADERS=DIR builds for another kernel, as of the running host
#   make check        everything that must hold; TESTS="dir dir:program" picks kernel tests
#   make check-long   the same with long repetitions
#   make lint         what can be said without running the code
#   make bench        what is measured: a table, and bench.json; fails when a goal is not met
#   make demo         the story of one VM that floods, in a booted guest

KERNEL ?= 6.12
export RSSE_CACHE ?= /var/cache/rss-engine
export RSSE_KERNEL := $(KERNEL)

VM := selftests/vm
# Asked for once, and only when needed.
HEADERS = $(eval HEADERS := $$(shell $$(VM)/kernel.sh headers $$(KERNEL)))$(HEADERS)
RELEASE = $(shell cat $(HEADERS)/include/config/kernel.release 2>/dev/null)
# A warning is an error, but for kernels that are not of our choice.
W ?= $(if $(filter file,$(origin HEADERS)),1e,1)
# Debian sid's headers are of use only in its chroot.
CHROOT := $(RSSE_CACHE)/chroots/sid
KBUILD = $(if $(filter $(CHROOT)/%,$(HEADERS)),$(VM)/sid.sh run $(CURDIR) make,$(MAKE)) \
	-C $(HEADERS:$(CHROOT)/%=/%) M=$(CURDIR) W=$(W)
LOCKED = flock Makefile
BUILT_FOR := .built-for
TOOL_DIRS := $(patsubst %/Makefile,%,$(wildcard tools/*/Makefile selftests/*/Makefile))
# What runs in a guest.
GUEST_DIRS := tools/rssctl selftests/miniguest \
	$(patsubst %/Makefile,%,$(shell grep -l '^include \.\./lib\.mk' selftests/*/Makefile))
CLEAN_DIRS := $(TOOL_DIRS) $(patsubst %/Makefile,%,$(wildcard selftests/*/*/Makefile))

.PHONY: all guest modules modpost sparse tools clean deps demo bench check check-long lint regen \
	$(TOOL_DIRS)

all: modules tools

guest: modules $(GUEST_DIRS)

# One kbuild at a time in a checkout; it is in-tree and cannot be shared. Nothing built
# for another kernel stays.
modules:
	@test -n "$(RELEASE)" || { echo "no headers for kernel $(KERNEL)" >&2; exit 1; }
	@$(LOCKED) sh -c '[ "$$(cat $(BUILT_FOR) 2>/dev/null)" = $(RELEASE) ] || \
		{ rm -f .module-common.o && find kmod -name "*.o" -delete -o -name "*.ko" -delete && \
		echo $(RELEASE) >$(BUILT_FOR); }'
	+$(LOCKED) $(KBUILD) modules
	@set -e; for module in kmod/rss_engine.ko kmod/simnic/rss_simnic.ko; do \
		readelf -p .modinfo $$module | grep -qF 'vermagic=$(RELEASE) ' || \
			{ echo "$$module is not for $(RELEASE)" >&2; exit 1; }; \
		sections=$$(readelf -SW $$module); \
		case $$sections in *' .debug_info '*) strip --strip-debug $$module;; esac; \
	done

# What modpost has to say, which it does only when it makes Module.symvers.
modpost:
	+$(LOCKED) sh -c 'rm -f Module.symvers && $(KBUILD) modpost'

# Nothing is built but what is not up to date, and no module is linked: a guest may be
# using them.
sparse:
	+$(LOCKED) $(KBUILD) C=2 kmod/ kmod/simnic/

tools: $(TOOL_DIRS)

# They run rss-sim as it is used.
selftests/sim selftests/bench: tools/rss-sim

$(TOOL_DIRS):
	$(MAKE) -C $@

clean:
	-+$(LOCKED) $(KBUILD) clean
	rm -f $(BUILT_FOR)
	for dir in $(CLEAN_DIRS); do $(MAKE) -C $$dir clean; done

deps:
	$(VM)/deps.sh

demo: deps
	$(MAKE) -j2 all
	$(VM)/run.sh -k $(KERNEL) -t 240 -- selftests/demo/demo.py

check: deps
	selftests/check.sh $(TESTS)

check-long: deps
	RSSE_LONG=1 selftests/check.sh $(TESTS)

bench: deps
	$(MAKE) -j2 all
	$(MAKE) -C selftests/bench bench

lint: deps
	selftests/lint/lint.sh

# After a change of the netlink spec.
regen: deps
	selftests/lint/nl_regen.sh
