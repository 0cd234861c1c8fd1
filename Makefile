# The names of the things one does. `make demo` and `make test` install what they need on Debian 12.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

SYSTEM := target/.system
NODE := tests/node/node_modules/.ready
PYTHON := tests/.venv/.ready
SPOOLER := target/.spooler
LAN := target/.lan
DESKTOP := target/.desktop
BROWSER := target/.browser
UI := ui/node_modules/.ready
WINDOW := ui/dist/index.html
PROGRAM := target/release/platenctl

.PHONY: help demo test test-core test-programs test-crash test-spooler test-lan test-usb test-windows check-macos test-desktop window icons fuzz soak bench lint fmt advisories

help: ## list these names
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

demo: $(SYSTEM) ## show the whole line once: gateway, printer, engine, one order
	@cargo build --release --locked --quiet -p platenctl
	@$(PROGRAM) demo

test: test-core test-programs test-desktop test-crash test-usb fuzz ## run every test

test-core: $(SYSTEM) $(WINDOW) $(NODE) $(PYTHON) $(SPOOLER) $(LAN) ## the crates, each alone
	cargo test --workspace --exclude platen-tests --locked

test-spooler: $(SYSTEM) $(SPOOLER) ## printing through CUPS: every trouble, 1,000 jobs (needs root)
	cargo test -p platen-devices --locked --lib spooler
	cargo test -p platen-devices --locked --test spooler --test spooler_thousand

test-lan: $(SYSTEM) $(LAN) ## finding printers, in a network of the test's own (needs root)
	cargo test -p platen-devices --locked --lib lan
	cargo test -p platen-devices --locked --test lan

test-programs: $(SYSTEM) $(WINDOW) $(NODE) $(PYTHON) $(SPOOLER) $(LAN) $(BROWSER) ## the whole program over real sockets, against real counterparts
	cargo build --workspace --locked
	cargo test -p platen-tests -p platen-desktop --locked --no-run --test 'program_*'
	cargo test -p platen-tests -p platen-desktop --locked --lib --bins
	@tests/at_once.sh 3 program

test-desktop: $(SYSTEM) $(NODE) $(WINDOW) $(DESKTOP) ## the tray and the window, on a desktop of the tests' own
	@npm run --silent --prefix ui test
	cargo build --workspace --locked
	cargo test -p platen-tests -p platen-desktop --locked --test 'desktop_*'

test-crash: $(SYSTEM) $(WINDOW) $(NODE) $(PYTHON) $(SPOOLER) ## kills at every step of the line, and at random: 300 on the network, 60 on CUPS, 200 jobs of all systems at once (needs root)
	cargo build --workspace --locked
	cargo test -p platen-tests -p platen-desktop --locked --no-run --test 'crash_*'
	@tests/at_once.sh 2 crash --nocapture

test-usb: $(SYSTEM) $(WINDOW) ## USB printers and the whole engine with them, kills included, on a real kernel in an emulated machine
	@tests/setup.sh usb
	@tests/rigs/usb/run.sh

test-windows: $(SYSTEM) $(SPOOLER) ## built for Windows, tested under Wine, printing through its spooler (needs root)
	@tests/setup.sh windows
	@tests/rigs/windows/run.sh

check-macos: $(WINDOW) ## type-checked for a Mac, which nobody has run it on
	@tests/setup.sh macos
	@tests/rigs/macos/check.sh

window: $(WINDOW) ## the pages of the window, as the desktop program takes them in

icons: $(UI) ## draw every icon from its drawing
	icons/draw.sh

fuzz: $(SYSTEM) ## a minute of fuzzing for each of four targets, from a kept corpus
	@fuzz/run.sh 60

soak: $(SYSTEM) $(WINDOW) ## the long crash run: 10,000 kills
	cargo build --workspace --locked
	PLATEN_KILLS=10000 cargo test -p platen-tests -p platen-desktop --locked --test crash_random -- --nocapture

bench: $(SYSTEM) $(NODE) $(PYTHON) $(SPOOLER) ## speed and weight beside a Node agent, one line a figure
	cargo build --release --locked --quiet -p platenctl -p platen-tests
	@target/release/platen-bench

lint: $(SYSTEM) $(WINDOW) ## formatting, lints, licences
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	@tests/setup.sh deny
	cargo deny --log-level error check licenses bans sources

advisories: ## known vulnerabilities (fetches the advisory database)
	cargo deny check advisories

fmt: ## format everything
	cargo fmt --all

$(SYSTEM): tests/setup.sh
	@tests/setup.sh system
	@mkdir -p $(@D) && touch $@

$(SPOOLER): tests/setup.sh
	@tests/setup.sh spooler
	@mkdir -p $(@D) && touch $@

$(LAN): tests/setup.sh
	@tests/setup.sh lan
	@mkdir -p $(@D) && touch $@

$(DESKTOP): tests/setup.sh
	@tests/setup.sh desktop
	@mkdir -p $(@D) && touch $@

$(BROWSER): tests/setup.sh
	@tests/setup.sh browser
	@mkdir -p $(@D) && touch $@

$(UI): tests/setup.sh ui/package-lock.json
	@tests/setup.sh window
	@touch $@

$(WINDOW): $(UI) $(shell find ui/src ui/messages -type f 2>/dev/null) ui/index.html ui/package.json ui/tsconfig.json ui/vite.config.ts
	@npm run --silent --prefix ui build
	@touch $@

$(NODE): tests/setup.sh tests/node/package-lock.json
	@tests/setup.sh node
	@touch $@

$(PYTHON): tests/setup.sh tests/python/requirements.txt
	@tests/setup.sh python
	@touch $@
