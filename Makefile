# The two commands to know are `make run` and `make test`; `make` alone lists all of them.
.DEFAULT_GOAL := help
.PHONY: help run test soak trust lint translate bench sbom requirements clean

UV := $(shell uv --version 2>/dev/null)
RUNTIME := .venv/.runtime
TOOLS := .venv/.tools
GATES := .venv/gates/.installed
WAPITI := .venv/wapiti/.installed
# Each worker has a browser and a database server of its own: more than four are not worth their memory.
WORKERS ?= $(shell n=$$(nproc); echo $$((n < 4 ? n : 4)))

ifneq ($(UV),)
INSTALL = uv pip install --quiet --python .venv/bin/python --require-hashes
COMPILE = uv pip compile --quiet --generate-hashes --python-version 3.11 --universal --no-header
else
INSTALL = .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes
COMPILE = echo "This needs uv: pip install uv."; false
endif

help: ## List what can be done
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 22

run: $(RUNTIME) ## Serve the desk on http://127.0.0.1:5000/, with a demo on its first start (PORT, HELPDESK_INSTANCE)
	@exec .venv/bin/python app.py

# In a folder of its own: two runs at once would close pytest's usual one for each other's PostgreSQL. In memory, where
# there is room: a test commits far more often than a desk does, and would wait for the disk each time.
ROOMY := $(shell room=$$(df --output=avail /dev/shm 2>/dev/null | tail -n 1); \
  if [ "$${room:-0}" -gt 4000000 ] && [ -w /dev/shm ]; then echo /dev/shm; else echo "$${TMPDIR:-/tmp}"; fi)

test: $(TOOLS) $(GATES) programs ## Run all tests, on both databases and in a browser
	@folder=$$(mktemp -d -p $(ROOMY)) && .venv/bin/python -m pytest -n $(WORKERS) --dist worksteal --basetemp=$$folder/tests \
	  -p tests.trust.recording --results=build/test.json $(TESTS) && rm -rf $$folder

# Minutes each, on their own: kills, storms and locks need a machine that does nothing else.
soak: $(TOOLS) $(WAPITI) programs ## Run the long fault tests: half an hour of kills, cut lines and reconnect storms
	@folder=$$(mktemp -d) && .venv/bin/python -m pytest -m soak --capture=tee-sys --basetemp=$$folder/tests \
	  -p tests.trust.recording --results=build/soak.json $(or $(TESTS),tests/faults) && rm -rf $$folder

# RESULTS="build/test.json build/soak.json" writes it from runs that were made with --results (see tests/trust).
trust: $(TOOLS) $(GATES) programs ## Run the tests that prove our promises, and write docs/trust-report.md
	@.venv/bin/python -m tests.trust $(RESULTS)

lint: $(TOOLS) ## Check the style of the code
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

translate: $(RUNTIME) ## Bring the catalogues into line with the sentences in the code, and list what is missing
	.venv/bin/python translations/sync.py

bench: $(TOOLS) ## Measure the speed of pages, of the chat and of the desk, beside bare ones and a peer
	.venv/bin/python -m bench

sbom: $(TOOLS) ## Write the bill of materials, docs/sbom.json, after packages have changed
	@.venv/bin/python -m tests.gates.bill

requirements: ## Pin the packages that the *.in files name, with the newest of what those need
	$(COMPILE) -o requirements.txt requirements.in
	$(COMPILE) -o requirements-scale.txt requirements-scale.in
	$(COMPILE) -o tests/requirements.txt tests/requirements.in
	$(COMPILE) -o tests/gates/requirements.txt tests/gates/requirements.in
	$(COMPILE) -o tests/gates/wapiti.txt tests/gates/wapiti.in
	$(COMPILE) -o bench/desk/peer/requirements.txt bench/desk/peer/requirements.in

clean: ## Remove what was installed and made here; the instance folder with its data stays
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .hypothesis build
	find . -name __pycache__ -prune -exec rm -rf {} +

# What is installed is written down by a stamp: a second run is instant, a changed file is installed anew.
$(RUNTIME): requirements.txt | .venv/bin/python
	@echo "Installing the packages of $< …"
	@$(INSTALL) -r $<
	@touch $@

$(TOOLS): requirements-scale.txt tests/requirements.txt $(RUNTIME)
	@echo "Installing what the tests need …"
	@$(INSTALL) -r requirements-scale.txt -r tests/requirements.txt
	@touch $@

# Programs that are run and never imported: what they need does not agree with the product, nor with each other.
$(GATES): tests/gates/requirements.txt | .venv/bin/python
$(WAPITI): tests/gates/wapiti.txt | .venv/bin/python
$(GATES) $(WAPITI):
	@echo "Installing the programs of $< …"
	@.venv/bin/python -m venv $(if $(UV),--without-pip) $(@D)
	@$(subst .venv/bin/python,$(@D)/bin/python,$(INSTALL)) -r $<
	@touch $@

# PYTHON=python3.12 names another one than the first that is new enough.
.venv/bin/python: python = $(or $(PYTHON),python3)
.venv/bin/python:
ifneq ($(UV),)
	@uv venv --quiet --seed --python '$(or $(PYTHON),>=3.11)' .venv
else
	@$(python) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed. Name one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(python) -c 'import ensurepip, venv' 2>/dev/null || $(call apt,python3-venv)
	@$(python) -m venv .venv
endif

# The servers and the browser that the tests start themselves, each as package:what shows that it is there.
PROGRAMS := chromium:/usr/bin/chromium postgresql:/usr/lib/postgresql/*/bin/initdb redis-server:/usr/bin/redis-server \
            nginx:/usr/sbin/nginx openssl:/usr/bin/openssl libfaketime:/usr/lib/*/faketime/libfaketimeMT.so.1
MISSING = $(foreach p,$(PROGRAMS),$(if $(wildcard $(lastword $(subst :, ,$p))),,$(firstword $(subst :, ,$p))))
.PHONY: programs
programs:
	@$(if $(strip $(MISSING)),$(call apt,$(strip $(MISSING))),true)

# Installs Debian packages where that needs no password, and otherwise says what to type.
apt = { \
  [ "$$(id -u)" = 0 ] && as_root= || as_root="sudo -n"; \
  command -v apt-get >/dev/null && { [ -z "$$as_root" ] || sudo -n true 2>/dev/null; } || \
    { echo "Missing: $1. Install it first, on Debian and Ubuntu with: sudo apt-get install $1"; exit 1; }; \
  echo "Installing $1 …"; \
  $$as_root apt-get update -qq && \
  DEBIAN_FRONTEND=noninteractive $$as_root apt-get install -y -qq --no-install-recommends $1 >/dev/null; }
