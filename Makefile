# Two commands do all the set-up on a machine with Python 3.11+ and make:
#   make demo   the program with a demo company, on the embedded database (HUIKUAN_PORT: another port)
#   make test   every check and every test, on both databases

PYTHON ?= python3
BIN := .venv/bin
CATALOGS := $(wildcard src/huikuan/*/locale/*/LC_MESSAGES/*.po src/huikuan/*/*/locale/*/LC_MESSAGES/*.po \
  src/huikuan/*/*/web/locale/*/LC_MESSAGES/*.po)

.PHONY: setup demo test check test-sqlite test-postgres prove bench lock clean
.DELETE_ON_ERROR:

setup: .venv/ready .venv/catalogs
	@$(BIN)/python frontend/build.py

.venv/ready: requirements/uv.txt requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Huikuan needs Python 3.11 or newer")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	$(BIN)/uv pip sync --quiet --compile-bytecode --require-hashes requirements/dev.txt
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/catalogs: .venv/ready $(CATALOGS)
	$(BIN)/python -m huikuan.shell.catalogs
	@touch $@

demo: setup
	$(BIN)/huikuan demo

test: check test-sqlite test-postgres

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.migrations

test-sqlite: setup
	$(BIN)/python -m pytest -q -n 2 --dist loadgroup --durations=20

test-postgres: setup
	$(BIN)/python -m tests.postgres $(BIN)/python -m pytest -q -n 2 --dist loadgroup --durations=20

# The full crash, race and fuzz counts, with their figures.
prove: setup
	HUIKUAN_PROVE=1 $(BIN)/python -m pytest -q -rA --hypothesis-show-statistics -m sealed
	HUIKUAN_PROVE=1 $(BIN)/python -m tests.postgres $(BIN)/python -m pytest -q -rA --hypothesis-show-statistics -m sealed

bench: setup
	$(BIN)/python -m benchmarks

# Pin every dependency again, by hash and without naming where it is fetched from.
lock: .venv/ready
	$(BIN)/uv pip compile pyproject.toml --group build --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements/dev.txt
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements/run.txt

clean:
	rm -rf .venv frontend/node_modules src/huikuan/shell/static/dist
