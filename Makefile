# One thing, one visit: `make` alone lists what can be done.

SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3)
BIN := .venv/bin
# Says when the environment was last built; older than what it was built from: build it again.
STAMP := .venv/.built

.PHONY: help install demo up down test lint faults bench migrate new-migration lock clean

help: ## 列出命令 this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(STAMP) ## 安装锁定的依赖到 .venv  the locked packages, into .venv

demo: $(STAMP) ## 三十件办理、取消一个事项、两个月的故事  filings, an abolition, two months; then stops
	@$(BIN)/onevisit demo

up: $(STAMP) ## 启动平台直到 Ctrl-C  the whole platform here, until Ctrl-C (REPLICAS=2 PORT_BASE=9000)
	@$(BIN)/onevisit up

down: $(STAMP) ## 结束平台  ends it from another window
	@$(BIN)/onevisit down

test: $(STAMP) ## 全部测试  every test (ARGS="-k name")
	$(BIN)/python -m pytest -q -n 2 --dist loadfile $(ARGS)

lint: $(STAMP) ## 格式、类型、依赖方向  style, types, directions of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

faults: $(STAMP) ## 随机杀进程并核对  kills processes and checks every promise (KILLS=20 SEED=1)
	$(BIN)/python -m tests.faults

bench: $(STAMP) ## 测速  how fast, beside what is possible
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.bench.composition
	$(BIN)/python -m tests.bench.catalogue
	$(BIN)/python -m tests.bench.instant
	$(BIN)/python -m tests.bench.desk

migrate: $(STAMP) ## 升级一个服务的数据库  one service's database (SERVICE=bundle, DATABASE_URL=…)
	@test -n "$(SERVICE)" || { echo "SERVICE=catalog|bundle|approval|metrics"; exit 2; }
	$(BIN)/alembic -n $(SERVICE) upgrade head

new-migration: $(STAMP) ## 新的迁移脚本  from the tables (SERVICE=bundle NAME="expand: add wallet")
	@test -n "$(SERVICE)" -a -n "$(NAME)" || { echo 'SERVICE=bundle NAME="expand: what changes"'; exit 2; }
	$(BIN)/alembic -n $(SERVICE) revision --autogenerate -m "$(NAME)"

LOCKED := $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--no-header --no-annotate
lock: $(STAMP) ## 重新锁定依赖  both lock files anew, from pyproject.toml
	$(LOCKED) --all-extras --output-file requirements.lock pyproject.toml
	$(LOCKED) --output-file deploy/requirements.lock pyproject.toml

clean: ## 删除 .venv 和 .local  removes .venv and .local (databases included)
	rm -rf .venv .local

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "需要 Python 3.11 或更高版本：make PYTHON=/path/to/python3.11"; \
		echo "Python 3.11 or newer is needed, found: $$($(PYTHON) --version 2>&1). Name one: make PYTHON=/path/to/python3.11"; \
		exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { \
		echo "无法创建虚拟环境（Debian/Ubuntu：apt-get install python3-venv）"; \
		echo "Could not make a virtual environment (Debian, Ubuntu: apt-get install python3-venv)"; \
		exit 2; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
