# Everything from nothing but Python >= 3.11 and make. `make demo` does the main job, `make test` proves it.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
ARTICLES ?= bot/samples/articles.jsonl
# Two for each of two cores: a third of the tests' time is spent waiting for processes, timers and sockets.
WORKERS ?= 4

# The tests start many processes; where this is set, each of them would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install demo chat test check format lint types unit faults mutants bench pictures lock clean

help:            ## list the targets
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

install: $(STAMP)  ## make .venv with the locked dependencies and the diemtin command

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Điểm Tin needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: install  ## run everything without a token: one digest, one answered question
	$(BIN)/diemtin demo --once
	@echo
	@echo 'Next: make chat'

chat: install  ## the bot in your browser, without a token
	$(BIN)/diemtin demo

test: install format lint types unit  ## format check, lint, types and every test

check: test  ## what to run before a commit

format: install
	$(BIN)/ruff format --check .

lint: install
	$(BIN)/ruff check .

types: install
	$(BIN)/mypy

unit: install
	$(BIN)/pytest -n $(WORKERS) --dist worksteal -m 'not faults'

faults: install  ## the long fault-injection runs
	$(BIN)/pytest -n 2 -m faults

mutants: install .venv-mutants  ## mutation runs over the modules that decide, or MODULES="schedule rate_limits" MOST=40 SEED=13
	$(BIN)/python benchmarks/mutants.py $(MODULES) --most $(or $(MOST),40) --seed $(or $(SEED),13)

.venv-mutants:
	$(PYTHON) -m venv $@
	$@/bin/python -m pip install --quiet --disable-pip-version-check 'cosmic-ray==8.7.0'

bench: install  ## the speed of summaries and of grouping, on the sample articles or ARTICLES=file.jsonl.gz
	OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/summary_speed.py $(ARTICLES)
	OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/bench_grouping.py $(ARTICLES)

pictures: install  ## the pictures of the README, out of the demo (needs Chromium)
	$(BIN)/python docs/pictures.py

lock:            ## renew requirements.lock (needs uv)
	uv pip compile --universal --python-version 3.11 --extra dev --extra scale pyproject.toml -o requirements.lock --no-header --no-emit-index-url --upgrade

clean:           ## remove what install made
	rm -rf .venv
