.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup demo check test format picture lock test-pythons clean browser measured covered
.PHONY: check-format check-lint check-types check-imports check-spelling check-dependencies check-protocols

SUPPORTED := 3.11 3.12 3.13 3.14
PACKAGES := bot protocols adapters storage
ENOUGH := -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
PYTHON ?= $(firstword $(foreach name,python3 $(addprefix python,$(SUPPORTED)),$(shell $(name) $(ENOUGH) && echo $(name))))
python_named = $(firstword $(foreach name,python$1 $(wildcard $(HOME)/.pyenv/versions/$1.*/bin/python$1),$(shell $(name) -c '' 2>/dev/null && echo $(name))))
BIN := .venv/bin
UV := UV_PYTHON_DOWNLOADS=never $(BIN)/uv
SYNC := pip sync --quiet --require-hashes requirements-dev.lock
INSTALL := pip install --quiet --no-deps --no-build-isolation --editable .
COMPILE := pip compile --quiet --universal --generate-hashes --exclude-newer "1 week" --no-emit-index-url --no-header pyproject.toml

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' Makefile

setup: .venv/ready ## the set-up alone: .venv with the locked dependencies (needs only Python 3.11+)

demo: setup ## a seeded school in the local channel, on http://127.0.0.1:8080
	@$(BIN)/colloquy demo

check: setup check-format check-lint check-types check-imports check-spelling check-dependencies check-protocols ## format, lint, types, import contracts, spelling, dependencies, protocol files

test: measured covered ## every test that a change must pass, and the coverage it must keep

format: setup ## format the code, and mend what can be mended safely
	@$(BIN)/ruff format --quiet && $(BIN)/ruff check --quiet --fix

picture: setup browser ## the pictures of the documents: the running demo, charts, a report, each protocol
	@$(BIN)/python -m tests.picture && $(BIN)/python -m tests.protocol_pages

lock: setup ## both lock files anew from pyproject.toml (UPGRADE=--upgrade for the newest versions)
	@$(UV) $(COMPILE) $(UPGRADE) -o requirements.lock && $(UV) $(COMPILE) $(UPGRADE) -c requirements.lock --extra dev -o requirements-dev.lock

test-pythons: browser $(addprefix test-on-,$(SUPPORTED)) ## the tests on each supported Python installed here

clean: ## remove what these commands made, except .colloquy
	@rm -rf .venv .venv-* .coverage* .mypy_cache .ruff_cache .import_linter_cache .hypothesis dist htmlcov

.venv/uv.txt: requirements-dev.lock
	@test -n "$(PYTHON)" || { echo "Colloquy needs Python 3.11 or newer." >&2; exit 1; }
	@$(BIN)/python $(ENOUGH) || $(PYTHON) -m venv --clear .venv
	@sed -n '/^uv==/,/[^\\]$$/p' requirements-dev.lock > $@

.venv/ready: .venv/uv.txt pyproject.toml requirements-dev.lock
	@echo "Setting up .venv ..."
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.txt
	@$(UV) $(SYNC) --python $(BIN)/python && $(UV) $(INSTALL) --python $(BIN)/python
	@touch $@

browser: setup
	@$(BIN)/python -m tests.browser

measured: setup browser
	@$(BIN)/coverage erase && $(BIN)/coverage run -m pytest

covered:
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report --include='protocols/*,bot/rules/*' --fail-under=100
	@$(BIN)/coverage report --fail-under=95

check-format:
	@$(BIN)/ruff format --check

check-lint:
	@$(BIN)/ruff check

check-types:
	@$(BIN)/mypy

check-imports:
	@$(BIN)/lint-imports

check-spelling:
	@$(BIN)/codespell

check-dependencies:
	@$(BIN)/deptry $(PACKAGES)

check-protocols:
	@$(BIN)/colloquy check protocols/library/*.yaml

test-on-%: setup
	@$(if $(call python_named,$*),$(MAKE) --no-print-directory tested-$*,echo "Python $* is not installed here.")

tested-%:
	@$(UV) venv --quiet --clear --python $(call python_named,$*) .venv-$*
	@$(UV) $(SYNC) --python .venv-$*/bin/python && $(UV) $(INSTALL) --python .venv-$*/bin/python
	@.venv-$*/bin/python -m pytest
