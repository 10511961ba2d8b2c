# The tasks of the project. Each installs what it needs and is missing (scripts/install_deps.sh).
# JOBS=n sets the parallelism, ARGS=... is handed to the program that a task runs.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# A compiler takes up to 1.5 GB: no more at once than the memory holds.
MEMORY_JOBS := $(shell awk '/MemTotal/ {n = int($$2 / 1500000); print n < 1 ? 1 : n}' /proc/meminfo)
JOBS ?= $(shell n=$$(nproc); echo $$((n < $(MEMORY_JOBS) ? n : $(MEMORY_JOBS))))
PREFIX ?= /usr/local
ARGS ?=

export TF_CPP_MIN_LOG_LEVEL ?= 2
export CTEST_OUTPUT_ON_FAILURE ?= 1
COMPILE = cmake --build $(1) --parallel $(JOBS) $(2)
TEST = ctest --test-dir $(1) --parallel $(JOBS) --timeout $(or $(2),1200) $(ARGS)

.PHONY: help
help: ## list the tasks
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

.PHONY: deps
deps: ## install what a build needs
	@scripts/install_deps.sh
	@scripts/fetch.sh headers plugin

.PHONY: configure
configure: deps
	@cmake --preset release --log-level=NOTICE $(CMAKE_ARGS) >/dev/null

.PHONY: quickstart
quickstart: configure ## train a convolutional network on Fashion-MNIST
	@$(call COMPILE,build,--target fashion_mnist)
	@build/bin/fashion_mnist $(ARGS)

.PHONY: build
build: configure ## build everything into build/, programs into build/bin/
	@$(call COMPILE,build)

.PHONY: test
test: build ## run all tests
	@scripts/fetch.sh
	@$(call TEST,build)

.PHONY: bench
bench: build ## run the benchmarks
	@for bench in build/bin/bench_*; do echo "== $$bench"; $$bench $(ARGS) || exit 1; done

.PHONY: install
install: build ## install into PREFIX (/usr/local)
	@cmake --install build --prefix $(PREFIX)

.PHONY: oracle
oracle: ## make the fixtures again from jax, flax and optax (ARGS: areas)
	@[ -n "$$ORACLE_PYTHON" ] || scripts/install_deps.sh oracle
	@tests/oracle/run.sh $(ARGS)

.PHONY: coverage
coverage: build ## write docs/coverage.md from the parity tests
	@$(call TEST,build) -L parity
	@build/bin/coverage build/coverage

.PHONY: format
format: ## format the sources
	@scripts/install_deps.sh lint
	@git ls-files -z '*.h' '*.cc' | xargs -0 clang-format -i

.PHONY: lint
lint: deps ## check format, and the sources with clang-tidy (ARGS: files; none: all)
	@scripts/install_deps.sh lint
	@cmake --preset lint --log-level=NOTICE $(CMAKE_ARGS) >/dev/null
	@JOBS=$(JOBS) scripts/lint.sh $(ARGS)

SUPPRESSIONS = suppressions=$(CURDIR)/tests/sanitizers

# With short stacks of allocations: those of the plugins, which keep no frame pointers, never repeat and
# fill the table of stacks, ten times slower.
.PHONY: asan
asan: export ASAN_OPTIONS ?= malloc_context_size=4
asan: export LSAN_OPTIONS ?= $(SUPPRESSIONS)/lsan.supp
asan: export UBSAN_OPTIONS ?= print_stacktrace=1:halt_on_error=1
asan: deps ## run the tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@scripts/fetch.sh
	@cmake --preset asan --log-level=NOTICE $(CMAKE_ARGS) >/dev/null
	@$(call COMPILE,build-asan)
	@$(call TEST,build-asan,3600)

# Without its search for deadlocks, which gives up where a thread holds 64 locks, as XLA's compiler does.
.PHONY: tsan
tsan: export TSAN_OPTIONS ?= halt_on_error=1:detect_deadlocks=0:ignore_noninstrumented_modules=1:$(SUPPRESSIONS)/tsan.supp
tsan: deps ## run the tests under ThreadSanitizer
	@scripts/fetch.sh
	@cmake --preset tsan --log-level=NOTICE $(CMAKE_ARGS) >/dev/null
	@$(call COMPILE,build-tsan)
	@$(call TEST,build-tsan,3600)

.PHONY: fuzz
fuzz: deps ## fuzz each parser for SECONDS (60) with libFuzzer
	@scripts/install_deps.sh fuzz
	@cmake --preset fuzz --log-level=NOTICE $(CMAKE_ARGS) >/dev/null
	@$(call COMPILE,build-fuzz,--target fuzzers)
	@SECONDS_EACH=$(or $(SECONDS),60) scripts/fuzz.sh build-fuzz

.PHONY: clean
clean: ## remove the build folders
	@rm -rf build build-asan build-tsan build-fuzz build-lint build-clang
