# The front door. `make run` and `make test` do everything on a fresh Debian 12 machine.
.PHONY: run test build setup bench asan docs format clean

run: build
	build/release/bin/modhost --method diffmask --model scl

test: build
	ctest --preset release --parallel $$(nproc)

build: setup
	cmake --preset release --log-level=WARNING
	cmake --build --preset release

setup:
	./setup.sh

bench: setup
	cmake --preset release --log-level=WARNING
	cmake --build --preset release --target modhost_bench
	build/release/tests/bench/modhost_bench

asan: setup
	cmake --preset asan --log-level=WARNING
	cmake --build --preset asan
	ctest --preset asan --parallel $$(nproc)

docs: build
	build/release/tests/option_tables build/release/lib/modhost/plugins plugins
	build/release/tests/option_tables build/release/lib/modhost/plugins sdk/check

format:
	clang-format -i $$(git ls-files '*.h' '*.cpp')

clean:
	rm -rf build
