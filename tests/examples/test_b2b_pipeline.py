"""The public pipeline of a hardware seller goes in whole, comes out with its known sums, and goes in only once."""

import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from lightfield import Lightfield
from tests.examples.conftest import ROOT, Served, run

PROGRAM = "b2b_pipeline.py"
FOLDER = (ROOT / "../shared/data/b2b-pipeline").resolve()

FIGURES = """\
                   deals        8,800
                     won        4,238
                    lost        2,473
                engaging        1,589
             prospecting          500
               won value   10,005,534
  won by Darcel Schlecht    1,153,214
"""

#: Everything but answers kept for idempotency keys.
TABLES = ("record", "link", "event", "definition", "key_text", "key_int", "tally", "workspace")

needs_data = pytest.mark.skipif(
    not (FOLDER / "sales_pipeline.csv").is_file(), reason="The practice data is not here: it lives beside the project."
)


@pytest.fixture(scope="module")
def first(served: Served) -> subprocess.CompletedProcess[str]:
    """What the program says the first time."""
    return served.run(PROGRAM, str(FOLDER))


@pytest.fixture(scope="module")
def client(served: Served, first: subprocess.CompletedProcess[str]) -> Iterator[Lightfield]:
    assert first.returncode == 0, first.stderr
    with served.client() as client:
        yield client


def named(client: Lightfield, name: str) -> Any:
    (found,) = client.account.list(filters={"$name": name}).data
    return found


def contents(database: Path) -> dict[str, list[Any]]:
    """Every row the server keeps, times of change and facts included."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return {table: sorted(connection.execute(f"select * from {table}").fetchall(), key=repr) for table in TABLES}


@needs_data
@pytest.mark.slow
def test_the_server_confirms_every_figure_of_the_source(first: subprocess.CompletedProcess[str]) -> None:
    assert first.returncode == 0, first.stderr
    assert first.stdout.endswith(FIGURES)


@needs_data
@pytest.mark.slow
def test_it_tells_how_far_it_is(first: subprocess.CompletedProcess[str]) -> None:
    assert "deals: 8,800 added in " in first.stdout
    assert " a second, " in first.stdout


@needs_data
@pytest.mark.slow
def test_running_it_again_changes_nothing(served: Served, client: Lightfield) -> None:
    before = contents(served.database)
    again = served.run(PROGRAM, str(FOLDER))
    assert again.returncode == 0, again.stderr
    assert again.stdout.endswith(FIGURES)
    assert "added" not in again.stdout
    assert {table: len(rows) for table, rows in contents(served.database).items()} == {
        table: len(rows) for table, rows in before.items()
    }
    assert contents(served.database) == before


@needs_data
@pytest.mark.slow
def test_what_an_interrupted_run_left_out_is_added_by_the_next(served: Served, client: Lightfield) -> None:
    deal = client.opportunity.list(filters={"source-id": "1C1I7A6R"}).data[0]
    client.opportunity.update(deal.id, fields={"source-id": "another"})
    with closing(sqlite3.connect(served.database, isolation_level=None)) as connection:
        # A day later: idempotency keys are forgotten.
        connection.execute("delete from idempotency")
    repaired = served.run(PROGRAM, str(FOLDER))
    client.opportunity.delete(deal.id)
    assert "deals: 1 added" in repaired.stdout
    assert served.run(PROGRAM, str(FOLDER)).stdout.endswith(FIGURES)


@needs_data
@pytest.mark.slow
def test_deals_without_an_account_are_kept_without_one(client: Lightfield) -> None:
    deals = [deal for stage in ("Engaging", "Prospecting")
             for deal in client.opportunity.list_all(filters={"$stage": stage})]  # fmt: skip
    homeless = [deal for deal in deals if not deal.get("$account")]
    assert len(homeless) == 1_425
    assert all(deal.get("$owner") and deal.get("product") for deal in homeless)


@needs_data
@pytest.mark.slow
def test_an_account_has_what_the_file_says_of_it(client: Lightfield) -> None:
    labels = client.account.labels()
    philippines, korea, bluth = (named(client, name) for name in ("Bioholding", "Hottechi", "Bluth Company"))
    assert philippines.get("$primaryAddress").country == "PH"
    assert korea.get("$primaryAddress").country == "KR"
    assert labels.of(korea, "sector") == "technology"
    assert (korea.get("$revenue"), korea.get("employees"), korea.get("year-established")) == (
        8_170_380_000,
        16_499,
        1997,
    )
    assert bluth.get("subsidiary_of") == [named(client, "Acme Corporation").id]
    assert len(named(client, "Acme Corporation").get("subsidiaries")) == 4


@needs_data
@pytest.mark.slow
def test_an_agent_has_an_office_and_a_manager(client: Lightfield) -> None:
    (agent,) = client.object.list("sales-agent", filters={"$name": "Darcel Schlecht"}).data
    assert client.object.labels("sales-agent").of(agent, "regional-office") == "Central"
    names = []
    for key in ("member", "manager"):
        (id,) = agent.get(key)
        name = client.member.retrieve(id).fields.name.value
        names.append(f"{name.first_name} {name.last_name}")
    assert names == ["Darcel Schlecht", "Melvin Marxen"]


@needs_data
@pytest.mark.slow
def test_the_two_spellings_of_a_product_are_one_product(client: Lightfield) -> None:
    assert sorted(product.get("$name") for product in client.object.list_all("product")) == [
        "GTK 500",
        "GTX Basic",
        "GTX Plus Basic",
        "GTX Plus Pro",
        "GTX Pro",
        "MG Advanced",
        "MG Special",
    ]


def test_a_folder_without_the_files_is_named(tmp_path: Path) -> None:
    done = run(PROGRAM, str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.startswith("There is no accounts.csv, no products.csv, ")
    assert str(tmp_path) in done.stderr


def test_it_goes_to_no_server_that_was_not_named() -> None:
    with_files = run(PROGRAM, str(FOLDER), LIGHTFIELD_API_KEY="sk_lf_1_0")
    assert with_files.returncode == 2
    if FOLDER.is_dir():
        assert with_files.stderr.startswith("Set LIGHTFIELD_BASE_URL")
