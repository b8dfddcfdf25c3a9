"""What was found out once and holds until something is written."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

#: Findings kept at a time, unless said otherwise.
MOST = 20_000


class Memo:
    """Findings, each with the state of the database in which it was made.

    When there are too many all are forgotten, which costs little and bounds memory. Texts of more than `longest` bytes
    are found anew each time.
    """

    def __init__(self, most: int = MOST, longest: int | None = None) -> None:
        self._most = most
        self._longest = longest
        self._known: dict[Hashable, tuple[Hashable, object]] = {}

    def recall(self, question: Hashable, state: Hashable, find: Callable[[], V]) -> V:
        """The answer as of a state; found anew when the state has moved, or is not known at all."""
        if state is None:
            return find()
        known = self._known.get(question)
        if known is not None and known[0] == state:
            return known[1]  # type: ignore[return-value]
        answer = find()
        if self._longest is not None and isinstance(answer, bytes) and len(answer) > self._longest:
            return answer
        self._keep(question, state, answer)
        return answer

    def recall_each(
        self, questions: Iterable[K], state: Hashable, find: Callable[[list[K]], Mapping[K, V]]
    ) -> dict[K, V]:
        """The answers to those questions that have one; all that are not known as of the state are found at once."""
        answers: dict[K, V] = {}
        unknown: list[K] = []
        for question in questions:
            known = self._known.get(question)
            if known is None or known[0] != state:
                unknown.append(question)
            elif known[1] is not None:
                answers[question] = known[1]  # type: ignore[assignment]
        if unknown:
            found = find(unknown)
            answers.update(found)
            for question in unknown:
                self._keep(question, state, found.get(question))
        return answers

    def _keep(self, question: Hashable, state: Hashable, answer: object) -> None:
        if len(self._known) >= self._most:
            self._known.clear()
        self._known[question] = (state, answer)
