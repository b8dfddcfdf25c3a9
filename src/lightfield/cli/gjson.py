"""Parts of an answer by path, in the GJSON language of other tools.

data.#.id                        the ids of a page
data.0.fields.$name.value        dots and indexes; `\\.` is a dot within a key, `*` and `?` are wildcards
data.#(id=="acc_1").fields       the first that fits; `#(…)#` all that fit; == != < <= > >= % (like) !% (unlike)
data.#                           how many
{id,"name":fields.$name.value}   a new object; [a,b] a new list; !"text" a value as it stands
data.0|@keys                     @this @reverse @keys @values @flatten @ugly @pretty
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any

from .refusals import Refused

LONGEST = 10_000
"""Characters of a path."""


class _Missing:
    """Nothing is there; null would be something."""


MISSING = _Missing()


def pick(value: Any, path: str) -> Any:
    """What is at the path; the value itself where nothing is.

    Raises:
        Refused: The path is not one.
    """
    check(path)
    try:
        found = get(value, path)
    except RecursionError:
        raise Refused("The path or the answer is nested too deeply.") from None
    return value if found is MISSING else found


def check(path: str) -> None:
    """
    Raises:
        Refused: No answer could have a part at such a path.
    """
    if len(path) > LONGEST:
        raise Refused(f"The path has more than {LONGEST:,} characters.")
    for _ in _outside(path):
        pass


def get(value: Any, path: str) -> Any:
    """As `pick`, with MISSING where nothing is."""
    if not path:
        return MISSING
    step, sign, rest = _split(path)
    if step == "#" and sign == ".":
        inner, pipe, after = _split_at_pipe(rest)
        return _then(_each(value, inner), pipe, after)
    if step.startswith("#(") and step.endswith(")#") and sign == ".":
        inner, pipe, after = _split_at_pipe(rest)
        return _then(_each(_one(value, step), inner), pipe, after)
    return _then(_one(value, step), sign, rest)


def _then(value: Any, sign: str, rest: str) -> Any:
    return value if not sign or value is MISSING else get(value, rest)


def _each(value: Any, path: str) -> Any:
    if not isinstance(value, list):
        return MISSING
    return [found for item in value if (found := get(item, path)) is not MISSING]


def _one(value: Any, step: str) -> Any:
    """What one step of a path leads to."""
    if step[:1] == "@" and step[1:].partition(":")[0] in MODIFIERS:
        return MODIFIERS[step[1:].partition(":")[0]](value)
    if step[:1] == "!":
        return _literal(step[1:])
    if step[:1] == "{" and step.endswith("}"):
        return dict(_members(value, step))
    if step[:1] == "[" and step.endswith("]"):
        return [found for part in _parts(step[1:-1]) if (found := get(value, part)) is not MISSING]
    if isinstance(value, list):
        return _of_list(value, step)
    if isinstance(value, dict):
        return _of_object(value, step)
    return MISSING


def _of_object(value: dict[str, Any], step: str) -> Any:
    if re.search(r"(?<!\\)[*?]", step):
        pattern = re.sub(r"\\(.)", lambda m: f"[{m[1]}]", re.sub(r"\[", "[[]", step))
        return next((found for key, found in value.items() if fnmatchcase(key, pattern)), MISSING)
    return value.get(_plain(step), MISSING)


def _of_list(value: list[Any], step: str) -> Any:
    if step == "#":
        return len(value)
    if step.startswith("#("):
        every = step.endswith(")#")
        fits = _condition(step[2 : -2 if every else -1])
        found = (item for item in value if fits(item))
        return list(found) if every else next(found, MISSING)
    if step.isdecimal() and len(step) < 10 and int(step) < len(value):
        return value[int(step)]
    return MISSING


def _members(value: Any, step: str) -> Iterator[tuple[str, Any]]:
    for part in _parts(step[1:-1]):
        named = re.match(r'\s*(?:"((?:[^"\\]|\\.)*)"|([\w$@-]+))\s*:', part)
        path = part[named.end() :] if named else part
        key = (named[1] if named[1] is not None else named[2]) if named else _plain(_last(path))
        if (found := get(value, path.strip())) is not MISSING:
            yield key, found


def _last(path: str) -> str:
    step, sign, rest = _split(path)
    while sign:
        step, sign, rest = _split(rest)
    return "_" if step[:1] in ("@", "!", "#", "{", "[") else step


# ---- conditions of #(…)

#: Longer signs first, so that `<=` is not read as `<`.
SIGNS = ("==", "!=", "<=", ">=", "!%", "<", ">", "%", "=")


def _condition(text: str) -> Callable[[Any], bool]:
    for place, sign in _signs(text):
        left, right = text[:place].strip(), _literal(text[place + len(sign) :].strip())
        return lambda item: _holds(sign, item if not left else get(item, left), right)
    return lambda item: get(item, text.strip()) is not MISSING


def _signs(text: str) -> Iterator[tuple[int, str]]:
    for place in _outside(text):
        for sign in SIGNS:
            if text.startswith(sign, place):
                yield place, sign
                return


def _holds(sign: str, left: Any, right: Any) -> bool:
    if left is MISSING:
        return False
    if sign in ("%", "!%"):
        like = isinstance(left, str) and isinstance(right, str) and fnmatchcase(left, right.replace("[", "[[]"))
        return like is (sign == "%")
    comparable = _kind(left) == _kind(right)
    if sign in ("==", "="):
        return comparable and bool(left == right)
    if sign == "!=":
        return not comparable or bool(left != right)
    if not comparable or _kind(left) not in ("number", "text"):
        return False
    return bool({"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[sign])


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "truth"
    return "number" if isinstance(value, int | float) else "text" if isinstance(value, str) else type(value).__name__


def _literal(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


# ---- taking a path apart


def _split(path: str) -> tuple[str, str, str]:
    """The first step, the sign after it (`.`, `|` or nothing) and the rest."""
    for place in _outside(path):
        if path[place] in ".|":
            return path[:place], path[place], path[place + 1 :]
    return path, "", ""


def _split_at_pipe(path: str) -> tuple[str, str, str]:
    for place in _outside(path):
        if path[place] == "|":
            return path[:place], "|", path[place + 1 :]
    return path, "", ""


def _parts(text: str) -> Iterator[str]:
    """What commas part."""
    start = 0
    for place in _outside(text):
        if text[place] == ",":
            yield text[start:place]
            start = place + 1
    if text[start:].strip():
        yield text[start:]


def _outside(text: str) -> Iterator[int]:
    """The places that are in no bracket and no quotation, and not escaped.

    Raises:
        Refused: A bracket or quotation is not closed.
    """
    partners: list[str] = []
    quoted, escaped = False, False
    for place, sign in enumerate(text):
        if escaped:
            escaped = False
        elif sign == "\\":
            escaped = True
        elif quoted:
            quoted = sign != '"'
        elif sign == '"' and (partners or place == 0 or text[place - 1] in ',=<>%!: "({['):
            quoted = True
        elif sign in "([{":
            partners.append(")]}"["([{".index(sign)])
        elif sign in ")]}" and (not partners or partners.pop() != sign):
            partners = [sign]
            break
        elif not partners and sign not in ")]}":
            yield place
    if partners or quoted:
        raise Refused(f"The path {text!r} has a bracket or quotation mark without its partner.")


def _plain(step: str) -> str:
    return re.sub(r"\\(.)", r"\1", step)


# ---- modifiers


def _flat(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return [inner for each in value for inner in (each if isinstance(each, list) else [each])]


MODIFIERS: dict[str, Callable[[Any], Any]] = {
    "this": lambda value: value,
    "ugly": lambda value: value,
    "pretty": lambda value: value,
    "valid": lambda value: value,
    "reverse": lambda value: value[::-1] if isinstance(value, list) else value,
    "keys": lambda value: list(value) if isinstance(value, dict) else [],
    "values": lambda value: list(value.values()) if isinstance(value, dict) else [],
    "flatten": _flat,
}
