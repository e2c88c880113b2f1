# patrolcar: `make run` shows the car, `make test` proves it. Both set up .venv themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PEERS := .venv-peers

.DEFAULT_GOAL := help
.PHONY: help setup run test lint acceptance narrow test-peers bench dialect wiring parameters states clean

help:
	@echo "make run         boot the virtual board, flash it, and watch the car patrol the office"
	@echo "make test        ruff, mypy and the tests (under 10 minutes)"
	@echo "make acceptance  every claim in full (longer)"
	@echo "make narrow      the car's RAM on a 32-bit MicroPython (needs node and npm)"
	@echo "make test-peers  the car as MAVProxy and pymavlink see it (installs MAVProxy, 250 MB, in $(PEERS))"
	@echo "make bench       the benchmarks, each against a named peer in the same run"
	@echo "make dialect     write firmware/patrol/link/dialect.py again from the dialect XML"
	@echo "make wiring      draw and write the boards' wiring again from firmware/boards"
	@echo "make parameters  write firmware/PARAMETERS.md again from the table of parameters"
	@echo "make states      draw the car's states and failsafes again into firmware/README.md"
	@echo "make clean       remove .venv and everything that was made"

setup: $(READY)

# An editable install: sources are edited in place and found at once.
$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	  { echo "patrolcar needs Python 3.10 or newer; $(PYTHON) is older: make PYTHON=python3.12 ..." >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --group dev
	@touch $@

run: $(READY)
	$(BIN)/patrol demo

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python tests/support/check_firmware.py

test: lint
	$(BIN)/pytest -n 2 -m "not acceptance"

acceptance: lint
	$(BIN)/pytest -n 2
	$(MAKE) --no-print-directory bench
	@if command -v node >/dev/null && command -v npm >/dev/null; then \
	  $(MAKE) --no-print-directory narrow; \
	else \
	  echo "left out: make narrow, the car's RAM on 32 bits: node and npm are not installed"; \
	fi

narrow: $(READY)
	$(BIN)/pytest tests/narrow

test-peers: $(READY) $(PEERS)/.ready
	$(BIN)/pytest tests/peers

# Without what it names as needed and only its maps use: 1 GB.
$(PEERS)/.ready: tests/peers/requirements.txt
	@test -x $(PEERS)/bin/python || $(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement $<
	@touch $@

bench: $(READY)
	@for b in tests/bench/bench_*.py; do $(BIN)/python $$b || exit 1; done

dialect: $(READY)
	$(BIN)/python -m patrolcar.link.generate

wiring: $(READY)
	$(BIN)/python -m patrolcar.wiring

parameters: $(READY)
	$(BIN)/python -m patrolcar.params.document

states: $(READY)
	$(BIN)/python -m patrolcar.states

clean:
	rm -rf $(VENV) $(PEERS) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis patrol-demo
