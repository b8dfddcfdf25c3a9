"""Every way a request is refused, in the words of the wire (spec: conventions 4).

A `Problem` is raised without a `param` by whoever finds the fault and gets one from whoever knows the place, so a
value type serves a request body, a filter, a form and an import unchanged.
"""

from collections.abc import Sequence
from typing import NoReturn


class Problem(Exception):
    """A refusal: `status` and `type` name its class, `code` its reason, `param` its place.

    `lasting` says that repeating the same request cannot help; official clients repeat conflicts otherwise.
    """

    def __init__(
        self,
        status: int,
        type: str,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        lasting: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.type = type
        self.message = message
        self.code = code
        self.param = param
        self.lasting = lasting
        self.retry_after: int | None = None
        #: How many bytes there are, where others were asked for.
        self.size: int | None = None

    def at(self, param: str) -> "Problem":
        """The same refusal, placed; a place already known stays."""
        if self.param is None:
            self.param = param
        return self

    def within(self, place: str) -> "Problem":
        """The same refusal of what is a part of something larger."""
        param = place if self.param is None else f"{place}.{self.param}"
        return Problem(self.status, self.type, self.message, code=self.code, param=param, lasting=self.lasting)

    @property
    def shown(self) -> dict[str, str]:
        """What the wire says of it."""
        said = {"type": self.type, "message": self.message, "code": self.code, "param": self.param}
        return {key: value for key, value in said.items() if value is not None}


# 400: the request is wrong as it stands (4.3, 4.4)


def bad_request(code: str, message: str, param: str | None = None) -> Problem:
    return Problem(400, "bad_request", message, code=code, param=param)


def unknown_field(key: str, plural: str, param: str) -> Problem:
    return bad_request("unknown_field", f"Unrecognized field '{shown(key)}' for '{plural}'.", param)


def unknown_key(key: str, param: str | None = None) -> Problem:
    return bad_request("unknown_field", f"Unrecognized key '{shown(key)}'.", shown(key) if param is None else param)


def unknown_relationship(key: str, plural: str, param: str) -> Problem:
    return bad_request("unknown_relationship", f"Unrecognized relationship '{shown(key)}' for '{plural}'.", param)


def referenced_resource_missing(id: str, param: str | None = None) -> Problem:
    return bad_request("referenced_resource_missing", f"'{shown(id)}' does not exist.", param)


def relationship_entity_missing(id: str, param: str | None = None) -> Problem:
    return bad_request("relationship_entity_missing", f"No record '{shown(id)}' of the related type exists.", param)


def relationship_entity_inactive(id: str, param: str | None = None) -> Problem:
    return bad_request("relationship_entity_inactive", f"'{shown(id)}' is deleted or inactive.", param)


def invalid_configuration(message: str, param: str | None = None) -> Problem:
    return bad_request("invalid_configuration", message, param)


def read_only(key: str, param: str) -> Problem:
    return invalid_configuration(f"'{shown(key)}' is read-only.", param)


def invalid_type(message: str, param: str | None = None) -> Problem:
    return bad_request("invalid_type", message, param)


def invalid_cursor(param: str) -> Problem:
    return bad_request("invalid_cursor", "This is not the 'nextCursor' of an earlier answer to the same query.", param)


def parameter_missing(param: str) -> Problem:
    return bad_request("parameter_missing", f"Required parameter '{param}' is missing.", param)


def unknown_operation(id: str, param: str) -> Problem:
    return bad_request("unknown_operation", f"A batch has no operation '{shown(id)}'.", param)


def unknown_reference(name: str, param: str) -> Problem:
    return bad_request("unknown_reference", f"No operation of this batch has the id '{shown(name)}'.", param)


def forward_reference(name: str, param: str) -> Problem:
    return bad_request("forward_reference", f"'{shown(name)}' comes later; put it before what refers to it.", param)


def cyclic_reference(name: str, param: str) -> Problem:
    return bad_request("cyclic_reference", f"'{shown(name)}' refers back here; create first and link later.", param)


def failed_reference(name: str, param: str) -> Problem:
    return bad_request("failed_reference", f"'{shown(name)}' was refused, so there is nothing to refer to.", param)


def idempotency_key_too_long(limit: int) -> Problem:
    return bad_request(
        "idempotency_key_too_long",
        f"The idempotency key is longer than {limit} characters.",
        "Idempotency-Key",
    )


def version_header(expected: str) -> Problem:
    return bad_request(
        "version_header",
        f"Send the header 'Lightfield-Version: {expected}' with every request.",
        "Lightfield-Version",
    )


# 401, 403, 404


def unauthorized() -> Problem:
    return Problem(401, "unauthorized", "Invalid API key.")


def scope_missing(scope: str) -> Problem:
    return Problem(403, "forbidden", f"Token does not have the '{scope}' scope.")


def forbidden(message: str) -> Problem:
    return Problem(403, "forbidden", message)


def route_not_found(method: str, path: str) -> Problem:
    return Problem(404, "not_found", f"There is no {shown(method)} {shown(path)}.")


def record_not_found(plural: str) -> Problem:
    return Problem(404, "not_found", f"No resource found in '{plural}' with the given ID.")


def not_found(message: str) -> Problem:
    return Problem(404, "not_found", message)


# 409, 413, 415, 422


def conflict(message: str, param: str | None = None) -> Problem:
    return Problem(409, "conflict", message, param=param, lasting=True)


def not_unique(label: str) -> Problem:
    return conflict(f"Another record already has this {label}.")


def precondition_failed(message: str) -> Problem:
    return Problem(412, "precondition_failed", message)


def several_match(ids: Sequence[str], param: str, *, more: bool) -> Problem:
    """The ids that match; `more` says that there are others."""
    named = f"{', '.join(ids)} and others" if more else ", ".join(ids)
    problem = conflict(f"Several records match: {named}.", param)
    problem.code = "several_match"
    return problem


def body_too_large(limit: int) -> Problem:
    return Problem(413, "content_too_large", f"The body is larger than {limit} bytes.")


def more_than_promised(limit: int) -> Problem:
    return Problem(413, "content_too_large", f"More bytes are sent than the {limit} that were announced.")


def unsupported_media_type() -> Problem:
    return Problem(415, "unsupported_media_type", "Send the body as JSON with 'Content-Type: application/json'.")


def range_not_satisfiable(size: int) -> Problem:
    problem = Problem(416, "range_not_satisfiable", f"The file has {size} bytes.")
    problem.size = size
    return problem


def file_too_large(limit: int) -> Problem:
    return Problem(413, "content_too_large", f"The file is larger than {limit:,} bytes.")


def unsupported_file_type(accepted: str) -> Problem:
    return Problem(415, "unsupported_media_type", f"Send the file with a 'Content-Type' of {accepted}.")


def unprocessable(message: str, param: str | None = None, code: str | None = None) -> Problem:
    return Problem(422, "unprocessable_content", message, param=param, code=code)


def unreadable_file(message: str) -> Problem:
    return unprocessable(message, None, "unreadable_file")


def required(entity: str, key: str, param: str) -> Problem:
    return unprocessable(f"{entity} requires {key.removeprefix('$')} field", param)


def relationship_required(key: str, param: str) -> Problem:
    return unprocessable(f"'{key}' is required and may not be empty.", param)


def last_required_link(param: str) -> Problem:
    return unprocessable("Another record requires a link that this would take from it.", param)


def one_id_only(key: str, param: str) -> Problem:
    return unprocessable(f"'{key}' holds one record; several ids were given.", param)


def not_complete(id: str, param: str | None = None) -> Problem:
    return unprocessable(f"The upload of '{shown(id)}' is not complete yet.", param)


def relationship_write_limit_exceeded(limit: int, param: str | None = None) -> Problem:
    return unprocessable(
        f"A request may reference and change at most {limit} links.",
        param,
        "relationship_write_limit_exceeded",
    )


def too_many_operations(limit: int, count: int) -> Problem:
    return unprocessable(
        f"A batch has at most {limit} operations, not {count}.", "operations", "operations_limit_exceeded"
    )


# 429 and the server's own


def too_many_requests(retry_after: int) -> Problem:
    problem = Problem(429, "too_many_requests", "Rate limit exceeded. Please try again later.")
    problem.retry_after = retry_after
    return problem


def internal(reference: str) -> Problem:
    return Problem(500, "internal_server_error", f"Internal Server Error (reference {reference}).")


def unavailable(message: str = "Service Unavailable", retry_after: int | None = None) -> Problem:
    problem = Problem(503, "service_unavailable", message)
    problem.retry_after = retry_after
    return problem


def reraise(problem: Problem, param: str) -> NoReturn:
    raise problem.at(param) from None


def shown(text: str, limit: int = 80) -> str:
    """A client's own text, short and printable enough to quote back."""
    clean = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[: limit + 1])
    return clean if len(clean) <= limit else clean[:limit] + "…"
