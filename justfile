# Every command there is. `just` runs what should pass before a push.

default: lint test

# Start a server with the demo company on http://127.0.0.1:8000
serve *options:
    lightfield serve --demo {{options}}

test *options:
    python -m pytest {{options}}

lint:
    ruff check .
    ruff format --check .
    mypy
    lint-imports

format:
    ruff check --fix .
    ruff format .

# Make the SDK and the contract's record of what is served anew
generate:
    python tools/generate_sdk.py
    python tools/generate_contract.py

bench *options:
    python -m benchmarks.run {{options}}

# Exactly what CI runs
ci:
    bash .ci/run
