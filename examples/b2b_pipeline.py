"""Loads the pipeline of a computer hardware seller – a public practice data set – and has the server confirm its sums.

    LIGHTFIELD_BASE_URL=http://127.0.0.1:8000 LIGHTFIELD_API_KEY=sk_lf_… python examples/b2b_pipeline.py [FOLDER]

The folder holds accounts.csv, products.csv, sales_teams.csv and sales_pipeline.csv; when none is named, it is
../shared/data/b2b-pipeline as seen from the project. The key needs full access of an administrator, because the program
defines fields and adds members; a workspace of its own is the best place for it. Running it again changes nothing: it
reads what is there and creates what is missing.

What becomes of the files:

- Companies are accounts. Revenue is in millions in the file and in dollars here; the country becomes its ISO code, and
  a parent company the relationship `subsidiary_of`.
- Sales agents and their managers are members. What the file says about an agent beyond the name – the manager and the
  regional office – has no place in a member, whose shape is fixed, so it is kept in records of a type `sales-agent`.
  Members need an e-mail address and the file has none: they get one on a domain that leads nowhere.
- Products are records of a type `product`.
- Deals are opportunities. 1,425 open ones have no account yet. Usually an opportunity must have one; an administrator
  may switch that off for a workspace, and this program does, rather than leaving those deals out or inventing a company
  for them. Deals still open have no value in the file and none here.

The files are never changed. Words that they spell in a way that would split one thing in two, or hide what is meant,
are in `SPELLINGS`; everything else stays as it is written. Dates without a time are midnight UTC.
"""

import csv
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

from lightfield import Lightfield, LightfieldError
from lightfield.lib.filters import Filters
from lightfield.types.shared_params import NewFields

FOLDER = (Path(__file__).resolve().parents[1] / "../shared/data/b2b-pipeline").resolve()

#: Requests under way at once.
IN_FLIGHT = 16

#: As written in the files → as meant.
SPELLINGS = {"GTXPro": "GTX Pro", "technolgy": "technology", "Philipines": "Philippines"}

COUNTRIES = {
    "Belgium": "BE",
    "Brazil": "BR",
    "China": "CN",
    "Germany": "DE",
    "Italy": "IT",
    "Japan": "JP",
    "Jordan": "JO",
    "Kenya": "KE",
    "Korea": "KR",
    "Norway": "NO",
    "Panama": "PA",
    "Philippines": "PH",
    "Poland": "PL",
    "Romania": "RO",
    "United States": "US",
}

#: The stages of the file in their order, each with the shipped one it takes the place of.
STAGES = {"Prospecting": "Prospecting", "Engaging": "Qualification", "Won": "Closed Won", "Lost": "Closed Lost"}
RETIRED_STAGES = ("Proposal", "Negotiation")

#: Under this key a deal keeps the number it has in the file.
SOURCE = "source-id"

#: What must come out.
STAR = "Darcel Schlecht"
FIGURES = {
    "deals": 8_800,
    "won": 4_238,
    "lost": 2_473,
    "engaging": 1_589,
    "prospecting": 500,
    "won value": 10_005_534,
    f"won by {STAR}": 1_153_214,
}

Row = dict[str, str]
Ids = dict[str, str]
T = TypeVar("T")


def main(arguments: Sequence[str]) -> int:
    folder = Path(arguments[0]) if arguments else FOLDER
    names = ("accounts", "products", "sales_teams", "sales_pipeline")
    absent = [f"{name}.csv" for name in names if not (folder / f"{name}.csv").is_file()]
    if absent:
        print(f"There is no {', no '.join(absent)} in {folder}; name the folder that has the files.", file=sys.stderr)
        return 2
    if not os.environ.get("LIGHTFIELD_BASE_URL"):
        print("Set LIGHTFIELD_BASE_URL to the address of your server, which this program will change.", file=sys.stderr)
        return 2
    accounts, products, teams, deals = (rows(folder / f"{name}.csv") for name in names)
    try:
        with Lightfield() as client:
            define(client, accounts, products, teams)
            load(client, accounts, products, teams, deals)
            return 0 if confirm(client) else 1
    except LightfieldError as error:
        print(f"It did not work: {error}", file=sys.stderr)
        return 1


def rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{key: SPELLINGS.get(value, value) for key, value in row.items()} for row in csv.DictReader(file)]


# What the workspace must know before records come


def define(client: Lightfield, accounts: list[Row], products: list[Row], teams: list[Row]) -> None:
    """Fields, types and relationships that are not there yet; stages with the names of the file."""
    schema = Schema(client)
    schema.type("product", "Product", "Products")
    schema.type("sales-agent", "Sales agent", "Sales agents")
    schema.field("account", "sector", "Sector", "SINGLE_SELECT", labels(accounts, "sector"))
    schema.field("account", "year-established", "Year established", "NUMBER")
    schema.field("account", "employees", "Employees", "NUMBER")
    schema.link("account", "subsidiary_of", "Subsidiary of", "account", inverse=("subsidiaries", "Subsidiaries"))
    schema.field("product", "series", "Series", "SINGLE_SELECT", labels(products, "series"))
    schema.field("product", "sales-price", "Sales price", "CURRENCY")
    schema.field("sales-agent", "regional-office", "Regional office", "SINGLE_SELECT", labels(teams, "regional_office"))
    schema.link("sales-agent", "member", "Member", "member")
    schema.link("sales-agent", "manager", "Manager", "member")
    schema.field("opportunity", SOURCE, "Number in the source", "TEXT")
    schema.field("opportunity", "engage-date", "Engaged", "DATETIME")
    schema.link("opportunity", "product", "Product", "product", inverse=("deals", "Deals"))
    schema.optional("opportunity", "$account")
    schema.stages()


def labels(among: list[Row], column: str) -> list[str]:
    return sorted({row[column] for row in among})


class Schema:
    """The definitions of a workspace, read once and completed. Their paths are our server's own."""

    def __init__(self, client: Lightfield) -> None:
        self._client = client
        self._known: dict[str, Any] = {}

    def type(self, slug: str, label: str, plural: str) -> None:
        if slug not in [known["objectType"] for known in self._get("objects")["data"]]:
            self._post("objects", {"slug": slug, "label": label, "pluralLabel": plural})

    def field(self, owner: str, key: str, label: str, value_type: str, options: Iterable[str] | None = None) -> None:
        if self._find(owner, "fields", key) is None:
            body: dict[str, Any] = {"key": key, "label": label, "valueType": value_type}
            if options is not None:
                body["options"] = [{"label": option} for option in options]
            self._post(f"objects/{owner}/fields", body)

    def link(self, owner: str, key: str, label: str, target: str, inverse: tuple[str, str] | None = None) -> None:
        """A relationship to one record; `inverse` names the other end, which holds many."""
        if self._find(owner, "relationships", key) is None:
            body: dict[str, Any] = {"key": key, "label": label, "target": target, "cardinality": "HAS_ONE"}
            if inverse is not None:
                body["inverse"] = {"key": inverse[0], "label": inverse[1], "cardinality": "HAS_MANY"}
            self._post(f"objects/{owner}/relationships", body)

    def optional(self, owner: str, key: str) -> None:
        relationship = self._find(owner, "relationships", key)
        if relationship is not None and relationship["required"]:
            self._post(f"objects/{owner}/relationships/{key}", {"required": False})

    def stages(self) -> None:
        """Rename the shipped stages to those of the file, and retire the ones it does not have."""
        path = "objects/opportunity/fields/$stage/options"
        stage = self._find("opportunity", "fields", "$stage") or {}
        there = {each["label"]: each["id"] for each in stage["typeConfiguration"]["options"] if not each["retired"]}
        for label, former in STAGES.items():
            if label not in there and former in there:
                self._post(f"{path}/{there[former]}", {"label": label})
            elif label not in there:
                self._post(path, {"label": label})
        for label in RETIRED_STAGES:
            if label in there:
                self._post(f"{path}/{there[label]}/retire", {})

    def _find(self, owner: str, part: str, key: str) -> dict[str, Any] | None:
        if owner not in self._known:
            self._known[owner] = self._get(f"objects/{owner}")
        return next((each for each in self._known[owner][part] if each["key"] == key), None)

    def _get(self, path: str) -> Any:
        return self._client.get(f"v1/schema/{path}", cast_to=object)

    def _post(self, path: str, body: dict[str, Any]) -> None:
        self._client.post(f"v1/schema/{path}", cast_to=object, body=body)


# Records


def load(client: Lightfield, accounts: list[Row], products: list[Row], teams: list[Row], deals: list[Row]) -> None:
    """Everything the files tell of, in an order in which all that is linked to is there."""
    members = load_members(client, teams)
    load_agents(client, teams, members)
    product_ids = load_products(client, products)
    account_ids = load_accounts(client, accounts)
    load_deals(client, deals, Places(account_ids, members, product_ids))


def load_members(client: Lightfield, teams: list[Row]) -> Ids:
    """Name → id, of agents and managers."""
    wanted = dict.fromkeys([row["sales_agent"] for row in teams] + [row["manager"] for row in teams])
    there = {record.fields.email.value: record.id for record in client.member.list_all()}
    missing = [name for name in wanted if email(name) not in there]

    def create(name: str) -> None:
        first, _, last = name.partition(" ")
        body = {"email": email(name), "name": {"firstName": first, "lastName": last}}
        made = client.post("v1/schema/members", cast_to=object, body=body, options={"headers": once("member", name)})
        there[email(name)] = cast(dict[str, Any], made)["id"]

    each(client, "members", missing, create)
    return {name: there[email(name)] for name in wanted}


def email(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@sales.example"


def load_agents(client: Lightfield, teams: list[Row], members: Ids) -> None:
    there = {record.get("$name") for record in client.object.list_all("sales-agent")}

    def create(row: Row) -> None:
        client.object.create(
            "sales-agent",
            fields={"$name": row["sales_agent"], "regional-office": row["regional_office"]},
            relationships={"member": members[row["sales_agent"]], "manager": members[row["manager"]]},
            extra_headers=once("agent", row["sales_agent"]),
        )

    each(client, "sales agents", [row for row in teams if row["sales_agent"] not in there], create)


def load_products(client: Lightfield, products: list[Row]) -> Ids:
    there = {record.get("$name"): record.id for record in client.object.list_all("product")}

    def create(row: Row) -> None:
        fields: NewFields = {"$name": row["product"], "series": row["series"], "sales-price": float(row["sales_price"])}
        made = client.object.create("product", fields=fields, extra_headers=once("product", row["product"]))
        there[row["product"]] = made.id

    each(client, "products", [row for row in products if row["product"] not in there], create)
    return there


def load_accounts(client: Lightfield, accounts: list[Row]) -> Ids:
    """Name → id. A company comes after the one it belongs to."""
    there = {record.get("$name"): record.id for record in client.account.list_all()}

    def create(row: Row) -> None:
        fields: NewFields = {
            "$name": row["account"],
            "sector": row["sector"],
            "year-established": int(row["year_established"]),
            "$revenue": round(float(row["revenue"]) * 1_000_000),
            "employees": int(row["employees"]),
            "$primaryAddress": {"country": COUNTRIES[row["office_location"]]},
        }
        parent = row["subsidiary_of"]
        made = client.account.create(
            fields=fields,
            relationships={"subsidiary_of": there[parent]} if parent else {},
            extra_headers=once("account", row["account"]),
        )
        there[row["account"]] = made.id

    missing = [row for row in accounts if row["account"] not in there]
    while True:
        ready = [row for row in missing if row["subsidiary_of"] in ("", *there)]
        if missing and not ready:
            raise LightfieldError(f"{missing[0]['account']} belongs to a company that is not in the file.")
        each(client, "accounts", ready, create)
        missing = [row for row in missing if row not in ready]
        if not missing:
            return there


@dataclass(frozen=True)
class Places:
    """Where names of the deals lead."""

    accounts: Ids
    members: Ids
    products: Ids


def load_deals(client: Lightfield, deals: list[Row], places: Places) -> None:
    there = {record.get(SOURCE) for record in client.opportunity.list_all()}

    def create(row: Row) -> None:
        account = row["account"]
        links = {"$owner": places.members[row["sales_agent"]], "product": places.products[row["product"]]}
        fields: NewFields = {
            "$name": f"{row['product']} for {account or 'a buyer to be found'}",
            "$stage": row["deal_stage"],
            "$amount": int(row["close_value"]) if row["close_value"] else None,
            "$closeDate": moment(row["close_date"]),
            "engage-date": moment(row["engage_date"]),
            SOURCE: row["opportunity_id"],
        }
        client.opportunity.create(
            fields={key: value for key, value in fields.items() if value is not None},
            relationships={**links, "$account": places.accounts[account]} if account else links,
            extra_headers=once("deal", row["opportunity_id"]),
        )

    each(client, "deals", [row for row in deals if row["opportunity_id"] not in there], create)


def moment(date: str) -> str | None:
    """`10/20/2016` as the API writes it."""
    return datetime.strptime(date, "%m/%d/%Y").replace(tzinfo=UTC).isoformat() if date else None


def once(kind: str, name: str) -> dict[str, str]:
    """One key for one thing: two programs at work at the same time create it once."""
    return {"Idempotency-Key": f"b2b-pipeline/{kind}/{name}"}


def each(client: Lightfield, what: str, items: Sequence[T], create: Callable[[T], None]) -> None:
    """Create all of them, several at a time, telling how it goes. A failure is raised once all have had their turn."""
    progress = Progress(what, len(items))

    def work(item: T) -> None:
        create(item)
        progress.step()

    for outcome in client.map(work, items, concurrency=IN_FLIGHT):
        outcome.unwrap()
    progress.end()


class Progress:
    """A line a second: how many there are, how fast they come, how long it will take."""

    def __init__(self, what: str, total: int) -> None:
        self._what, self._total = what, total
        self._done = 0
        self._began = self._said = time.monotonic()
        self._lock = threading.Lock()

    def step(self) -> None:
        with self._lock:
            self._done += 1
            now = time.monotonic()
            if now - self._said < 1 or self._done == self._total:
                return
            self._said = now
            rate = self._done / (now - self._began)
            left = (self._total - self._done) / rate
            print(
                f"{self._what}: {self._done:,} of {self._total:,}, {rate:,.0f} a second, {left:,.0f} s left", flush=True
            )

    def end(self) -> None:
        took = time.monotonic() - self._began
        added = f"{self._done:,} added in {took:.1f} s" if self._total else "nothing to add"
        print(f"{self._what}: {added}", flush=True)


# What the server says of it


def confirm(client: Lightfield) -> bool:
    """Ask the API alone for the figures, and print them beside those that must come out."""
    found = figures(client)
    for name, expected in FIGURES.items():
        remark = "" if found[name] == expected else f"   expected {expected:,}"
        print(f"{name:>24} {found[name]:>12,}{remark}")
    return found == FIGURES


def figures(client: Lightfield) -> dict[str, int]:
    # Deals that came from elsewhere have no number of this source.
    ours: Filters = {SOURCE: {"startsWith": ""}}

    def count(**stage: str) -> int:
        filters: Filters = {**ours, **{f"${key}": label for key, label in stage.items()}}
        return client.opportunity.list(filters=filters, limit=1).total_count

    names = {f"{member.fields.name.value.first_name} {member.fields.name.value.last_name}": member.id
             for member in client.member.list_all()}  # fmt: skip
    won = list(client.opportunity.list_all(filters={**ours, "$stage": "Won"}))
    stars = client.opportunity.list_all(filters={**ours, "$stage": "Won", "$owner": names[STAR]})
    return {
        "deals": count(),
        "won": count(stage="Won"),
        "lost": count(stage="Lost"),
        "engaging": count(stage="Engaging"),
        "prospecting": count(stage="Prospecting"),
        "won value": sum(deal.get("$amount", 0) for deal in won),
        f"won by {STAR}": sum(deal.get("$amount", 0) for deal in stars),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
