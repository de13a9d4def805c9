# PayTrace. `make` shows what there is.

GO ?= go
TOOL = $(GO) tool -modfile=tools/go.mod
# This starts Postgres and Redis for the command behind it. All packages share
# them.
WITH_SERVERS = $(GO) run ./store/storetest/servers/with --
# This is go test; at the end it prints the slowest tests and packages.
GOTEST = $(GO) run ./internal/gotest
# SQLite is C code, translated to Go. The race detector makes it ten times slower
# and finds nothing there, so it looks at all other packages.
RACE = -race -gcflags=modernc.org/sqlite/lib=-race=false
# A program with the race detector waits for late races before it ends, by default
# a second. The tests start the program more than 300 times.
GORACE ?= atexit_sleep_ms=20

.DEFAULT_GOAL := help
.PHONY: help run build test proof lint fmt bench floor release soak fuzz notice licences sbom vulnerabilities reproducible

help: ## Show this help
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: ## Start the service (needs Go alone); it says what to try next
	@echo "Building bin/paytrace. The first time, Go compiles all libraries, which takes a few minutes."
	@$(GO) build -o bin/paytrace ./cmd/paytrace
	@exec bin/paytrace serve $(ARGS)

build: ## Build bin/paytrace
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/paytrace ./cmd/paytrace

test: export GORACE := $(GORACE)
test: ## Run all tests with the race detector; starts Postgres, Redis and Chromium for them
	$(WITH_SERVERS) $(GOTEST) $(RACE) -timeout 60m $(if $(PKG),$(PKG),./...)

# The full counts of the proofs. Without the variables, the tests use smaller ones.
SCHEDULES ?= 100000
CALLS ?= 1000000
TRANSFERS ?= 100000
PAYMENTS ?= 10000
proof: ## Run the proofs in full: 100,000 transfers, 100,000 schedules, 200,000 checkpoints, 10,000 fundings, a million forged callbacks, a million calls on random menus, 100 kills at each point of a callback, 10,000 writes of a backend that misbehaves, 10,000 deposits and 10,000 withdrawals under kills
	PAYTRACE_SCHEDULES=$(SCHEDULES) PAYTRACE_CHAOS_SECONDS=15 PAYTRACE_CHAOS_STRUCK=50 PAYTRACE_CRASHES=100 PAYTRACE_BACKEND_WRITES=10000 \
	  $(WITH_SERVERS) $(GOTEST) -count=1 -timeout 60m -run $(if $(PROOFS),.,'^Test(Backend|Chaos|Crash|Canary|Schedules|SeedReproduces|Controls|LedgerIs|Checkpoint|Deviations|EveryWallet|WalletsAre|WithoutThe)') \
	  $(if $(PROOFS),$(PROOFS),./engine/proof/... ./wallet/proof ./service/proof)
	$(if $(PROOFS),,PAYTRACE_FORGED=1000000 $(GOTEST) -count=1 -timeout 60m -run '^TestForgedPosts$$' ./server/pay)
	$(if $(PROOFS),,PAYTRACE_PAYMENTS=$(PAYMENTS) $(WITH_SERVERS) $(GOTEST) -count=1 -timeout 120m ./actions/payments/proof)
	$(if $(PROOFS),,PROOF_TRANSFERS=$(TRANSFERS) $(WITH_SERVERS) $(GOTEST) -count=1 -timeout 60m -run '^TestLedger(Load|Control)$$' ./store/sqlite ./store/postgres)
	PAYTRACE_CALLS=$(CALLS) PAYTRACE_PLACES=2 $(GOTEST) -count=1 -timeout 60m -run 'TestWhatPassesRuns|TestLossesChangeNoCall|TestMistakesAreCaught' ./engine/menu

lint: ## Run the linters
	$(TOOL) golangci-lint run ./...
	$(GO) mod tidy -diff
	$(GO) run ./cmd/paytrace check

fmt: ## Format the Go code
	$(TOOL) gofumpt -l -w .

bench: ## Measure the hot path: one step, one callback, one action, and a callback above its floor
	$(GO) test -run '^$$' -bench . -benchmem $(if $(BENCH),$(BENCH),./engine ./engine/menu/... ./engine/dialscript ./gateway/... ./server ./actions ./store/sqlite)
	$(if $(BENCH),,$(MAKE) --no-print-directory floor)

floor: ## Measure the CPU time of a callback beside that of bare handlers, and how long answers take
	$(GO) build -o bin/ ./cmd/paytrace ./bench
	bin/bench $(ARGS)
	bin/bench sessions

release: ## Build the archives of a version for Linux and macOS into dist, with completions, SBOM and checksums; VERSION=1.2.3 names it
	$(GO) run ./internal/release $(if $(VERSION),-version $(VERSION)) $(ARGS)

SOAK ?= 60
soak: ## Run the proofs at length: chaos of SOAK seconds at 500 callbacks/s, 1,000 kills a point, a hundred thousand writes of a backend that misbehaves, two million schedules and all with two deviations, five million calls, a hundred thousand fundings, 10,000 wallets that change their key, 100,000 deposits and as many withdrawals under kills
	PAYTRACE_CHAOS_SECONDS=$(SOAK) PAYTRACE_CHAOS_RATE=500 PAYTRACE_CHAOS_STRUCK=50 PAYTRACE_CRASHES=1000 PAYTRACE_BACKEND_WRITES=100000 PAYTRACE_ROTATIONS=10000 \
	  $(WITH_SERVERS) $(GO) test -count=1 -timeout 4h -v -run 'TestBackend|TestChaos|TestCrash|TestCanary|TestShippedScriptsOnServers|TestRewrapUnderKills' ./service/proof ./internal/command
	PAYTRACE_PAYMENTS=100000 $(WITH_SERVERS) $(GO) test -count=1 -timeout 24h -v -run TestMoneyUnderKills ./actions/payments/proof
	PAYTRACE_CALLS=5000000 PAYTRACE_MENUS=2000 $(GO) test -count=1 -timeout 12h -v -run 'TestWhatPassesRuns|TestSuggestedScripts' ./engine/menu
	PROOF_WALLETS=100000 $(GO) test -count=1 -timeout 4h -v -run TestEveryWallet ./wallet/proof
	PAYTRACE_SCHEDULES=2000000 PAYTRACE_DEVIATIONS=2 $(WITH_SERVERS) $(GO) test -count=1 -timeout 12h -v ./engine/proof/...

SUPPLY = $(GO) run ./internal/supply
notice: ## Write NOTICE: the licences of all linked modules
	$(SUPPLY) notice

licences: ## Refuse linked modules whose licence is not allowed, and a NOTICE that is not current
	$(SUPPLY) licences
	$(SUPPLY) notice -check

VERSION ?=
SBOM ?= bin/paytrace.cdx.json
sbom: ## Write the bill of materials of the program to SBOM, as CycloneDX JSON
	@mkdir -p $(dir $(SBOM))
	$(SUPPLY) sbom $(SBOM) $(VERSION)

vulnerabilities: ## Look for known vulnerabilities in the program; with RELEASE=1, those of Go are errors, too
	$(SUPPLY) vulnerabilities $(if $(RELEASE),-release)

reproducible: ## Build the program twice, here and elsewhere, and compare
	$(SUPPLY) reproducible

FUZZTIME ?= 60s
INPUTS ?= 10000000
fuzz: ## Fuzz every parser: first look for new kinds of inputs for FUZZTIME each, then run INPUTS that are drawn from all known ones
	@for pkg in $$($(GO) list ./...); do \
	  dir=$$($(GO) list -f '{{.Dir}}' $$pkg); \
	  for f in $$(grep -hoE '^func Fuzz[A-Za-z0-9_]+' $$dir/*_test.go 2>/dev/null | sed 's/func //'); do \
	    echo "$$pkg $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; \
	    (cd $$dir && PAYTRACE_FUZZ=$(INPUTS) PAYTRACE_FUZZ_CORPUS=$$($(GO) env GOCACHE)/fuzz $(GO) test -count=1 -timeout 100h -run "^$$f$$") || exit 1; \
	  done; \
	done
