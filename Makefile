# make run        start the dashboard on http://localhost:8501
# make test       run every test; ARGS="tests/test_app.py -x" passes options to pytest
# make test-fast  run the quick ones that need no browser, training, PostgreSQL, nginx or whole server, laws on fewer examples
# make screenshots  compare every page with its approved pictures, in all widths; RENEW=1 takes them anew, to be looked at
# make kills      kill those that write the ledger a hundred times instead of a few
# make lint       check style and types
# make clean      remove the installed environment

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin/python

# Where Python is told to keep nothing that it compiled, every worker would compile every test anew.
PYTEST := env -u PYTHONDONTWRITEBYTECODE $(BIN) -m pytest

# Tests of one module stay together, and those of the browser (tests/scheduling.py); the long ones come first by name.
SIDE_BY_SIDE := --maxprocesses 4 --dist loadscope --no-loadscope-reorder

# Tests of the browser, of trainings and of killed writers mostly wait for other processes: one worker more than cores.
ONE_MORE = $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

# What two folders hold takes seconds to import, and all of it is marked. Laws are tried on a fifth of the examples.
FAST := -m "not slow and not browser and not training and not postgresql and not nginx and not server" \
	--hypothesis-profile fast --ignore tests/browser --ignore tests/learning

# Deno checks and tests the browser's scripts; what it remembers stays here.
export DENO_DIR := $(VENV)/deno
export DENO_NO_UPDATE_CHECK := 1

.PHONY: run test test-fast screenshots kills lint clean

# Candor prints its address once it listens; STREAMLIT_SERVER_PORT and STREAMLIT_SERVER_ADDRESS change it.
run: $(VENV)/installed
	@$(call find_a_home) $(BIN) -m streamlit run app.py

test: $(VENV)/installed-dev
	@$(PYTEST) --numprocesses $(ONE_MORE) $(SIDE_BY_SIDE) $(ARGS)

test-fast: $(VENV)/installed-dev
	@$(PYTEST) --numprocesses logical $(SIDE_BY_SIDE) $(FAST) $(ARGS)

screenshots: $(VENV)/installed-dev
	@CANDOR_EVERY_WIDTH=1 CANDOR_RENEW=$(RENEW) $(PYTEST) tests/browser/test_screenshots.py $(ARGS)

kills: $(VENV)/installed-dev
	@CANDOR_KILLS=100 $(PYTEST) tests/journal/test_kill.py tests/journal/test_leadership.py -k killed $(ARGS)

lint: $(VENV)/installed-dev
	@$(BIN) -m ruff format --check .
	@$(BIN) -m ruff check .
	@$(BIN) -m mypy
	@$(VENV)/bin/deno fmt --check --quiet
	@$(VENV)/bin/deno lint --quiet

clean:
	rm -rf $(VENV)

# Each marker is newer than the requirements it installed, so nothing is installed twice.
$(VENV)/installed: requirements.txt
	@$(call ensure_environment)
	@$(BIN) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt requirements-train.txt requirements.txt
	@$(call ensure_environment)
	@$(BIN) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $(VENV)/installed $@

# Streamlit ends where it finds no home: a container's user without a name has none.
define find_a_home
if [ -z "$$HOME" ] && ! $(BIN) -c 'import pathlib; pathlib.Path.home()' 2>/dev/null; then \
	HOME="$${CANDOR_DATA_DIR:-data}/home"; \
	case "$$HOME" in /*) ;; *) HOME="$(CURDIR)/$$HOME" ;; esac; export HOME; \
fi;
endef

# A half-made environment (no pip in it) is made anew. Debian splits venv from Python: say so before it fails.
define ensure_environment
if ! $(BIN) -m pip --version >/dev/null 2>&1; then \
	command -v $(PYTHON) >/dev/null || { echo "Candor needs Python 3.11 or newer; $(PYTHON) was not found." >&2; exit 1; }; \
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Candor needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Name another one: make run PYTHON=python3.12" >&2; exit 1; }; \
	$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "$(PYTHON) comes without venv. On Debian: sudo apt-get install python3-venv" >&2; exit 1; }; \
	$(PYTHON) -m venv --clear $(VENV); \
	echo "Installing what Candor needs into $(VENV): some minutes, the first time only."; \
fi
endef
