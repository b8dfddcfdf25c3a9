"""The writing side of PostgreSQL: for each workspace one writer at a time, over all processes.

The first statement of a writing transaction moves the workspace's version, and the row in which that stands is the
lock: whoever comes second waits there, and then sees all that was committed before (READ COMMITTED takes a new
snapshot for every statement). So checks hold as they do with SQLite's one writer, and transactions never meet
crosswise. Workspaces are written in parallel.
"""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from typing import Any, TypeVar

import psycopg
from psycopg import errors

from lightfield_server.store.group_commit import Done, GroupCommit, Waiting, refusal
from lightfield_server.store.postgres_session import Lost, Session
from lightfield_server.store.postgres_sessions import Sessions
from lightfield_server.store.postgres_transaction import WritingTransaction
from lightfield_server.store.protocol import Work

T = TypeVar("T")

#: Writes in one transaction: PostgreSQL keeps this many savepoints of a transaction at hand.
MOST_IN_A_BATCH = 60

#: What ails the database, not the request, by the class of PostgreSQL's state.
_PASSING = {
    "08": "the database cannot be reached",
    "25": "the database is read-only",
    "53": "the database has no room",
    "55": "another process is writing for long",
    "57": "the database is being stopped",
    "58": "the database's disk does not answer",
}


class OutcomeUnknown(Lost):
    """The connection was lost while a commit was under way. Repeating the request under its key tells."""


class PostgresWriting(GroupCommit):
    """The writes of one workspace, one batch after another."""

    def __init__(self, sessions: Sessions, threads: Executor, workspace: int) -> None:
        super().__init__()
        self._sessions = sessions
        self._threads = threads
        self._workspace = workspace

    async def commit_batch(self, done: list[Done]) -> None:
        await asyncio.get_running_loop().run_in_executor(self._threads, self._commit_batch, done)

    def _commit_batch(self, done: list[Done]) -> None:
        """At first statements flow, and what fails may come to light much later. Then the batch is carried out once
        more, step by step, and who failed is known."""
        try:
            self._flow(done)
        except (OutcomeUnknown, errors.LockNotAvailable):
            raise
        except psycopg.Error as error:
            lost = isinstance(error, Lost)
            if done:
                with self._sessions.session(fresh=lost) as session:
                    _begin_and_commit(session, self._workspace, lambda tx: _step_by_step(tx, done))
            elif lost:
                self._flow(done, fresh=True)
            else:
                raise

    def _flow(self, done: list[Done], *, fresh: bool = False) -> None:
        with self._sessions.session(fresh=fresh) as session:
            waiting = self.batch(done, MOST_IN_A_BATCH)
            _begin_and_commit(session, self._workspace, lambda tx: _flowing(tx, waiting, done))

    def passing(self, error: Exception) -> str | None:
        return passing(error)


def write_now(sessions: Sessions, workspace: int, work: Work[T]) -> T:
    """One write in a transaction of its own, from a thread of the caller's."""
    for fresh in (False, True):
        try:
            with sessions.session(fresh=fresh) as session:
                return _begin_and_commit(session, workspace, work)
        except psycopg.Error as error:
            if isinstance(error, Lost) and not isinstance(error, OutcomeUnknown) and not fresh:
                continue
            why = passing(error)
            if why is None:
                raise
            raise refusal(why, error) from error
    raise AssertionError("a write is tried twice at the most")


def _begin_and_commit(session: Session, workspace: int, work: Callable[[WritingTransaction], T]) -> T:
    """Nothing is kept unless this returns; after `OutcomeUnknown` something may have been."""
    try:
        session.execute("begin")
        tx = WritingTransaction(session, workspace)
        result = work(tx)
        tx.end()
        # A connection that was lost while it was idle is found out here at the latest, when nothing is in doubt yet.
        assert tx.began
    except BaseException:
        _undo(session)
        raise
    try:
        ended = session.execute("commit" if tx.keeps else "rollback")
        session.finish()
    except Lost as error:
        raise OutcomeUnknown(str(error)) from error
    except BaseException:
        _undo(session)
        raise
    if tx.keeps and ended.status != "COMMIT":
        raise errors.InFailedSqlTransaction("the transaction had failed and was rolled back")
    return result


def _undo(session: Session) -> None:
    if session.lost:
        return
    try:
        session.recover()
        session.execute("rollback")
        session.finish()
    except psycopg.Error:
        session.close()


def _flowing(tx: WritingTransaction, waiting: Iterable[Waiting], done: list[Done]) -> None:
    """Each in a savepoint; nobody waits for its end. When all were refused there is nothing to keep."""
    for each in waiting:
        outcome = Done(each)
        done.append(outcome)
        tx.begin_request()
        try:
            outcome.result = each.work(tx)
        except psycopg.Error:
            raise
        except Exception as error:
            outcome.error = error
            tx.undo_request()
        else:
            tx.end_request()
    tx.keeps = any(each.error is None for each in done)


def _step_by_step(tx: WritingTransaction, done: list[Done]) -> None:
    """Once more what was carried out and not kept, each to its end before the next begins."""
    for outcome in done:
        outcome.result = outcome.error = None
        try:
            outcome.result = _one_step(tx, outcome.waiting)
        except Lost:
            raise
        except Exception as error:
            outcome.error = error
    tx.keeps = any(each.error is None for each in done)


def _one_step(tx: WritingTransaction, waiting: Waiting, *, again: bool = True) -> Any:
    """The work in a savepoint of its own. A number that another process made too is made anew, once."""
    tx.begin_request()
    try:
        result = waiting.work(tx)
        tx.session.finish()
    except Exception as error:
        if tx.session.lost:
            raise
        tx.session.recover()
        tx.undo_request()
        if again and isinstance(error, errors.IntegrityError):
            return _one_step(tx, waiting, again=False)
        raise
    tx.end_request()
    return result


def passing(error: Exception) -> str | None:
    """What ails the database for the time being, if that is what an error says; None for a fault of ours."""
    if isinstance(error, OutcomeUnknown):
        return "the database went away before it said whether the write was kept"
    if not isinstance(error, psycopg.OperationalError | psycopg.InternalError):
        return None
    # A connection that could not be made, or was lost, has no state.
    return _PASSING.get((error.sqlstate or "08")[:2])
