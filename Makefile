# `make run` does the main job, `make test` runs every test; both install what the system lacks.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Servers that tests start may come from .venv; Debian keeps redis-server where not every PATH looks.
export PATH := $(CURDIR)/.venv/bin:$(PATH):/usr/sbin

BUILD := swift build --explicit-target-dependency-import-check error
RELEASE_PATH := .build-release
RELEASE := $(BUILD) -c release --static-swift-stdlib -Xswiftc -cross-module-optimization --scratch-path $(RELEASE_PATH)
SWIFT_FOLDERS := $(wildcard Sources Tests Fuzz Package.swift)

.PHONY: help setup setup-tests build release run test test-swift test-runbooks format lint tidy bench bench-build \
	bench-commands bench-cel bench-match bench-serve bench-store bench-engine bench-providers lambda simulate crash clean

help: ## Tell what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' Makefile

setup: ## Install the system's packages that the build needs
	@scripts/setup

setup-tests: ## The same, and what the tests talk to
	@scripts/setup --tests

build: setup ## Build for debugging, into .build
	$(BUILD) --product belay

release: setup ## Build the binary that is shipped, into .build-release
	$(RELEASE) --product belay
	@ls -l $(RELEASE_PATH)/release/belay

run: build ## Do the main job: an alert, its plan, its run, its audit trail
	@scripts/demo .build/debug/belay

test: setup-tests ## Run every test: of the code, and of the runbooks
	@scripts/test

format: ## Format the Swift sources
	swift format -i -p -r $(SWIFT_FOLDERS)

lint: ## Check the format of the Swift sources; warnings are errors
	swift format lint --strict -p -r $(SWIFT_FOLDERS)

tidy: ## Check what is a fact and not a taste: imports, pages, fixtures, scripts
	@scripts/tidy

bench: bench-commands bench-match bench-cel bench-store bench-providers ## Measure everything

bench-commands: release ## Start, check of 1,000 files, plan from a cold start
	@scripts/bench-commands $(RELEASE_PATH)/release/belay

bench-match: setup ## Measure the matcher, on one workload folder: make bench-match DIR=…
	$(RELEASE) --product bench-match
	@scripts/bench-match $(RELEASE_PATH)/release/bench-match $(ARGUMENTS) $(DIR)

bench-serve: release ## Incidents a second over HTTP, and that SIGKILL loses none that was accepted (needs wrk)
	@scripts/bench-serve $(RELEASE_PATH)/release/belay

bench-cel bench-store: setup ## Measure the expressions, the journal
	$(RELEASE) --product $@
	$(RELEASE_PATH)/release/$@ $(ARGUMENTS)

bench-engine: setup ## Measure the durable engine beside bare SQLite and beside dbos
	$(RELEASE) --product bench-store
	@[[ -x .venv-bench/bin/python ]] || python3 -m venv .venv-bench
	@.venv-bench/bin/pip install --quiet --disable-pip-version-check -r scripts/requirements-bench.txt
	@scripts/bench-engine $(RELEASE_PATH)/release/bench-store --dbos $(CURDIR)/.venv-bench/bin/python $(ARGUMENTS)

crash: build ## Kill the program at every failpoint and at each of its first 300 writes, and see what is left
	@scripts/crash/served.py .build/debug/belay
	@scripts/crash/run.py .build/debug/belay $(ARGUMENTS)

bench-providers: setup ## 1,000 incidents at once against one server, beside wrk
	$(RELEASE) --product $@
	@scripts/bench-providers $(RELEASE_PATH)/release/$@

lambda: setup ## Build the zip of the functions for AWS Lambda, and run it in an empty root
	@deploy/lambda/build.sh .build/belay-lambda.zip
	@deploy/lambda/check.sh .build/belay-lambda.zip

simulate: setup ## Run seeded schedules with crashes: make simulate ARGUMENTS='10000 1'
	$(RELEASE) --product simulate
	$(RELEASE_PATH)/release/simulate $(ARGUMENTS)

clean: ## Remove what was built
	rm -rf .build .build-release .build-workload .venv .venv-bench
