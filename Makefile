# `make` alone prints the targets, from the `##` behind each; what they do is in scripts/.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := bash

# Two copies run side by side on one machine when each has ports and a log folder of its own.
export INFERENCE_PORT ?= 8080
export MANAGEMENT_PORT ?= 8081
export METRICS_PORT ?= 8082
export GRPC_INFERENCE_PORT ?= 7070
export GRPC_MANAGEMENT_PORT ?= 7071
export LOG_DIR ?= logs
# Empty: as many as the cores that affinity and container leave (service/instance.py).
export WORKERS ?=
export MODEL ?= model
# What the served graph's linear layers compute in: int8, none (float32), or, empty, int8 where the
# model folder says that it costs little (docs/operations.md, "In int8").
export QUANTIZE ?=
# What `make rollout` lets answer in place of what runs.
export MAR ?=
# A folder with the GoEmotions TSV files; empty: the Hub.
export GOEMOTIONS_DIR ?=
# Seconds until a started service must answer.
export START_SECONDS ?= 180
# Seconds that TorchServe may do nothing before its keeper restarts it.
export HANG_SECONDS ?= 30
# Seconds until `make ready` must have its answer.
export READY_SECONDS ?= 5

# Of `make accuracy`.
COUNT ?= 50
# Of `make loadtest`; empty: 50, 5, 30, or what the scenario says.
USERS ?=
RATE ?=
DURATION ?=
SCENARIO ?=
# Of `make loadtest-compare`: two results folders, or their names in loadtest/results.
A ?=
B ?=
# Of `make test`: how many tests run at a time; many of them only wait for a server.
TEST_PROCESSES ?= 3
# More options, for what a target runs: make test ARGS="-k hostile".
ARGS ?=
# `make lock LOCK_ARGS=--upgrade` takes the newest releases; without it, pins stay where they can.
LOCK_ARGS ?=

# What .venv is made with; scripts/environment.py says which versions can be.
PYTHON ?= python3
VENV := .venv
ENVIRONMENT := command -v $(PYTHON) >/dev/null || { echo "make: there is no $(PYTHON); \
name a Python: make serve PYTHON=python3.11" >&2; exit 2; }; $(PYTHON) scripts/environment.py
RUN := PYTHONPATH="$(CURDIR):$(CURDIR)/handler" $(VENV)/bin/python
# What runs goes on with the packages that it was started with, whatever the lock file says by now.
OPERATE = $(VENV)/bin/python -c 'import psutil, requests, rich, typer' 2>/dev/null || \
  $(MAKE) --no-print-directory $(VENV)/.serve && $(RUN) -m scripts.service
# int8 that is asked for is compared with float32 on GoEmotions, which takes training's packages.
PACKAGING = $(VENV)/.serve $(if $(filter int8,$(QUANTIZE)),$(VENV)/.train)
LOAD := $(if $(USERS),-u $(USERS)) $(if $(RATE),-r $(RATE)) $(if $(DURATION),-l $(DURATION)) \
        $(if $(SCENARIO),--scenario $(SCENARIO))

.PHONY: help
help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-18s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: serve stop status ready scale rollout package
serve: $(PACKAGING) ## Start TorchServe in the background and wait until it answers
	@$(RUN) -m scripts.package --keep-altered && $(RUN) -m scripts.service start

stop: ## Stop it, workers and all
	@$(OPERATE) stop

status: ## Say what runs: versions, workers, queue
	@$(OPERATE) status

ready: ## Exit with 0 if a real prediction is answered in time: for probes and scripts
	@$(OPERATE) ready

scale: ## Give the running service so many workers (WORKERS=2)
	@$(OPERATE) scale

rollout: ## Let another version answer, with no failed request (MAR=model_store/goemotions.mar)
	@$(OPERATE) rollout

package: $(PACKAGING) ## Build model_store/goemotions.mar where handler/ or model/ changed (QUANTIZE=none)
	@$(RUN) -m scripts.package

.PHONY: test test-quick accuracy loadtest loadtest-headless loadtest-compare bench sweep
test: $(VENV)/.dev package ## Run every test, with a real TorchServe (ARGS="-k name")
	@$(RUN) -m pytest --numprocesses $(TEST_PROCESSES) --dist loadgroup $(ARGS)

test-quick: $(VENV)/.dev ## Run the tests that need no server and no trained weights
	@$(RUN) -m pytest --numprocesses $(TEST_PROCESSES) --dist loadgroup -m "not weights and not server" $(ARGS)

accuracy: $(VENV)/.train ## Ask the running service about GoEmotions test comments (COUNT=50, or all)
	@$(RUN) -m scripts.accuracy --count $(COUNT) $(ARGS)

loadtest: $(VENV)/.loadtest ## Locust and its web page against it (USERS=50 RATE=5 DURATION=30, SCENARIO=name)
	@$(RUN) -m loadtest.stress_test $(LOAD) $(ARGS)

loadtest-headless: $(VENV)/.loadtest ## The same without the web page
	@$(RUN) -m loadtest.stress_test --no-web $(LOAD) $(ARGS)

loadtest-compare: $(VENV)/.loadtest ## Two of its runs side by side (A=folder B=folder)
	@$(RUN) -m loadtest.compare $(A) $(B)

bench: package $(VENV)/.bench .bench/.infinity .bench/.infinity-onnx ## It, its peers and the bare model, side by side (ARGS=--quick)
	@$(RUN) -m scripts.bench $(ARGS)

sweep: package $(VENV)/.bench ## Each setting of TorchServe and the handler, measured by itself (ARGS="--minutes 45")
	@$(RUN) -m scripts.sweep $(ARGS)

.PHONY: study study-table train train-teacher evaluate behaviour
study: $(VENV)/.train ## Train the experiments of training/experiments/ in rungs (ARGS="--rung 0")
	@$(RUN) -m scripts.study run $(ARGS)

study-table: $(VENV)/.train ## Write docs/quality/study.md from the runs there are
	@$(RUN) -m scripts.study table $(ARGS)

train: $(VENV)/.train ## Fine-tune the encoder on GoEmotions and write model/
	@$(RUN) -m scripts.training train --recipe training/recipe/student.toml $(ARGS) && $(RUN) -m scripts.training export

train-teacher: $(VENV)/.train ## Fine-tune the base-size teacher, and cache what it answers (hours)
	@$(RUN) -m scripts.training train --run runs/teacher --recipe training/recipe/teacher.toml $(ARGS) && \
	$(RUN) -m scripts.training score --run runs/teacher --out runs/scores/teacher.safetensors

evaluate: $(VENV)/.train ## Measure MODEL on dev and test, and how it behaves: write docs/quality/
	@$(RUN) -m scripts.evaluate && $(RUN) -m scripts.behaviour

behaviour: $(VENV)/.train ## The latter alone: MODEL on cases written for this project
	@$(RUN) -m scripts.behaviour $(ARGS)

.PHONY: lint format ci lock clean
lint: $(VENV)/.dev ## Check format, lint, types, and who imports whom
	@$(VENV)/bin/ruff format --check && $(VENV)/bin/ruff check && $(VENV)/bin/mypy && \
	PYTHONPATH="$(CURDIR):$(CURDIR)/handler" $(VENV)/bin/lint-imports --no-cache --no-logo

format: $(VENV)/.dev ## Format the code, and mend what ruff can
	@$(VENV)/bin/ruff format && $(VENV)/bin/ruff check --fix

ci: lint test ## All that CI runs

lock: $(VENV)/.dev ## Pin requirements/*.txt anew from requirements/*.in
	@set -e; for purpose in serve train serve-transformers loadtest bench bench-infinity bench-infinity-onnx dev; do $(call compile,$$purpose); done

clean: ## Remove archives and caches; .venv, model/ and logs/ stay
	rm -rf model_store/* .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

# What torch is on this machine, "+cpu" and CUDA packages, must not stand in the lock: pip adds
# what each machine needs. pip itself is left as it is.
define compile
CUSTOM_COMPILE_COMMAND="make lock" $(VENV)/bin/pip-compile --quiet --strip-extras --no-annotate \
--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options --unsafe-package pip \
$(LOCK_ARGS) --output-file requirements/$(1).txt requirements/$(1).in; \
sed -i -E 's/^(torch==[0-9.]+)\+.*/\1/; /^(nvidia|cuda|triton)[-=]/d' requirements/$(1).txt
endef

# .venv/.PURPOSE: the packages of requirements/PURPOSE.txt are in .venv. The lock files agree on
# every version, so that one .venv takes one after the other. Asked at each call, since what a stamp
# says may have become untrue; it costs 30 ms.
$(VENV)/.%: FORCE
	@$(ENVIRONMENT) $(VENV) requirements/$*.txt

# Peers that need other versions than the lock files agree on have environments of their own.
.bench/.%: FORCE
	@$(ENVIRONMENT) .bench/$* requirements/bench-$*.txt

.PHONY: FORCE
FORCE:
