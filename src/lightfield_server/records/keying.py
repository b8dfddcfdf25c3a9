"""What records are found by: the keys that a write takes away and adds, and those that no two records may share."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from lightfield_server.model import problems
from lightfield_server.model.entity import Entity, Keyed
from lightfield_server.model.keys import Key
from lightfield_server.model.problems import Problem
from lightfield_server.model.record import Fields
from lightfield_server.store.protocol import KeyRow, Transaction

#: What a record was found by and is found by no longer, and what it is found by now.
Rekeyed = tuple[list[KeyRow], list[KeyRow]]


def rekeyed(
    places: Mapping[str, Keyed], number: int, before: Fields, after: Fields, *, was_trashed: bool, trashed: bool
) -> Rekeyed:
    """How one record's keys change. A new record has no fields before; one that moves to the trash changes them all."""
    removed: list[KeyRow] = []
    added: list[KeyRow] = []
    moved = trashed is not was_trashed
    for key, value in after.items():
        old = before.get(key)
        place = places.get(key)
        if place is None or (old == value and not moved):
            continue
        name, keys, configuration, counted, _ = place
        new_keys = keys(value, configuration)
        if old is None:
            added += [KeyRow(name, trashed, k, number, counted) for k in new_keys]
        else:
            old_keys = keys(old, configuration)
            removed += [KeyRow(name, was_trashed, k, number, counted) for k in old_keys if moved or k not in new_keys]
            added += [KeyRow(name, trashed, k, number, counted) for k in new_keys if moved or k not in old_keys]
    for key, old in before.items():
        place = places.get(key)
        if place is not None and key not in after:
            removed += _rows(place, old, number, was_trashed)
    return removed, added


def _rows(place: Keyed, value: object, number: int, trashed: bool) -> list[KeyRow]:
    name, keys, configuration, counted, _ = place
    return [KeyRow(name, trashed, key, number, counted) for key in keys(value, configuration)]


def collisions(
    tx: Transaction, entities: set[Entity], rows: Sequence[Rekeyed], named: Collection[Entity] = ()
) -> dict[int, Problem]:
    """Which of several writes would share a value of a unique field with another live record, by their positions.

    `named` are the types of records that get external ids, which are unique too.

    What a write gives up is free for the others to take, unless that write is refused; of two that want one value,
    the first has it.
    """
    unique = {place.name: entity.fields[key].label for entity in entities for key, place in entity.unique.items()}
    unique |= {place.name: "external id" for entity in named for place in entity.external.values()}
    if not unique:
        return {}
    wanted: dict[str, set[Key]] = defaultdict(set)
    for _, added in rows:
        for row in added:
            if row.field in unique and not row.trashed:
                wanted[row.field].add(row.key)
    holders = {field: tx.holders(field, keys) for field, keys in wanted.items()}
    refused: dict[int, Problem] = {}
    while True:
        found = _colliding(unique, holders, rows, refused)
        if found is None:
            return refused
        position, field = found
        refused[position] = problems.not_unique(unique[field])


def _colliding(
    unique: Mapping[str, str],
    holders: Mapping[str, Mapping[Key, Sequence[int]]],
    rows: Sequence[Rekeyed],
    refused: Mapping[int, Problem],
) -> tuple[int, str] | None:
    """The first write, of those not refused, that wants what another record keeps or has been given."""
    standing = [(position, each) for position, each in enumerate(rows) if position not in refused]
    freed = {(r.field, r.key, r.number) for _, (removed, _) in standing for r in removed if not r.trashed}
    taken: dict[tuple[str, Key], int] = {}
    for position, (_, added) in standing:
        for row in added:
            if row.field not in unique or row.trashed:
                continue
            kept = (n for n in holders[row.field].get(row.key, ()) if (row.field, row.key, n) not in freed)
            if any(n != row.number for n in kept):
                return position, row.field
            if taken.setdefault((row.field, row.key), row.number) != row.number:
                return position, row.field
    return None
