"""A client's way through everything the server serves, written for `import lightfield`: the vendor's package or ours.

Run by itself: `python journey.py ADDRESS KEY sync|async`, in an environment with either package. It prints the methods
it called, as JSON; an answer of an unexpected shape raises, since validation is strict.
"""

import asyncio
import hashlib
import inspect
import json
import sys
import urllib.request
from typing import Any

import lightfield

MOMENT = "2026-01-15T09:00:00.000Z"


class Journey:
    """Calls methods by name, awaiting what has to be, and remembers which."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.called: set[str] = set()

    async def call(self, name: str, *arguments: Any, **named: Any) -> Any:
        resource, _, method = name.partition(".")
        self.called.add(name)
        answer = getattr(getattr(self.client, resource), method)(*arguments, **named)
        return await answer if inspect.isawaitable(answer) else answer

    async def refused(self, error: type[Exception], name: str, *arguments: Any, **named: Any) -> Any:
        """The inner body of an error that has to be raised."""
        caught: Any = None
        try:
            await self.call(name, *arguments, **named)
        except lightfield.APIStatusError as raised:
            caught = raised
        assert type(caught) is error, (name, caught)
        return caught.body["error"]

    async def travel(self) -> None:
        await self.identity()
        member = (await self.call("member.list", limit=1)).data[0]
        assert (await self.call("member.retrieve", member.id)).fields.role.value == "admin"
        account = await self.accounts(member.id)
        contact = await self.contacts(account)
        opportunity = await self.opportunities(account, contact, member.id)
        await self.tasks(account, opportunity, member.id)
        await self.notes(account, opportunity, contact)
        transcript = await self.files()
        await self.meetings(transcript)
        await self.lists(account, contact, opportunity)
        await self.objects(account)
        await self.merges(account)
        await self.runs(account, contact)
        await self.errors(account)

    async def identity(self) -> None:
        key = await self.call("auth.validate")
        assert (key.active, key.token_type, key.subject_type, key.scopes) == (True, "api_key", "user", [])

    async def accounts(self, member: str) -> str:
        definitions = await self.call("account.definitions")
        options = definitions.field_definitions["$industry"].type_configuration.options
        fields = {
            "$name": "Acme Corp",
            "$website": ["https://acme.com", "acme.org"],
            "$industry": [options[0].id, options[1].label],
            "$headcount": "51-200",
            "$revenue": 1234.5,
            "$linkedIn": "acme",
            "$twitter": None,
            "$primaryAddress": {"street": "1 Main St", "city": "Springfield", "postal_code": "12345", "country": "US"},
        }
        account = await self.call("account.create", fields=fields, relationships={"$owner": member})
        assert account.fields["$name"].value == "Acme Corp"
        assert account.fields["$name"].value_type == "TEXT"
        assert account.relationships["$owner"].values == [member]
        assert account.updated_at is None
        account = await self.call(
            "account.update", account.id, fields={"$twitter": "acme"}, relationships={"$owner": {"replace": None}}
        )
        assert account.fields["$twitter"].value == "https://x.com/acme"
        assert account.relationships["$owner"].values == []
        await self.call("account.update", account.id)
        filtered = {"$name[startsWith]": "acme", "$revenue[greaterThan]": "1000"}
        page = await self.call("account.list", limit=5, offset=0, extra_query=filtered)
        assert (page.object, page.total_count, [each.id for each in page.data]) == ("list", 1, [account.id])
        history = await self.call("account.field_history", "$name", id=account.id, limit=1)
        assert [entry.value for entry in history.data] == ["Acme Corp"]
        await self.trash("account", account.id)
        return str(account.id)

    async def trash(self, resource: str, id: str, **where: Any) -> None:
        """Deleted, listed in the trash, restored, found again."""
        assert (await self.call(f"{resource}.delete", id, **where)).id == id
        await self.refused(lightfield.NotFoundError, f"{resource}.retrieve", id, **where)
        if not where:
            trashed = await self.call(f"{resource}.list", status="trashed")
            assert id in [each.id for each in trashed.data]
        assert (await self.call(f"{resource}.restore", id, **where)).id == id
        assert (await self.call(f"{resource}.retrieve", id, **where)).id == id

    async def contacts(self, account: str) -> str:
        await self.call("contact.definitions")
        contact = await self.call(
            "contact.create",
            fields={
                "$email": ["alex@acme.com", "a.miller@acme.com"],
                "$name": {"first_name": "Alex", "last_name": "Miller"},
                "$phone": ["+12025551234"],
                "$doNotContact": False,
            },
            relationships={"$account": [account]},
        )
        assert contact.fields["$name"].value.first_name == "Alex"
        contact = await self.call("contact.update", contact.id, fields={"$title": "Chief Buyer"})
        page = await self.call("contact.list", extra_query={"$email[contains]": "ALEX@", "$account": account})
        assert [each.id for each in page.data] == [contact.id]
        await self.call("contact.field_history", "$title", id=contact.id)
        await self.trash("contact", contact.id)
        return str(contact.id)

    async def opportunities(self, account: str, contact: str, member: str) -> str:
        definitions = await self.call("opportunity.definitions")
        stage = definitions.field_definitions["$stage"].type_configuration.options[1]
        opportunity = await self.call(
            "opportunity.create",
            fields={"$name": "Platform", "$stage": stage.label, "$amount": 100},
            relationships={"$account": account, "$champion": contact},
        )
        assert opportunity.fields["$stage"].value == stage.id
        opportunity = await self.call(
            "opportunity.update",
            opportunity.id,
            fields={"$closeDate": MOMENT},
            relationships={
                "$owner": {"add": member},
                "$champion": {"remove": contact},
                "$evaluator": {"add": [contact]},
            },
        )
        assert opportunity.fields["$closeDate"].value == MOMENT
        page = await self.call("opportunity.list", extra_query={"$stage": stage.label, "$amount[lessThan]": 101})
        assert page.total_count == 1
        await self.call("opportunity.field_history", "$stage", id=opportunity.id)
        await self.trash("opportunity", opportunity.id)
        return str(opportunity.id)

    async def tasks(self, account: str, opportunity: str, member: str) -> None:
        await self.call("task.definitions")
        task = await self.call(
            "task.create",
            fields={"title": "Call", "status": "TODO", "due_at": MOMENT, "description": "*Soon*"},
            relationships={"$assignedTo": member, "$account": account, "$opportunity": opportunity},
        )
        task = await self.call("task.update", task.id, fields={"status": "COMPLETE", "$title": "Called"})
        assert (task.fields["$status"].value, task.fields["$title"].value) == ("COMPLETE", "Called")
        page = await self.call("task.list", extra_query={"$task-account[contains]": account, "$status": "COMPLETE"})
        assert [each.id for each in page.data] == [task.id]
        await self.trash("task", task.id)

    async def notes(self, account: str, opportunity: str, contact: str) -> None:
        await self.call("note.definitions")
        note = await self.call(
            "note.create",
            fields={"title": "First call", "content": "# Hello"},
            relationships={"$account": account, "$opportunity": [opportunity]},
        )
        note = await self.call(
            "note.update", note.id, fields={"content": None}, relationships={"$contact": {"add": contact}}
        )
        assert note.fields["$content"].value is None
        assert (await self.call("note.list", extra_query={"$contact": contact})).total_count == 1
        await self.trash("note", note.id)

    async def meetings(self, transcript: str) -> None:
        await self.call("meeting.definitions")
        meeting = await self.call(
            "meeting.create",
            fields={
                "title": "Kick-off",
                "start_date": MOMENT,
                "end_date": "2026-01-15T10:00:00Z",
                "attendee_emails": ["alex@acme.com"],
                "organizer_email": "me@own.com",
            },
            relationships={"transcript": transcript},
            auto_create_records=False,
        )
        assert meeting.relationships["$transcript"].values == [transcript]
        assert (meeting.object_type, meeting.access_level) == ("meeting", "FULL")
        assert len(meeting.relationships["$contact"].values) == 1
        meeting = await self.call("meeting.update", meeting.id, fields={"privacy_setting": "METADATA"})
        assert meeting.fields["$privacySetting"].value == "METADATA"
        meeting = await self.call("meeting.update", meeting.id, relationships={"transcript": {"replace": transcript}})
        assert (await self.call("meeting.list")).total_count == 1
        await self.trash("meeting", meeting.id)

    async def lists(self, account: str, contact: str, opportunity: str) -> None:
        for kind, id in (("account", account), ("contact", contact), ("opportunity", opportunity)):
            plural = "opportunities" if kind == "opportunity" else f"{kind}s"
            made = await self.call(
                "list.create",
                fields={"name": f"My {plural}", "object_type": f"${kind}"},
                relationships={plural: [id]},
            )
            entries = await self.call(f"list.list_{plural}", made.id, limit=25)
            assert [each.id for each in entries.data] == [id]
            made = await self.call(
                "list.update", made.id, fields={"name": "Ours"}, relationships={plural: {"remove": id}}
            )
            assert (await self.call("list.retrieve", made.id)).fields["$name"].value == "Ours"
        assert (await self.call("list.list")).total_count == 3
        assert (await self.call("list.delete", made.id)).id == made.id

    async def objects(self, account: str) -> None:
        types = await self.call("object.list_definitions")
        assert [each.object_type for each in types.data] == ["project"]
        await self.call("object.definitions", "project")
        fields = {"$name": "Roll-out", "score": 7, "renewal": MOMENT, "tier": "Gold", "tags": ["Bronze"], "vip": True}
        project = await self.call("object.create", "project", fields=fields, relationships={"client": account})
        assert project.fields["score"].value == 7
        project = await self.call("object.update", project.id, entity_slug="project", fields={"score": 8})
        page = await self.call("object.list", "project", extra_query={"score[greaterThanOrEqual]": 8})
        assert [each.id for each in page.data] == [project.id]
        history = await self.call("object.field_history", "score", entity_slug="project", id=project.id)
        assert [entry.value for entry in history.data] == [8, 7]
        await self.trash("object", project.id, entity_slug="project")

    async def files(self) -> str:
        """Every way of an upload, with real bytes; the id of a transcript."""
        content = b"Alex: hello.\n" * 10_000
        ids = []
        for purpose in (None, "meeting_transcript", "email_attachment", "knowledge_user", "knowledge_workspace"):
            given = {} if purpose is None else {"purpose": purpose}
            upload = await self.call(
                "file.create", filename="talk.txt", mime_type="text/plain", size_bytes=len(content), **given
            )
            assert (upload.status, upload.completed_at, upload.upload_headers["content-type"]) == (
                "PENDING",
                None,
                "text/plain",
            )
            assert put(upload.upload_url, content, upload.upload_headers) == 200
            md5 = hashlib.md5(content).hexdigest()
            done = await self.call("file.complete", upload.id, md5=md5)
            assert (done.status, done.size_bytes, done.expires_at) == ("COMPLETED", len(content), None)
            ids.append(done.id)
        retrieved = await self.call("file.retrieve", ids[0])
        assert (retrieved.filename, retrieved.mime_type) == ("talk.txt", "text/plain")
        page = await self.call("file.list", limit=2, offset=0)
        assert (page.object, page.total_count, [each.id for each in page.data]) == ("list", 5, ids[:-3:-1])
        download = await self.call("file.url", ids[1])
        with urllib.request.urlopen(download.url) as answer:
            assert answer.read() == content
        upload = await self.call("file.create", filename="x", mime_type="text/plain", size_bytes=1)
        assert (await self.call("file.cancel", upload.id)).status == "CANCELLED"
        conflict = await self.refused(lightfield.ConflictError, "file.complete", upload.id)
        assert conflict["type"] == "conflict"
        await self.refused(lightfield.ConflictError, "file.url", upload.id)
        return str(ids[1])

    async def runs(self, account: str, contact: str) -> None:
        for slug, id in (("accounts", account), ("contacts", contact)):
            started = await self.call("enrichment_run.enrich", id, entity_slug=slug, fields=["$name"])
            assert (started.status, started.reason, started.enrichment_run) == ("skipped", "no_operations", None)
        await self.refused(lightfield.NotFoundError, "enrichment_run.get_enrichment_run", "run_0000000000000001")
        await self.refused(lightfield.NotFoundError, "workflow_run.status", "run_0000000000000001")

    async def merges(self, account: str) -> None:
        def body(name: str) -> dict[str, Any]:
            return {"$name": {"first_name": name}} if name == "contact" else {"$name": name}

        for name, method in (
            ("account", "merge_accounts"),
            ("contact", "merge_contacts"),
            ("opportunity", "merge_opportunities"),
        ):
            links = {"relationships": {"$account": account}} if name == "opportunity" else {}
            pair = [(await self.call(f"{name}.create", fields=body(name), **links)).id for _ in range(2)]
            await self.merge(
                method, pair, field_resolutions={"$name": "duplicate"}, options={"multi_select_union": True}
            )
        pair = [(await self.call("object.create", "project", fields={"$name": "P"})).id for _ in range(2)]
        await self.merge("merge_object_values", pair, "project", field_resolutions={"$name": {"value": "Q"}})

    async def merge(self, method: str, pair: list[str], *path: str, **more: Any) -> None:
        merged = await self.call(f"merge.{method}", *path, primary_id=pair[0], duplicate_id=pair[1], **more)
        assert (merged.primary.id, merged.merge.status, merged.summary.warnings) == (pair[0], "done", [])
        found = await self.call("merge.get_merge", merged.merge.id)
        assert (found.primary_id, found.duplicate_id, found.status) == (*pair, "done")

    async def errors(self, account: str) -> None:
        """A class of its own for every status, and the body as the wire has it."""
        bad = await self.refused(lightfield.BadRequestError, "account.create", fields={"$name": "x", "bogus": 1})
        assert bad["type"] == "bad_request"
        assert (bad["code"], bad["param"]) == ("unknown_field", "fields.bogus")
        assert bad["message"] == "Unrecognized field 'bogus' for 'accounts'."
        wrong = await self.refused(lightfield.UnprocessableEntityError, "account.create", fields={})
        assert (wrong["type"], wrong["param"]) == ("unprocessable_content", "fields.$name")
        gone = await self.refused(lightfield.NotFoundError, "account.retrieve", "acc_0000000000000001")
        assert gone["message"] == "No resource found in 'accounts' with the given ID."
        stranger = {"Authorization": "Bearer sk_lf_nobody"}
        unknown = await self.refused(lightfield.AuthenticationError, "account.list", extra_headers=stranger)
        assert (unknown["type"], unknown["message"]) == ("unauthorized", "Invalid API key.")
        missing = await self.refused(
            lightfield.BadRequestError, "account.retrieve", account, extra_headers={"Lightfield-Version": "2020-01-01"}
        )
        assert missing["code"] == "version_header"
        key = {"Idempotency-Key": "once"}
        first = await self.call("account.create", fields={"$name": "Once"}, extra_headers=key)
        again = await self.call("account.create", fields={"$name": "Twice"}, extra_headers=key)
        assert first.id == again.id


def put(url: str, content: bytes, headers: dict[str, str]) -> int:
    """Upload as any client would: with the headers that were given, and nothing of ours."""
    with urllib.request.urlopen(urllib.request.Request(url, content, headers, method="PUT")) as answer:
        return int(answer.status)


async def main(address: str, key: str, colour: str) -> None:
    given: dict[str, Any] = {"api_key": key, "base_url": address, "max_retries": 0, "_strict_response_validation": True}
    if colour == "sync":
        with lightfield.Lightfield(**given) as client:
            journey = Journey(client)
            await journey.travel()
    else:
        async with lightfield.AsyncLightfield(**given) as client:
            journey = Journey(client)
            await journey.travel()
    print(json.dumps(sorted(journey.called)))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
