"""Connections to PostgreSQL that are at hand: taken for one transaction, then put back."""

import contextlib
from collections import deque
from collections.abc import Iterator, Mapping

from lightfield_server.store.postgres_session import Session


class Sessions:
    """As many as are in use at a time, which is for the threads that use them to bound."""

    def __init__(self, url: str, settings: Mapping[str, str]) -> None:
        self._url = url
        self._settings = settings
        self._idle: deque[Session] = deque()
        self._closed = False

    @contextlib.contextmanager
    def session(self, *, fresh: bool = False) -> Iterator[Session]:
        """A connection: the one put back last, whose server process has most at hand. `fresh` is for when the server
        went away, and with it all that are idle."""
        if fresh:
            self._let_go()
        try:
            session = self._idle.pop()
        except IndexError:
            session = Session(self._url, self._settings)
        try:
            yield session
        finally:
            if session.lost:
                session.close()
            else:
                self._idle.append(session)
                if self._closed:
                    self._let_go()

    def close(self) -> None:
        self._closed = True
        self._let_go()

    def _let_go(self) -> None:
        with contextlib.suppress(IndexError):
            while True:
                self._idle.pop().close()
