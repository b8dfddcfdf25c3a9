"""What people do about a deal besides selling: notes, meetings, tasks."""

from typing import Any

from lightfield_server.demo import company, texts
from lightfield_server.demo.company import RENEWAL
from lightfield_server.demo.deals import Deal
from lightfield_server.demo.pen import Fields, Pen

#: Calls begin before half past four, on a quarter of an hour; a day has forty.
LAST_CALL, QUARTERS = 0.8, 40


def tell_paperwork(pen: Pen, deals: list[Deal]) -> None:
    for deal in deals:
        renewal = deal.kind == RENEWAL
        _notes(pen, deal, texts.RENEWAL_NOTES if renewal else texts.NOTES)
        _meetings(pen, deal, texts.RENEWAL_MEETINGS if renewal else texts.MEETINGS)
        _tasks(pen, deal, texts.RENEWAL_TASKS if renewal else texts.TASKS)


def _names(deal: Deal) -> dict[str, Any]:
    """What texts about a deal may name."""
    return {
        "name": deal.name,
        "account": deal.account.name,
        "city": deal.account.town.city,
        "champion": deal.champion.name,
        "title": deal.champion.title,
        "sensors": deal.sensors,
        "half": max(deal.sensors // 2, 1),
        "rest": max(deal.sensors - deal.sensors // 2, 1),
        "amount": f"{deal.amount:,} USD",
        "source": company.SOURCES[deal.source],
        "competitor": deal.competitor,
        "reason": (deal.reason or "").lower(),
    }


# Notes


def _notes(pen: Pen, deal: Deal, among: tuple[tuple[str, str], ...]) -> None:
    chosen = pen.chance.sample(among, min(len(among), 3))
    for number, (title, content) in enumerate(chosen):
        if pen.likely(0.2):
            _note(pen, deal, deal.day((number + 0.5) / 3.2), title, content)
    if not deal.won and pen.likely(0.5):
        _note(pen, deal, deal.ends + 0.2, *texts.LOST_NOTE)


def _note(pen: Pen, deal: Deal, day: float, title: str, content: str) -> None:
    names = _names(deal)
    fields = {"$title": title.format(**names), "$content": content.format(**names)}
    links = {"$account": [deal.account.key], "$opportunity": [deal.key], "$contact": [deal.champion.key]}
    pen.make(day, deal.owner.key, "note", f"note-{len(pen.acts)}", fields, links)


# Meetings


def _meetings(pen: Pen, deal: Deal, among: tuple[tuple[str, str, int], ...]) -> None:
    for number, (title, about, minutes) in enumerate(among):
        if pen.likely(0.11):
            _meeting(pen, deal, deal.day((number + 0.3) / len(among)), title, about, minutes)


def _meeting(pen: Pen, deal: Deal, day: float, title: str, about: str, minutes: int) -> None:
    attendees = [deal.owner.email, deal.champion.email]
    if pen.likely(0.3):
        attendees.append(deal.account.care.email)
    if pen.likely(0.2):
        attendees.append(f"guest@{deal.account.slug}.example")
    starts = day // 1 + min(int(day % 1 * QUARTERS) / QUARTERS, LAST_CALL)
    ends = starts + minutes / 15 / QUARTERS
    fields = {
        "$title": title.format(**_names(deal)),
        "$startDate": pen.at(starts),
        "$endDate": pen.at(ends),
        "$description": about,
        "$meetingUrl": f"https://meet.{company.DOMAIN}/{deal.number + 1_000}" if minutes < 120 else None,
        "$organizerEmail": deal.owner.email,
        "$attendeeEmails": attendees,
        "$privacySetting": "METADATA" if pen.likely(0.1) else None,
    }
    # Logged as soon as it is over.
    pen.make(ends + pen.chance.uniform(0.001, 0.01), deal.owner.key, "meeting", f"meeting-{len(pen.acts)}", fields)


# Tasks


def _tasks(pen: Pen, deal: Deal, among: tuple[tuple[str, str | None], ...]) -> None:
    chosen = pen.chance.sample(among, min(len(among), 3))
    for number, (title, description) in enumerate(chosen):
        if pen.likely(0.24):
            _task(pen, deal, deal.day((number + 0.2) / 3), title, description, within=10)
    if not deal.won and pen.likely(0.3):
        _task(pen, deal, deal.ends + 0.5, texts.COME_BACK, None, within=200)


def _task(pen: Pen, deal: Deal, day: float, title: str, description: str | None, within: float) -> None:
    """Most are done about in time, some are called off, and a few stay open past their day."""
    names, key, due = _names(deal), f"task-{len(pen.acts)}", day + pen.chance.uniform(1, within)
    fields: Fields = {
        "$title": title.format(**names),
        "$status": "TODO",
        "$description": description and description.format(**names),
        "$dueAt": pen.by(due),
    }
    links = {"$assignedTo": deal.owner.key, "$account": deal.account.key, "$opportunity": deal.key}
    pen.make(day, deal.owner.key, "task", key, fields, links)
    if pen.likely(0.3):
        pen.change(day + 0.3, deal.owner.key, "task", key, {"$status": "IN_PROGRESS"})
    status = pen.chance.choices(("COMPLETE", "CANCELLED", None), (86, 7, 7))[0]
    if status is not None:
        done = max(due + pen.chance.uniform(-3, 2), day + 0.4)
        pen.change(done, deal.owner.key, "task", key, {"$status": status})
