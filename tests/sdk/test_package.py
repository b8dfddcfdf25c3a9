"""What importing the package gives, and what it costs."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import lightfield

ROOT = Path(__file__).resolve().parents[2]

PUBLIC = """
DEFAULT_CONNECTION_LIMITS DEFAULT_MAX_RETRIES DEFAULT_TIMEOUT NOT_GIVEN APIConnectionError APIError
APIResponse APIResponseValidationError APIStatusError APITimeoutError AsyncAPIResponse AsyncClient
AsyncLightfield AsyncStream AuthenticationError BadRequestError BaseModel Client ConflictError
DefaultAioHttpClient DefaultAsyncHttpxClient DefaultHttpxClient InternalServerError Lightfield LightfieldError
MultipleMatchesError NoneType NotFoundError NotGiven Omit PermissionDeniedError ProxiesTypes RateLimit
RateLimitError RequestOptions Stream Timeout Transport UnprocessableEntityError __title__ __version__
file_from_path not_given omit resources types
""".split()  # noqa: SIM905 - one name after another reads better than a name per line


def python(code: str, **environment: str) -> str:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), **environment}
    return subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_the_package_offers_these_names_and_no_others() -> None:
    assert sorted(lightfield.__all__) == sorted(PUBLIC)
    assert all(hasattr(lightfield, name) for name in PUBLIC)


def test_exported_objects_say_where_they_are_imported_from() -> None:
    ours = [
        getattr(lightfield, name)
        for name in PUBLIC
        if name not in ("resources", "types", "Timeout", "Transport", "NoneType")
    ]
    strays = [o for o in ours if getattr(o, "__module__", "").startswith("lightfield.")]
    assert strays == []
    assert repr(lightfield.NotFoundError) == "<class 'lightfield.NotFoundError'>"


def test_aliases_are_the_clients_themselves() -> None:
    assert lightfield.Client is lightfield.Lightfield
    assert lightfield.AsyncClient is lightfield.AsyncLightfield


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
        _ = lightfield.Nonsense  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = lightfield.types.nonsense  # type: ignore[attr-defined]


def test_importing_loads_neither_models_nor_resources() -> None:
    loaded = python("import lightfield, sys; print(' '.join(sys.modules))").split()
    for module in (
        "pydantic",
        "anyio",
        "lightfield._models",
        "lightfield.resources.account",
        "lightfield.types.shared",
    ):
        assert module not in loaded


def test_importing_costs_less_than_150_milliseconds_more_than_its_http_library() -> None:
    def cost(module: str) -> float:
        code = f"import time; a = time.perf_counter(); import {module}; print(time.perf_counter() - a)"
        return min(float(python(code)) for _ in range(5))

    assert cost("lightfield") - cost("httpx2") < 0.150


def test_models_are_compiled_on_first_use_unless_told_otherwise() -> None:
    code = "from lightfield.types.shared import Record; print(Record.__pydantic_complete__)"
    assert python(code) == "False"
    assert python(code, DEFER_PYDANTIC_BUILD="false") == "True"


def test_the_version_is_that_of_the_distribution() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert lightfield.__version__ == project["version"]
    assert lightfield.__title__ == "lightfield"


def test_the_package_is_typed() -> None:
    assert (Path(lightfield.__file__).parent / "py.typed").exists()


def test_the_aiohttp_client_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx_aiohttp", None)
    with pytest.raises(RuntimeError, match="needs the package httpx-aiohttp"):
        lightfield.DefaultAioHttpClient()


def test_a_file_is_read_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(b"hello")
    assert lightfield.file_from_path(str(tmp_path / "notes.txt")) == ("notes.txt", b"hello")


def test_nothing_given_is_false_and_prints_its_name() -> None:
    assert not lightfield.omit
    assert not lightfield.NOT_GIVEN
    assert repr(lightfield.omit) == "omit"
    assert repr(lightfield.not_given) == "NOT_GIVEN"
