# The verbs. A bare `make` lists them from the comments after `##`.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Cargo and what runs under it. `--locked`: what is tested is what is in Cargo.lock.
CARGO ?= cargo
CONCORDAT = $(CARGO) run --quiet --locked --package concordat --bin concordat --
# The same as `build` leaves it: a signal then reaches the program and not cargo alone.
PROGRAM = $(or $(CARGO_TARGET_DIR),target)/debug/concordat
# A database of the command's own, gone with it; DATABASE_URL names another.
FAST_DATABASE = scripts/postgres run --fast --
DATABASE = scripts/postgres run --

.PHONY: help
help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# see it work

.PHONY: demo
demo: packages build ## the whole journey over the wire, narrated; leaves nothing running
	@$(DATABASE) $(PROGRAM) demo

.PHONY: up
up: packages build ## the same set-up, then stays up for you (CLIENTS=DIR: more clients; PUBLIC_PORT= ...); Ctrl-C ends it
	@$(DATABASE) $(PROGRAM) up $(if $(CLIENTS),--clients $(CLIENTS))

# work on it

# Built first, since cargo itself may need the machine's authorities; tests trust their own alone, and reading the others
# for each of their clients took most of their time.
.PHONY: test
test: packages browser ## every test, on a database of its own, the pages in a real browser
	@$(CARGO) test --locked --workspace --no-run
	@SSL_CERT_FILE=/dev/null SSL_CERT_DIR=/dev/null $(FAST_DATABASE) $(CARGO) test --locked --workspace

.PHONY: check
check: test fmt-check lint doc tidy openapi-check schema-check ## all that CI runs

.PHONY: fmt
fmt: ## format the code
	@$(CARGO) fmt --all

.PHONY: fmt-check
fmt-check:
	@$(CARGO) fmt --all --check

.PHONY: lint
lint: packages ## clippy, warnings refused
	@$(CARGO) clippy --locked --workspace --all-targets -- --deny warnings

.PHONY: doc
doc: packages ## the code's own documentation, in target/doc
	@RUSTDOCFLAGS="--deny warnings --allow rustdoc::private-intra-doc-links" $(CARGO) doc --locked --workspace --no-deps --document-private-items

.PHONY: tidy
tidy: ## what clippy cannot see: the crates' arrows, headers, sizes, words
	@scripts/tidy

.PHONY: bench
bench: packages ## load on a release build; prints and writes var/bench.json
	@scripts/bench

.PHONY: bench-notifications
bench-notifications: packages ## delay with a dead receiver among 1,000; then 10,000 revocations while both ends are killed
	@scripts/bench-notifications

.PHONY: bench-consents
bench-consents: packages ## the dashboard's reads at 10,000 and at 1,000,000 consents
	@scripts/bench consents

.PHONY: conformance
conformance: packages ## the OpenID suite's plans against a running platform; see conformance/README.md
	@conformance/run

.PHONY: interop
interop: ## client libraries of others complete each profile against `make up`; see interop/README.md (LIBRARY=, WORDS=)
	@interop/run $(LIBRARY) -- $(WORDS)

.PHONY: interop-notifications
interop-notifications: packages build ## our signatures, verified by an implementation that is none of ours
	@interop/notifications/run $(PROGRAM)

# agreements with others

.PHONY: openapi
openapi: packages ## write openapi/*.json from the code
	@$(CONCORDAT) openapi --write openapi

.PHONY: openapi-check
openapi-check: packages ## are they what the code serves?
	@$(CONCORDAT) openapi --check openapi

.PHONY: schema
schema: packages ## write shared/store/schema.txt from the migrations
	@$(FAST_DATABASE) scripts/schema write

.PHONY: schema-check
schema-check: packages ## does it say what the migrations make, and can they be taken back?
	@$(FAST_DATABASE) scripts/schema check

.PHONY: migration
migration: ## a new migration: make migration NAME=add_something
	@scripts/migration "$(NAME)"

.PHONY: packages
packages:
	@scripts/packages

.PHONY: browser
browser:
	@scripts/browser

.PHONY: build
build: packages
	@$(CARGO) build --locked --package concordat
