# DeepMelody: `make help` lists what can be made. Everything sets itself up first.

# Outside the checkout, so that a fresh clone starts warm.
CARGO_TARGET_DIR ?= $(HOME)/.cache/deepmelody/target
export CARGO_TARGET_DIR

ADDRESS ?= 127.0.0.1
PORT ?= 8080

.PHONY: help serve build test fmt clippy bench bench-page clean setup setup-tests setup-bench
.DEFAULT_GOAL := help

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

serve: setup ## build the page and serve it on http://127.0.0.1:8080/ (ADDRESS, PORT)
	scripts/wasm-env.sh trunk serve --release --locked --address $(ADDRESS) --port $(PORT)

build: setup ## write the release site to dist/, for any static host under any path
	scripts/wasm-env.sh trunk build --release --locked

test: setup-tests ## every check: formatting, lints, tests here and in Chromium, the built site, docs
	scripts/test.sh

fmt: ## format the code
	cargo fmt

clippy: setup-tests ## lint for this machine and for wasm32
	scripts/test.sh clippy-host clippy-wasm

bench: ## benchmarks of the engine on this machine
	cargo bench --locked

bench-page: setup-bench build ## times, sizes and memory of the built page in Chromium
	scripts/sizes.sh
	cargo test --release --locked --test e2e -- --ignored --nocapture

clean: ## remove what was built
	rm -rf dist
	cargo clean

setup:
	@scripts/setup.sh site

setup-tests:
	@scripts/setup.sh tests

setup-bench:
	@scripts/setup.sh bench
