"""The index of full-text search in SQLite: an FTS5 table that holds nothing but which records have which terms.

FTS5 writes whole segments, which costs as much as a small transaction. So a write only notes which records say
something new; after about `FOLD` of them their texts are read and the index is brought up to date for all at once, in
the same transaction. What is pending is little, and is compared with what is looked for record by record.
"""

from collections.abc import Iterable, Sequence
from random import getrandbits

from lightfield_server.model import texts
from lightfield_server.model.search import Terms
from lightfield_server.model.words import spelled
from lightfield_server.store.sql.part import Part

#: Pending records of one workspace for which the index is brought up to date.
FOLD = 128

#: So many random bits decide whether a write counts how many records are pending: that costs more than to note one.
SELDOM = 3

NOTE = """
    insert into search_pending (workspace, number, type) values (?, ?, ?) on conflict (workspace, number) do nothing
"""
COUNT = "select count(*) from search_pending where workspace = ?"
PENDING = "select type, number from search_pending where workspace = ?"
SETTLED = "delete from search_pending where workspace = ? and number in (select value from json_each(?))"
KNOWN = "select number, words from search_text where number in (select value from json_each(?)) and +workspace = ?"
PUT = """
    insert into search_text (workspace, number, words) values (?, ?, ?)
    on conflict (number) do update set words = excluded.words
"""
DROP = "delete from search_text where workspace = ? and number = ?"
#: FTS5 takes no notice of whether a row exists: terms are taken from a number, or given to it.
TAKE = "insert into search_index (search_index, rowid, terms) values ('delete', ?, ?)"
GIVE = "insert into search_index (rowid, terms) values (?, ?)"
LEARN = """
    insert into search_word (workspace, word, mirrored) values (?, ?, ?) on conflict (workspace, word) do nothing
"""
NEWEST = """
    select rowid from search_index(?) where rowid not in (select number from search_pending where workspace = ?)
    order by rowid desc limit ?
"""


def put_off(part: Part, changed: Sequence[tuple[str, int]], *, now: bool) -> list[tuple[str, int]]:
    """Note records, by type and number; all that are noted, when it is time to read what they say."""
    part.many(NOTE, [(part.workspace, number, type) for type, number in changed])
    if not now and len(changed) == 1 and getrandbits(SELDOM):
        return []
    (count,) = part.run(COUNT, (part.workspace,)).fetchone()
    return pending(part) if now or count >= FOLD else []


def pending(part: Part) -> list[tuple[str, int]]:
    """The records that the index is behind on."""
    found: list[tuple[str, int]] = part.run(PENDING, (part.workspace,)).fetchall()
    return found


def keep(part: Part, told: Sequence[tuple[int, str]]) -> None:
    """Put texts in place of those that were there; an empty one is none."""
    which = part.dialect.numbers(number for number, _ in told)
    before = dict(part.run(KNOWN, (which, part.workspace)).fetchall())
    prefix = f"{part.workspace:x}"
    words: set[str] = set()
    # FTS5 wants its numbers in order.
    for number, text in sorted(told):
        has, old = texts.terms(text, prefix), before.get(number)
        if old is not None:
            had, now = set(texts.terms(old, prefix).split()), set(has.split())
            part.run(TAKE, (number, " ".join(had - now)))
            has = " ".join(now - had)
        if text:
            part.run(GIVE, (number, has))
            words.update(texts.vocabulary(text))
    part.many(PUT, [(part.workspace, number, text) for number, text in told if text])
    part.many(DROP, [(part.workspace, number) for number, text in told if not text and number in before])
    part.many(LEARN, [(part.workspace, word, word[::-1] if spelled(word) else None) for word in sorted(words)])
    part.run(SETTLED, (part.workspace, which))


def newest(part: Part, asked: Terms, limit: int) -> list[int]:
    """The newest records that the index finds."""
    found = part.run(NEWEST, (expression(part.workspace, asked), part.workspace, limit)).fetchall()
    return [number for (number,) in found]


def numbers(parameter: str) -> str:
    """A query for the numbers of the records that the index finds, for an expression."""
    return (
        f"select rowid as number from search_index({parameter}) where rowid not in (select number from search_pending)"
    )


def expression(workspace: int, asked: Terms) -> str:
    """The same in FTS5's language. Terms have no quotation marks in them."""
    prefix = f"{workspace:x}"

    def one_of(terms: Iterable[str]) -> str:
        return " OR ".join([f'"{prefix}{term}"' for term in terms])

    wanted = " AND ".join([f"({one_of(clause)})" for clause in asked.clauses])
    for term, unless in asked.barred:
        wanted = f"({wanted}) NOT ({one_of([term])}{'' if unless is None else f' NOT {one_of([unless])}'})"
    return wanted
