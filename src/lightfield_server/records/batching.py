"""Many different writes in one transaction, in their order, a set at a time where nobody can tell.

A step may name the record of an earlier one. Neighbours of one type and verb are carried out as a set, unless one has
to see what another did.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lightfield_server.events import log
from lightfield_server.kit import crash
from lightfield_server.model import problems
from lightfield_server.model.entity import Entity
from lightfield_server.model.problems import Problem
from lightfield_server.model.record import Change
from lightfield_server.model.value_types import Json
from lightfield_server.records import several, together
from lightfield_server.records.context import Context
from lightfield_server.records.shape import Body

#: What begins the name of an earlier step where an id is expected. No id begins with it.
MARK = "@"


@dataclass(frozen=True, slots=True)
class Step:
    """One write. `entity` tells its type, or refuses; `earlier` are the steps it names, by their names."""

    verb: str
    entity: Callable[[], Entity]
    id: str
    body: Body
    earlier: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Done:
    """What a step did to which record, in one word."""

    entity: Entity
    number: int
    outcome: str

    @property
    def id(self) -> str:
        return self.entity.id(self.number)


def carry_out(context: Context, steps: Sequence[Step], *, atomic: bool) -> list[Done | Problem]:
    """What came of each step, in order. When `atomic`, the first refusal is raised instead: nothing may stay.

    The `param` of a refusal begins with the step's place: `operations[3].body.fields.$name`.
    """
    batch = _Batch(context, steps, atomic)
    for position in range(len(steps)):
        batch.take(position)
    batch.flush()
    return [batch.outcomes[position] for position in range(len(steps))]


def place(position: int) -> str:
    return f"operations[{position}]"


def references(id: str, body: Body) -> Iterator[tuple[str, str]]:
    """The names of earlier steps in a step, each with its place there."""
    if id.startswith(MARK):
        yield id.removeprefix(MARK), several.PATH_ID
    links = body.get("relationships")
    for key, value in links.items() if isinstance(links, dict) else ():
        for sent in together.ids_in(value):
            if sent.startswith(MARK):
                yield sent.removeprefix(MARK), f"{several.BODY}.relationships.{problems.shown(key)}"


class _Batch:
    def __init__(self, context: Context, steps: Sequence[Step], atomic: bool) -> None:
        self.outcomes: dict[int, Done | Problem] = {}
        self._context = context
        self._steps = steps
        self._atomic = atomic
        self._start(None)

    def _start(self, kind: Any) -> None:
        self._kind = kind
        self._gathered: list[tuple[int, several.Asked]] = []
        self._together = together.Together()

    def take(self, position: int) -> None:
        """Gather one step, after what was gathered is carried out if it has to be."""
        step = self._steps[position]
        if any(earlier not in self.outcomes for earlier in step.earlier.values()):
            self.flush()
        try:
            entity = step.entity()
            asked = self._resolved(step)
        except Problem as problem:
            self.flush()
            self._settle(position, problem)
            return
        kind = (entity, step.verb, repr(asked.body.get("by")) if step.verb == "upsert" else None)
        if kind != self._kind or not self._together.admits(_claims(entity, step.verb, asked)):
            self.flush()
            self._start(kind)
            self._together.admits(_claims(entity, step.verb, asked))
        self._gathered.append((position, asked))

    def flush(self) -> None:
        """Carry out what was gathered."""
        if not self._gathered:
            return
        gathered, (entity, verb, _) = self._gathered, self._kind
        self._start(None)
        changes = several.VERBS[verb](self._context, entity, [asked for _, asked in gathered])
        for (position, _), change in zip(gathered, changes, strict=True):
            self._settle(position, change if isinstance(change, Problem) else _done(entity, change))
        crash.point("mid-batch")

    def _settle(self, position: int, outcome: Done | Problem) -> None:
        if isinstance(outcome, Problem):
            outcome = outcome.within(place(position))
            if self._atomic:
                raise outcome
        self.outcomes[position] = outcome

    def _resolved(self, step: Step) -> several.Asked:
        """The step with ids in place of the names of earlier ones."""
        if not step.earlier:
            return several.Asked(step.id, step.body)
        ids: dict[str, str] = {}
        for name, where in references(step.id, step.body):
            earlier = self.outcomes[step.earlier[name]]
            if isinstance(earlier, Problem):
                raise problems.failed_reference(name, where)
            ids[f"{MARK}{name}"] = earlier.id
        links = step.body.get("relationships")
        body = step.body if not links else {**step.body, "relationships": _named(links, ids)}
        return several.Asked(ids.get(step.id, step.id), body)


def _named(value: Json, ids: Mapping[str, str]) -> Json:
    if isinstance(value, str):
        return ids.get(value, value)
    if isinstance(value, list):
        return [_named(each, ids) for each in value]
    if isinstance(value, dict):
        return {key: _named(each, ids) for key, each in value.items()}
    return value


def _claims(entity: Entity, verb: str, asked: several.Asked) -> frozenset[str] | None:
    if verb == "create":
        return together.claims_of_new(entity, asked.body)
    if verb == "update":
        return together.claims_of_edit(entity, asked.id, asked.body)
    # Upserts look after themselves; deleting and restoring concern the record alone.
    return frozenset({asked.id} if asked.id else ())


def _done(entity: Entity, change: Change) -> Done:
    return Done(entity, change.after.number, log.outcome(change))
