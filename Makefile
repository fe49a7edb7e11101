# What can be done here: make help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo test lint pictures eval bench bench-import catalog-info chaos walks compare clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(STAMP) ## Install, and open a local workspace with the real bot and a sample registry
	@$(BIN)/assistant demo

test: $(DEV_STAMP) lint ## Install and run every check: format, lint, types, layers, tests on SQLite and PostgreSQL
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest --numprocesses 2 --dist loadfile
	@$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --skip-covered --sort=cover | tail -25

lint: $(DEV_STAMP) ## Format check, lint, types and layers
	$(BIN)/ruff format --check assistant migrations tests benchmarks
	$(BIN)/ruff check assistant migrations tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

pictures: $(DEV_STAMP) ## Draw the README's pictures from the running demonstration; needs Chromium
	$(BIN)/python tests/pictures.py docs

eval: $(DEV_STAMP) ## Measure how well questions are understood, with the questions and registries in $$TEST_DATA
	PYTHONPATH=tests $(BIN)/python benchmarks/evaluation.py

bench: $(DEV_STAMP) ## Measure answering at 1,000 and 10,000 components
	$(BIN)/python benchmarks/answering.py

bench-import: $(DEV_STAMP) ## Measure importing 1,000 and 10,000 entries, in each format
	$(BIN)/python benchmarks/importing.py

catalog-info: $(DEV_STAMP) ## Show what becomes of each entity in the real catalog files in $$TEST_DATA
	$(BIN)/python benchmarks/catalog_info.py

chaos: $(DEV_STAMP) ## Kill, flood and starve the bot, and count what is lost; 40 min. One scenario: ONLY=kill
	PYTHONPATH=tests:benchmarks $(BIN)/python -m chaos $(if $(KILLS),--kills $(KILLS)) $(if $(ONLY),--only $(ONLY))

walks: $(DEV_STAMP) ## Walk through onboarding 10,000 times, with all that can come between; 30 min. Fewer: WALKS=500
	WALKS=$(or $(WALKS),10000) $(BIN)/python -m pytest tests/use_cases/test_onboarding_walks.py

compare: $(DEV_STAMP) ## Put rules with facts missing to another rules engine as well
	$(BIN)/pip install --quiet --editable '.[compare]' --constraint constraints.txt
	$(BIN)/python benchmarks/missing_facts.py
	$(BIN)/python benchmarks/missing_facts.py docs/strict-rulebook.yaml

clean: ## Remove what was installed and measured
	rm -rf $(VENV) .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

$(VENV)/bin/pip:
	$(PYTHON) -m venv $(VENV)

$(STAMP): $(VENV)/bin/pip pyproject.toml constraints.txt
	@echo "Installing into $(VENV) …"
	@$(PIP) --editable ".[demo]"
	@touch $@

$(DEV_STAMP): $(STAMP)
	@$(PIP) --editable ".[postgres,demo,dev]"
	@touch $@
