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
# What packages are made from; `make packages PROFILE=dev` is soon done and makes large ones.
PROFILE ?= release
PACKAGE = target/packages/platen_$(shell installers/version.sh)_$(shell dpkg --print-architecture).deb
VERSION ?=
# For how many of a hundred tills a release is at first.
ROLLOUT ?= 100
# What the installer for Windows installs: a folder, or the archive of a release.
STAGE = target/packages/windows
# What signs a release; nothing that is fetched or built sees it.
SECRETS = TAURI_SIGNING_PRIVATE_KEY TAURI_SIGNING_PRIVATE_KEY_PASSWORD PLATEN_WINDOWS_CERTIFICATE_PASSWORD
WINDOWS_BUILT = target/windows/build/x86_64-pc-windows-gnu/release
BUILT = target/$(if $(filter dev,$(PROFILE)),debug,$(PROFILE))

.PHONY: help demo test test-core test-programs test-crash test-spooler test-lan test-usb test-windows check-macos test-desktop test-installers test-packages test-updates window packages packages-windows try-packages-windows packages-macos installers release-tools release-programs release icons fuzz soak bench lint fmt advisories

help: ## list these names
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

demo: $(SYSTEM) ## show the whole line once: gateway, printer, engine, one order
	@[ -e target/debug/platenctl ] || echo 'demo: building Platen (some minutes, once)' >&2
	@cargo build --locked --quiet -p platenctl # a release takes several times as long to build
	@target/debug/platenctl demo

test: test-core test-programs test-desktop test-crash test-usb test-windows fuzz ## run every test

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

test-installers: $(SYSTEM) $(NODE) $(WINDOW) $(SPOOLER) $(DESKTOP) ## packages of the programs that the tests have built, in a Debian of their own; bad ends of an update, on Windows too (needs root)
	@tests/setup.sh installers
	@tests/setup.sh test-windows
	cargo build --workspace --locked
	cargo test -p platen-tests -p platen-desktop --locked --no-run --test 'update_*'
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target test-packages test-updates

# The halves of test-installers, each of which waits most of its time; cargo has nothing to do with make's jobs.
test-packages test-updates: export MAKEFLAGS =
test-packages:
	@PLATEN_PROGRAMS=target/debug tests/rigs/installers/run.sh

test-updates:
	PLATEN_KILLS=100 cargo test -p platen-tests -p platen-desktop --locked --test 'update_*'
	@tests/rigs/windows/run.sh windows_upgrade

test-windows: $(SYSTEM) $(WINDOW) $(NODE) $(SPOOLER) $(DESKTOP) ## built for Windows, tested under Wine: the crates, printing through its spooler, the installers (needs root)
	@tests/setup.sh test-windows
	@tests/rigs/windows/run.sh

check-macos: $(WINDOW) ## type-checked for a Mac, which nobody has run it on
	@tests/setup.sh macos
	@tests/rigs/macos/check.sh

window: $(WINDOW) ## the pages of the window, as the desktop program takes them in

packages: $(SYSTEM) $(WINDOW) ## the .deb, the .rpm and the one-file program, in target/packages
	@tests/setup.sh packages
	cargo build --workspace --locked --profile $(PROFILE)
	PLATEN_PROGRAMS=$(BUILT) installers/linux/build.sh

packages-windows: $(SYSTEM) $(WINDOW) ## the installer for Windows and the .msi, in target/packages
	@tests/setup.sh packages-windows
	@tests/rigs/windows/cargo.sh build --workspace --exclude platen-tests --bin platen --bin platenctl-console --release
	installers/windows/build.sh

try-packages-windows: packages-windows $(NODE) $(SPOOLER) $(DESKTOP) ## the installer for Windows as it will be shipped, under Wine: says how long until it runs (needs root)
	@tests/setup.sh test-windows
	@PLATEN_WINDOWS_PROGRAMS=$(WINDOWS_BUILT) tests/rigs/windows/run.sh windows_install windows_upgrade

packages-macos: $(WINDOW) ## on a Mac: Platen.app and its .dmg, in target/packages (docs/installing.md); no Mac has run it
	cargo build --release --locked --workspace --bin platen --bin platenctl
	installers/macos/build.sh

installers: ## one package per branch of a table, in target/branches (for Windows too, after make packages-windows): make installers BRANCHES=branches.csv [PACKAGE=… STAGE=…]
	@[ -n "$(BRANCHES)" ] || { echo 'say which: make installers BRANCHES=branches.csv (docs/roll-out.md)' >&2; exit 2; }
	@[ -e "$(PACKAGE)" ] || [ "$(origin PACKAGE)" != file ] || $(MAKE) packages
	installers/branches.py "$(BRANCHES)" "$(PACKAGE)" target/branches
	@[ ! -e "$(STAGE)" ] && [ "$(origin STAGE)" = file ] || installers/branches.py "$(BRANCHES)" "$(STAGE)" target/branches

release-tools: $(SYSTEM) $(WINDOW)
	@tests/setup.sh packages
	@tests/setup.sh packages-windows

release-programs: release-tools ## the programs of a release, without anything that signs them
	@installers/programs.sh

release: ## everything that a release is, in target/release-VERSION: make release VERSION=0.2.0 (docs/release-checklist.md)
	@env $(SECRETS:%=-u %) $(MAKE) --no-print-directory release-tools
	@installers/release.sh "$(VERSION)" "$(ROLLOUT)"

icons: $(UI) $(DESKTOP) ## draw every icon from its drawing
	@tests/setup.sh packages
	icons/draw.sh

fuzz: $(SYSTEM) ## a minute of fuzzing for each of four targets, from a kept corpus
	@fuzz/run.sh 60

soak: $(SYSTEM) $(WINDOW) $(NODE) $(PYTHON) ## the long crash runs: 10,000 kills, and 2,000 jobs of all systems at once
	cargo build --workspace --locked
	PLATEN_JOBS=2000 cargo test -p platen-tests -p platen-desktop --locked --test crash_connectors -- --nocapture
	PLATEN_KILLS=10000 cargo test -p platen-tests -p platen-desktop --locked --test crash_random -- --nocapture

bench: $(SYSTEM) $(NODE) $(PYTHON) $(SPOOLER) $(WINDOW) $(DESKTOP) ## speed and weight beside a Node agent, one line a figure
	cargo build --release --locked --quiet --workspace
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
