# The two commands of a clone, and the checks of its developers. CMake presets do the work; this file
# installs what is missing and remembers the order.
#
#   make run             build, and show the main job in a network namespace of its own
#   make test            build, and run every test
#   make lab             build, and open a shell in a virtual machine with many NICs and nanotune installed
#   make bench           figures, next to scripts and a bare C program that do the same; of the packet processor too
#   make soak            10000 applies and 200 clients at one daemon
#   make soak-datapath   ten million packets through each backend of the datapath, which then come and go a thousand times
#   make soak-profiles   random sequences of profiles, some killed; tells the seed of one that leaves something behind
#   make soak-reboot     real reboots of the lab's virtual machine
#   make sanitize        unit and contract tests under the sanitizers
#   make check-format    clang-format
#   make tidy            clang-tidy
#   make packages        deb packages, and rpm where rpmbuild is there, into build/release/packages
#   make test-packages   the deb packages in a fresh Debian: installed, upgraded, removed, purged
#   make test-debian13   build, and run the tests, in a Debian 13 of its own, kept in build/debian13
#   make test-debian13-quick   the same for the SDK, the model and the bus's interface alone
#   make install         lay out PREFIX (default /usr/local), under DESTDIR if given
#
# PRESET=dev builds without optimisation. Nothing is run as root but apt-get and what needs a
# namespace.

PRESET ?= release
PREFIX ?= /usr/local
JOBS   ?= $(shell nproc)

BUILD := build/$(PRESET)
SUDO  := $(if $(filter-out 0,$(shell id -u)),sudo)
CMAKE := cmake

IN_DEBIAN13 = $(SUDO) env CMAKE_BUILD_PARALLEL_LEVEL=$(JOBS) CTEST_PARALLEL_LEVEL=$(CTEST_PARALLEL_LEVEL) \
    packaging/test-debian13 build/debian13
QUICK_TESTS := nanotune-sdk-tests nanotune-model-tests nanotune-bus

# Most tests wait for a daemon or a device more than they compute; those in guests count twice.
export CTEST_PARALLEL_LEVEL ?= $(shell expr 2 \* $(JOBS))

.DEFAULT_GOAL := run
.PHONY: run test lab bench soak sanitize asan-ubsan tsan check-format tidy install packages test-packages test-debian13 test-debian13-quick programs clean
.NOTPARALLEL:

# Ninja runs CMake again by itself when a CMakeLists.txt changes; the presets it cannot see.
$(BUILD)/build.ninja: CMakePresets.json
	$(CMAKE) --preset $(PRESET)

run:
	@packaging/install-dependencies build demo
	@$(MAKE) --no-print-directory programs
	@$(SUDO) tests/demo/run $(BUILD)

programs: $(BUILD)/build.ninja
	$(CMAKE) --build $(BUILD) --parallel $(JOBS) --target programs

test:
	@packaging/install-dependencies build demo test lab
	@$(MAKE) --no-print-directory tests-built
	cd $(BUILD) && $(SUDO) env NANOTUNE_LAB_REQUIRED=$(NANOTUNE_LAB_REQUIRED) ctest --output-on-failure --no-tests=error --parallel $(CTEST_PARALLEL_LEVEL)

# Those that failed.
.PHONY: test-again
test-again:
	cd $(BUILD) && $(SUDO) env NANOTUNE_LAB_REQUIRED=$(NANOTUNE_LAB_REQUIRED) ctest --rerun-failed --output-on-failure --no-tests=error

.PHONY: tests-built
tests-built: $(BUILD)/build.ninja
	$(CMAKE) --build $(BUILD) --parallel $(JOBS)

lab:
	@packaging/install-dependencies build demo lab
	@$(MAKE) --no-print-directory programs
	@$(SUDO) tests/lab/shell $(BUILD)

bench:
	@packaging/install-dependencies build demo test
	@$(MAKE) --no-print-directory bench-built
	@$(SUDO) tests/bench/run $(BUILD)

.PHONY: bench-built
bench-built: $(BUILD)/build.ninja
	$(CMAKE) --build $(BUILD) --parallel $(JOBS) --target programs bench-programs

# Minutes where `make test` takes moments; there the shortened form is called so.
soak:
	@packaging/install-dependencies build test
	@$(MAKE) --no-print-directory tests-built
	$(SUDO) env NANOTUNE_SOAK_APPLIES=10000 NANOTUNE_SOAK_CLIENTS=200 tests/bus/soak.sh $(BUILD)

# Boots of an emulated machine; `make test` has the first two.
.PHONY: soak-reboot
soak-reboot:
	@packaging/install-dependencies build demo lab
	@$(MAKE) --no-print-directory programs
	$(SUDO) env NANOTUNE_LAB_REQUIRED=yes tests/lab/check $(BUILD) --systemd --timeout 900 --later nanotune.off reboot.sh

# Ten million packets through each backend of the datapath, every one of them accounted for; and a thousand lives.
.PHONY: soak-datapath
soak-datapath:
	@packaging/install-dependencies build demo test
	@$(MAKE) --no-print-directory programs
	$(SUDO) tests/integration/datapath_soak.sh $(BUILD)
	$(SUDO) env NANOTUNE_SOAK_CYCLES=1000 tests/bus/cycles.sh $(BUILD)

# Each run draws others, so it is no part of `make test`: what it finds has a seed, and then a test of its own.
.PHONY: soak-profiles
soak-profiles:
	@packaging/install-dependencies build demo test
	@$(MAKE) --no-print-directory programs
	for round in 1 2 3 4 5 6 7 8 9 10; do $(SUDO) tests/integration/random_profiles.sh $(BUILD) || exit 1; done

sanitize: asan-ubsan tsan

# Clang takes half of g++'s time to compile with these sanitizers, and warns of other things.
asan-ubsan:
	@packaging/install-dependencies build test asan
	$(CMAKE) --preset asan-ubsan
	$(CMAKE) --build --preset asan-ubsan --parallel $(JOBS)
	$(SUDO) ctest --preset asan-ubsan --parallel $(CTEST_PARALLEL_LEVEL)

# The thread sanitizer of g++ 12 knows only memory layouts of fewer random bits than newer kernels use.
tsan:
	@packaging/install-dependencies build test
	$(CMAKE) --preset tsan
	setarch --addr-no-randomize $(CMAKE) --build --preset tsan --parallel $(JOBS)
	$(SUDO) setarch --addr-no-randomize ctest --preset tsan --parallel $(CTEST_PARALLEL_LEVEL)

check-format:
	@packaging/install-dependencies format
	@packaging/check-format

tidy:
	@packaging/install-dependencies build test tidy
	$(CMAKE) --preset tidy
	$(CMAKE) --build build/tidy --target nanotune-contract
	@packaging/check-tidy build/tidy $(JOBS)

install:
	@packaging/install-dependencies build
	@$(MAKE) --no-print-directory programs
	$(SUDO) $(CMAKE) --install $(BUILD) --prefix $(PREFIX)

packages:
	@packaging/install-dependencies build packages
	@$(MAKE) --no-print-directory programs
	cd $(BUILD) && cpack -G DEB
	@if command -v rpmbuild >/dev/null; then cd $(BUILD) && cpack -G RPM; else echo "no rpm packages: rpmbuild is not there"; fi

test-packages:
	@packaging/install-dependencies build demo packages
	@$(MAKE) --no-print-directory programs
	@$(SUDO) tests/packaging/packages_test.sh $(BUILD)

# All but the lab's tests, whose guests are what they are wherever they are started from.
test-debian13:
	@packaging/install-dependencies debian13
	$(IN_DEBIAN13) 'build demo test' all --label-exclude lab

# What a newer Debian is most likely to break. Of the other tests nothing is built, and so nothing runs.
test-debian13-quick:
	@packaging/install-dependencies debian13
	$(IN_DEBIAN13) build "$(QUICK_TESTS)" --label-regex 'sdk|model'

clean:
	rm -rf build
