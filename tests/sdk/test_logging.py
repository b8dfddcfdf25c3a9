"""What `LIGHTFIELD_LOG` shows, and never shows."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sdk.support import Served, record, refusal, reply

ROOT = Path(__file__).resolve().parents[2]


def logged(caplog: pytest.LogCaptureFixture, level: int) -> str:
    served = Served(refusal(500), reply(record(name="Secret Customer")))
    with caplog.at_level(level, logger="lightfield"), served.client(api_key="sk_lf_hidden") as client:
        client.account.update("acc_1", fields={"$name": "Secret Name"}, extra_query={"$email": "secret@person.test"})
    return "\n".join(r.getMessage() for r in caplog.records if r.name == "lightfield")


def test_info_names_requests_and_answers_and_nothing_of_their_content(caplog: pytest.LogCaptureFixture) -> None:
    text = logged(caplog, logging.INFO)
    assert "POST http://server.test/v1/accounts/acc_1" in text
    assert "answered 500" in text
    assert "trying again in" in text
    assert "Secret" not in text
    assert "secret" not in text
    assert "sk_lf_hidden" not in text


def test_debug_shows_content_and_never_the_key(caplog: pytest.LogCaptureFixture) -> None:
    text = logged(caplog, logging.DEBUG)
    assert "Secret Name" in text
    assert "Secret Customer" in text
    assert "secret%40person.test" in text
    assert "sk_lf_hidden" not in text


@pytest.mark.parametrize(("value", "levels"), [("info", "20 20"), ("DEBUG", "10 10"), ("", "0 0"), ("loud", "0 0")])
def test_the_environment_sets_the_level_of_both_loggers(value: str, levels: str) -> None:
    code = "import logging, lightfield; print(*(logging.getLogger(n).level for n in ('lightfield', 'httpx')))"
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "LIGHTFIELD_LOG": value}
    printed = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True).stdout
    assert printed.strip() == levels
