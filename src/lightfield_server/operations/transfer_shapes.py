"""JSON Schemas of imports, mappings and exports."""

from lightfield_server.operations import schemas
from lightfield_server.operations.schemas import ID, Schema, closed, nullable
from lightfield_server.transfer import exporting, jobs, mapping, mappings
from lightfield_server.transfer.table import FORMATS

TEXT: Schema = {"type": "string"}
MAYBE: Schema = {"type": ["string", "null"]}

#: Refusals of a mapping are more exact than any schema of it.
MAPPING: Schema = {
    "type": "object",
    "properties": {
        "objectType": TEXT,
        "columns": {"type": "array", "items": {"type": "object"}, "minItems": 1, "maxItems": mapping.MOST_ENTRIES},
        "match": {"type": ["array", "null", "string"], "items": TEXT},
        "existing": {"enum": [mapping.UPDATE, mapping.SKIP, None]},
        "blanks": {"enum": [mapping.KEEP, mapping.CLEAR, None]},
        "options": {"enum": [mapping.REJECT, mapping.CREATE, None]},
        "dates": MAYBE,
        "decimal": MAYBE,
        "timeZone": MAYBE,
    },
    "required": ["objectType", "columns"],
    "additionalProperties": False,
}

REJECTION = closed({"row": schemas.COUNT, "column": MAYBE, "value": MAYBE, "reason": TEXT, "fix": TEXT})

_COUNTS = closed(
    dict.fromkeys(
        ("created", "updated", "unchanged", "rejected", "createdByName", "undone", "keptByUndo"), schemas.COUNT
    )
)
_TEXTS: Schema = {"type": "array", "items": TEXT}
_OPTION = closed({"field": TEXT, "label": TEXT})
_SHOWN: Schema = {"type": "array", "items": REJECTION, "maxItems": jobs.SHOWN}

IMPORT = closed(
    {
        "id": ID,
        "objectType": TEXT,
        "state": {"enum": list(jobs.STATES)},
        "name": TEXT,
        "file": closed(
            {
                "size": schemas.COUNT,
                "format": {"enum": list(FORMATS)},
                "encoding": MAYBE,
                "delimiter": MAYBE,
                "sheet": MAYBE,
                "rows": schemas.COUNT,
            }
        ),
        "columns": {
            "type": "array",
            "items": closed(
                {"column": TEXT, "samples": {"type": "array", "items": TEXT}, "mapped": {"type": "boolean"}}
            ),
        },
        "mapping": MAPPING,
        "createdAt": schemas.MOMENT,
        "updatedAt": schemas.MOMENT,
        "counts": _COUNTS,
        "progress": closed(
            {
                "rows": schemas.COUNT,
                "of": schemas.COUNT,
                "rowsPerSecond": {"type": ["number", "null"]},
                "secondsLeft": {"type": ["integer", "null"]},
            }
        ),
        "newOptions": {"type": "array", "items": _OPTION},
        "rejected": _SHOWN,
        "check": nullable(
            closed(
                {
                    "counts": _COUNTS,
                    "rows": schemas.COUNT,
                    "rejected": _SHOWN,
                    "newOptions": {"type": "array", "items": _OPTION},
                }
            )
        ),
        "problem": nullable(closed({"message": TEXT, "param": MAYBE})),
    }
)

FILE_QUERY = [
    {**schemas.parameter("objectType", TEXT, "The type of the rows' records."), "required": True},
    schemas.parameter("name", {**TEXT, "maxLength": jobs.LONGEST_NAME}, "What the file is called."),
    schemas.parameter("encoding", TEXT, "The encoding of a text file; found out when it is left out."),
    schemas.parameter("delimiter", TEXT, "What stands between cells of CSV; found out when it is left out."),
    schemas.parameter("sheet", TEXT, "The sheet of a workbook; the first one when it is left out."),
]

_NAME: Schema = {"type": "string", "minLength": 1, "maxLength": mappings.LONGEST_NAME}
NEW_MAPPING = closed({"mapping": MAPPING, "saved": _NAME, "saveAs": _NAME}, required=())

SAVED = closed(
    {
        "id": ID,
        "name": TEXT,
        "objectType": TEXT,
        "mapping": MAPPING,
        "createdAt": schemas.MOMENT,
        "updatedAt": schemas.MOMENT,
    }
)
NEW_SAVED = closed({"name": _NAME, "mapping": MAPPING})

EXPORT = closed(
    {
        "objectType": TEXT,
        "format": {"enum": list(FORMATS)},
        "filters": {"type": "object", "additionalProperties": TEXT},
        "fields": {"type": "array", "items": TEXT},
        "references": {"enum": list(exporting.REFERENCES)},
    },
    required=("objectType",),
)
