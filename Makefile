# Two commands do all the set-up: `make rehearse` and `make test`. Needs Python 3.11, git and make.
.DEFAULT_GOAL := help
.PHONY: help rehearse test unit lint format docs bench lock clean

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.made-from-dev.txt
RUN := $(BIN)/python -I -X pycache_prefix=$(VENV)/byte-code src
PATH := $(abspath $(BIN)):$(PATH)

help: ## List the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

rehearse: $(READY) ## Run the whole pipeline here, for real: every scenario (SCENARIO=name for one, PRODUCT=dir for yours)
	@$(RUN) rehearse $(if $(PRODUCT),--product "$(PRODUCT)") $(if $(SCENARIO),--scenario $(SCENARIO),--all)

test: $(READY) ## Run every test
	@$(BIN)/python -m pytest

unit: $(READY) ## Run the fast tests only
	@$(BIN)/python -m pytest --ignore tests/scenarios --ignore tests/launcher

lint: $(READY) ## Run every linter
	ruff check
	ruff format --check
	mypy
	PYTHONPATH=src lint-imports
	shellcheck bin/deploy-actions .ci/run
	actionlint
	zizmor --offline --persona=auditor --no-progress --quiet .github actions examples/*.yml
	check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml examples/*.yml
	check-jsonschema --builtin-schema vendor.github-actions actions/*/action.yml
	$(RUN) generate --check

format: $(READY) ## Format the code
	ruff format
	ruff check --fix

docs: $(READY) ## Write what is generated from the declarations
	$(RUN) generate

bench: $(READY) ## Print the figures of docs/figures.md
	@$(BIN)/python benchmarks/run.py

lock: $(READY) ## Renew the locks
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header --no-annotate --upgrade pyproject.toml --output-file requirements/runtime.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header --no-annotate --upgrade pyproject.toml --group dev --constraint requirements/runtime.txt \
	  --output-file requirements/dev.txt

clean: ## Remove what was set up
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(READY): requirements/dev.txt
	@echo "Setting up $(VENV) from $< …"
	@rm -rf $(VENV)
	@python3 -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $<
	@touch $@
