"""A fact for every change, appended in the transaction that made it true."""

from lightfield_server.model.record import Change, Fields

#: Verbs of facts. A type's event is named `<type>.<verb>`.
CREATED, UPDATED, DELETED, RESTORED, MERGED = "created", "updated", "deleted", "restored", "merged"

#: What is said of a write that is no fact.
UNCHANGED = "unchanged"

#: Fields changed by a fact: key → (before, after), None for no value.
Differences = dict[str, tuple[object, object]]


def outcome(change: Change) -> str:
    """What became of a record, in one word."""
    return UNCHANGED if change.event is None else change.event.verb


def differences(before: Fields, after: Fields) -> Differences:
    """What changed between two states of a record's fields."""
    if not before:
        return {key: (None, value) for key, value in after.items()}
    changed: Differences = {}
    for key, value in after.items():
        old = before.get(key)
        if old != value or type(old) is not type(value):
            changed[key] = (old, value)
    for key, old in before.items():
        if key not in after:
            changed[key] = (old, None)
    return changed
