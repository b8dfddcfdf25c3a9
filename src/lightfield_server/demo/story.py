"""What happened at Tarnbeck in two years, as acts in the order of their time.

The story is drawn from one source of chance with a fixed seed and counts working days from today: names, amounts and
ways are the same every time, dates move along. Deals are told to their end; what would come after today has not
happened, so open deals are those that the present cuts off.
"""

from lightfield_server.demo import company
from lightfield_server.demo.accounts import Account, tell_accounts, tell_contacts
from lightfield_server.demo.calendar import TWO_YEARS, Calendar
from lightfield_server.demo.company import MEMBERS
from lightfield_server.demo.deals import Deal, tell_deals
from lightfield_server.demo.paperwork import tell_paperwork
from lightfield_server.demo.pen import Act, Pen

#: Ids that one request may name.
AT_ONCE = 25


def acts(calendar: Calendar) -> list[Act]:
    """Everything that has happened by today, oldest first."""
    pen = Pen(calendar)
    _tell_company(pen)
    accounts = tell_accounts(pen)
    tell_contacts(pen, accounts)
    deals = tell_deals(pen, accounts)
    tell_paperwork(pen, deals)
    _tell_lists(pen, accounts, deals)
    return sorted((act for act in pen.acts if act.day < 0), key=lambda act: act.day)


def _tell_company(pen: Pen) -> None:
    day, boss = -TWO_YEARS - 10.0, next(person.key for person in MEMBERS if person.admin)
    for person in MEMBERS:
        day += 0.01
        fields = {
            "$email": person.email,
            "$name": {"firstName": person.first, "lastName": person.last},
            "$role": "admin" if person.admin else "member",
        }
        pen.make(day, boss, "member", person.key, fields)
    for team in company.TEAMS:
        day += 0.01
        links = {"members": [p.key for p in MEMBERS if p.team == team.key], "lead": team.lead}
        pen.make(day, boss, "team", team.key, {"$name": team.name, "mission": team.mission}, links)


def _tell_lists(pen: Pen, accounts: list[Account], deals: list[Deal]) -> None:
    known = [account for account in accounts if account.since < -30]
    pharma = [a.key for a in known if a.trade in ("hospital", "laboratory")]
    customers = [a.key for a in known if a.bought_before(-30)]
    fair = [a.contacts[0].key for a in known if a.country in ("DE", "FR")]
    running = [deal.key for deal in deals if deal.begins < -9 and 0 <= deal.ends < 30]
    _list(pen, -28.5, "priti", "Vaccine cold chain", "account", pharma[:40])
    _list(pen, -20.4, "dolores", "Customers to visit next", "account", customers[:25])
    _list(pen, -14.3, "jonas", "Met at the Hamburg fair", "contact", fair[:32])
    _list(pen, -8.2, "maren", "This quarter's pipeline", "opportunity", running[:25])
    _list(pen, -3.1, "bea", "References who take calls", "contact", fair[40:52])


def _list(pen: Pen, day: float, who: str, name: str, type: str, entries: list[str]) -> None:
    entry = {"account": "$accounts", "contact": "$contacts", "opportunity": "$opportunities"}[type]
    key, fields = f"list-{len(pen.acts)}", {"$name": name, "$objectType": f"${type}"}
    pen.make(day, who, "list", key, fields, {entry: entries[:AT_ONCE]})
    if entries[AT_ONCE:]:
        pen.change(day + 0.05, who, "list", key, {}, {entry: {"add": entries[AT_ONCE:]}})
