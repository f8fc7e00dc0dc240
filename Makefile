# Everything starts from python3 (3.11 or newer) alone; `make help` lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/sh
export PORT_BASE ONCE

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PACKAGES := libs/contracts libs/runtime services/incident-api services/dispatcher services/escalation cli
SOURCES := $(wildcard $(addsuffix /src,$(PACKAGES)))
TESTS := $(wildcard $(addsuffix /tests,$(PACKAGES)) devstack/tests devstack/*/tests tests bench/tests deploy/tests deploy/k8s/tests docs/tests)

.PHONY: help install run demo test check bench torture up down lock

help: ## What can be asked for
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

install: $(STAMP) ## The virtual environment, made or brought up to date

$(STAMP): requirements.lock $(addsuffix /pyproject.toml,$(PACKAGES))
	@$(PYTHON) -I devstack/install.py $(PACKAGES)

run: install ## The whole system on this machine until Ctrl-C (PORT_BASE=9000 moves every port)
	@$(BIN)/python -m devstack run

demo: install ## A sample outage from alert to closing note (ONCE=1 ends by itself)
	@$(BIN)/python -m devstack.demo

test: install ## Every test, end to end through the three services included
	@$(BIN)/python -m pytest $(ARGS)

check: install ## Format, lint, types, boundaries, contracts, rendered manifests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy $(SOURCES) devstack deploy/keys.py deploy/k8s
	@for tests in $(TESTS); do $(BIN)/mypy $$tests || exit 1; done
	@$(BIN)/lint-imports
	@$(BIN)/python -m tocsin_contracts check
	@$(BIN)/python -m pytest -q deploy docs -m "not integration"

bench: install ## What it does a second, beside bare code doing the same
	@$(BIN)/python -m bench

torture: install ## Kill every part while incidents arrive, then count what people received
	@$(BIN)/python -m pytest tests/torture -p no:cacheprovider --timeout=1800 $(ARGS)

up: ## The same in containers (docker compose)
	@docker compose up --build --wait

down: ## Stop what `make run` (of PORT_BASE) or `make up` started
	@if test -x $(BIN)/python; then $(BIN)/python -m devstack down; fi
	@if docker compose ps --quiet 2>/dev/null | grep -q .; then docker compose down; fi

lock: install ## Resolve the dependencies anew into requirements.lock and the services' own
	@$(BIN)/python -m devstack.lock
