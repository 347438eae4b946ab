# Two commands on a fresh machine:  make demo  and  make test
.PHONY: setup setup-dev demo serve test check format bench accuracy clean

PYTHON ?= python3
DEV := .venv-dev/bin

setup: .venv/.done  ## the serving install: no torch
.venv/.done: pyproject.toml
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --upgrade pip
	.venv/bin/python -m pip install --quiet -e .
	touch $@

setup-dev: .venv-dev/.done  ## training and development: torch, tests, linters
.venv-dev/.done: pyproject.toml
	$(PYTHON) -m venv .venv-dev
	.venv-dev/bin/python -m pip install --quiet --upgrade pip
	.venv-dev/bin/python -m pip install --quiet torch==2.13.0
	.venv-dev/bin/python -m pip install --quiet -e ".[train,dev]"
	touch $@

demo: setup  ## eight requests on the sample workbook; formatted copies in demo-out/
	PATH="$(CURDIR)/.venv/bin:$$PATH" bash scripts/demo.sh

serve: setup  ## the service with its task pane on http://127.0.0.1:3000
	.venv/bin/cf-assistant serve

test: setup-dev
	$(DEV)/python -m pytest

check: setup-dev  ## format, lint, types, contracts
	$(DEV)/ruff format --check .
	$(DEV)/ruff check .
	$(DEV)/mypy
	$(DEV)/lint-imports

format: setup-dev
	$(DEV)/ruff format .
	$(DEV)/ruff check --fix .

bench: setup-dev  ## speed of a request, stage by stage, beside an autoregressive model
	$(DEV)/python -m benchmarks.latency

accuracy: setup-dev  ## execution match of the shipped bundle on the development sets
	$(DEV)/python -m benchmarks.accuracy

clean:
	rm -rf .venv .venv-dev build dist demo-out *.egg-info
