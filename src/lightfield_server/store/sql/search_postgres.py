"""The index of full-text search in PostgreSQL: a `tsvector` of its terms for each record, under a GIN index.

The terms are made here, as they are for SQLite, and PostgreSQL's own dictionaries have no part in it: so both engines
find the same. GIN gathers what is new in a list of its own, which each search reads too; nothing is pending for us.
"""

from collections.abc import Iterable, Sequence

from lightfield_server.model import texts
from lightfield_server.model.search import Terms
from lightfield_server.model.words import spelled
from lightfield_server.store.sql.part import Part

PUT = """
    insert into search_text (workspace, number, words) values (?, ?, ?)
    on conflict (workspace, number) do update set words = excluded.words
"""
GIVE = """
    insert into search_index (workspace, number, terms) values (?, ?, array_to_tsvector(?::text[]))
    on conflict (workspace, number) do update set terms = excluded.terms
"""
DROP = "delete from search_text where workspace = ? and number = ?"
TAKE = "delete from search_index where workspace = ? and number = ?"
#: In order, so that of two writers with new words in common one waits for the other, and never each for the other.
LEARN = """
    insert into search_word (workspace, word, mirrored)
    select ?, word, nullif(mirrored, '') from unnest(?::text[], ?::text[]) as new (word, mirrored)
    where not exists (select 1 from search_word s where s.workspace = ? and s.word = new.word)
    order by word
    on conflict (workspace, word) do nothing
"""
#: Common words are among the newest records often enough; and a planner that knows no words cannot tell which are.
RECENT = """
    select number from
    (select number, terms from search_index where workspace = ? order by number desc limit ?) recent
    where {} order by number desc limit ?
"""
MOST_RECENT = 5_000

#: One condition for each clause: GIN leaps from one's records to the next one's, which it does not within a condition.
NEWEST = "select number from search_index where workspace = ? and {} order by number desc limit ?"

#: Clauses that are conditions of their own; the rest are one together, so that statements are few.
MOST_CONDITIONS = 8


def put_off(part: Part, changed: Sequence[tuple[str, int]], *, now: bool) -> list[tuple[str, int]]:
    """Records that have changed are read at once."""
    return list(changed)


def pending(part: Part) -> list[tuple[str, int]]:
    return []


def keep(part: Part, told: Sequence[tuple[int, str]]) -> None:
    """Put texts in place of those that were there; an empty one is none."""
    prefix = f"{part.workspace:x}"
    put = [(part.workspace, number, text) for number, text in told if text]
    gone = [(part.workspace, number) for number, text in told if not text]
    part.many(PUT, put)
    part.many(GIVE, [(*row[:2], texts.terms(row[2], prefix).split()) for row in put])
    part.many(DROP, gone)
    part.many(TAKE, gone)
    words = sorted(set().union(*(texts.vocabulary(text) for _, _, text in put)))
    if words:
        mirrored = [word[::-1] if spelled(word) else "" for word in words]
        part.run(LEARN, (part.workspace, words, mirrored, part.workspace))


def newest(part: Part, asked: Terms, limit: int) -> list[int]:
    """The newest records that the index finds."""
    first, rest = asked.clauses[: MOST_CONDITIONS - 1], asked.clauses[MOST_CONDITIONS - 1 :]
    parts = [Terms((clause,)) for clause in first]
    if rest or asked.barred:
        parts.append(Terms(rest, asked.barred))
    where = " and ".join(["terms @@ ?::tsquery"] * len(parts))
    wanted = [expression(part.workspace, each) for each in parts]
    recent = part.run(RECENT.format(where), (part.workspace, MOST_RECENT, *wanted, limit)).fetchall()
    if len(recent) == limit:
        return [number for (number,) in recent]
    found = part.run(NEWEST.format(where), (part.workspace, *wanted, limit)).fetchall()
    return [number for (number,) in found]


def numbers(parameter: str) -> str:
    """A query for the numbers of the records that the index finds, for an expression."""
    return f"select number from search_index where workspace = :workspace and terms @@ {parameter}::tsquery"


def expression(workspace: int, asked: Terms) -> str:
    """The same in the language of `tsquery`. Terms have neither quotes nor backslashes in them."""

    def one_of(terms: Iterable[str]) -> str:
        return " | ".join([f"'{workspace:x}{term}'" for term in terms])

    wanted = [f"({one_of(clause)})" for clause in asked.clauses]
    for term, unless in asked.barred:
        wanted.append(f"!({one_of([term])}{'' if unless is None else f' & !{one_of([unless])}'})")
    return " & ".join(wanted)
