"""What is asked one request at a time: pages by cursor, searches and sums, each against a ceiling in milliseconds."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks import load
from benchmarks.generate import WORDS, Dataset
from benchmarks.load import Make
from benchmarks.scenarios import VERSION

#: How often each is asked.
TIMES = 20

#: Records that a cursor is led past before a deep page is asked for, as a share of all.
DEPTH = 0.5

SEARCH, SUMS = 20.0, 300.0


@dataclass(frozen=True)
class Single:
    """`name` says what is asked; `ceiling` is in milliseconds, None where another row is the measure."""

    name: str
    make: Make
    ceiling: float | None = None


def singles(data: Dataset, port: int) -> Iterator[Single]:
    """Each is made when its turn has come: a deep cursor has to be led to where it is."""
    rng = random.Random(7)
    post = _poster(data)
    first = {"objectType": "opportunity", "sort": [{"key": "$amount"}], "limit": 25, "count": "none"}
    yield Single("first page, by amount", lambda: post("/v1/query", first))
    cursor = _cursor_at(data, port, post, int(data.size * DEPTH))
    yield Single("page by cursor half way down, by amount", lambda: post("/v1/query", first | {"cursor": cursor}))
    yield Single("search, three words", lambda: post("/v1/search", {"text": _words(rng), "limit": 20}), SEARCH)
    grouped = {
        "objectType": "opportunity",
        "groupBy": [{"key": "$stage"}, {"key": "$closeDate", "interval": "month"}],
        "measures": [{"function": "count"}, {"function": "sum", "key": "$amount"}],
    }
    yield Single("count and sum by stage and month", lambda: post("/v1/aggregate", grouped), SUMS)


def _poster(data: Dataset) -> Callable[[str, object], bytes]:
    headers = {
        "authorization": f"Bearer {data.token}",
        "lightfield-version": VERSION,
        "content-type": "application/json",
    }
    return lambda path, body: load.request("POST", path, headers, json.dumps(body))


def _cursor_at(data: Dataset, port: int, post: Callable[[str, object], bytes], depth: int) -> str:
    """The cursor of the page that begins behind so many records; how long the pages before it are is of no account."""
    body: dict[str, object] = {"objectType": "opportunity", "sort": [{"key": "$amount"}], "count": "none"}
    body |= {"limit": min(1_000, depth), "fields": [], "relationships": []}
    for _ in range(max(depth // 1_000, 1)):
        page = json.loads(load.ask(port, post("/v1/query", body)))
        body["cursor"] = page["nextCursor"]
    return str(body["cursor"])


def _words(rng: random.Random) -> str:
    return " ".join(rng.sample(WORDS, 3))
