# A thin front of `python3 -m dev`; CONTRIBUTING.md says what each command is for.
PYTHON ?= python3
DEV = cd $(CURDIR) && exec $(PYTHON) -m dev

.PHONY: help setup demo serve test test-modules test-queue-job lint format bench shell \
	screenshots translations upgrade dist stop clean

help:
	@$(DEV) --help

setup:
	@$(DEV) setup

# make test T=tests/test_import.py, T=:TestImport.test_x, T=tests/lengow_api/test_money.py
test:
	@$(DEV) test $(if $(FRESH),--fresh) $(if $(V),--verbose) $(T)

# Beside Odoo's own other modules and nine charts of accounts, which takes a while.
# make test-modules T=:TestCharts, or T=tests/test_taxes.py of the addon's other tests.
test-modules:
	@$(DEV) test_modules $(if $(FRESH),--fresh) $(if $(V),--verbose) $(T)

# The part of make test that needs OCA's job engine: extras/lengow_connector_queue_job.
test-queue-job:
	@$(DEV) test dev/tests/test_queue_job.py

shell:
	@$(DEV) shell $(if $(DB),--database=$(DB)) $(if $(SCRIPT),--script=$(SCRIPT))

stop:
	@$(DEV) stop

# Forgets everything that was set up, databases included.
clean:
	@$(DEV) stop --remove
	@rm -rf $(CURDIR)/.runtime

lint:
	@$(DEV) lint

format:
	@$(DEV) format

demo:
	@$(DEV) demo

serve:
	@$(DEV) serve $(if $(PORT),--port=$(PORT)) $(if $(LOCALE),--locale=$(LOCALE))

# make bench B=bench_import runs one of them; B=bench_screens, which takes minutes,
# opens the screens beside 1,000,000 orders.
bench:
	@$(DEV) bench $(B)

# Of the demo that make serve shows, into static/description/.
screenshots:
	@$(DEV) screenshots $(if $(SHOTS),--shots=$(SHOTS)) $(if $(OUT),--output=$(OUT))

# i18n/lengow_connector.pot, after a change of texts.
translations:
	@$(DEV) translations

# make upgrade FROM=v19.0.1.0.0 compares a database before and after, table by table.
upgrade:
	@$(DEV) upgrade $(FROM)

# The wheel and the archive that merchants install, into dist/.
dist:
	@$(DEV) dist
