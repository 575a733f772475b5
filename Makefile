# Slipway. `make help` lists what there is; `make build` needs Go alone, the rest installs what is missing.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build

# Pure Go, so that one binary runs on every distribution, and builds where no C compiler is.
export CGO_ENABLED ?= 0

TESTFLAGS ?=
# The longest boots are Debian's kernel without KVM; a busy machine makes them several times longer.
TEST_TIMEOUT ?= 12m

# Without BENCH, the figures that the project promises; BENCH=. runs every benchmark, BENCH=Feed those of that name.
ifdef BENCH
BENCH_PKGS ?= ./...
else
BENCH := ^Benchmark(BootOverhead|SaveToFirstLine|FirstFrame|NbodyOverFloor)$$
BENCH_PKGS ?= ./runner ./session ./tui ./benchmarks/apps
endif
BENCH_FLAGS ?=

.PHONY: build
build: ## build bin/slipway (needs Go alone)
	@command -v go >/dev/null || { echo "slipway: building needs Go 1.26 or newer: https://go.dev/dl/" >&2; exit 1; }
	@mkdir -p bin
	@go build -trimpath $$(git status --porcelain >/dev/null 2>&1 || echo -buildvcs=false) -o bin/slipway ./cmd/slipway

.PHONY: run
run: deps build ## install what is missing, build, open the workbench (without a terminal: the demo)
	@if [ -t 1 ]; then exec bin/slipway; else exec bin/slipway demo; fi

.PHONY: test
test: deps-test ## all tests, real boots among them
	go test -timeout $(TEST_TIMEOUT) $(TESTFLAGS) ./...

.PHONY: test-short
test-short: ## the tests that take seconds
	go test -short -timeout $(TEST_TIMEOUT) $(TESTFLAGS) ./...

.PHONY: race
race: deps-test ## all tests under the race detector
	CGO_ENABLED=1 go test -race -timeout 30m $(TESTFLAGS) ./...

.PHONY: soak
soak: deps-test ## many minutes: saves, renames and marks at random, 500 kills of the workbench, 200 of experiments, 10,000 boots
	CGO_ENABLED=1 SLIPWAY_SETTLES=2000 go test -race -count=1 -timeout 30m -run TestAllSettlesAsItIsOnDisk ./session
	SLIPWAY_EXPERIMENT_KILLS=200 go test -count=1 -timeout 30m -run TestAKilledExperimentLosesNoFinishedRun ./cmd/slipway
	SLIPWAY_KILLS=500 go test -count=1 -timeout 60m -run TestAKilledWorkbenchLeavesNothingBehind ./cmd/slipway
	SLIPWAY_BOOTS=10000 go test -count=1 -timeout 120m -run TestBootsInARowLeaveNothing ./benchmarks

# Where R says something else, or fails, the file with its cases is kept.
R_CASES ?= 1000
R_SEED ?= $(shell date +%s)
.PHONY: check-stats
check-stats: ## our statistics against R's on thousands of fresh cases (installs R, 300 MB)
	@.ci/deps stats
	@cases=$$(mktemp --suffix=-cases.txt); echo "$(R_CASES) cases of each kind, seed $(R_SEED), in $$cases"; \
	Rscript benchmarks/stats/testdata/cases.R $(R_CASES) $(R_SEED) >$$cases; \
	SLIPWAY_R_CASES=$$cases go test -count=1 -v -run TestWhatRSays ./benchmarks/stats; \
	rm -f $$cases

.PHONY: simulate-stats
simulate-stats: ## coverage and false alarms of the statistics, by simulation, as a table (minutes)
	SLIPWAY_SIMULATE=4000 go test -count=1 -timeout 120m -run TestSimulation ./benchmarks

.PHONY: check-aa
check-aa: deps ## one image against itself, on real boots: 40 experiments of 20 rounds (some minutes)
	SLIPWAY_AA=40 go test -count=1 -v -timeout 120m -run TestAnImageAgainstItself ./benchmarks

.PHONY: virtual
virtual: deps-test ## how exactly instruction counts repeat, on a host that is busy: a table (SLIPWAY_VIRTUAL_BOOTS=20)
	SLIPWAY_VIRTUAL_BOOTS=$${SLIPWAY_VIRTUAL_BOOTS:-20} go test -count=1 -v -timeout 60m -run 'TestVirtualTimeOf' ./cmd/slipway

.PHONY: lint
lint: deps-test deps-lint ## formatting, vet, linters, shell scripts, go.mod
	@.ci/lint

.PHONY: fmt
fmt: deps-lint ## format all Go files
	@.bin/gofumpt -w .

.PHONY: bench
bench: deps ## the promised figures, each beside its floor (BENCH=. runs every benchmark)
	@# One thing at a time: go builds and vets one package while it runs the one before.
	go test -p 1 -vet=off -run '^$$' -bench '$(BENCH)' -timeout 60m $(BENCH_FLAGS) $(BENCH_PKGS)

.PHONY: bench-runner
bench-runner: ## what a boot and a save cost, beside the floor; see docs/performance.md
	@$(MAKE) --no-print-directory bench BENCH='^Benchmark(BootOverhead|SaveToFirstLine|InstantSave)$$$$' BENCH_PKGS='./runner ./session'

.PHONY: bench-store
bench-store: ## opening, listing and comparing in a history of a million samples, beside the floor
	@$(MAKE) --no-print-directory bench BENCH='^BenchmarkHistory$$$$' BENCH_PKGS=./benchmarks

.PHONY: deps deps-test deps-lint
deps: ## install what running needs, by apt; nothing where nothing is missing
	@.ci/deps run

deps-test: ## install what testing needs as well
	@.ci/deps test

deps-lint: ## install the pinned linters into .bin/
	@.ci/lint-tools

.PHONY: clean
clean: ## remove what was built here (not the caches of Go and of Slipway)
	rm -rf bin .bin coverage.*

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile
