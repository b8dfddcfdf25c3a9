"""What happened at Tarnbeck in two years, as acts in the order of their time.

The story is drawn from one source of chance with a fixed seed and counts working days from today: names, amounts and
ways are the same every time, dates move along. Deals are told to their end; what would come after today has not
happened, so open deals are those that the present cuts off.
"""

import math
import random
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from lightfield_server.demo import company, texts, words
from lightfield_server.demo.calendar import TWO_YEARS, Calendar
from lightfield_server.demo.company import MEMBERS, Person, Product

SEED = 19_470_226
ACCOUNTS, CONTACTS, DEALS = 300, 600, 900

PROSPECTING, QUALIFICATION, PROPOSAL, NEGOTIATION, WON, LOST = (
    "Prospecting",
    "Qualification",
    "Proposal",
    "Negotiation",
    "Closed Won",
    "Closed Lost",
)

#: Record types, by the word that begins their keys in the story.
Links = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody makes a record, or changes one. `key` and the keys in `links` are the story's own, not ids."""

    day: float
    who: str
    type: str
    key: str
    fields: dict[str, Any]
    links: Links
    new: bool


@dataclass(slots=True)
class _Contact:
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
class _Account:
    key: str
    name: str
    slug: str
    country: str
    trade: str
    town: words.Town
    since: float
    owner: Person
    address: dict[str, Any]
    team: str
    contacts: list[_Contact] = field(default_factory=list)
    won: float | None = None
    sensors: int = 0
    fee: int = 0
    products: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Deal:
    key: str
    account: _Account
    champion: _Contact
    owner: Person
    name: str
    kind: str
    product: Product
    sensors: int
    amount: int
    source: str
    competitor: str
    day: float
    ends: float
    outcome: str

    @property
    def words(self) -> dict[str, Any]:
        """What texts about the deal may name."""
        return {
            "name": self.name,
            "account": self.account.name,
            "city": self.account.town.city,
            "champion": self.champion.name,
            "title": self.champion.title,
            "sensors": self.sensors,
            "half": max(self.sensors // 2, 1),
            "rest": max(self.sensors - self.sensors // 2, 1),
            "amount": f"{self.amount:,} USD",
            "source": self.source.lower(),
            "competitor": self.competitor,
        }


def acts(calendar: Calendar) -> list[Act]:
    """Everything that has happened by today, oldest first."""
    teller = _Teller(calendar)
    teller.tell()
    past = [act for act in teller.acts if act.day < 0]
    return sorted(past, key=lambda act: act.day)


class _Teller:
    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.chance = random.Random(SEED)  # noqa: S311 - the same story every time
        self.acts: list[Act] = []
        self.accounts: list[_Account] = []
        self.deals: list[_Deal] = []
        self._taken: set[str] = set()

    def tell(self) -> None:
        self._company()
        self._accounts()
        self._contacts()
        self._deals()
        self._lists()

    # Records

    def _make(self, day: float, who: str, type: str, key: str, fields: dict[str, Any], links: Links) -> None:
        said = {name: value for name, value in fields.items() if value is not None}
        linked = {name: keys for name, keys in links.items() if keys}
        self.acts.append(Act(day, who, type, key, said, linked, new=True))

    def _change(self, day: float, who: str, type: str, key: str, fields: dict[str, Any], links: Links) -> None:
        self.acts.append(Act(day, who, type, key, fields, links, new=False))

    def _likely(self, share: float) -> bool:
        return self.chance.random() < share

    def _at(self, day: float) -> str:
        return self.calendar.written(day)

    # The company

    def _company(self) -> None:
        day = -TWO_YEARS - 10.0
        boss = next(person for person in MEMBERS if person.admin)
        for person in MEMBERS:
            day += 0.01
            fields = {
                "$email": person.email,
                "$name": {"firstName": person.first, "lastName": person.last},
                "$role": "admin" if person.admin else "member",
            }
            self._make(day, boss.key, "member", person.key, fields, {})
        for team in company.TEAMS:
            day += 0.01
            links = {"members": [p.key for p in MEMBERS if p.team == team.key], "lead": team.lead}
            self._make(day, boss.key, "team", team.key, {"$name": team.name, "mission": team.mission}, links)

    # Accounts

    def _accounts(self) -> None:
        for number in range(ACCOUNTS):
            # A good third were known before the story begins; the others turned up along the way.
            early = number < ACCOUNTS * 2 // 5
            since = -TWO_YEARS - 8 + number * 0.05 if early else self._turned_up()
            account = self._account(number, since)
            self.accounts.append(account)
            self._make(since, account.owner.key, "account", account.key, *self._account_body(account))
            if self._likely(0.3):
                plan = {"plan": self.chance.choice(texts.PLANS), "key-account": self._likely(0.4)}
                self._change(since + self.chance.uniform(5, 120), account.owner.key, "account", account.key, plan, {})

    def _turned_up(self) -> float:
        return -TWO_YEARS + (TWO_YEARS - 12) * math.pow(self.chance.random(), 0.8)

    def _account(self, number: int, since: float) -> _Account:
        country = words.SPREAD[number % len(words.SPREAD)]
        place = words.COUNTRIES[country]
        trade, name = self._new_name(place)
        town = self.chance.choice(place.towns)
        team = next(team for team in company.TEAMS if country in team.countries)
        owner = self.chance.choice([person for person in MEMBERS if person.team == team.key])
        address = {
            "street": f"{self.chance.randint(1, 240)} {self.chance.choice(place.streets)}",
            "city": town.city,
            "state": town.state,
            "postalCode": town.postal,
            "country": country,
            "latitude": town.latitude,
            "longitude": town.longitude,
        }
        slug = _plain(name)
        return _Account(f"a{number}", name, slug, country, trade, town, since, owner, address, team.key)

    def _new_name(self, place: words.Country) -> tuple[str, str]:
        while True:
            trade = self.chance.choice([each for each in place.trades for _ in place.trades[each]])
            name = f"{self.chance.choice(place.roots)} {self.chance.choice(place.trades[trade])}"
            if name not in self._taken:
                self._taken.add(name)
                return trade, name

    def _account_body(self, account: _Account) -> tuple[dict[str, Any], Links]:
        chance, site = self.chance, f"https://www.{account.slug}.example"
        size = chance.choices(range(8), (4, 14, 26, 22, 15, 12, 5, 2))[0]
        handle = f"{account.slug}-example"
        fields = {
            "$name": account.name,
            "$website": [site, f"https://shop.{account.slug}.example"] if self._likely(0.15) else [site],
            "$industry": list(words.INDUSTRIES[account.trade]),
            "$headcount": _HEADCOUNTS[size],
            "$lastFundingType": chance.choice(_FUNDING) if self._likely(0.35) else None,
            "$revenue": (size + 1) ** 3 * chance.randint(120, 900) * 1_000,
            "$linkedIn": f"https://linkedin.com/company/{handle}" if self._likely(0.6) else None,
            "$twitter": f"https://x.com/{handle}" if self._likely(0.2) else None,
            "$primaryAddress": account.address,
            "lifecycle": "Prospect",
            "vat-id": f"{account.country}{chance.randint(10**8, 10**9 - 1)}" if account.country != "US" else None,
            "invoices": [f"invoices@{account.slug}.example"] if self._likely(0.5) else None,
            "switchboard": [self._phone(account.country)] if self._likely(0.7) else None,
            "supplier-portal": f"{site}/suppliers" if self._likely(0.1) else None,
            "newsroom": f"https://linkedin.com/company/{handle}-news" if self._likely(0.1) else None,
            "signatory": self._name(account.country) if self._likely(0.25) else None,
            "key-account": True if self._likely(0.08) else None,
        }
        fields["delivery-address"] = {**account.address, "street2": "Goods in, gate 2"} if self._likely(0.2) else None
        return fields, {"$owner": account.owner.key, "team": account.team, "parent": self._parent(account)}

    def _parent(self, account: _Account) -> str | None:
        """One account in ten belongs to an older one of its trade."""
        older = [a for a in self.accounts if a.trade == account.trade and a.since < account.since]
        return self.chance.choice(older).key if older and self._likely(0.1) else None

    def _name(self, country: str) -> dict[str, str]:
        place = words.COUNTRIES[country]
        return {"firstName": self.chance.choice(place.first), "lastName": self.chance.choice(place.last)}

    def _phone(self, country: str) -> str:
        start, digits = self.chance.choice(words.COUNTRIES[country].phones)
        return f"{start}{self.chance.randrange(10**digits):0{digits}d}"

    # Contacts

    def _contacts(self) -> None:
        # Everybody has somebody to talk to; the others are spread at random.
        where = self.accounts + self.chance.choices(self.accounts, k=CONTACTS - ACCOUNTS)
        used: set[str] = set()
        for number, account in enumerate(where):
            name = self._name(account.country)
            while (email := _email(name, account.slug)) in used:
                name = self._name(account.country)
            used.add(email)
            title = self.chance.choice(words.TITLES[account.trade])
            later = 0 if number < ACCOUNTS else self.chance.uniform(0.1, 30)
            day = min(account.since + 0.001 + later, -0.5)
            contact = _Contact(f"c{number}", name["firstName"], name["lastName"], email, title, day)
            self._make(day, account.owner.key, "contact", contact.key, *self._contact_body(account, contact, day))
            account.contacts.append(contact)

    def _contact_body(self, account: _Account, contact: _Contact, day: float) -> tuple[dict[str, Any], Links]:
        chance = self.chance
        private = f"{_plain(contact.name).replace('-', '.')}@example.com"
        interests = ("Audits", "Energy", "Integrations", "Alarms", "Training")
        fields = {
            "$name": {"firstName": contact.first, "lastName": contact.last},
            "$email": [contact.email, private] if self._likely(0.08) else [contact.email],
            "$title": contact.title,
            "$phone": [self._phone(account.country)] if self._likely(0.7) else None,
            "$doNotContact": True if self._likely(0.03) else (False if self._likely(0.5) else None),
            "$linkedIn": f"https://linkedin.com/in/{_plain(contact.name)}-example" if self._likely(0.5) else None,
            "language": words.COUNTRIES[account.country].language,
            "interests": chance.sample(interests, chance.randint(1, 3)) if self._likely(0.4) else None,
            "newsletter": self._likely(0.5) if self._likely(0.8) else None,
            "last-visit": self._at(day - chance.uniform(1, 60)) if self._likely(0.15) else None,
            "score": chance.randint(5, 100) if self._likely(0.6) else None,
        }
        links: Links = {"$account": [account.key]}
        if account.contacts and self._likely(0.5):
            links["reports-to"] = account.contacts[0].key
        return fields, links

    # Deals

    def _deals(self) -> None:
        days = sorted(-TWO_YEARS + (TWO_YEARS - 1) * math.pow(self.chance.random(), 0.75) for _ in range(DEALS))
        for number, day in enumerate(days):
            known = [account for account in self.accounts if account.since < day - 1]
            account = self.chance.choices(known, [3 if a.won and a.won < day else 1 for a in known])[0]
            deal = self._deal(f"o{number}", account, day)
            self.deals.append(deal)
            self._course(deal)
        for deal in sorted(self.deals, key=lambda deal: deal.ends):
            if deal.outcome == WON and deal.ends < 0:
                self._won(deal)

    def _deal(self, key: str, account: _Account, day: float) -> _Deal:
        chance = self.chance
        customer = account.won is not None and account.won < day
        kind = chance.choice(("Expansion", company.RENEWAL)) if customer else "New business"
        product = chance.choices(company.PRODUCTS, _FITS[account.trade])[0]
        sensors = chance.randint(*product.sensors)
        if kind == company.RENEWAL:
            amount, name = sensors * product.monthly * 12, f"{product.name} renewal, {sensors} sensors"
        else:
            amount = round(sensors * product.price * chance.uniform(0.85, 1.1) / 50) * 50
            name = f"{product.pitch}, {account.town.city}" + (" (more of it)" if customer else "")
        champion = chance.choice([contact for contact in account.contacts if contact.since < day])
        source = "Existing customer" if customer else chance.choice(company.SOURCES[:-1])
        competitor = chance.choice(company.COMPETITORS)
        length = chance.triangular(12, 130, 45) * (0.5 if kind == company.RENEWAL else 1)
        won = self._likely({"New business": 0.38, "Expansion": 0.62}.get(kind, 0.85))
        owner = account.owner if kind != company.RENEWAL else _CARE[int(account.key[1:]) % len(_CARE)]
        return _Deal(
            key, account, champion, owner, name, kind, product, sensors, amount, source, competitor, day,
            day + length, WON if won else LOST,
        )  # fmt: skip

    def _course(self, deal: _Deal) -> None:
        planned = deal.ends + self.chance.uniform(-25, 10)
        fields = {
            "$name": deal.name,
            "$stage": PROSPECTING,
            "$amount": deal.amount,
            "$closeDate": self._at(planned),
            "$nextStep": texts.NEXT_STEPS[0],
            "kind": deal.kind,
            "source": deal.source,
            "products": [deal.product.name],
            "sensors": deal.sensors,
            "monthly-fee": deal.sensors * deal.product.monthly,
            "pilot": deal.kind == "New business" and self._likely(0.4),
            "competitor": deal.competitor if self._likely(0.5) else None,
        }
        links: Links = {"$account": deal.account.key, "$owner": deal.owner.key, "$champion": deal.champion.key}
        others = [c.key for c in deal.account.contacts if c.since < deal.day and c is not deal.champion]
        if others and self._likely(0.6):
            links["$evaluator"] = self.chance.choice(others)
        self._make(deal.day, deal.owner.key, "opportunity", deal.key, fields, links)
        self._stages(deal)
        self._paperwork(deal)

    def _stages(self, deal: _Deal) -> None:
        way = [QUALIFICATION, PROPOSAL, NEGOTIATION]
        if deal.outcome == LOST:
            way = way[: self.chance.randint(0, 3)]
        length = deal.ends - deal.day
        for number, stage in enumerate(way, start=1):
            day = deal.day + length * number / (len(way) + 1) * self.chance.uniform(0.9, 1.05)
            fields: dict[str, Any] = {"$stage": stage, "$nextStep": texts.NEXT_STEPS[number]}
            if stage == PROPOSAL:
                fields["proposal"] = f"https://files.{company.DOMAIN}/proposals/{deal.key}"
            self._step(deal, day, fields)
        end: dict[str, Any] = {"$stage": deal.outcome, "$closeDate": self._at(deal.ends), "$nextStep": None}
        if deal.outcome == LOST:
            end["loss-reason"] = self.chance.choice(company.LOSS_REASONS)
        self._step(deal, deal.ends, end)
        if deal.outcome == WON and deal.ends < 0:
            deal.account.won = min(deal.account.won or 0, deal.ends)
        if deal.outcome == LOST and self._likely(0.5):
            title, content = texts.LOST_NOTE
            self._note(deal, deal.ends + 0.2, title, content, reason=end["loss-reason"].lower())

    def _step(self, deal: _Deal, day: float, fields: dict[str, Any]) -> None:
        self._change(day, deal.owner.key, "opportunity", deal.key, fields, {})

    def _won(self, deal: _Deal) -> None:
        """A customer, and for new equipment a site that goes live some weeks later. Told in the order of signing."""
        account, care = deal.account, _CARE[int(deal.account.key[1:]) % len(_CARE)]
        fields: dict[str, Any] = {"lifecycle": "Customer"}
        if account.won == deal.ends:
            fields["customer-since"] = self._at(deal.ends)
        if deal.kind != company.RENEWAL:
            account.sensors += deal.sensors
            account.fee += deal.sensors * deal.product.monthly * 12
            account.products = sorted({*account.products, deal.product.name})
            fields |= {"sensors": account.sensors, "annual-fee": account.fee, "products": account.products}
            self._site(deal, care)
        self._change(deal.ends + 0.01, deal.owner.key, "account", account.key, fields, {"caretaker": care.key})

    def _site(self, deal: _Deal, care: Person) -> None:
        account, planned, live = deal.account, deal.ends + 1, deal.ends + self.chance.uniform(8, 40)
        number = int(deal.key[1:])
        fields = {
            "$name": f"{account.name}, {deal.product.name.lower()} {number + 100}",
            "address": account.address,
            "status": "Planned",
            "sensors": deal.sensors,
            "dashboard": f"https://live.{company.DOMAIN}/sites/{number + 100}",
            "alarm-line": self._phone(account.country),
            "keyholder": self._name(account.country) if self._likely(0.6) else None,
        }
        links = {"account": account.key, "sold-with": deal.key, "engineer": care.key}
        key = f"s{number}"
        self._make(planned, care.key, "site", key, fields, links)
        self._change(live, care.key, "site", key, {"status": "Live", "live-since": self._at(live)}, {})
        if self._likely(0.04):
            self._change(live + 90, care.key, "site", key, {"status": "Dismantled"}, {})

    # What is written down on the way

    def _paperwork(self, deal: _Deal) -> None:
        length = deal.ends - deal.day
        for number, (title, content) in enumerate(self.chance.sample(texts.NOTES, 3)):
            if self._likely(0.16):
                self._note(deal, deal.day + length * (number + 0.5) / 3.2, title, content)
        for number, (title, about, minutes) in enumerate(texts.MEETINGS):
            if self._likely(0.1):
                self._meeting(deal, deal.day + length * (number + 0.3) / 5, title, about, minutes)
        for number, (task, description) in enumerate(self.chance.sample(texts.TASKS, 3)):
            if self._likely(0.22):
                self._task(deal, deal.day + length * (number + 0.2) / 3, task, description, 10)
        if deal.outcome == LOST and self._likely(0.3):
            self._task(deal, deal.ends + 0.5, texts.COME_BACK, None, 200)

    def _note(self, deal: _Deal, day: float, title: str, content: str, **more: str) -> None:
        said = {**deal.words, **more}
        fields = {"$title": title.format(**said), "$content": content.format(**said)}
        links = {"$account": [deal.account.key], "$opportunity": [deal.key], "$contact": [deal.champion.key]}
        self._make(day, deal.owner.key, "note", f"n{len(self.acts)}", fields, links)

    def _meeting(self, deal: _Deal, day: float, title: str, about: str, minutes: int) -> None:
        attendees = [deal.owner.email, deal.champion.email]
        if self._likely(0.3):
            attendees.append(self.chance.choice(_CARE).email)
        if self._likely(0.2):
            attendees.append(f"guest@{deal.account.slug}.example")
        # Calls begin before half past four, and are logged as soon as they are over.
        starts = min(day, day // 1 + 0.75)
        ends = starts + minutes / 600
        fields = {
            "$title": title.format(**deal.words),
            "$startDate": self._at(starts),
            "$endDate": self._at(ends),
            "$description": about,
            "$meetingUrl": f"https://meet.{company.DOMAIN}/{deal.key}" if minutes < 120 else None,
            "$organizerEmail": deal.owner.email,
            "$attendeeEmails": attendees,
            "$privacySetting": "METADATA" if self._likely(0.1) else None,
        }
        self._make(ends + 0.01, deal.owner.key, "meeting", f"m{len(self.acts)}", fields, {})

    def _task(self, deal: _Deal, day: float, title: str, content: str | None, within: float) -> None:
        """Most are done about in time, some are called off, and a few stay open past their day."""
        due = day + self.chance.uniform(1, within)
        said = deal.words
        fields = {
            "$title": title.format(**said),
            "$status": "TODO",
            "$description": content and content.format(**said),
            "$dueAt": self._at(due),
        }
        links = {"$assignedTo": deal.owner.key, "$account": deal.account.key, "$opportunity": deal.key}
        key = f"t{len(self.acts)}"
        self._make(day, deal.owner.key, "task", key, fields, links)
        if self._likely(0.3):
            self._change(day + 0.3, deal.owner.key, "task", key, {"$status": "IN_PROGRESS"}, {})
        status = self.chance.choices(("COMPLETE", "CANCELLED", None), (86, 7, 7))[0]
        if status is not None:
            done = max(due + self.chance.uniform(-3, 2), day + 0.4)
            self._change(done, deal.owner.key, "task", key, {"$status": status}, {})

    # Lists

    def _lists(self) -> None:
        known = [account for account in self.accounts if account.since < -30]
        pharma = [a.key for a in known if a.trade in ("hospital", "laboratory")]
        customers = [a.key for a in known if a.won is not None and a.won < -30]
        fair = [a.contacts[0].key for a in known if a.country in ("DE", "FR")]
        running = [deal.key for deal in self.deals if deal.day < -9 and 0 <= deal.ends < 30]
        self._list("l1", -28.5, "priti", "Vaccine cold chain", "account", pharma[:40])
        self._list("l2", -20.4, "dolores", "Customers to visit next", "account", customers[:25])
        self._list("l3", -14.3, "jonas", "Met at the Hamburg fair", "contact", fair[:32])
        self._list("l4", -8.2, "maren", "This quarter's pipeline", "opportunity", running[:25])
        self._list("l5", -3.1, "bea", "References who take calls", "contact", fair[40:52])

    def _list(self, key: str, day: float, who: str, name: str, type: str, entries: list[str]) -> None:
        entry = {"account": "$accounts", "contact": "$contacts", "opportunity": "$opportunities"}[type]
        fields = {"$name": name, "$objectType": f"${type}"}
        self._make(day, who, "list", key, fields, {entry: entries[:25]})
        if entries[25:]:
            self._change(day + 0.05, who, "list", key, {}, {entry: {"add": entries[25:]}})


_CARE = tuple(person for person in MEMBERS if person.team == "care")
_HEADCOUNTS = ("1-10", "11-50", "51-200", "201-500", "501-1000", "1001-5000", "5001-10000", "10001+")
_FUNDING = ("Bootstrapped", "Private Equity", "Series A", "Series B", "Grant", "IPO", "Debt Financing")

#: How well the products fit a trade, in their order.
_FITS = {
    "food": (8, 3, 0, 0, 2),
    "haulage": (3, 9, 0, 0, 2),
    "hospital": (2, 1, 3, 8, 2),
    "laboratory": (1, 1, 9, 2, 2),
    "school": (4, 0, 5, 1, 2),
}


def _plain(text: str) -> str:
    """A name as addresses spell it."""
    folded = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode()
    return "-".join("".join(c if c.isalnum() else " " for c in folded).lower().split())


def _email(name: dict[str, str], slug: str) -> str:
    return f"{_plain(name['firstName'])}.{_plain(name['lastName'])}@{slug}.example"
