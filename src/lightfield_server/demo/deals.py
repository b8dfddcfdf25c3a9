"""What became of the talking: deals from their first day to their last, and what follows a signature."""

import math
from dataclasses import dataclass
from typing import Any

from lightfield_server.demo import company, texts
from lightfield_server.demo.accounts import Account, Contact, someone, telephone
from lightfield_server.demo.calendar import TWO_YEARS
from lightfield_server.demo.company import EXPANSION, NEW_BUSINESS, RENEWAL, Person, Product
from lightfield_server.demo.pen import Fields, Links, Pen

DEALS = 900

PROSPECTING, QUALIFICATION, PROPOSAL, NEGOTIATION = "Prospecting", "Qualification", "Proposal", "Negotiation"
WON, LOST = "Closed Won", "Closed Lost"

#: How well the products fit a trade, in their order.
FITS = {
    "food": (8, 3, 0, 0, 2),
    "haulage": (3, 9, 0, 0, 2),
    "hospital": (2, 1, 3, 8, 2),
    "laboratory": (1, 1, 9, 2, 2),
    "school": (4, 0, 5, 1, 2),
}

#: How often a deal of each kind is won, and how long it takes beside one of new business.
CHANCES = {NEW_BUSINESS: (0.38, 1.0), EXPANSION: (0.62, 0.9), RENEWAL: (0.85, 0.5)}


@dataclass(slots=True)
class Deal:
    """A deal to its end, which may lie in the future; `reason` is why it is lost, if it is."""

    number: int
    account: Account
    champion: Contact
    owner: Person
    name: str
    kind: str
    product: Product
    sensors: int
    amount: int
    source: str
    competitor: str
    begins: float
    ends: float
    reason: str | None

    @property
    def key(self) -> str:
        return f"deal-{self.number}"

    @property
    def won(self) -> bool:
        return self.reason is None

    def day(self, share: float) -> float:
        """The day on which so much of its course is over."""
        return self.begins + (self.ends - self.begins) * share


def tell_deals(pen: Pen, accounts: list[Account]) -> list[Deal]:
    """Somewhat more of them every month. Customers come back more often than strangers come."""
    days = sorted(-TWO_YEARS + (TWO_YEARS - 1) * math.pow(pen.chance.random(), 0.75) for _ in range(DEALS))
    deals = []
    for number, day in enumerate(days):
        known = [account for account in accounts if account.since < day - 1]
        account = pen.chance.choices(known, [3 if each.bought_before(day) else 1 for each in known])[0]
        deal = _deal(pen, number, account, day)
        deals.append(deal)
        _begin(pen, deal)
        _go_on(pen, deal)
        if deal.won and deal.ends < 0 and deal.kind != RENEWAL:
            account.bought.append((deal.ends, deal.product, deal.sensors))
    for account in accounts:
        _customer(pen, account, [deal for deal in deals if deal.account is account and deal.won and deal.ends < 0])
    return deals


def _deal(pen: Pen, number: int, account: Account, day: float) -> Deal:
    chance, owned = pen.chance, account.bought_before(day)
    kind = chance.choice((EXPANSION, RENEWAL)) if owned else NEW_BUSINESS
    product = chance.choices(company.PRODUCTS, FITS[account.trade])[0]
    sensors = chance.randint(*product.sensors)
    amount = round(sensors * product.price * chance.uniform(0.85, 1.1) / 50) * 50
    name = f"{product.pitch}, {account.town.city}" + (" (more of it)" if owned else "")
    if kind == RENEWAL:
        product, sensors = chance.choice(owned)
        amount, name = sensors * product.monthly * 12, f"{product.name} renewal, {sensors} sensors"
    share, pace = CHANCES[kind]
    return Deal(
        number=number,
        account=account,
        champion=chance.choice([contact for contact in account.contacts if contact.since < day]),
        owner=account.care if kind == RENEWAL else account.owner,
        name=name,
        kind=kind,
        product=product,
        sensors=sensors,
        amount=amount,
        source="Existing customer"
        if owned
        else chance.choice([s for s in company.SOURCES if s != "Existing customer"]),
        competitor=chance.choice(company.COMPETITORS),
        begins=day,
        ends=day + chance.triangular(12, 130, 45) * pace,
        reason=None if pen.likely(share) else chance.choice(company.LOSS_REASONS),
    )


def _begin(pen: Pen, deal: Deal) -> None:
    fields = {
        "$name": deal.name,
        "$stage": PROSPECTING,
        "$amount": deal.amount,
        "$closeDate": pen.by(max(deal.begins + 5, deal.ends + pen.chance.uniform(-25, 10))),
        "$nextStep": texts.RENEWAL_STEPS[0] if deal.kind == RENEWAL else texts.NEXT_STEPS[0],
        "kind": deal.kind,
        "source": deal.source,
        "products": [deal.product.name],
        "sensors": deal.sensors,
        "monthly-fee": deal.sensors * deal.product.monthly,
        "pilot": deal.kind == NEW_BUSINESS and pen.likely(0.4),
        "competitor": deal.competitor if deal.kind != RENEWAL and pen.likely(0.5) else None,
    }
    others = [c.key for c in deal.account.contacts if c.since < deal.begins and c is not deal.champion]
    links: Links = {
        "$account": deal.account.key,
        "$owner": deal.owner.key,
        "$champion": deal.champion.key,
        "$evaluator": pen.chance.choice(others) if others and pen.likely(0.6) else None,
    }
    pen.make(deal.begins, deal.owner.key, "opportunity", deal.key, fields, links)


def _go_on(pen: Pen, deal: Deal) -> None:
    """Stage by stage to the end; a deal may be lost at any of them."""
    way = [QUALIFICATION, PROPOSAL, NEGOTIATION]
    if not deal.won:
        way = way[: pen.chance.randint(0, 3)]
    for number, stage in enumerate(way, start=1):
        steps = texts.RENEWAL_STEPS if deal.kind == RENEWAL else texts.NEXT_STEPS
        fields: Fields = {"$stage": stage, "$nextStep": pen.chance.choice(steps)}
        if stage == PROPOSAL:
            fields["proposal"] = f"https://files.{company.DOMAIN}/proposals/{deal.number + 1_000}"
        share = number / (len(way) + 1) * pen.chance.uniform(0.9, 1.05)
        pen.change(deal.day(share), deal.owner.key, "opportunity", deal.key, fields)
    end: Fields = {"$stage": WON if deal.won else LOST, "$closeDate": pen.at(deal.ends), "$nextStep": None}
    if not deal.won:
        end["loss-reason"] = deal.reason
    pen.change(deal.ends, deal.owner.key, "opportunity", deal.key, end)


# After the signature


def _customer(pen: Pen, account: Account, won: list[Deal]) -> None:
    """What an account has of ours, deal by deal in the order of signing."""
    sensors, fee, products = 0, 0, set[str]()
    for deal in sorted(won, key=lambda deal: deal.ends):
        fields: Fields = {} if products else {"lifecycle": "Customer", "customer-since": pen.at(deal.ends)}
        if deal.kind != RENEWAL:
            sensors += deal.sensors
            fee += deal.sensors * deal.product.monthly * 12
            products.add(deal.product.name)
            fields |= {"sensors": sensors, "annual-fee": fee, "products": sorted(products)}
            _site(pen, deal)
        links: dict[str, Any] = {"caretaker": account.care.key}
        pen.change(deal.ends + 0.01, deal.owner.key, "account", account.key, fields, links)


def _site(pen: Pen, deal: Deal) -> None:
    """New equipment goes somewhere, and goes live some weeks later."""
    account, care, key = deal.account, deal.account.care.key, f"site-{deal.number}"
    fields = {
        "$name": f"{account.name}, {deal.product.name.lower()} {deal.number + 1_000}",
        "address": account.address,
        "status": "Planned",
        "sensors": deal.sensors,
        "dashboard": f"https://live.{company.DOMAIN}/sites/{deal.number + 1_000}",
        "alarm-line": telephone(pen, account.country),
        "keyholder": someone(pen, account.country) if pen.likely(0.6) else None,
    }
    links = {"account": account.key, "sold-with": deal.key, "engineer": care}
    pen.make(deal.ends + 1, care, "site", key, fields, links)
    live = deal.ends + pen.chance.uniform(8, 40)
    pen.change(live, care, "site", key, {"status": "Live", "live-since": pen.at(live)})
    if pen.likely(0.04):
        pen.change(live + 90, care, "site", key, {"status": "Dismantled"})
