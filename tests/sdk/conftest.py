"""Fixtures of the SDK's tests. They stay on this machine, but for installing the vendor's package once."""

from __future__ import annotations

import pytest

from tests.vendor import vendor_python

__all__ = ["vendor_python"]


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the developer has set must not decide what a test sees."""
    for name in ("API_KEY", "BASE_URL", "CUSTOM_HEADERS", "LOG"):
        monkeypatch.delenv(f"LIGHTFIELD_{name}", raising=False)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
