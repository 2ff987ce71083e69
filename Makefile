# The commands that everyone can rely on. `make run` and `make test` are all that a newcomer needs.
PYTHON ?= python3
ifneq ($(filter file,$(origin PYTHON)),)
ANY_PYTHON := --any-python
endif
BIN := .venv/bin
# Compiled files are kept, whatever the shell says: without them every start costs half as much again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run setup setup-dev test check fuzz bench translations

help:
	@echo "make run     set up what is missing and start the studio at http://127.0.0.1:8000"
	@echo "make test    set up what is missing and run the tests"
	@echo "make check   ruff, mypy, import contracts, migrations, translations"
	@echo "make fuzz    several minutes of requests that nobody would send, to every operation of the API"
	@echo "make bench   every performance figure beside its limit, kept under bench/results/"
	@echo "make setup   only the set-up (.venv)"

run: setup
	@$(BIN)/vitrina up

setup:
	@$(PYTHON) scripts/setup.py --set base $(ANY_PYTHON)

setup-dev:
	@$(PYTHON) scripts/setup.py --set dev $(ANY_PYTHON)

test: setup-dev
	@$(BIN)/python -m pytest --numprocesses logical --maxprocesses 4 --dist worksteal

check: setup-dev
	@$(BIN)/python scripts/check.py

fuzz: setup-dev
	@$(BIN)/python scripts/fuzz_api.py

bench: setup-dev
	@$(BIN)/python -m bench
