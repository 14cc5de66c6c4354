# The verbs of this project. `make demo` shows it, `make test` proves it; both need Python 3.11 or later and nothing else.

PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
ALONE := build/smoke/$(subst $(VENV),venv,$(BIN))
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
FEEDKEEP := $(BIN)/feedkeep
SAMPLE := tests/data/sample
# What can be written where it runs, and what needs an extra that is not installed there.
READY = from feedkeep.formats import EXPORTERS, exporter, is_ready; ready = [is_ready(exporter(one)) for one in EXPORTERS]
EXPORTERS = $$($(1)/python -c "$(READY); print(*(one for one, can in zip(EXPORTERS, ready) if can))")
LEFT_OUT = $$($(1)/python -c "$(READY); print(*(one for one, can in zip(EXPORTERS, ready) if not can))")
# the sample is the same bytes whenever it is made
export SOURCE_DATE_EPOCH ?= 1700000000

.PHONY: help demo test test-real fuzz check accept smoke bench docs fidelity pins clean

help:
	@echo "make demo    import the sample blog, write every format, say where to look"
	@echo "make test    run the tests"
	@echo "make test-real  run the programs that our exports are made for (Debian, PyPI, npm install them)"
	@echo "make fuzz    try new examples on every property"
	@echo "make check   style, types, import contracts, generated pages"
	@echo "make accept  rewrite the expected files of the data cases; then read the diff"
	@echo "make smoke   build the wheel, install it alone, import and export with it"
	@echo "make bench   measure, side by side with the floor"
	@echo "make docs    write the generated pages"
	@echo "make fidelity  measure on real documents what each format keeps (needs FEEDKEEP_CORPUS)"
	@echo "make pins    pin the newest requirements (needs uv)"
	@echo "make clean   remove what was made, except $(VENV)"

# What follows a stamp is done once, and again when a file it was made from changes.
$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "feedkeep needs Python 3.11 or later; name one with: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.made requirements/runtime.txt requirements/build.txt pyproject.toml
	$(PIP) install --require-hashes -r requirements/runtime.txt -r requirements/build.txt
	$(PIP) install --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.installed requirements/dev.txt
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

demo: $(VENV)/.installed
	@rm -rf demo && mkdir demo
	@echo "1. What is in the sample? It is a small blog on films, as its exports and feeds have it."
	$(FEEDKEEP) inspect $(SAMPLE)
	@echo
	@echo "2. Into the archive with it: posts and comments, one plain file for each conversation."
	$(FEEDKEEP) import $(SAMPLE) --archive demo/archive
	@echo
	@echo "3. What does the archive hold?"
	$(FEEDKEEP) stats --archive demo/archive
	@echo
	@echo "4. Out of it again, in every format that feedkeep writes."
	@for format in $(call EXPORTERS,$(BIN)); do \
		echo "$(FEEDKEEP) export $$format --archive demo/archive -o demo/$$format"; \
		$(FEEDKEEP) export $$format --archive demo/archive -o demo/$$format || exit; \
	done
	@for format in $(call LEFT_OUT,$(BIN)); do \
		echo "Left out: $$format, which needs more than feedkeep itself: pip install 'feedkeep[$$format]'"; \
	done
	@echo
	@echo "Look around:"
	@echo "  demo/archive/   the archive: open any .json in a text editor"
	@for format in $(call EXPORTERS,$(BIN)); do echo "  demo/$$format/   $$(ls -p demo/$$format | tr '\n' ' ')"; done
	@echo "Go on with:"
	@echo "  $(FEEDKEEP) list --archive demo/archive"
	@echo "  $(FEEDKEEP) --help"

test: $(VENV)/.dev
	$(BIN)/pytest

# Programs of others on what we write; what cannot be installed is said and skipped.
test-real: $(VENV)/.dev
	PYTHON=$(PYTHON) sh tests/real/setup.sh build/real
	FEEDKEEP_REAL=build/real $(BIN)/pytest tests/real

# New examples at every run: what it finds becomes a case.
fuzz: $(VENV)/.dev
	HYPOTHESIS_PROFILE=search $(BIN)/pytest -m hypothesis

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python docs/generate.py --check

accept: $(VENV)/.dev
	-$(BIN)/pytest --accept tests/test_importers.py tests/test_exporters.py
	git diff --stat -- tests/data

# The wheel alone, without any tool of ours beside it: what only works thanks to a test tool breaks here.
smoke: $(VENV)/.installed
	rm -rf build/smoke
	$(PIP) wheel --no-build-isolation --no-deps --wheel-dir build/smoke .
	$(PYTHON) -m venv build/smoke/venv
	$(ALONE)/python -m pip --quiet --disable-pip-version-check install --require-hashes -r requirements/runtime.txt
	$(ALONE)/python -m pip --quiet --disable-pip-version-check install --no-deps --no-index build/smoke/feedkeep-*.whl
	$(ALONE)/feedkeep --help > build/smoke/help.txt
	$(ALONE)/feedkeep import $(SAMPLE) --archive build/smoke/archive
	for format in $(call EXPORTERS,$(ALONE)); do \
		$(ALONE)/feedkeep export $$format --archive build/smoke/archive -o build/smoke/$$format || exit; \
	done
	$(ALONE)/feedkeep verify --archive build/smoke/archive

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

docs: $(VENV)/.installed
	$(BIN)/python docs/generate.py

# Only where the documents are: the page is kept, they are not.
fidelity: $(VENV)/.installed
	$(BIN)/python docs/fidelity.py

PIN = uv pip compile --quiet --upgrade --generate-hashes --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url --no-emit-find-links
pins:
	$(PIN) requirements/build.in --output-file requirements/build.txt
	$(PIN) pyproject.toml --output-file requirements/runtime.txt
	$(PIN) --extra parquet pyproject.toml requirements/dev.in requirements/build.in --output-file requirements/dev.txt

clean:
	rm -rf build dist demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests benchmarks docs -name __pycache__ -type d -prune -exec rm -rf {} +
