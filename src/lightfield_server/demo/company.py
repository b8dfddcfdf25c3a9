"""Who the demo is about: Tarnbeck, an invented maker of thermometers for whatever must stay cold.

Tarnbeck sells wireless sensors and the service that watches them to dairies, hospitals, hauliers and laboratories in
four countries. Every person and company here is made up; addresses end in `.example`, and telephone numbers come from
the ranges that each country keeps for plays and films.
"""

from typing import NamedTuple

DOMAIN = "tarnbeck.example"


class Person(NamedTuple):
    """A member: `key` is how the story calls them."""

    key: str
    first: str
    last: str
    team: str
    admin: bool = False

    @property
    def email(self) -> str:
        return f"{self.first}.{self.last}@{DOMAIN}".lower()


class Team(NamedTuple):
    """`countries` are where its accounts are; a team without any looks after all of them."""

    key: str
    name: str
    lead: str
    mission: str
    countries: tuple[str, ...] = ()


TEAMS = (
    Team("isles", "Britain & Ireland", "maren", "New business from Cork to Aberdeen.", ("GB",)),
    Team("rhine", "Continental Europe", "jonas", "New business in Germany and France.", ("DE", "FR")),
    Team("lakes", "North America", "dolores", "The youngest team, and the one that grows fastest.", ("US",)),
    Team("care", "Customer Care", "priti", "Installations, renewals, and every alarm at three in the morning."),
)

MEMBERS = (
    Person("ottilie", "Ottilie", "Brandreth", "care", admin=True),
    Person("maren", "Maren", "Haldane", "isles"),
    Person("callum", "Callum", "Petrie", "isles"),
    Person("aoife", "Aoife", "Kinsella", "isles"),
    Person("jonas", "Jonas", "Wittekind", "rhine"),
    Person("lucie", "Lucie", "Marchandeau", "rhine"),
    Person("henrik", "Henrik", "Solberg", "rhine"),
    Person("dolores", "Dolores", "Quintero", "lakes"),
    Person("wes", "Wes", "Tillman", "lakes"),
    Person("priti", "Priti", "Ramanathan", "care", admin=True),
    Person("tomasz", "Tomasz", "Zielonka", "care"),
    Person("bea", "Bea", "Okonjo", "care"),
)


class Product(NamedTuple):
    """What is sold: so much for each sensor once, so much a month, and how many sensors a deal has."""

    name: str
    pitch: str
    price: int
    monthly: int
    sensors: tuple[int, int]


PRODUCTS = (
    Product("Coldroom", "Cold-room monitoring", 189, 4, (6, 60)),
    Product("Transit", "Vehicle monitoring", 240, 6, (4, 120)),
    Product("Labguard", "Freezer and incubator monitoring", 420, 9, (3, 40)),
    Product("Pharmacy", "Vaccine fridge monitoring", 265, 7, (2, 90)),
    Product("Gateway", "Gateways and alarms", 640, 12, (1, 12)),
)

#: Kinds of deal; a renewal needs no new sensors.
NEW_BUSINESS, EXPANSION, RENEWAL = "New business", "Expansion", "Renewal"

#: Where a deal came from, and how one would say it.
SOURCES = {
    "Referral": "somebody who recommended us",
    "Website": "our website",
    "Trade fair": "the spring fair",
    "Outbound": "a call of ours",
    "Partner": "our installation partner",
    "Existing customer": "a project we did for them",
}

COMPETITORS = (
    "Frostlog",
    "Thermavue",
    "a spreadsheet and a clipboard",
    "their building management system",
    "Coolwatch",
)
LOSS_REASONS = ("Price", "No decision", "Competitor", "Timing", "Missing feature")

#: Who looks after customers.
CARE = tuple(person for person in MEMBERS if person.team == "care")
