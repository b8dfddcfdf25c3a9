"""What the manual shows is carried out, and what it links to is there."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import ROOT, Serving

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")])

BLOCK = re.compile(r"^```python run\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)

RUNNABLE = [path for path in DOCUMENTS if BLOCK.search(path.read_text("utf-8"))]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serving]:
    with Serving(tmp_path) as serving:
        monkeypatch.setenv("LIGHTFIELD_API_KEY", serving.token)
        monkeypatch.setenv("LIGHTFIELD_BASE_URL", serving.address)
        yield serving


@pytest.mark.parametrize("path", RUNNABLE, ids=name)
def test_the_examples_of_a_page_run_one_after_another(path: Path, served: Serving) -> None:
    said = path.read_text("utf-8")
    shared: dict[str, object] = {}
    try:
        for block in BLOCK.finditer(said):
            line = said[: block.start(1)].count("\n")
            exec(compile("\n" * line + block[1], str(path), "exec"), shared)
    finally:
        client = shared.get("client")
        if client is not None:
            client.close()  # type: ignore[attr-defined]


def test_the_readme_and_the_manual_have_examples_that_run() -> None:
    assert {"README.md", f"docs{os.sep}api.md", f"docs{os.sep}sdk.md"} <= {name(path) for path in RUNNABLE}


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_link_of_a_page_leads_somewhere(path: Path) -> None:
    for link in LINK.findall(path.read_text("utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, fragment = link.partition("#")
        page = (path.parent / target).resolve() if target else path
        assert page.exists(), f"{name(path)} links to {link}"
        if fragment:
            assert fragment in anchors(page), f"{name(path)} links to {link}"


def anchors(page: Path) -> set[str]:
    headings = HEADING.findall(page.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
