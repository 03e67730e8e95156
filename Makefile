# Two commands do all the set-up: `make rehearse` and `make test`. Needs Python 3.11, git and make.
.DEFAULT_GOAL := help
.PHONY: help rehearse test servers unit lint format docs bench lock clean

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.made-from-dev.txt
RUN := $(BIN)/python -I -X pycache_prefix=$(VENV)/byte-code src
PATH := $(abspath $(BIN)):$(PATH)
WORKERS := --numprocesses 2 --dist loadfile
SERVERS := sshd=openssh-server postgres=postgresql redis-server=redis-server gpg=gnupg prometheus=prometheus

help: ## List the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

rehearse: $(READY) ## Run the whole pipeline here, for real: every scenario (SCENARIO=name for one, PRODUCT=dir for yours)
	@$(RUN) rehearse $(if $(PRODUCT),--product "$(PRODUCT)") $(if $(SCENARIO),--scenario $(SCENARIO),--all)

test: $(READY) servers ## Run every test
	@$(BIN)/python -m pytest $(WORKERS)

# Installs without starting: Debian asks policy-rc.d before it starts a service.
define INSTALL
policy=/usr/sbin/policy-rc.d
[ -e $$policy ] || { printf '#!/bin/sh\nexit 101\n' >$$policy; chmod 755 $$policy; trap 'rm -f /usr/sbin/policy-rc.d' EXIT; }
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qq --yes --no-upgrade --no-install-recommends install "$$@"
endef
export INSTALL

servers: ## Install the servers that tests talk to, where apt-get may; else those tests are skipped
	@missing= packages=; \
	search="$$PATH:/usr/sbin:$$(echo /usr/lib/postgresql/*/bin | tr ' ' ':')"; \
	for server in $(SERVERS); do \
	  PATH="$$search" command -v "$${server%=*}" >/dev/null || { \
	    missing="$$missing $${server%=*}"; packages="$$packages $${server#*=}"; }; \
	done; \
	[ -n "$$missing" ] || exit 0; \
	[ "$$(id -u)" = 0 ] && root= || root='sudo -n'; \
	command -v apt-get >/dev/null && $$root sh -c "$$INSTALL" install $$packages </dev/null >/dev/null 2>&1 || \
	  echo "Tests are skipped that need what is missing here:$$missing (in Debian's packages$$packages)"

# What starts real servers or many processes.
SLOW := scenarios launcher conformance contracts $(patsubst %,services/test_%.py,tls ssh postgres redis prometheus probes probe_commands target_probes target_probes_signals target_trust progress kill_points running_children running_keeper running_secret_files running_stopping processes output)

unit: $(READY) ## Run the fast tests only
	@$(BIN)/python -m pytest $(WORKERS) $(addprefix --ignore=tests/,$(SLOW))

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
	@$(BIN)/python benchmarks/jira_gate.py
	@$(BIN)/python benchmarks/health_check.py
	@$(BIN)/python benchmarks/run_deploy.py
	@$(BIN)/python benchmarks/route_runner.py

lock: $(READY) ## Renew the locks
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header --no-annotate --upgrade pyproject.toml --output-file requirements/runtime.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header --no-annotate --upgrade pyproject.toml --extra probes --constraint requirements/runtime.txt \
	  --output-file requirements/runtime-probes.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header --no-annotate --upgrade pyproject.toml --extra probes --group dev \
	  --constraint requirements/runtime-probes.txt --output-file requirements/dev.txt

clean: ## Remove what was set up
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(READY): requirements/dev.txt
	@echo "Setting up $(VENV) from $< …"
	@rm -rf $(VENV)
	@python3 -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $<
	@touch $@
