"""What a run of Schemathesis is told besides the document: it loads this file by `SCHEMATHESIS_HOOKS`."""

import json
import os
import zlib
from typing import Any

import schemathesis

#: Resource → the id of a record of it.
IDS: dict[str, str] = json.loads(os.environ["KNOWN_IDS"])


@schemathesis.hook
def map_path_parameters(context: Any, path_parameters: Any) -> Any:
    """A path names what is there half of the time: made-up ids find nothing, and nothing is learnt."""
    if not isinstance(path_parameters, dict):
        return path_parameters
    resource = context.operation.definition.raw["operationId"].partition(".")[0]
    known = {
        "id": IDS.get(resource),
        "listId": IDS["list"],
        "entityId": IDS["account"],
        "entitySlug": "accounts" if resource == "enrichmentRun" else "project",
        "fieldKey": "$name",
        "objectType": "project",
        "key": "tier",
        "optionId": "opt_0000000000000001",
    }
    return {
        name: known.get(name) or value if zlib.crc32(str(value).encode()) % 2 else value
        for name, value in path_parameters.items()
    }
