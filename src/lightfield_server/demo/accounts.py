"""Who Tarnbeck knows: companies, and the people who work there."""

import math
from dataclasses import dataclass, field
from typing import Any

from lightfield_server.demo import company, texts, words
from lightfield_server.demo.calendar import TWO_YEARS
from lightfield_server.demo.company import MEMBERS, Person, Product
from lightfield_server.demo.pen import Fields, Links, Pen, plain

ACCOUNTS, CONTACTS = 300, 600

#: Known before the story begins; the others turn up along the way.
EARLY = 120

HEADCOUNTS = ("1-10", "11-50", "51-200", "201-500", "501-1000", "1001-5000", "5001-10000", "10001+")
FUNDING = ("Bootstrapped", "Private Equity", "Series A", "Series B", "Grant", "IPO", "Debt Financing")
INTERESTS = ("Audits", "Energy", "Integrations", "Alarms", "Training")


@dataclass(slots=True)
class Contact:
    key: str
    first: str
    last: str
    email: str
    title: str
    since: float

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"


@dataclass(slots=True)
class Account:
    """`bought` is what was sold to it, with the days: how deals go on from there."""

    key: str
    name: str
    country: str
    trade: str
    town: words.Town
    address: dict[str, Any]
    since: float
    owner: Person
    care: Person
    contacts: list[Contact] = field(default_factory=list)
    bought: list[tuple[float, Product, int]] = field(default_factory=list)

    @property
    def slug(self) -> str:
        return plain(self.name)

    def bought_before(self, day: float) -> list[tuple[Product, int]]:
        return [(product, sensors) for signed, product, sensors in self.bought if signed < day]


def someone(pen: Pen, country: str) -> dict[str, str]:
    place = words.COUNTRIES[country]
    return {"firstName": pen.chance.choice(place.first), "lastName": pen.chance.choice(place.last)}


def telephone(pen: Pen, country: str) -> str:
    start, digits = pen.chance.choice(words.COUNTRIES[country].phones)
    return f"{start}{pen.chance.randrange(10**digits):0{digits}d}"


# Accounts


def tell_accounts(pen: Pen) -> list[Account]:
    accounts: list[Account] = []
    taken: set[str] = set()
    for number in range(ACCOUNTS):
        since = -TWO_YEARS - 8 + number * 0.05 if number < EARLY else _turned_up(pen)
        account = _account(pen, number, since, taken)
        links = {
            "$owner": account.owner.key,
            "team": account.owner.team,
            "parent": _parent(pen, account, accounts),
        }
        pen.make(since, account.owner.key, "account", account.key, _account_fields(pen, account), links)
        if pen.likely(0.3):
            plan = {"plan": pen.chance.choice(texts.PLANS), "key-account": pen.likely(0.4)}
            pen.change(since + pen.chance.uniform(5, 120), account.owner.key, "account", account.key, plan)
        accounts.append(account)
    return accounts


def _turned_up(pen: Pen) -> float:
    return -TWO_YEARS + (TWO_YEARS - 12) * math.pow(pen.chance.random(), 0.8)


def _account(pen: Pen, number: int, since: float, taken: set[str]) -> Account:
    country = words.SPREAD[number % len(words.SPREAD)]
    place = words.COUNTRIES[country]
    trade, name = _new_name(pen, place, taken)
    town = pen.chance.choice(place.towns)
    team = next(team for team in company.TEAMS if country in team.countries)
    address = {
        "street": f"{pen.chance.randint(1, 240)} {pen.chance.choice(place.streets)}",
        "city": town.city,
        "state": town.state,
        "postalCode": town.postal,
        "country": country,
        "latitude": town.latitude,
        "longitude": town.longitude,
    }
    owner = pen.chance.choice([person for person in MEMBERS if person.team == team.key])
    care = company.CARE[number % len(company.CARE)]
    return Account(f"account-{number}", name, country, trade, town, address, since, owner, care)


def _new_name(pen: Pen, place: words.Country, taken: set[str]) -> tuple[str, str]:
    """A trade and a name in it; trades with more words for them are more frequent."""
    while True:
        trade = pen.chance.choice([each for each in place.trades for _ in place.trades[each]])
        name = f"{pen.chance.choice(place.roots)} {pen.chance.choice(place.trades[trade])}"
        if name not in taken:
            taken.add(name)
            return trade, name


def _account_fields(pen: Pen, account: Account) -> Fields:
    chance, site, handle = pen.chance, f"https://www.{account.slug}.example", f"{account.slug}-example"
    size = chance.choices(range(len(HEADCOUNTS)), (4, 14, 26, 22, 15, 12, 5, 2))[0]
    return {
        "$name": account.name,
        "$website": [site, f"https://shop.{account.slug}.example"] if pen.likely(0.15) else [site],
        "$industry": list(words.INDUSTRIES[account.trade]),
        "$headcount": HEADCOUNTS[size],
        "$lastFundingType": chance.choice(FUNDING) if pen.likely(0.35) else None,
        "$revenue": (size + 1) ** 3 * chance.randint(120, 900) * 1_000,
        "$linkedIn": f"https://linkedin.com/company/{handle}" if pen.likely(0.6) else None,
        "$twitter": f"https://x.com/{handle}" if pen.likely(0.2) else None,
        "$primaryAddress": account.address,
        "lifecycle": "Prospect",
        "vat-id": f"{account.country}{chance.randint(10**8, 10**9 - 1)}" if account.country != "US" else None,
        "invoices": [f"invoices@{account.slug}.example"] if pen.likely(0.5) else None,
        "switchboard": [telephone(pen, account.country)] if pen.likely(0.7) else None,
        "supplier-portal": f"{site}/suppliers" if pen.likely(0.1) else None,
        "newsroom": f"https://linkedin.com/company/{handle}-news" if pen.likely(0.1) else None,
        "signatory": someone(pen, account.country) if pen.likely(0.25) else None,
        "key-account": True if pen.likely(0.08) else None,
        "delivery-address": {**account.address, "street2": "Goods in, gate 2"} if pen.likely(0.2) else None,
    }


def _parent(pen: Pen, account: Account, accounts: list[Account]) -> str | None:
    """One account in ten belongs to an older one of its trade."""
    older = [other for other in accounts if other.trade == account.trade and other.since < account.since]
    return pen.chance.choice(older).key if older and pen.likely(0.1) else None


# Contacts


def tell_contacts(pen: Pen, accounts: list[Account]) -> None:
    """Everybody has somebody to talk to; the other contacts are spread at random."""
    used: set[str] = set()
    for number, account in enumerate(accounts + pen.chance.choices(accounts, k=CONTACTS - ACCOUNTS)):
        later = 0 if number < ACCOUNTS else pen.chance.uniform(0.1, 30)
        contact = _contact(pen, number, account, min(account.since + 0.001 + later, -0.5), used)
        links: Links = {"$account": [account.key]}
        if account.contacts and pen.likely(0.5):
            links["reports-to"] = account.contacts[0].key
        pen.make(
            contact.since, account.owner.key, "contact", contact.key, _contact_fields(pen, account, contact), links
        )
        account.contacts.append(contact)


def _contact(pen: Pen, number: int, account: Account, since: float, used: set[str]) -> Contact:
    title = pen.chance.choice(words.TITLES[account.trade])
    while True:
        first, last = someone(pen, account.country).values()
        email = f"{plain(first)}.{plain(last)}@{account.slug}.example"
        if email not in used:
            used.add(email)
            return Contact(f"contact-{number}", first, last, email, title, since)


def _contact_fields(pen: Pen, account: Account, contact: Contact) -> Fields:
    private = f"{plain(contact.first)}.{plain(contact.last)}@example.com"
    return {
        "$name": {"firstName": contact.first, "lastName": contact.last},
        "$email": [contact.email, private] if pen.likely(0.08) else [contact.email],
        "$title": contact.title,
        "$phone": [telephone(pen, account.country)] if pen.likely(0.7) else None,
        "$doNotContact": True if pen.likely(0.03) else (False if pen.likely(0.5) else None),
        "$linkedIn": f"https://linkedin.com/in/{plain(contact.name)}-example" if pen.likely(0.5) else None,
        "language": words.COUNTRIES[account.country].language,
        "interests": pen.chance.sample(INTERESTS, pen.chance.randint(1, 3)) if pen.likely(0.4) else None,
        "newsletter": pen.likely(0.5) if pen.likely(0.8) else None,
        "last-visit": pen.at(contact.since - pen.chance.uniform(1, 60)) if pen.likely(0.15) else None,
        "score": pen.chance.randint(5, 100) if pen.likely(0.6) else None,
    }
