"""The index of full-text search in SQLite: an FTS5 table that holds nothing but which records have which terms.

FTS5 writes whole segments, which costs as much as a small transaction. So a write keeps a record's text and notes the
record as pending; after `FOLD` of them the index is brought up to date for all at once, in the same transaction.
Pending records are few and are compared with what is looked for one by one.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from lightfield_server.model import texts
from lightfield_server.model.search import Terms
from lightfield_server.model.words import spelled
from lightfield_server.store.sql.part import Part

#: Pending records for which the index is brought up to date, and the length of a text that does not wait for others.
FOLD, LONG_TEXT = 256, 4_000

#: The text as the index has it is noted once; what is written after that is not known to the index.
NOTE = """
    insert into search_pending (workspace, number, indexed)
    values (?1, ?2, coalesce((select words from search_text where number = ?2 and +workspace = ?1), ''))
    on conflict (number) do nothing
"""
PUT = """
    insert into search_text (workspace, number, words) values (?, ?, ?)
    on conflict (number) do update set words = excluded.words
"""
DROP = "delete from search_text where workspace = ? and number = ?"
PENDING = """
    select p.workspace, p.number, p.indexed, coalesce(t.words, '')
    from search_pending p left join search_text t on t.number = p.number order by p.number
"""
#: FTS5 takes no notice of whether a row exists: terms are taken from a number, or given to it.
TAKE = "insert into search_index (search_index, rowid, terms) values ('delete', ?, ?)"
GIVE = "insert into search_index (rowid, terms) values (?, ?)"
LEARN = """
    insert into search_word (workspace, word, mirrored) values (?, ?, ?) on conflict (workspace, word) do nothing
"""
NEWEST = """
    select rowid from search_index(?) where rowid not in (select number from search_pending)
    order by rowid desc limit ?
"""


def keep(part: Part, changed: Sequence[tuple[int, str]]) -> None:
    """Put texts in place of those that were there; an empty one is none."""
    part.many(NOTE, [(part.workspace, number) for number, _ in changed])
    put = [(part.workspace, number, text) for number, text in changed if text]
    if put:
        part.many(PUT, put)
    if len(put) < len(changed):
        part.many(DROP, [(part.workspace, number) for number, text in changed if not text])
    (pending,) = part.run("select count(*) from search_pending").fetchone()
    if pending >= FOLD or any(len(text) > LONG_TEXT for _, text in changed):
        fold(part)


def fold(part: Part) -> None:
    """Bring the index up to date, for every workspace."""
    words: dict[int, set[str]] = defaultdict(set)
    for workspace, number, before, after in part.run(PENDING).fetchall():
        had, has = texts.terms(before), texts.terms(after)
        if had:
            part.run(TAKE, (number, _terms(workspace, had - has)))
        if has:
            part.run(GIVE, (number, _terms(workspace, has - had)))
        words[workspace] |= texts.vocabulary(after) - texts.vocabulary(before)
    part.run("delete from search_pending")
    for workspace, known in words.items():
        part.many(LEARN, [(workspace, word, word[::-1] if spelled(word) else None) for word in sorted(known)])


def newest(part: Part, asked: Terms, limit: int) -> list[int]:
    """The newest records that the index finds."""
    found = part.run(NEWEST, (expression(part.workspace, asked), limit)).fetchall()
    return [number for (number,) in found]


def pending(part: Part) -> list[int]:
    """The records that the index may be wrong about."""
    rows = part.run("select number from search_pending where workspace = ?", (part.workspace,)).fetchall()
    return [number for (number,) in rows]


def numbers(parameter: str) -> str:
    """A query for the numbers of the records that the index finds, for an expression."""
    return (
        f"select rowid as number from search_index({parameter}) where rowid not in (select number from search_pending)"
    )


def expression(workspace: int, asked: Terms) -> str:
    """The same in FTS5's language. Terms have no quotation marks in them."""
    prefix = _prefix(workspace)

    def one_of(terms: Iterable[str]) -> str:
        return " OR ".join([f'"{prefix}{term}"' for term in terms])

    wanted = " AND ".join([f"({one_of(clause)})" for clause in asked.clauses])
    for term, unless in asked.barred:
        wanted = f"({wanted}) NOT ({one_of([term])}{'' if unless is None else f' NOT {one_of([unless])}'})"
    return wanted


def _terms(workspace: int, terms: Iterable[str]) -> str:
    prefix = _prefix(workspace)
    return " ".join([prefix + term for term in terms])


def _prefix(workspace: int) -> str:
    return f"{workspace:x}"
