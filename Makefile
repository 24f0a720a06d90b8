# SPDX-License-Identifier: GPL-2.0-only
# KDIR chooses the kernel: the running one, else the newest with headers.
KDIR ?= $(firstword $(wildcard /lib/modules/$(shell uname -r)/build) \
	$(lastword $(shell ls -dv /lib/modules/*/build 2>/dev/null)))
WATTS ?= 187
RUNS ?= 1000000
POLICY ?= all
TO ?= ..

.PHONY: modules install clean deb rpm demo check fast deep kunit fuzz coverage lint bench help

modules: ## build the modules for the kernel in KDIR (default target)
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

install: modules ## install the modules for the kernel in KDIR
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules_install
	depmod -a $(shell cat $(KDIR)/include/config/kernel.release)

clean: ## remove what a build left in this folder
	$(MAKE) -C $(KDIR) M=$(CURDIR) clean

deb: ## build the Debian package kcs-dkms into TO=..
	scripts/package/build deb $(TO)

rpm: ## build the RPM package kcs-dkms into TO=..
	scripts/package/build rpm $(TO)

demo: ## read WATTS=187 from an emulated BMC through a power meter, in a VM
	scripts/demo $(WATTS)

fast: ## static checks: seconds
	scripts/static

kunit: ## unit tests, on UML and in QEMU with an emulated BMC
	scripts/kunit uml
	scripts/kunit x86_64

fuzz: ## libFuzzer on the pure rooms, RUNS=1000000
	scripts/pure fuzz $(RUNS)

coverage: ## lines and branches of the pure rooms that their tests reach
	scripts/pure coverage

lint: ## what AML asks of the BMC, in TABLES="a.aml b.aml" or here, POLICY=all
	scripts/aml-lint --policy="$(POLICY)" $(TABLES)

bench: ## latency and CPU time beside the in-tree driver, BEDS=quick for a minute
	scripts/bench $(BEDS)

check: ## all tests: static, KUnit, VM; ends with "N passed, N failed"
	scripts/check

deep: ## check, and tests with KASAN, UBSAN, lockdep, kmemleak, KCSAN
	scripts/check --deep

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 12
