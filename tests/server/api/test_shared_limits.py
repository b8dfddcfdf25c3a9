"""One limit over several processes: each spends tokens that it drew from what all of them share."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lightfield_server.identity.limits import READ, Admission, Limits
from lightfield_server.identity.shared_limits import ALONE, LASTING, SHARE, SharedLimits
from lightfield_server.store.buckets import Grant
from lightfield_server.store.buckets.file import FileBuckets
from tests.server.conftest import NOW, Time

AT = NOW / 1000

Processes = Callable[[int, int], list[SharedLimits]]


@pytest.fixture
def processes(tmp_path: Path, time: Time) -> Iterator[Processes]:
    """So many limits over one file, at a moment that stands still."""
    opened: list[SharedLimits] = []

    def open(many: int, rate: int) -> list[SharedLimits]:
        (tmp_path / "limits").unlink(missing_ok=True)
        opened.extend(SharedLimits(rate, FileBuckets(tmp_path / "limits", time)) for _ in range(many))
        return opened[-many:]

    yield open
    for each in opened:
        each.close()


def asked(limits: SharedLimits | Limits, time: Time, workspace: int = 1) -> Admission:
    """What is answered at once: nobody waits for buckets in a file."""
    with pytest.raises(StopIteration) as answered:
        limits.admit(workspace, READ, time() / 1000).send(None)
    assert isinstance(answered.value.value, Admission)
    return answered.value.value


def admitted(limits: SharedLimits, time: Time, times: int) -> int:
    return sum(not asked(limits, time).retry_after for _ in range(times))


@pytest.mark.parametrize("rate", [1, 3, 25, 100, 1000])
def test_several_processes_admit_together_what_one_would(processes: Processes, time: Time, rate: int) -> None:
    several = processes(3, rate)
    seconds, step = 4, 20
    count = 0
    for _ in range(seconds * 1000 // step):
        time.advance(step)
        count += sum(admitted(each, time, 1 + rate * step // 1000) for each in several)
    # A full bucket and what it gained, but for what it gained last.
    assert 0.9 * rate * (1 + seconds) - 1 <= count <= rate * (1 + seconds)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rate=st.sampled_from([1, 7, 50, 400]),
    steps=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3000), st.integers(1, 60)), max_size=40),
)
def test_whoever_asks_when_no_more_than_the_limit_is_admitted(
    processes: Processes, time: Time, rate: int, steps: list[tuple[int, int, int]]
) -> None:
    several = processes(3, rate)
    one, began = Limits(rate), time()
    count = alone = 0
    for process, pause, times in steps:
        time.advance(pause)
        count += admitted(several[process], time, times)
        alone += sum(not asked(one, time).retry_after for _ in range(times))
    assert count <= rate + rate * (time() - began) / 1000
    # What one process drew and another would have needed is a share of a second's tokens, each time it lapses.
    lapses = 1 + (time() - began) / 1000 / LASTING
    assert count >= alone - len(several) * lapses * max(1, rate * SHARE) - len(steps)


def test_one_busy_process_has_all_there_is(processes: Processes, time: Time) -> None:
    busy, idle = processes(2, 100)
    assert admitted(idle, time, 1) == 1
    assert admitted(busy, time, 200) == 98
    # The idle one has what is left of its share, for a while.
    assert admitted(idle, time, 5) == 1


def test_what_was_drawn_and_not_spent_lapses(processes: Processes, time: Time) -> None:
    (limits, other) = processes(2, 100)
    admitted(limits, time, 1)
    time.advance(int(LASTING * 1000))
    assert admitted(other, time, 200) == 100
    assert admitted(limits, time, 1) == 0


def test_headers_count_down_and_tell_when_to_come_back(processes: Processes, time: Time) -> None:
    (limits,) = processes(1, 3)
    seen = [asked(limits, time) for _ in range(4)]
    assert [(each.limit, each.remaining, each.reset, each.retry_after) for each in seen] == [
        (3, 2, AT + 1, 0),
        (3, 1, AT + 1, 0),
        (3, 0, AT + 1, 0),
        (3, 0, AT + 1, 1),
    ]
    time.advance(1000)
    assert not asked(limits, time).retry_after


def test_a_clock_that_steps_back_refuses_nobody_for_longer_than_that(processes: Processes, time: Time) -> None:
    (limits,) = processes(1, 10)
    admitted(limits, time, 20)
    time.advance(-3_600_000)
    admitted(limits, time, 1)
    time.advance(1000)
    assert admitted(limits, time, 10) == 10


class Counting:
    """Buckets that are slow to answer, and know how often they were asked."""

    def __init__(self, *grants: Grant | None) -> None:
        self.grants = list(grants)
        self.wanted: list[int] = []

    async def take(self, workspace: int, category: str, rate: int, wanted: int) -> Grant | None:
        self.wanted.append(wanted)
        await asyncio.sleep(0)
        return self.grants.pop(0)

    def close(self) -> None: ...


Together = Callable[..., list[Admission]]


@pytest.fixture
def together() -> Iterator[Together]:
    """Several requests that come in one turn of the loop."""

    async def all_of_them(limits: SharedLimits, times: int, at: float) -> list[Admission | None]:
        return await asyncio.gather(*(limits.admit(1, READ, at) for _ in range(times)))

    with asyncio.Runner() as runner:
        yield lambda limits, times, at=AT: runner.run(all_of_them(limits, times, at))


def test_requests_that_come_together_draw_once_for_all(together: Together) -> None:
    buckets = Counting(Grant(20, 980), Grant(29, 951))
    limits = SharedLimits(1000, buckets)
    assert all(not each.retry_after for each in together(limits, 40))
    assert buckets.wanted == [20, 20]


def test_a_refusal_is_not_asked_for_again_and_again(together: Together) -> None:
    buckets = Counting(Grant(0, 0.5), Grant(20, 0))
    limits = SharedLimits(1000, buckets)
    assert all(each.retry_after == 1 for _ in range(50) for each in together(limits, 4))
    assert len(buckets.wanted) == 1
    assert all(not each.retry_after for each in together(limits, 4, AT + 0.02))


def test_a_process_that_cannot_reach_the_others_keeps_the_limit_by_itself(together: Together) -> None:
    buckets = Counting(None, Grant(1, 0))
    limits = SharedLimits(5, buckets)
    alone = [together(limits, 1)[0] for _ in range(7)]
    assert [bool(each.retry_after) for each in alone] == [False] * 5 + [True] * 2
    assert len(buckets.wanted) == 1
    together(limits, 1, AT + ALONE)
    assert len(buckets.wanted) == 2


def test_clients_see_the_same_as_from_one_process(processes: Processes, world: Any, api: Any, time: Time) -> None:
    (world.server.limits,) = processes(1, 3)
    answers = [api.get("/v1/accounts") for _ in range(4)]
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert answers[3].error == (429, "too_many_requests", None, None)
    assert answers[3].headers["retry-after"] == "1"
    time.advance(1000)
    api.get("/v1/accounts").ok()
