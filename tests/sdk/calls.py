"""For every operation a call with all its arguments, as text."""

from __future__ import annotations

import re

from lightfield._operation import Operation, Parameter

VALUES = {
    "string": '"x"',
    "integer": "1",
    "number": "1.5",
    "boolean": "True",
    "array": '["x"]',
    "any": "{}",
    "object": "{}",
}
SPECIAL = {
    "fields": {
        "task.create": '{"title": "x", "status": "TODO", "due_at": None}',
        "note.create": '{"title": "x"}',
        "list.create": '{"name": "x", "object_type": "$account", "kind": "target"}',
        "meeting.create": '{"title": "x", "start_date": NOW, "end_date": "x", "attendee_emails": ["a@b.c"]}',
        "email.log": '{"from_": "a@b.c", "sent_at": "2026-01-01T00:00:00Z", "to": ["d@e.f"], "body": {"text": "x"}}',
        "enrichment_run.enrich": '["$website"]',
        "contact.create": '{"$name": {"first_name": "A"}, "$email": ["a@b.c"], "n": 1, "d": NOW, "x": None}',
    },
    "relationships": {
        "account.update": '{"$contact": {"add": ["con_1"], "remove": "con_2"}, "$owner": {"replace": None}}',
        "opportunity.create": '{"$account": "acc_1", "$x": ["a", "b"]}',
        "list.update": '{"accounts": {"add": "acc_1"}}',
        "meeting.update": '{"transcript": {"replace": "fil_1"}}',
    },
    "definition": {
        "sequence.create": '{"description": "d", "steps": [{"type": "WAIT", "duration": 1, "unit": "DAY"}]}',
        "sequence.update_draft": '{"steps": [{"id": "s", "type": "WAIT", "duration": 1, "unit": "DAY"}]}',
    },
    "message_body": {"email.send": '{"content": "x"}', "email.draft": '{"content": "x", "content_type": "TEXT"}'},
    "field_resolutions": {"merge.merge_accounts": '{"name": "primary", "city": {"value": {"city": "Bern"}}}'},
    "pacing": {"sender.update": '{"email": {"daily_limit": 1, "min_gap_seconds": 60, "max_gap_seconds": None}}'},
}


def value(operation: Operation, parameter: Parameter) -> str:
    special = SPECIAL.get(parameter.name, {}).get(operation.id)
    return special or (repr(parameter.choices[0]) if parameter.choices else VALUES[parameter.kind])


def call(operation: Operation, *, filtered: bool = True) -> str:
    """A call with every argument the operation has, as it would be written after `client.`."""
    path = [parameter.name for parameter in operation.parameters if parameter.place == "path"]
    positional = re.findall(r"\{(\w+)\}", operation.path)[-1:]
    arguments = []
    for parameter in operation.parameters:
        given = value(operation, parameter)
        arguments.append(
            given if parameter.name in path and parameter.wire in positional else f"{parameter.name}={given}"
        )
    if operation.filters and filtered:
        arguments.append('filters={"$name": "x", "$amount": {"greaterThan": 5}, "$stage": {"-equal": "Won"}}')
    return f"{operation.id}({', '.join([*arguments, 'timeout=5', 'extra_headers={}'])})"
