# SPDX-License-Identifier: LGPL-2.1-or-later
# Hearth: 'make help' lists the targets. Everything a build writes goes to
# build/; what takes minutes (kernel, root filesystem) is kept in
# $HEARTH_CACHE (default ~/.cache/hearth), keyed by its inputs.

MAKEFLAGS += --no-print-directory
export BUILD := $(CURDIR)/build
export PYTHONDONTWRITEBYTECODE := 1

PYTHON := /usr/bin/python3
RIG := $(PYTHON) $(CURDIR)/tools/rig
CROSS_COMPILE := arm-linux-gnueabihf-

# Asked for when a recipe runs, because the scripts may have to build first.
KERNEL = $$(image/kernel.sh $(VARIANT))
BASE = $$(image/rootfs.sh base)
SYSROOT = $$(image/rootfs.sh sysroot)

.DEFAULT_GOAL := help

##@ The two commands
.PHONY: run check
run: image firmware ## The hub and its MCU on QEMU, real load in, live readings out
	@$(RIG)/run.py $(if $(PROFILE),--profile '$(PROFILE)') \
		$(if $(SPEED),--speed '$(SPEED)') $(if $(PORT),--port '$(PORT)')

check: setup-check host test-image firmware ## All tests; the last line counts them
	@$(RIG)/check.py

##@ Shorter or longer runs
.PHONY: smoke sim check-host check-core check-guest check-system bench typetest fuzz soak lint
smoke: test-image firmware ## Boots once, compares live power with the bench, one line
	@$(RIG)/smoke.py

SIM = $(BUILD)/host/bin/meter-sim
SCRIPT = daemons/meter-sim/examples/prepayment-month.txt
sim: setup-host ## The daemons in simulated time, a bus to try things on
	@$(MAKE) -s -C daemons O=$(BUILD)/host all
	@$(SIM) $(if $(PROFILE),--profile='$(PROFILE)') \
		$(if $(SPEED),--speed='$(SPEED)') --stay '$(SCRIPT)'

check-host: setup-check host ## Only the tests that run on this machine
	@$(RIG)/check.py host

check-core: setup-check host ## Of these: that no Wh, penny or record is lost, whatever happens
	@$(RIG)/check.py core

check-guest: test-image firmware ## Only KUnit and kselftest, in QEMU
	@$(RIG)/check.py guest

check-system: setup-check test-image firmware ## Only the system test, in QEMU
	@$(RIG)/check.py system

bench: setup-image host test-image firmware ## Measurements: build/bench.json and a table
	@$(RIG)/bench_report.py

typetest: setup-host ## Every load point of the standards: build/typetest.json and .svg
	@$(MAKE) -s -C firmware-mcu CHIP=host O=$(BUILD)/host REPORT=$(BUILD)/typetest typetest

SECONDS_EACH = $(or $(SECONDS),60)
fuzz: host ## Fuzz every parser: make fuzz SECONDS=n (each, default 60)
	@$(RIG)/check.py fuzz --seconds '$(SECONDS_EACH)'

soak: setup-check host ## Random lives, power cuts, kills, hostile calls for long: make soak TIMES=n
	@$(RIG)/check.py soak --times '$(or $(TIMES),1)'

lint: setup-host setup-image setup-check setup-lint board ## checkpatch, clang-format, cppcheck, sparse, W=1, shell syntax
	@tools/lint.sh "$(KERNEL)"

##@ Building
.PHONY: host firmware modules programs image test-image clean distclean help
host: setup-host ## All that runs on the PC, into build/host/bin/
	@$(MAKE) -s -C firmware-mcu CHIP=host O=$(BUILD)/host
	@$(MAKE) -s -C daemons O=$(BUILD)/host all tests

firmware: setup-image ## The MCU's firmware: build/firmware/mps2/ for QEMU, stm32/ for a real board
	@$(MAKE) -s -C firmware-mcu CHIP=mps2 O=$(BUILD)/firmware/mps2
	@$(MAKE) -s -C firmware-mcu CHIP=stm32 O=$(BUILD)/firmware/stm32

modules: setup-image ## Kernel modules: build/modules/
	@image/modules.sh "$(KERNEL)" $(BUILD)/modules W=1

programs: setup-image ## Daemons and tools for the hub: build/hub/root/
	@sysroot="$(SYSROOT)" && \
	$(MAKE) -s -C daemons O=$(BUILD)/hub CC="$(CROSS_COMPILE)gcc --sysroot=$$sysroot" \
		SYSROOT=$$sysroot all && \
	$(MAKE) -s -C daemons O=$(BUILD)/hub CC="$(CROSS_COMPILE)gcc --sysroot=$$sysroot" \
		SYSROOT=$$sysroot DESTDIR=$(BUILD)/hub/root install

.PHONY: board guest-tests
board: setup-image
	@mkdir -p $(BUILD)/image
	@kernel="$(KERNEL)" && image/dtb.sh "$$kernel" $(BUILD)/image/hub.dtb && \
	echo "$$kernel" >$(BUILD)/image/kernel.path

image: board modules programs ## The hub's SD card image: build/image/hub.ext4
	@image/image.sh hub "$(KERNEL)" "$(BASE)" $(BUILD)/modules \
		$(BUILD)/hub/root $(BUILD)/image/hub.ext4

guest-tests: setup-image
	@kernel="$(KERNEL)" && $(MAKE) -s -C selftests O=$(BUILD)/selftests \
		CROSS_COMPILE=$(CROSS_COMPILE) KSRC=$$kernel/linux \
		SYSROOT="$(SYSROOT)"

test-image: board modules programs guest-tests ## The same with KUnit, kselftest and the rig's agent
	@image/image.sh test "$(KERNEL)" "$(BASE)" $(BUILD)/modules \
		$(BUILD)/hub/root $(BUILD)/selftests $(BUILD)/image/test.ext4

clean: ## Remove build/
	rm -rf $(BUILD)

distclean: clean ## Remove build/ and the cached kernels and root filesystems
	rm -rf "$${HEARTH_CACHE:-$${XDG_CACHE_HOME:-$$HOME/.cache}/hearth}"

setup-%:
	@tools/setup.sh $*

help: ## This list
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' \
		$(MAKEFILE_LIST)
	@printf '\n%s\n%s\n' \
	'make run takes PROFILE=file.csv SPEED=n PORT=n; default: a synthetic week, 60, 8080.' \
	'make sim takes SCRIPT=file SPEED=n PROFILE=file.csv; meter-sim(1) has the language.' \
	'VARIANT=debug builds and boots the checking kernel (KASAN, lockdep).'
