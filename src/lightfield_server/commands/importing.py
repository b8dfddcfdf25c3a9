"""`lightfield import`: files become records, from the machine the server runs on, also while it runs."""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from lightfield_server.background.imports import Carrier, holder_name
from lightfield_server.commands.asking import json_option, show
from lightfield_server.commands.options import chosen_workspace, opened, operator, where_options, workspace_option
from lightfield_server.configuration import Settings
from lightfield_server.kit import ids
from lightfield_server.model import problems
from lightfield_server.model.catalog import Catalog
from lightfield_server.operations.server import Server
from lightfield_server.store.protocol import JobRow, Transaction
from lightfield_server.transfer import dates, jobs, mapping, mappings, proposing, reading, storage
from lightfield_server.transfer.mapping import CLEAR, CREATE, SKIP, Mapping
from lightfield_server.transfer.reading import Inspection
from lightfield_server.transfer.seen import Seen

#: Rows of one transaction take about this long (seconds): nobody waits behind a command but other writers.
PACE = 0.2

#: Imports looked through for one that was broken off.
_RECENT = 200


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the options say of every file."""

    type: str | None
    mapping: str | None
    match: tuple[str, ...]
    create_missing: tuple[str, ...]
    create_options: bool
    skip: bool
    clear: bool
    dates: str | None
    decimal: str | None
    time_zone: str | None
    encoding: str | None
    delimiter: str | None
    sheet: str | None


@dataclass(frozen=True, slots=True)
class _File:
    """One import to be made: a file, what it is made of, and how it is mapped."""

    path: Path
    inspection: Inspection
    mapping: Mapping


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--type", "type_", metavar="TYPE", help="The object type of the rows; found out when it is left out.")
@click.option("--mapping", "mapping_", metavar="FILE|NAME", help="A mapping as JSON, or the name of a saved one.")
@click.option("--match", multiple=True, metavar="KEY", help="Recognise rows by this field, by 'id' or by 'domain'.")
@click.option("--create-missing", multiple=True, metavar="TYPE", help="Create records of TYPE that rows only name.")
@click.option("--create-options", is_flag=True, help="Create the options that select fields lack.")
@click.option("--skip-existing", is_flag=True, help="Leave records that are there already as they are.")
@click.option("--clear-blanks", is_flag=True, help="An empty cell clears the value; otherwise it is passed over.")
@click.option("--dates", type=click.Choice(dates.ORDERS), help="The order of days, months and years in dates.")
@click.option("--decimal", type=click.Choice([".", ","]), help="What stands before the decimals of numbers.")
@click.option("--time-zone", metavar="ZONE", help="Where times without a zone are meant, such as Europe/Berlin.")
@click.option("--encoding", metavar="NAME", help="The encoding of text files; found out when it is left out.")
@click.option("--delimiter", metavar="CHARACTER", help="What stands between cells; found out when it is left out.")
@click.option("--sheet", metavar="NAME", help="The sheet of a workbook; the first one when it is left out.")
@click.option("--save", metavar="NAME", help="Save the mapping under this name, to use it again.")
@click.option("--show-mapping", is_flag=True, help="Print the mapping as JSON, and do nothing else.")
@click.option("--dry-run", is_flag=True, help="Say what would become of every row, and write nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@workspace_option
@where_options
def import_(
    settings: Settings,
    workspace: str | None,
    files: tuple[Path, ...],
    save: str | None,
    show_mapping: bool,
    dry_run: bool,
    yes: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Import records from FILES: CSV, XLSX or JSONL.

    Several files are taken in an order in which what rows name is there. Broken off, the same command goes on where it
    was. The exit code is 1 when rows were rejected.
    """
    asked = _Asked(
        type=options.pop("type_"), mapping=options.pop("mapping_"), skip=options.pop("skip_existing"),
        clear=options.pop("clear_blanks"), **options,
    )  # fmt: skip
    with opened(settings) as server:
        row = chosen_workspace(server, workspace)
        line = _Line(server, row.number, asked, as_json)
        planned = line.planned(files)
        if show_mapping:
            said = [{"file": each.path.name, **each.mapping.json()} for each in planned]
            show(said[0] if len(said) == 1 else {"imports": said})
            return
        if save is not None:
            line.save(save, planned)
        if dry_run or not yes:
            done = line.checked(planned)
            if dry_run:
                line.report(done, dry=True)
                sys.exit(1 if any(job.rejected or job.state == jobs.FAILED for job in done) else 0)
            line.ask(done)
        else:
            done = [line.started(each) for each in planned]
        carried = [line.carried(job) for job in done]
        line.report(carried, dry=False)
        sys.exit(1 if any(job.rejected or job.state != jobs.DONE for job in carried) else 0)


class _Line:
    def __init__(self, server: Server, workspace: int, asked: _Asked, as_json: bool) -> None:
        assert server.files is not None
        self.server = server
        self.files = server.files
        self.workspace = workspace
        self.asked = asked
        self.as_json = as_json

    def write(self, work: Any) -> Any:
        return self.server.store.write_now(self.workspace, work)

    # What is to be imported

    def planned(self, files: Sequence[Path]) -> list[_File]:
        catalog: Catalog = self.write(self.server.catalogs.current)
        told = _told(self.asked.mapping)
        inspected: dict[Path, Inspection] = {}
        planned: list[_File] = []
        if told is not None:
            by_name = {path.name: path for path in files}
            for position, each in enumerate(told):
                name = each.pop("file", None)
                path = files[0] if name is None and len(files) == 1 else by_name.get(str(name))
                if path is None:
                    raise click.ClickException(f"The mapping speaks of '{name}', which is not among the files.")
                if path not in inspected:
                    inspected[path] = self._inspected(path)
                try:
                    read = mapping.read(each, catalog)
                    mapping.fit(read, inspected[path].layout.columns)
                except problems.Problem as problem:
                    place = (problem.param or "").replace("mapping", f"imports[{position}]", 1)
                    raise click.ClickException(f"{problem.message} ({place})") from None
                planned.append(_File(path, inspected[path], read))
            return planned
        for path in files:
            inspection = self._inspected(path)
            planned.append(_File(path, inspection, self._mapping(catalog, path, inspection)))
        return sorted(planned, key=lambda each: proposing.order(catalog, each.mapping.type))

    def _inspected(self, path: Path) -> Inspection:
        format = reading.format_of_name(path.name)
        if format is None:
            raise click.ClickException(f"{path}: the name of a file ends in .csv, .tsv, .xlsx or .jsonl.")
        asked = self.asked
        try:
            return reading.inspected(path, format, asked.encoding, asked.delimiter, asked.sheet)
        except problems.Problem as problem:
            raise click.ClickException(f"{path}: {problem.message}") from None

    def _mapping(self, catalog: Catalog, path: Path, inspection: Inspection) -> Mapping:
        """The saved mapping that was named, or what is proposed; with what the options say."""
        if self.asked.mapping is not None:
            found = self.write(lambda tx: mappings.named(operator(self.server, tx), self.asked.mapping or ""))
            made = mapping.read(found.body, catalog)
        else:
            samples = inspection.samples
            type = self.asked.type or proposing.type_for(catalog, path.stem, inspection.layout, samples)
            if type is None:
                raise click.ClickException(f"{path}: nothing tells what its rows are; name it with --type.")
            entity = mapping.type_of(catalog, type, "--type")
            made = proposing.proposed(catalog, entity, inspection.layout, samples)
            if not made.entries:
                raise click.ClickException(f"{path}: no column of it is known to '{type}'; write a mapping.")
        made = self._told(catalog, made)
        # Read again, so that what the options say is checked like any other mapping.
        made = mapping.read(made.json(), catalog)
        mapping.fit(made, inspection.layout.columns)
        return made

    def _told(self, catalog: Catalog, made: Mapping) -> Mapping:
        asked = self.asked
        entity = catalog[made.type]
        entries = tuple(
            replace(entry, missing=CREATE)
            if entry.relationship is not None and entity.ends[entry.relationship].target in asked.create_missing
            else entry
            for entry in made.entries
        )
        return replace(
            made,
            entries=entries,
            match=asked.match or made.match,
            existing=SKIP if asked.skip else made.existing,
            blanks=CLEAR if asked.clear else made.blanks,
            options=CREATE if asked.create_options else made.options,
            dates=asked.dates or made.dates,
            decimal=asked.decimal or made.decimal,
            time_zone=asked.time_zone or made.time_zone,
        )

    def save(self, name: str, planned: Sequence[_File]) -> None:
        if len(planned) != 1:
            raise click.ClickException("--save keeps the mapping of one file; import the files one by one.")
        self.write(lambda tx: mappings.put(operator(self.server, tx), name, planned[0].mapping))

    # Carrying it out

    def checked(self, planned: Sequence[_File]) -> list[JobRow]:
        """A dry run of all files: what one would make is there for the next."""
        seen = Seen(_looked_up(self.write(self.server.catalogs.current), planned))
        done = []
        for each in planned:
            job = self._created(each)
            self.write(lambda tx: jobs.check(operator(self.server, tx), job))  # noqa: B023
            done.append(_carried(self.server, self.workspace, job, quiet=self.as_json, seen=seen))
        return done

    def started(self, planned: _File) -> JobRow:
        """A new import of a file, or one of the same file in the same way that was broken off."""
        job = self._broken_off(planned)
        if job is None:
            return self._created(planned)
        self._say(f"{planned.path.name}: going on after row {job.position:,}")
        return job

    def _created(self, planned: _File) -> JobRow:
        stored = self.files.copy(planned.path)

        def work(tx: Transaction) -> JobRow:
            context = operator(self.server, tx)
            return jobs.create(context, self.files.host, stored, planned.path.name, planned.inspection, planned.mapping)

        created: JobRow = self.write(work)
        return created

    def _broken_off(self, planned: _File) -> JobRow | None:
        digest = storage.digest(planned.path)
        recent: list[JobRow] = self.write(lambda tx: tx.jobs([planned.mapping.type], _RECENT, 0))
        for job in recent:
            same = job.body["file"]["digest"] == digest and job.body["mapping"] == planned.mapping.json()
            if same and job.state in (jobs.RUNNING, jobs.PAUSED, jobs.FAILED):
                return job
        return None

    def carried(self, job: JobRow) -> JobRow:
        """Import what was checked or broken off, to its end."""
        job = self.write(lambda tx: tx.job(job.number))
        if job.state != jobs.RUNNING:
            self.write(lambda tx: jobs.start(operator(self.server, tx), job))
        return _carried(self.server, self.workspace, job, quiet=self.as_json, seen=None)

    # Telling

    def ask(self, done: Sequence[JobRow]) -> None:
        self.report(done, dry=True)
        if any(job.state == jobs.FAILED for job in done):
            sys.exit(1)
        if not sys.stdin.isatty():
            raise click.ClickException("Nothing was written. Say --yes to import, or --dry-run to look only.")
        click.confirm("Import?", abort=True, err=True)

    def report(self, done: Sequence[JobRow], *, dry: bool) -> None:
        if self.as_json:
            show([_json(self.files, job) for job in done])
            return
        for job in done:
            tell(self.files, job, dry=dry)

    def _say(self, text: str) -> None:
        if not self.as_json:
            click.echo(text, err=True)


def carry(server: Server, workspace: int, job: JobRow, *, undo: bool) -> JobRow:
    """Import what was checked or broken off to its end, or take back what was imported."""

    def begin(tx: Transaction) -> None:
        context = operator(server, tx)
        if undo:
            if job.state != jobs.UNDOING:
                jobs.undo(context, job)
        elif job.state != jobs.RUNNING:
            jobs.start(context, job)

    server.store.write_now(workspace, begin)
    return _carried(server, workspace, job, quiet=False, seen=None)


def _carried(server: Server, workspace: int, job: JobRow, *, quiet: bool, seen: Seen | None) -> JobRow:
    teller = _Teller(server, quiet)
    carrier = Carrier(server, workspace, job.number, holder_name(), pace=PACE, told=teller.tell, seen=seen)
    done = asyncio.run(carrier.carry())
    if done.state in jobs.ACTIVE:
        raise click.ClickException("Another process carries this import; see 'lightfield imports list'.")
    return done


class _Teller:
    """A line a second on standard error: how far it is, how fast, and how long it will take."""

    def __init__(self, server: Server, quiet: bool) -> None:
        self._clock = server.clock
        self._quiet = quiet
        self._began = self._said = server.clock()

    def tell(self, job: JobRow) -> None:
        now = self._clock()
        if self._quiet or now - self._said < 1_000 or job.state not in jobs.ACTIVE:
            return
        self._said = now
        progress = jobs.view(job)["progress"]
        doing = {jobs.CHECKING: "checked", jobs.RUNNING: "done", jobs.UNDOING: "undone"}[job.state]
        if job.state == jobs.UNDOING:
            click.echo(f"{job.body['name']}: {job.undone:,} {doing}", err=True)
            return
        rate, left = progress["rowsPerSecond"] or 0, progress["secondsLeft"] or 0
        click.echo(
            f"{job.body['name']}: {job.done:,} of {job.body['total']:,} rows {doing}, "
            f"{rate:,.0f} a second, {left:,.0f} s left",
            err=True,
        )


def tell(files: storage.Folder, job: JobRow, *, dry: bool) -> None:
    """What became of an import, for people."""
    click.echo(f"{job.body['name']} → {job.type}, {ids.written(jobs.PREFIX, job.number)}: {_outcome(job, dry)}")
    left = [each["column"] for each in jobs.view(job)["columns"] if not each["mapped"]]
    if dry and left:
        click.echo(f"  not read: {', '.join(left)}")
    for new in job.body["check"]["newOptions"] if dry and job.body["check"] else job.body["options"]:
        click.echo(f"  option: {new['field']} '{new['label']}'")
    path = files.rejected(job.body["file"]["key"])
    for each in storage.listed(path, job.report, jobs.SHOWN):
        where = f", {each['column']}" if each["column"] else ""
        click.echo(f"  row {each['row']:,}{where}: {each['reason']} {each['fix']}")
    if job.rejected > jobs.SHOWN:
        click.echo(f"  … {job.rejected - jobs.SHOWN:,} more in {path}")


def _outcome(job: JobRow, dry: bool) -> str:
    if job.body["problem"] is not None:
        place = f" ({job.body['problem']['param']})" if job.body["problem"]["param"] else ""
        return f"{job.state}. {job.body['problem']['message']}{place}"
    parts = [f"{job.created:,} created", f"{job.updated:,} updated", f"{job.unchanged:,} unchanged"]
    if job.linked:
        parts.append(f"{job.linked:,} created by name")
    parts.append(f"{job.rejected:,} rejected")
    if job.state == jobs.UNDONE:
        parts = [f"{job.undone:,} records undone", f"{job.kept:,} kept as they are"]
    state = "dry run" if dry else job.state
    return f"{', '.join(parts)} ({state})"


def _json(files: storage.Folder, job: JobRow) -> dict[str, Any]:
    rejected = list(storage.listed(files.rejected(job.body["file"]["key"]), job.report, jobs.SHOWN))
    return {**jobs.view(job), "rejected": rejected}


def _told(named: str | None) -> list[dict[str, Any]] | None:
    """The mappings of a file; None when a saved one is named, or none at all."""
    path = None if named is None else Path(named)
    if path is None or not path.is_file():
        return None
    try:
        read = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{path} is not JSON: {error}") from None
    several = read.get("imports") if isinstance(read, dict) and "imports" in read else [read]
    if not isinstance(several, list) or not all(isinstance(each, dict) for each in several):
        raise click.ClickException(f"{path} holds neither a mapping nor a list of 'imports'.")
    return several


def _looked_up(catalog: Catalog, planned: Sequence[_File]) -> dict[str, list[str]]:
    """What records are looked up by in any of these files: object type → keys."""
    wanted: dict[str, dict[str, None]] = {}
    for each in planned:
        wanted.setdefault(each.mapping.type, {}).update(dict.fromkeys(each.mapping.match))
        for entry in each.mapping.entries:
            if entry.relationship is not None and entry.by is not None:
                target = catalog[each.mapping.type].ends[entry.relationship].target
                wanted.setdefault(target, {})[entry.by] = None
    return {type: list(keys) for type, keys in wanted.items()}
