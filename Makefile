# The short way into the build, which CMake does.
#
#   make            build liblake.so, liblake.a and the examples in build/
#   make test       every check and every test
#   make test-long  those that take longer than a minute, in full (LAKE_LONG=1)
#   make tunnel     build the command lake-tunnel alone, a static program, in build/
#   make demo       the handshake, and two CoAP programs that speak EDHOC and OSCORE, and two that do not
#   make install    PREFIX=/usr/local, DESTDIR= for packagers
#   make deps       install what is needed (Debian); test and demo do that first
#   make fuzz       every fuzz target for FUZZTIME=10m
#   make bench lint clean

BUILD    ?= build
PREFIX   ?= /usr/local
DESTDIR  ?=
FUZZTIME ?= 10m

STATICCHECK_VERSION = v0.8.2

# Debian's Go is older than go.mod asks for and fetches the right one. Checkers
# must be built with, or come from, that one.
GO_VERSION  = $(shell go env GOVERSION)
GOFMT       = $(shell go env GOROOT)/bin/gofmt
# Installed once rather than `go run`, which asks the network every time.
STATICCHECK = $(abspath $(BUILD))/tools/$(GO_VERSION)/$(STATICCHECK_VERSION)/staticcheck

# A module of its own, as its tests need much that nobody else does.
JUDGES = ake/internal/judges

.PHONY: build tunnel deps configure test test-long demo install fuzz bench lint clean
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

build: configure
	cmake --build $(BUILD) --parallel

tunnel: configure
	cmake --build $(BUILD) --target lake_tunnel

configure:
	@cmake -S . -B $(BUILD) -DCMAKE_INSTALL_PREFIX=$(abspath $(PREFIX))

deps:
	@tools/deps.sh

test: deps lint build
	go test -race ./...
	cd $(JUDGES) && go test ./...
	go test -race -tags laketest -run Operations ./ake
	go test -run 'Yardstick|Allocations' ./ake
	ctest --test-dir $(BUILD) --output-on-failure --no-tests=error

# Tests have a short form if they take longer than a minute; this is the other one.
test-long: deps build
	LAKE_LONG=1 go test -timeout 2h ./...
	LAKE_LONG=1 ctest --test-dir $(BUILD) --output-on-failure --no-tests=error -R i386

demo: deps build
	examples/c/demo.sh $(BUILD)
	examples/tunnel/demo.sh $(BUILD)

install: build
	DESTDIR=$(abspath $(DESTDIR)) cmake --install $(BUILD)

lint:
	@files=$$(go list -f '{{.Dir}}' ./... | xargs $(GOFMT) -l $(JUDGES)) && \
	    test -z "$$files" || { echo "not gofmt'ed, run gofmt -w on:" $$files >&2; exit 1; }
	go vet ./...
	cd $(JUDGES) && go vet ./...
	@test -x $(STATICCHECK) || GOTOOLCHAIN=$(GO_VERSION) GOBIN=$(dir $(STATICCHECK)) \
	    go install honnef.co/go/tools/cmd/staticcheck@$(STATICCHECK_VERSION)
	$(STATICCHECK) ./...
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
