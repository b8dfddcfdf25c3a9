"""Findings are kept while they hold, and never without bounds."""

from collections.abc import Callable

from lightfield_server.kit.memo import Memo


def counted(answer: bytes) -> tuple[list[int], Callable[[], bytes]]:
    asked: list[int] = []

    def find() -> bytes:
        asked.append(1)
        return answer

    return asked, find


def test_what_was_found_holds_until_the_state_moves():
    memo, (asked, find) = Memo(), counted(b"a")
    assert [memo.recall("q", state, find) for state in (1, 1, 2)] == [b"a"] * 3
    assert len(asked) == 2


def test_without_a_state_everything_is_found_anew():
    memo, (asked, find) = Memo(), counted(b"a")
    assert [memo.recall("q", None, find) for _ in range(2)] == [b"a"] * 2
    assert len(asked) == 2


def test_more_than_may_be_kept_begins_anew():
    memo = Memo(most=2)
    for question in range(5):
        memo.recall(question, 1, lambda: b"a")
    assert len(memo._known) <= 2


def test_what_is_too_long_is_answered_and_not_kept():
    memo, (asked, find) = Memo(longest=2), counted(b"abc")
    assert [memo.recall("q", 1, find) for _ in range(2)] == [b"abc"] * 2
    assert len(asked) == 2


def test_of_several_questions_only_the_unknown_are_asked():
    memo, asked = Memo(), []

    def find(unknown: list[int]) -> dict[int, str]:
        asked.append(sorted(unknown))
        return {number: str(number) for number in unknown if number != 3}

    assert memo.recall_each([1, 3], "then", find) == {1: "1"}
    assert memo.recall_each([1, 2, 3], "then", find) == {1: "1", 2: "2"}
    assert memo.recall_each([1], "now", find) == {1: "1"}
    assert asked == [[1, 3], [2], [1]]
