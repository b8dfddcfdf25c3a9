"""Carry imports: one process holds one at a time, a chunk a transaction, and another goes on where it dies.

What a chunk did is counted in the transaction that wrote its records, and the lease is renewed there. So a process
that is killed, or has lost its lease without noticing, leaves neither half a chunk nor a chunk done twice.
"""

import asyncio
import logging
import os
import secrets
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from lightfield_server.background.worker import Chore
from lightfield_server.kit.clock import Moment
from lightfield_server.model import problems
from lightfield_server.model.problems import Problem
from lightfield_server.operations.perform import fault
from lightfield_server.operations.server import Server
from lightfield_server.records import undoing
from lightfield_server.records.context import Context
from lightfield_server.records.definitions import options
from lightfield_server.store.protocol import ChunkRow, JobRow, Progress, Transaction
from lightfield_server.transfer import chunk, jobs, plan, reading, storage
from lightfield_server.transfer.chunk import Outcome
from lightfield_server.transfer.plan import Plan
from lightfield_server.transfer.seen import Seen
from lightfield_server.transfer.storage import Folder
from lightfield_server.transfer.table import Layout, Row

T = TypeVar("T")

log = logging.getLogger("lightfield.imports")

#: Imports that one process carries at a time.
MOST = 4

#: How long a process is believed to carry an import that it does not speak of.
LEASE: Moment = 30_000

#: Rows of one transaction: as many as take about this long (seconds), within bounds. Requests wait for one to end.
PACE = 0.06
FEWEST, FIRST, MOST_ROWS = 25, 100, 1_000

#: Rows of a dry run that are looked at together.
CHECKED = 100

#: How often files are looked through for old ones (seconds).
SWEEP = 3_600.0

Told = Callable[[JobRow], None]


async def carry_next(server: Server) -> bool:
    """Carry an import that nobody on this host carries, to its end; whether there was one."""
    files = server.files
    if files is None:
        return False
    host, now = await asyncio.to_thread(lambda: files.host), server.clock()
    for workspace, number in await server.store.read(0, lambda tx: tx.jobs_due(host, now)):
        carrier = Carrier(server, workspace, number, holder_name())
        if await carrier.take():
            done = await carrier.carry()
            return done.state not in jobs.ACTIVE
    return False


def sweeping(files: Folder) -> Chore:
    """Files that nobody has worked on for long are removed: a chore of each host."""

    async def work(server: Server) -> None:
        await asyncio.to_thread(sweep, files, server.clock())

    return Chore(f"import files {files.host}", SWEEP, work)


def sweep(files: Folder, now: Moment) -> int:
    """Remove files that nobody has worked on for long; how many there were."""
    old = files.older(now - files.retention)
    for key in old:
        files.remove(key)
    return len(old)


def holder_name() -> str:
    """A name for this process that says whether it is still there, to others on this host."""
    return f"{os.getpid()}-{secrets.token_hex(6)}"


def _gone(holder: str) -> bool:
    """Whether the process of a holder's name is there no more. One that is all the same loses its lease in time."""
    number = holder.partition("-")[0]
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (OSError, ValueError):
        return False
    return False


class _Moved(Exception):
    """The import is in another state by now, or another process carries it."""


class Carrier:
    """One import, carried by one process until it comes to rest. `told` hears of every step."""

    def __init__(
        self,
        server: Server,
        workspace: int,
        number: int,
        holder: str,
        *,
        pace: float = PACE,
        told: Told | None = None,
        seen: Seen | None = None,
    ) -> None:
        assert server.files is not None
        self._server = server
        self._files = server.files
        self._workspace = workspace
        self._number = number
        self._holder = holder
        self._pace = pace
        self._told = told
        self._seen = seen

    async def carry(self) -> JobRow:
        """Go on until there is nothing to do for now; the import as it is then."""
        if not await self.take():
            return await self._job()
        try:
            while True:
                job = await self._job()
                step = self._step(job.state)
                if step is None:
                    return job
                try:
                    await step(job)
                except _Moved:
                    if (await self._job()).holder != self._holder:
                        return await self._job()
        except Problem as problem:
            if problem.status < 500:
                await self._end(jobs.FAILED, problem={"message": problem.message, "param": problem.param})
            else:
                log.error("an import waits: %s", problem.message)
        except asyncio.CancelledError:
            raise
        except Exception:
            await self._end(jobs.FAILED, problem={"message": fault("import").message, "param": None})
        finally:
            await self._write(lambda tx: tx.release_job(self._number, self._holder))
        return await self._job()

    def _step(self, state: str) -> Callable[[JobRow], Coroutine[Any, Any, None]] | None:
        return {jobs.CHECKING: self._check, jobs.RUNNING: self._import, jobs.UNDOING: self._undo}.get(state)

    # The lease

    async def take(self) -> bool:
        """Begin to carry it; False when somebody else does."""
        job = await self._job()
        # One that died without a goodbye is replaced at once where that can be seen.
        former = job.holder if job.holder is not None and _gone(job.holder) else self._holder

        def work(tx: Transaction) -> bool:
            now = self._server.clock()
            return tx.take_job(self._number, self._holder, former, now, now + LEASE)

        taken = await self._write(work)
        if taken:
            self._files.touch(job.body["file"]["key"])
        return taken

    async def _job(self) -> JobRow:
        job = await self._server.store.read(self._workspace, lambda tx: tx.job(self._number))
        if job is None:
            raise problems.record_not_found("imports")
        return job

    async def _write(self, work: Callable[[Transaction], T]) -> T:
        return await self._server.store.write(self._workspace, work)

    async def _end(self, state: str, **more: Any) -> None:
        """Come to rest, unless somebody has moved the import meanwhile."""

        def work(tx: Transaction) -> None:
            job = tx.job(self._number)
            if job is not None and job.state in jobs.ACTIVE and job.holder == self._holder:
                tx.move_job(self._number, state, self._server.clock(), {**job.body, **more})

        await self._write(work)
        self._say(await self._job())

    def _advance(self, tx: Transaction, state: str, by: Progress) -> None:
        now = self._server.clock()
        if not tx.advance_job(self._number, self._holder, state, now, now + LEASE, by):
            raise _Moved

    def _say(self, job: JobRow) -> None:
        if self._told is not None:
            self._told(job)

    # Reading

    def _context(self, tx: Transaction, job: JobRow, origin: str) -> Context:
        server = self._server
        actor = jobs.actor_of(self._workspace, job)
        return Context(tx, server.catalogs.current(tx), actor, server.clock(), server.numbers, origin)

    async def _planned(self, job: JobRow) -> Plan:
        """The mapping made ready; what the whole file tells of its columns is found out first, once."""
        key = job.body["file"]["key"]
        if not self._files.has(key):
            raise problems.unprocessable("The file of this import is gone; send it again.")
        layout = Layout.of(job.body["layout"])
        catalog = await self._server.store.read(self._workspace, self._server.catalogs.current)
        mapping = jobs.mapping_of(catalog, job)
        known = jobs.found_of(job)
        if known is not None:
            return Plan(catalog, mapping, layout, known)
        path, entity = self._files.file(key), catalog[mapping.type]
        found, new = await asyncio.to_thread(plan.surveyed, path, layout, mapping, entity)
        if job.state != jobs.RUNNING:
            # A dry run makes no options; what they would be is all there is to know.
            return Plan(catalog, mapping, layout, found, new)
        catalog = await self._write(lambda tx: self._keep(tx, found, new))
        return Plan(catalog, mapping, layout, found)

    def _keep(self, tx: Transaction, found: plan.Found, new: dict[str, list[str]]) -> Any:
        """Remember what the file told, and make the options it needs, in one transaction."""
        job = tx.job(self._number)
        assert job is not None
        context = self._context(tx, job, jobs.origin(job))
        made = []
        for key, labels in new.items():
            for label in labels:
                entity = context.catalog[job.type]
                options.create(context, entity, options.changeable(entity.fields[key]), {"label": label})
                made.append({"field": key, "label": label})
        body = {**job.body, "found": found, "options": [*job.body["options"], *made]}
        tx.move_job(self._number, job.state, self._server.clock(), body)
        self._advance(tx, job.state, _standing(job))
        # What was made is seen by others once it is kept; this import needs it now.
        return context.catalog

    # Importing

    async def _import(self, job: JobRow) -> None:
        made = await self._planned(job)
        size = FIRST
        with reading.opened(self._files.file(job.body["file"]["key"]), made.layout, job.position) as rows:
            while taken := await asyncio.to_thread(_some, rows, size):
                began = time.perf_counter()
                converted = await asyncio.to_thread(_converted, made, taken)
                writing = time.perf_counter()
                try:
                    job = await self._write(lambda tx: self._chunk(tx, made, taken, converted, began))  # noqa: B023
                except _Stale:
                    made = await self._planned(await self._job())
                    converted = await asyncio.to_thread(_converted, made, taken)
                    job = await self._write(lambda tx: self._chunk(tx, made, taken, converted, began))  # noqa: B023
                self._say(job)
                took = time.perf_counter() - writing
                size = max(FEWEST, min(MOST_ROWS, round(len(taken) * min(2.0, self._pace / max(took, 1e-6)))))
        report = self._files.rejected(job.body["file"]["key"])
        await self._end(jobs.DONE, rejected=list(storage.listed(report, job.report, jobs.SHOWN)))

    def _chunk(
        self, tx: Transaction, made: Plan, taken: Sequence[Row], converted: Sequence[Any], began: float
    ) -> JobRow:
        job = tx.job(self._number)
        assert job is not None
        context = self._context(tx, job, jobs.origin(job))
        if context.catalog.version != made.version:
            raise _Stale
        outcome = chunk.written(context, made, converted)
        last = taken[-1].number
        rejected = [rejection.json() for rejection in outcome.rejected]
        length = job.report
        if rejected:
            length = storage.append(self._files.rejected(job.body["file"]["key"]), job.report, rejected)
        spent = round((time.perf_counter() - began) * 1000)
        self._advance(tx, jobs.RUNNING, _progress(job, outcome, last, length, spent))
        if outcome.facts:
            tx.add_chunk(self._number, ChunkRow(last, min(outcome.facts), max(outcome.facts)))
        after = tx.job(self._number)
        assert after is not None
        return after

    # Checking

    async def _check(self, job: JobRow) -> None:
        """A dry run is short-lived: what it has seen is in memory, so it begins anew wherever it is taken up."""
        await self._write(lambda tx: tx.reset_job(self._number))
        job = await self._job()
        made = await self._planned(job)
        seen = self._seen or Seen()
        report = self._files.rejected(job.body["file"]["key"])
        began, whole, last = time.perf_counter(), Outcome(), 0
        with reading.opened(self._files.file(job.body["file"]["key"]), made.layout) as rows:
            while True:
                taken = await asyncio.to_thread(_some, rows, CHECKED)
                if taken:
                    converted = await asyncio.to_thread(_converted, made, taken)
                    outcome = await self._server.store.read(
                        self._workspace,
                        lambda tx: self._looked_at(tx, made, converted, seen),  # noqa: B023
                    )
                    seen.keep()
                    whole.add(outcome)
                    last = taken[-1].number
                    # Reads run where the requests are: they get their turn.
                    await asyncio.sleep(0)
                if whole.rows >= MOST_ROWS or (whole.rows and not taken):
                    rejected = [rejection.json() for rejection in whole.rejected]
                    length = storage.append(report, job.report, rejected) if rejected else job.report
                    by = _progress(job, whole, last, length, round((time.perf_counter() - began) * 1000))
                    await self._write(lambda tx: self._advance(tx, jobs.CHECKING, by))  # noqa: B023
                    began, whole = time.perf_counter(), Outcome()
                    job = await self._job()
                    self._say(job)
                if not taken:
                    break
        shown = list(storage.listed(report, job.report, jobs.SHOWN))
        new = [{"field": key, "label": label} for key, labels in made.new_options.items() for label in labels]
        found = {"counts": jobs.counts(job), "rows": job.done, "rejected": shown, "newOptions": new}
        await self._end(jobs.CHECKED, check=found)

    def _looked_at(self, tx: Transaction, made: Plan, converted: Sequence[Any], seen: Seen) -> Outcome:
        seen.begin()
        job = tx.job(self._number)
        assert job is not None
        context = self._context(tx, job, jobs.origin(job))
        context.catalog = made.catalog
        return chunk.checked(context, made, converted, seen)

    # Undoing

    async def _undo(self, job: JobRow) -> None:
        while await self._write(self._undo_chunk):
            self._say(await self._job())
        await self._end(jobs.UNDONE)

    def _undo_chunk(self, tx: Transaction) -> bool:
        """Take back the newest chunk that stands; False when none does."""
        job = tx.job(self._number)
        assert job is not None
        began = time.perf_counter()
        newest = tx.last_chunk(self._number)
        if newest is None:
            return False
        context = self._context(tx, job, jobs.undo_origin(job))
        facts = tx.facts_between(newest.first_fact, newest.last_fact, jobs.origin(job))
        undone = undoing.undo(context, facts, (jobs.origin(job), jobs.undo_origin(job)))
        tx.chunk_undone(self._number, newest.number)
        length = job.kept_report
        if undone.kept:
            kept = [{"id": each.id, "reason": each.why} for each in undone.kept]
            length = storage.append(self._files.kept(job.body["file"]["key"]), length, kept)
        spent = round((time.perf_counter() - began) * 1000)
        by = Progress(
            position=job.position,
            undone=undone.records,
            kept=len(undone.kept),
            report=job.report,
            kept_report=length,
            spent=spent,
        )
        self._advance(tx, jobs.UNDOING, by)
        return True


class _Stale(Exception):
    """Definitions have changed since the mapping was made ready."""


def _some(rows: Iterator[Row], count: int) -> list[Row]:
    return list(islice(rows, count))


def _converted(made: Plan, rows: Sequence[Row]) -> list[Any]:
    return [made.convert(row) for row in rows]


def _progress(job: JobRow, outcome: Outcome, last: int, report: int, spent: int) -> Progress:
    return Progress(
        rows=outcome.rows,
        position=last,
        created=outcome.created,
        updated=outcome.updated,
        unchanged=outcome.unchanged,
        rejected=len(outcome.rejected),
        linked=outcome.linked,
        report=report,
        kept_report=job.kept_report,
        spent=spent,
    )


def _standing(job: JobRow) -> Progress:
    """No progress: just the lease renewed."""
    return Progress(position=job.position, report=job.report, kept_report=job.kept_report)
