# The map of all chores. `make demo` and `make test` set up what they need on a bare machine
# with Python 3.11+ (and its venv module), git and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
  --no-emit-index-url --no-emit-find-links --python-version 3.11
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

# Programs are compiled once, also where the environment says that nothing is kept of that: tests start hundreds.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test unit lint format lock docs bench clean
help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/core  ## hunt in the shipped samples and write demo-report.html
	@$(BIN)/hunter demo --out demo-report.html

test: $(VENV)/dev  ## every test (documentation, real browser and servers included)
	@tests/system.sh
	$(BIN)/python -m pytest -n auto --dist loadfile

unit: $(VENV)/dev  ## the fast tests, about a minute
	$(BIN)/python -m pytest -n auto --dist loadfile -m "not slow"

lint: $(VENV)/dev  ## ruff and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/dev  ## format and fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/dev  ## write the generated parts of README and docs again
	$(BIN)/python -m docs.generate

bench: $(VENV)/dev  ## all benchmarks (needs the benchmark data, see benchmarks/README.md)
	$(BIN)/python -m benchmarks

lock: $(VENV)/dev  ## refresh requirements/*.lock: names, versions, hashes
	$(COMPILE) requirements/build.in -o requirements/build.lock
	$(COMPILE) pyproject.toml -o requirements/core.lock
	$(COMPILE) pyproject.toml requirements/build.in --group dev -o requirements/dev.lock

clean:  ## remove the environment and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis dist build demo-report.html

$(VENV)/python:
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/core: $(VENV)/python requirements/core.lock requirements/build.lock pyproject.toml
	$(PIP) install --require-hashes -r requirements/core.lock -r requirements/build.lock
	$(PIP) install --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/dev: $(VENV)/core requirements/dev.lock
	$(PIP) install --require-hashes -r requirements/dev.lock
	@touch $@
