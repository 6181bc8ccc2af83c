# The short way into the build, which CMake does.
#
#   make            build liblake.so, liblake.a and lake-tunnel in build/
#   make check      what takes less than a minute, before a commit (CONTRIBUTING.md)
#   make test       every check and every test
#   make test-long  those that take longer than a minute, in full (LAKE_LONG=1)
#   make test-tools what other tools make of us: Wireshark's dissector of EDHOC, and browsers
#   make tunnel     build the command lake-tunnel alone, a static program, in build/
#   make page       build the page that explains EDHOC, one file, build/page/lake.html
#   make demo       the handshake, CoAP programs that speak EDHOC and OSCORE or do not, records over TCP
#   make examples   build the programs of make demo alone, in build/examples
#   make install    PREFIX=/usr/local, DESTDIR= for packagers
#   make deps       install what make test needs (Debian); test and demo install by themselves
#   make generate   write what follows from lake.h, the table of status codes, and go.mod
#   make radio      docs/radio.md anew; RADIO=--simulate: with its simulations, which takes minutes
#   make api        are all names still there that Go programs may use?
#   make fuzz       every fuzz target for FUZZTIME=10m
#   make cross      liblake for other machines and its tests there: cross-arm64 cross-armhf
#                   cross-riscv64 (QEMU) cross-musl cross-windows (Wine); tools/cross-deps.sh
#                   installs what they need
#   make release    everything that is handed out, in dist/ (ONLY=amd64,windows KEY=~/.ssh/id)
#   make bench lint clean

BUILD    ?= build
PREFIX   ?= /usr/local
DESTDIR  ?=
FUZZTIME ?= 10m

STATICCHECK_VERSION = v0.8.2

# Debian's package of the version that go.mod asks for puts it here (tools/deps.sh).
export PATH := $(PATH):/usr/lib/go-$(shell sed -n 's/^go \([0-9]*\.[0-9]*\).*/\1/p' go.mod)/bin
# Another Go may be older than that, and fetches the right one. Checkers must be built
# with, or come from, that one.
GO_VERSION  = $(shell go env GOVERSION)
GOFMT       = $(shell go env GOROOT)/bin/gofmt
# Installed once rather than `go run`, which asks the network every time.
STATICCHECK = $(abspath $(BUILD))/tools/$(GO_VERSION)/$(STATICCHECK_VERSION)/staticcheck

# A module of its own, as its tests need much that nobody else does.
JUDGES = ake/internal/judges

CROSS = $(addprefix cross-,arm64 armhf riscv64 musl windows)

.PHONY: $(CROSS) cross release build all tunnel page examples deps generate radio configure check test announce test-long test-tools api demo install fuzz bench format lint clean
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

build: configure
	cmake --build $(BUILD) --parallel --target lake_shared lake_static lake_tunnel lake_explain

tunnel: configure
	cmake --build $(BUILD) --target lake_tunnel

page: configure
	cmake --build $(BUILD) --target lake_page

examples: CONFIGURE = -DLAKE_BUILD_EXAMPLES=ON
examples: configure
	cmake --build $(BUILD) --parallel --target examples lake_tunnel

all: CONFIGURE = -DLAKE_BUILD_EXAMPLES=ON -DLAKE_BUILD_TESTS=ON
all: configure
	cmake --build $(BUILD) --parallel

# What the build folder once had it keeps: the next make builds its part of it.
configure:
	@cmake -S . -B $(BUILD) -DCMAKE_INSTALL_PREFIX=$(abspath $(PREFIX)) $(CONFIGURE)

deps:
	@tools/deps.sh

generate:
	CARGO_TARGET_DIR=$(abspath $(BUILD))/rust go run ./capi/abi/gen
	go run ./tools/licences

# With the virtual environment of the Python tests.
radio: build
	@test -x $(BUILD)/venv/bin/python || { echo "first: ctest --test-dir $(BUILD) -R '^python_environment$$', which makes $(BUILD)/venv" >&2; exit 1; }
	LAKE_LIBRARY=$(abspath $(BUILD))/liblake.so PYTHONPATH=bindings/python/src \
	    $(BUILD)/venv/bin/python -m lake radio report docs $(RADIO)

# The Go tests that take seconds, and those of the engine's rules; C tests of the ABI.
QUICK    = cborx cose c509 cred message schedule suite
check: CONFIGURE = -DLAKE_BUILD_EXAMPLES=ON -DLAKE_BUILD_TESTS=ON
check: format configure
	go vet ./...
	go test -short $(QUICK:%=./ake/internal/%)
	go test -short -run 'State|Phases|Error|Texts|Sections|Compliance|Pages|OneWay|OneImporter|RFC9529|Names' ./ake ./capi
	cmake --build $(BUILD) --parallel --target lake_shared lake_static abi_handshakes abi_errors abi_arguments
	ctest --test-dir $(BUILD) --output-on-failure --no-tests=error -R '^abi_(handshakes|errors|arguments|header|symbols)$$'

# As many at once as there are processors, and one more: many wait for timeouts.
CTEST = ctest --test-dir $(BUILD) --output-on-failure --no-tests=error --parallel $$(($$(nproc) + 1))

# Tests print where they failed without debug information, which is a quarter of what Go
# keeps of them, and a tenth of the time they take to be linked and run.
check test test-long test-tools: export GOFLAGS := $(strip $(GOFLAGS) -gcflags=all=-dwarf=false)

# -vet=off: lint has done that.
test: announce deps lint all
	go test -race -vet=off ./...
	cd $(JUDGES) && go test -vet=off ./...
	go test -race -vet=off -tags laketest -run Operations ./ake
	go test -vet=off -run 'Yardstick|Allocations' ./ake
	$(CTEST)

announce:
	@echo "make test: about 1.7 GB of packages, 3 GB in $(BUILD) and the caches of Go and cargo; on two cores a quarter of an hour and the downloads the first time, 5 minutes if little has changed."

# What the Go packages export is written down in api.txt beside them.
api:
	go test ./ake/internal/api

# Tests have a short form if they take longer than a minute; this is the other one. The
# simulations of the Python tests are by themselves; build/venv is there with the floods.
test-long: deps all
	LAKE_LONG=1 go test -timeout 2h ./...
	LAKE_LONG=1 $(CTEST) -R 'i386|flood|conformance'
	cd bindings/python && LAKE_LONG=1 LAKE_REPOSITORY=$(CURDIR) LAKE_LIBRARY=$(abspath $(BUILD))/liblake.so PYTHONPATH=src:tests \
	    $(abspath $(BUILD))/venv/bin/python -m pytest -p plugin -k simulation tests/test_radio_page.py

# Beside make test: under QEMU they take ten times as long.
cross: $(CROSS)

cross-arm64 cross-armhf cross-riscv64:
	tests/cross/run.sh . $(BUILD)/cross/$(@:cross-%=%) $(@:cross-%=%)

cross-musl:
	tests/musl/cross.sh . $(BUILD)/cross/musl

cross-windows:
	tests/windows/run.sh . $(BUILD)/cross/windows

release:
	tools/release.py $(abspath $(or $(DIST),dist)) $(if $(ONLY),only=$(ONLY)) $(if $(KEY),key=$(KEY))
	$(if $(KEY),LAKE_SIGNERS=$(abspath build/release/allowed_signers)) tests/release/check.sh $(abspath $(or $(DIST),dist))
	tests/release/reproducible.sh $(abspath $(or $(DIST),dist)) $(if $(ONLY),only=$(ONLY))

# Wireshark's dissector of EDHOC, which only the next Debian release has.
test-tools: deps configure
	tools/tshark.sh $(BUILD)/tools/wireshark
	go vet -tags wireshark ./ake ./ake/endpoint
	LAKE_TSHARK=$(abspath $(BUILD))/tools/wireshark/tshark go test -count=1 -tags wireshark -run Wireshark ./ake ./ake/endpoint
	cmake --build $(BUILD) --target lake_page
	bindings/js/test/test.sh $(BUILD)

demo:
	@tools/deps.sh demo
	@$(MAKE) examples
	examples/c/demo.sh $(BUILD)
	examples/tunnel/demo.sh $(BUILD)

# Who has built brings the build up to date. Another user, such as root, only installs:
# what root builds the user could not overwrite.
install:
	@if [ ! -e $(BUILD)/CMakeCache.txt ] || [ -O $(BUILD)/CMakeCache.txt ]; then \
	    $(MAKE) build; \
	elif ! grep -qxF 'CMAKE_INSTALL_PREFIX:PATH=$(abspath $(PREFIX))' $(BUILD)/CMakeCache.txt; then \
	    echo "$(BUILD) was made for another prefix, by another user: 'make PREFIX=$(PREFIX)' as that user, then install." >&2; \
	    exit 1; \
	fi
	DESTDIR=$(abspath $(DESTDIR)) cmake --install $(BUILD)

format:
	@files=$$(go list -f '{{.Dir}}' ./... | xargs $(GOFMT) -l $(JUDGES)) && \
	    test -z "$$files" || { echo "not gofmt'ed, run gofmt -w on:" $$files >&2; exit 1; }

# -race: what it needs is compiled like the tests, once.
lint: format
	go vet -race ./...
	cd $(JUDGES) && go vet ./...
	@test -x $(STATICCHECK) || GOTOOLCHAIN=$(GO_VERSION) GOBIN=$(dir $(STATICCHECK)) \
	    go install honnef.co/go/tools/cmd/staticcheck@$(STATICCHECK_VERSION)
	GOFLAGS="$(GOFLAGS) -race" $(STATICCHECK) ./...
	cd $(JUDGES) && $(STATICCHECK) ./...

# Every fuzz target of every package, one after the other.
fuzz:
	@set -e; packages=$$(go list ./...); for package in $$packages; do \
	    targets=$$(go test -list '^Fuzz' $$package); \
	    for target in $$(echo "$$targets" | grep '^Fuzz'); do \
	        echo "$$package $$target"; \
	        go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$package; \
	    done; \
	done

bench:
	go test -run '^$$' -bench . -benchmem ./...

clean:
	rm -rf $(BUILD)
