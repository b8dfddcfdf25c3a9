"""Whatever is sent, the answer is a documented refusal in the envelope, and nothing is stored."""

import json
import string
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

DOCUMENTED = {400, 401, 403, 404, 409, 413, 415, 422}


def refused(answer: Any) -> tuple[int, str, str | None, str | None]:
    """The refusal, once it has the documented shape."""
    assert set(answer.body) == {"error"}
    error = answer.body["error"]
    assert {"type", "message"} <= set(error) <= {"type", "message", "code", "param"}
    assert all(isinstance(text, str) for text in error.values())
    assert error["type"]
    assert error["message"]
    assert len(json.dumps(error)) < 2_000
    assert answer.status in DOCUMENTED
    assert answer.headers["content-type"] == "application/json"
    return answer.error


def raw(fields: str) -> bytes:
    return b'{"fields": {"$name": "A", %s}}' % fields.encode()


DEEP = 100_000

BAD_JSON: dict[str, bytes] = {
    "nothing": b"",
    "blank": b" \n",
    "cut short": b'{"fields": {"$name": "Acme"',
    "trailing text": b'{"fields": {"$name": "Acme"}} x',
    "two documents": b'{"fields": {"$name": "Acme"}}{}',
    "trailing comma": b'{"fields": {"$name": "Acme",}}',
    "single quotes": b"{'fields': {'$name': 'Acme'}}",
    "comment": b'{"fields": {"$name": "Acme"}} // done',
    "form": b"fields=%7B%7D",
    "NaN": raw('"$revenue": NaN'),
    "Infinity": raw('"$revenue": Infinity'),
    "-Infinity": raw('"$revenue": -Infinity'),
    "a number too large for any machine": raw('"$revenue": 1e400'),
    "an integer of 5000 digits": raw('"$revenue": ' + "9" * 5_000),
    "leading zero": raw('"$revenue": 007'),
    "raw control character": b'{"fields": {"$name": "A\x01"}}',
    "raw NUL": b'{"fields": {"$name": "A\x00"}}',
    "bad escape": rb'{"fields": {"$name": "\x41"}}',
    "UTF-16": '{"fields": {"$name": "Acme"}}'.encode("utf-16"),
    "UTF-16 without a mark": '{"fields": {"$name": "Acme"}}'.encode("utf-16-le"),
    "UTF-32": '{"fields": {"$name": "Acme"}}'.encode("utf-32-be"),
    "byte order mark": b"\xef\xbb\xbf" + b'{"fields": {"$name": "Acme"}}',
    "latin-1": '{"fields": {"$name": "Café"}}'.encode("latin-1"),
    "overlong UTF-8": b'{"fields": {"$name": "\xc0\xaf"}}',
    "encoded surrogate": b'{"fields": {"$name": "\xed\xa0\x80"}}',
    "deep arrays": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "deep and unfinished": b"[" * DEEP,
    "deep value": raw('"$revenue": ' + "[" * DEEP + "]" * DEEP),
    "key twice": b'{"fields": {"$name": "A"}, "fields": {"$name": "B"}}',
    "key twice below": b'{"fields": {"$name": "A", "$name": "B"}}',
    "key twice at the bottom": raw('"$primaryAddress": {"city": "A", "city": "B"}'),
    "key twice, once escaped": rb'{"fields": {"$name": "A", "\u0024name": "B"}}',
    "string": b'"fields"',
    "number": b"1",
    "null": b"null",
    "true": b"true",
    "array": b'[{"fields": {"$name": "A"}}]',
}


@pytest.mark.parametrize("name", BAD_JSON)
def test_what_is_no_json_object_is_told_so(name: str, api: Any, make: Any) -> None:
    before = make.dump()
    assert refused(api.post("/v1/accounts", BAD_JSON[name])) == (400, "bad_request", "invalid_type", None)
    assert make.dump() == before


VALUES: dict[str, tuple[bytes, int, str]] = {
    "NUL in a text": (rb'{"fields": {"$name": "A\u0000B"}}', 400, "fields.$name"),
    "lone surrogate": (rb'{"fields": {"$name": "\ud800"}}', 400, "fields.$name"),
    "surrogates the wrong way round": (rb'{"fields": {"$name": "\udc00\ud800"}}', 400, "fields.$name"),
    "lone surrogate in an address": (raw(r'"$primaryAddress": {"city": "\ud800"}'), 400, "fields.$primaryAddress"),
    "lone surrogate in a URL": (raw(r'"$website": ["https://a.example/\ud800"]'), 400, "fields.$website"),
    "lone surrogate as an option": (raw(r'"$headcount": "\ud800"'), 400, "fields.$headcount"),
    "lone surrogate in a handle": (raw(r'"$twitter": "\ud800"'), 400, "fields.$twitter"),
    "number as large as can be parsed": (raw('"$revenue": ' + "9" * 4_000), 422, "fields.$revenue"),
    "number beyond exactness": (raw('"$revenue": 9007199254740992'), 422, "fields.$revenue"),
    "tiny number": (raw('"$revenue": 1e-300'), 422, "fields.$revenue"),
    "large float": (raw('"$revenue": 1e308'), 422, "fields.$revenue"),
    "true for a number": (raw('"$revenue": true'), 400, "fields.$revenue"),
    "long text": (b'{"fields": {"$name": "' + b"A" * 10_001 + b'"}}', 422, "fields.$name"),
    "nested value": (raw('"$revenue": {"value": [[[[1]]]]}'), 400, "fields.$revenue"),
    "nested 500 deep": (raw('"$revenue": ' + "[" * 500 + "]" * 500), 400, "fields.$revenue"),
    "many elements": (raw('"$website": [' + ",".join(['"a.example"'] * 101) + "]"), 422, "fields.$website"),
    "mixed elements": (raw('"$website": ["a.example", 1]'), 400, "fields.$website"),
    "null among elements": (raw('"$website": [null]'), 400, "fields.$website"),
    "invisible title": (rb'{"fields": {"$name": "\u2003\u00a0"}}', 422, "fields.$name"),
}


@pytest.mark.parametrize("name", VALUES)
def test_values_that_cannot_be_kept_are_told_by_their_field(name: str, api: Any, make: Any) -> None:
    body, status, param = VALUES[name]
    before = make.dump()
    answer = refused(api.post("/v1/accounts", body))
    assert (answer[0], answer[3]) == (status, param)
    assert make.dump() == before


KEYS = [
    "\ud800",
    "\0",
    "",
    " ",
    "$",
    "$$name",
    "fields.$name",
    "__proto__",
    "k" * 10_000,
    "\u202e$name",
    "ключ",
    "'; --",
]


@pytest.mark.parametrize("key", KEYS, ids=range(len(KEYS)))
def test_keys_nobody_defined_are_told_wherever_they_stand(key: str, api: Any, make: Any) -> None:
    account, other, contact = make.account(), make.account(), make.contact()
    before = make.dump()
    bodies = [
        {"fields": {"$name": "A"}, key: 1},
        {"fields": {"$name": "A", key: 1}},
        {"fields": {"$name": "A"}, "relationships": {key: contact}},
        {"fields": {"$name": "A", "$primaryAddress": {key: "x"}}},
    ]
    for body in bodies:
        assert refused(api.post("/v1/accounts", body))[0] == 400
    path = f"/v1/accounts/{account}"
    assert refused(api.post(path, {"relationships": {"$contact": {key: contact}}}))[0] == 400
    assert refused(api.post(path, {"relationships": {key: {"add": contact}}}))[0] == 400
    resolutions = {"primaryId": account, "duplicateId": other, "fieldResolutions": {key: "primary"}}
    assert refused(api.post("/v1/accounts/merge", resolutions))[0] == 400
    assert refused(api.delete(path, {key: 1}))[0] == 400
    assert refused(api.get(f"{path}/fields/{quote(key, errors='replace')}/history"))[0] in (400, 404)
    assert make.dump() == before


IDS = [
    "\ud800",
    "\0",
    "",
    "con_",
    "con_" + "f" * 16,
    "con_" + "٣" * 16,
    "CON_" + "0" * 16,
    "con_" + "0" * 10_000,
    "x" * 9_999,
]


@pytest.mark.parametrize("id", IDS, ids=range(len(IDS)))
def test_ids_of_nothing_are_missing(id: str, api: Any, make: Any) -> None:
    account = make.account()
    before = make.dump()
    body = {"fields": {"$name": "A"}, "relationships": {"$contact": [id]}}
    missing = (400, "bad_request", "relationship_entity_missing", "relationships.$contact")
    assert refused(api.post("/v1/accounts", body)) == missing
    for operation in ("add", "remove", "replace"):
        body = {"relationships": {"$contact": {operation: id}}}
        assert refused(api.post(f"/v1/accounts/{account}", body)) == missing
    assert refused(api.post("/v1/accounts/merge", {"primaryId": account, "duplicateId": id}))[0] == 404
    assert make.dump() == before


LINKS = [
    None,
    1,
    True,
    {},
    [None],
    [[]],
    [{}],
    {"add": {}},
    {"add": None},
    {"add": [1]},
    {"replace": {}},
    {"remove": None},
]


@pytest.mark.parametrize("sent", LINKS, ids=str)
def test_what_is_no_id_is_refused(sent: Any, api: Any, make: Any) -> None:
    account = make.account()
    before = make.dump()
    for path, fields in (("/v1/accounts", {"$name": "A"}), (f"/v1/accounts/{account}", {})):
        answer = refused(api.post(path, {"fields": fields, "relationships": {"$contact": sent}}))
        assert (answer[0], answer[3]) == (400, "relationships.$contact")
    assert make.dump() == before


# Sizes

MEBIBYTE = 1 << 20


def body_of(size: int) -> bytes:
    body = b'{"fields": {"$title": "T", "$content": "%s"}}'
    return body % (b"x" * (size - len(body) + 2))


def test_a_body_of_a_mebibyte_is_read_and_one_byte_more_is_not(api: Any, make: Any) -> None:
    assert len(body_of(MEBIBYTE)) == MEBIBYTE
    answer = api.post("/v1/notes", body_of(MEBIBYTE))
    assert answer.error == (422, "unprocessable_content", None, "fields.$content")
    before = make.dump()
    assert refused(api.post("/v1/notes", body_of(MEBIBYTE + 1))) == (413, "content_too_large", None, None)
    assert make.dump() == before


def test_a_large_body_is_refused_in_pieces_too(api: Any, world: Any) -> None:
    pieces = iter([b"x" * 100_000] * 1_000)
    read: list[int] = []
    sent: list[Any] = []

    async def receive() -> Any:
        piece = next(pieces)
        read.append(len(piece))
        return {"type": "http.request", "body": piece, "more_body": True}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = {"authorization": f"Bearer {api.token}", "content-type": "application/json", **api.headers}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/notes",
        "raw_path": b"/v1/notes",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    world.loop.run_until_complete(world.app(scope, receive, send))
    assert sent[0]["status"] == 413
    assert sum(read) < 2 * MEBIBYTE


def test_thousands_of_unknown_keys_are_told_by_one(api: Any) -> None:
    body = {"fields": {f"k{number}": number for number in range(20_000)}}
    assert refused(api.post("/v1/accounts", body)) == (400, "bad_request", "unknown_field", "fields.k0")


def test_thousands_of_ids_are_too_many(api: Any) -> None:
    contacts = [f"con_{number:016x}" for number in range(20_000)]
    body = {"fields": {"$name": "A"}, "relationships": {"$contact": contacts}}
    assert refused(api.post("/v1/accounts", body))[2] == "relationship_write_limit_exceeded"


# Media types

MEDIA_TYPES = [
    None,
    "",
    "text/plain",
    "application/xml",
    "application/jsonp",
    "application/json-patch+json",
    "application/vnd.api+json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json; charset=utf-16",
    "application/json; charset=latin-1",
    "application/json, text/plain",
    "json",
    "é",
]


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
def test_bodies_of_other_media_types_are_refused(media_type: Any, api: Any, make: Any) -> None:
    account = make.account()
    before = make.dump()
    expected = (415, "unsupported_media_type", None, None)
    body = {"fields": {"$name": "A"}}
    assert refused(api.post("/v1/accounts", body, content_type=media_type)) == expected
    assert refused(api.delete(f"/v1/accounts/{account}", {}, content_type=media_type)) == expected
    assert make.dump() == before


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "application/json;charset=utf-8",
        'Application/JSON ; Charset="UTF-8"',
        "application/json; version=1",
    ],
)
def test_json_is_json_with_parameters(media_type: str, api: Any) -> None:
    api.post("/v1/accounts", {"fields": {"$name": "A"}}, content_type=media_type).ok()


def test_reading_looks_at_no_media_type_and_no_body(api: Any, make: Any) -> None:
    account = make.account()
    api.send("GET", f"/v1/accounts/{account}", b"\xff\xfe{", {"content-type": "image/png"}).ok()


@pytest.mark.parametrize("body", [b"[]", b"null", b'"x"', b"{", b"\xff"])
def test_a_deletion_has_no_body_or_an_empty_object(body: bytes, api: Any, make: Any) -> None:
    account = make.account()
    before = make.dump()
    assert refused(api.delete(f"/v1/accounts/{account}", body)) == (400, "bad_request", "invalid_type", None)
    assert make.dump() == before
    api.delete(f"/v1/accounts/{account}", b"", content_type=None).ok()


# Paths

METHODS = ["PUT", "PATCH", "OPTIONS", "HEAD", "TRACE", "CONNECT", "LINK", "get", ""]
PATHS = ["/v1/accounts", "/v1/accounts/acc_0000000000000001", "/v1/auth/validate", "/v1", "/", "/v1/accounts/merge"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", PATHS)
def test_other_methods_are_unknown(method: str, path: str, api: Any) -> None:
    assert refused(api.send(method, path)) == (404, "not_found", None, None)


UNKNOWN_PATHS = [
    "/",
    "/v1",
    "/v1/",
    "/v2/accounts",
    "/V1/accounts",
    "/v1/Accounts",
    "/v1/accounts/x/y",
    "//v1/accounts",
    "/v1//accounts",
    "/v1/accounts//",
    "/v1/./accounts",
    "/v1/x/../accounts",
    "/v1/accounts%2F",
    "/v1%2Faccounts",
    "/v1/accounts/%00",
    "/v1/accounts/%2F",
    "/v1/accounts/%7B%7D",
    "/v1/accounts/%7Bid%7D",
    "/v1/accounts/%ff%fe",
    "/v1/accounts/%",
    "/v1/accounts/%zz",
    "/v1/accounts/%ed%a0%80",
    "/v1/accounts/..%2f..%2fetc%2fpasswd",
    "/v1/accounts/acc_0000000000000001%00",
    "/v1/accounts/acc_0000000000000001%20",
    "/v1/accounts/acc_fffffffffffffffff",
    "/v1/accounts/acc_ffffffffffffffff",
    "/v1/accounts/acc_%d9%a3000000000000000",
    "/v1/accounts/merge",
    "/v1/accounts/" + "x" * 60_000,
    "/v1/objects/%00",
    "/v1/objects/%7B%7D/values",
    "/v1/objects/" + "x" * 60_000 + "/definitions",
    "/v1/merges/%00",
    "/v1/lists/%00/accounts",
    "/v1/lists/lst_0000000000000001/tasks",
    "/v1/accounts" + "/x" * 5_000,
]


@pytest.mark.parametrize("path", UNKNOWN_PATHS, ids=lambda path: path[:40])
def test_paths_to_nothing_are_not_found(path: str, api: Any) -> None:
    assert refused(api.get(path)) == (404, "not_found", None, None)


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("word", ["definitions", "merge"])
def test_words_of_the_api_are_never_ids(word: str, method: str, api: Any) -> None:
    if (word, method) in (("definitions", "GET"), ("merge", "POST")):
        assert api.send(method, f"/v1/accounts/{word}", {}).status in (200, 400)
        return
    answer = api.send(method, f"/v1/accounts/{word}", {}, {"authorization": None})
    assert refused(answer) == (404, "not_found", None, None)


def test_a_trailing_slash_is_not_looked_at(api: Any, make: Any) -> None:
    account = make.account()
    assert api.get("/v1/accounts/").ok() == api.get("/v1/accounts").ok()
    assert api.get(f"/v1/accounts/{account}/").ok() == api.get(f"/v1/accounts/{account}").ok()


def test_ids_may_be_percent_encoded(api: Any, make: Any) -> None:
    account = make.account()
    api.get("/v1/accounts/" + "".join(f"%{ord(letter):02x}" for letter in account)).ok()


# Queries

BAD_QUERIES: dict[str, str] = {
    "not UTF-8": "%ff=1",
    "value not UTF-8": "$name=%ff",
    "encoded surrogate": "$name=%ed%a0%80",
    "NUL in a value": "$name=%00",
    "NUL in a key": "%00=1",
    "no key": "=1",
    "bracket alone": "[=1",
    "brackets alone": "[]=1",
    "two operators": "$name[equal][equal]=1",
    "double negation": "$name[--equal]=1",
    "negation of nothing": "$name[-]=1",
    "direction of nothing": "$owner:asSource=mem_1",
    "direction of a field": "$name:asSource=x",
    "a hidden end": "$listedInAccounts=lst_0000000000000001",
    "a hidden end's slug": "$list-account=lst_0000000000000001",
    "26 filters": "&".join(["$name=A"] * 26),
    "thousands of filters": "&".join(["$name=A"] * 5_000),
    "thousands of limits": "&".join(["limit=1"] * 5_000),
    "a long part": "$name[startsWith]=" + "x" * 1_000_000,
    "a long key": "x" * 1_000_000 + "=1",
    "a long number": "$revenue=" + "9" * 1_000_000,
    "NaN": "$revenue=nan",
    "infinity": "$revenue=inf",
    "digits of another script": "$revenue=%d9%a3",
    "a date alone": "$lastInteractionAt=2026-01-01",
    "a day that never was": "$lastInteractionAt=2026-02-30T00:00:00Z",
}


@pytest.mark.parametrize("name", BAD_QUERIES)
def test_queries_that_mean_nothing_are_refused(name: str, api: Any) -> None:
    assert refused(api.get(f"/v1/accounts?{BAD_QUERIES[name]}"))[:2] == (400, "bad_request")


GOOD_QUERIES: dict[str, str] = {
    "nothing": "",
    "separators": "&&&",
    "percent that is none": "$name=100%",
    "25 filters": "&".join(["$name=A"] * 25),
    "a long whole": "$name=" + "x" * 100_000,
    "an id of nothing": "$owner=" + "x" * 10_000,
    "quotes": "$name='%20or%201=1--",
    "pattern characters": "$name[startsWith]=%25_*",
    "the last code point": "$name[startsWith]=%f4%8f%bf%bf",
    "a long exponent": "$revenue=1e99999999999",
    "no value": "$name",
    "empty value": "$name=",
}


@pytest.mark.parametrize("name", GOOD_QUERIES)
def test_odd_queries_that_mean_something_are_answered(name: str, api: Any) -> None:
    assert api.get(f"/v1/accounts?{GOOD_QUERIES[name]}").ok()["data"] == []


HEADERS = ["lightfield_version", "content_type", "idempotency_key", "authorization"]


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("value", ["\xff" * 300, "\x01", "x" * 100_000])
def test_headers_may_hold_anything(header: str, value: str, api: Any, make: Any) -> None:
    before = make.dump()
    answer = api.post("/v1/accounts", {"fields": {"$name": "A"}}, **{header: value})
    if (header, value) == ("idempotency_key", "\x01"):
        answer.ok()
        return
    refused(answer)
    assert make.dump() == before


# Anything at all

texts = st.text(alphabet=st.characters(), max_size=12)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3))
known = ["$name", "$website", "$industry", "$headcount", "$revenue", "$primaryAddress", "$twitter", "$accountStatus"]
bodies = st.fixed_dictionaries(
    {},
    optional={
        "fields": st.dictionaries(st.sampled_from(known) | texts, values, max_size=4) | values,
        "relationships": st.dictionaries(st.sampled_from(["$owner", "$contact", "$task"]) | texts, values, max_size=3),
        "skipEnrichment": values,
    },
)
fuzzed = settings(
    max_examples=250,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def answered(answer: Any) -> None:
    if answer.status != 200:
        refused(answer)


@fuzzed
@given(body=bodies)
def test_any_body_is_carried_out_or_refused(body: Any, api: Any) -> None:
    answered(api.post("/v1/accounts", body))


@fuzzed
@given(body=bodies)
def test_any_update_is_carried_out_or_refused(body: Any, api: Any) -> None:
    found = api.get("/v1/accounts?limit=1").ok()["data"]
    id = found[0]["id"] if found else api.create("accounts", {"$name": "Acme"})["id"]
    answered(api.post(f"/v1/accounts/{id}", body))


@fuzzed
@given(query=st.text(alphabet=string.printable + "é%$[]-=&+", max_size=40))
def test_any_query_is_answered_or_refused(query: str, api: Any) -> None:
    answered(api.get(f"/v1/accounts?{quote(query, safe='%$[]-=&+')}"))


@fuzzed
@given(raw=st.binary(max_size=60))
def test_any_bytes_are_refused(raw: bytes, api: Any) -> None:
    refused(api.post("/v1/accounts", raw))
