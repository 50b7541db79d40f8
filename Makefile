# Needs make, git and Python 3.11 or newer; everything else goes into .venv. `make demo PYTHON=python3.13 PORT=9000`
PYTHON ?= python3
PORT ?= 8000
export PYTHON
# Where it is set, as in many containers, every process of the tests compiles all that it imports: 3 s instead of 0.5.
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin
VERSIONS := pyproject.toml constraints.txt tools/venv

.PHONY: help demo test check format bench size pace screenshots dist constraints clean
.DELETE_ON_ERROR:

help: ## what there is to make
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile

demo: .venv/ready-to-run ## a service with sample comments on http://127.0.0.1:8000
	@exec $(BIN)/commentsvc demo --port $(PORT)

test: check ## all checks and all tests
	@tools/browser
	$(if $(filter true,$(CI)),REQUIRE_BROWSER=1 )$(BIN)/pytest -n 3 --dist loadgroup

check: .venv/ready-to-test ## style, types, layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	@tools/types

format: .venv/ready-to-test ## put the code into shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: .venv/ready-to-run ## how fast it is on this machine
	@exec $(BIN)/commentsvc bench

size: .venv/ready-to-test ## what readers load, in bytes, against its budget
	@$(BIN)/python -m tests.web.sizes

pace: .venv/ready-to-test ## how soon a key shows the next comment, with 50,000 waiting and a slow line
	@tools/browser
	@PACE_PENDING=50000 $(BIN)/pytest -q -s tests/browser/test_console_pace.py | grep -F 'key →'

screenshots: .venv/ready-to-test ## pictures of every page in test-results/screenshots; README=1 for those of docs/images
	@tools/browser
	@$(BIN)/python tools/screenshots $(if $(README),--readme)

dist: .venv/ready-to-test ## wheel and source archive in dist/
	$(BIN)/python -m hatchling build -d dist

constraints: ## take newer versions of everything into constraints.txt
	@tools/constraints

clean: ## remove what was made here, but never data/
	rm -rf .venv dist test-results .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/ready-to-run: $(VERSIONS)
	@tools/venv run

.venv/ready-to-test: $(VERSIONS)
	@tools/venv dev
