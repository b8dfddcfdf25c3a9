"""JSON and YAML, read strictly and written plainly.

JSON needs nothing. YAML needs PyYAML, which comes with `openlightfield[cli]` and is imported when there is YAML.
It is read by the rules of YAML 1.2, so that `no` is a word, `12:30` a text and a date what was typed.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any, NoReturn

from .refusals import Refused

MISSING_YAML = "needs PyYAML, which is not installed. Install it with: pip install 'openlightfield[cli]'"


def read(text: str, what: str) -> Any:
    """What a JSON or YAML document says.

    Args:
        what: How the document is called in a refusal: `--fields`, `line 3`.

    Raises:
        Refused: It is neither, a key stands twice, or it is nested beyond reason.
    """
    try:
        return read_json(text)
    except RecursionError:
        raise Refused(f"{what} is nested too deeply.") from None
    except Doubled as doubled:
        raise Refused(f"{what} has the key {doubled.key!r} twice.") from None
    except ValueError as broken:
        if text.lstrip().startswith(("{", "[", '"')) and not _has_yaml():
            raise Refused(f"{what} is not JSON ({broken}), and reading YAML {MISSING_YAML}") from None
    return _read_yaml(text, what)


def read_json(text: str) -> Any:
    """What JSON says, each key once.

    Raises:
        ValueError: It is no JSON, or a key stands twice (`Doubled`).
    """
    return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)


def scalar(text: str) -> Any:
    """A plain word by YAML 1.2's core rules: null, a truth value, a number, or else the text itself."""
    if text in NULLS:
        return None
    if text in TRUTHS:
        return text.lower() == "true"
    if INTEGER.fullmatch(text):
        return _integer(text)
    return float(text) if FLOAT.fullmatch(text) else text


def to_json(value: Any, *, indent: int | None = None) -> str:
    separators = (",", ": ") if indent else (",", ":")
    return json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)


def to_yaml(value: Any) -> str:
    """A block of YAML that other readers take for the same value.

    Raises:
        Refused: PyYAML is not installed.
    """
    require_yaml("Writing YAML")
    import yaml

    text: str = yaml.dump(value, Dumper=_dumper(), allow_unicode=True, sort_keys=False, width=4096)
    return text.removesuffix("...\n")


def require_yaml(what: str) -> None:
    """
    Raises:
        Refused: PyYAML is not installed.
    """
    if not _has_yaml():
        raise Refused(f"{what} {MISSING_YAML}")


# ---- JSON


class Doubled(ValueError):
    """A key that stands twice in one object."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the key {key!r} stands twice")
        self.key = key


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise Doubled(next(key for key in keys if keys.count(key) > 1))
    return found


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number JSON knows")


# ---- YAML

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
TRUTHS = frozenset({"true", "True", "TRUE", "false", "False", "FALSE"})
INTEGER = re.compile(r"[-+]?[0-9]{1,400}|0o[0-7]{1,400}|0x[0-9a-fA-F]{1,400}")
FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")


def _integer(text: str) -> int:
    return int(text, 0) if text[:2] in ("0o", "0x") else int(text)


@cache
def _has_yaml() -> bool:
    try:
        import yaml  # noqa: F401
    except ModuleNotFoundError:
        return False
    return True


def _read_yaml(text: str, what: str) -> Any:
    if not _has_yaml():
        found = scalar(text.strip())
        if isinstance(found, str) and re.search(r"[:\n#&*!|>'\"%@`{}\[\]]", found):
            raise Refused(f"{what} is not JSON, and reading YAML {MISSING_YAML}")
        return found
    import yaml

    try:
        return yaml.load(text, Loader=_loader())  # noqa: S506 - a SafeLoader that knows less
    except RecursionError:
        raise Refused(f"{what} is nested too deeply.") from None
    except yaml.YAMLError as broken:
        raise Refused(f"{what} is neither JSON nor YAML: {_fault(broken)}") from None


@cache
def _loader() -> Any:
    import yaml

    class Loader(yaml.SafeLoader):
        """YAML 1.2's core schema, each key once, and no aliases: a short document stays a small one."""

        def check_plain(self) -> bool:
            # `{$content: @notes.md}` needs no quotes: a reserved letter that begins what we call a file.
            return self.peek() == "@" or bool(super().check_plain())

        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                at = self.peek_event().start_mark  # type: ignore[no-untyped-call]
                raise yaml.composer.ComposerError(None, None, "aliases are not taken; write the value out", at)
            return super().compose_node(parent, index)

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            pairs = [(self.construct_object(key, deep=True), key.start_mark) for key, _ in node.value]
            seen = set()
            for key, mark in pairs:
                if not isinstance(key, str | int | float | bool) and key is not None:
                    raise yaml.constructor.ConstructorError(None, None, "a key must be a text", mark)
                if key in seen:
                    raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} stands twice", mark)
                seen.add(key)
            values = (self.construct_object(value, deep=deep) for _, value in node.value)
            return {_key(key): value for (key, _), value in zip(pairs, values, strict=True)}

    Loader.yaml_implicit_resolvers = {}
    plain = re.compile(f"^(?:{'|'.join(map(re.escape, sorted(NULLS | TRUTHS)))}|{INTEGER.pattern}|{FLOAT.pattern})$")
    Loader.add_implicit_resolver("!plain", plain, None)
    Loader.add_constructor("!plain", lambda loader, node: scalar(node.value))
    Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
    Loader.add_constructor("tag:yaml.org,2002:seq", _sequence)
    return Loader


@cache
def _dumper() -> Any:
    import yaml

    class Dumper(yaml.SafeDumper):
        """Quotes what either version of YAML would take for something else than a text."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

    def text(dumper: Any, said: str) -> Any:
        # PyYAML folds line breaks other than \n into spaces unless the text stands in double quotes.
        plain = scalar(said) == said and said.isprintable()
        return dumper.represent_scalar("tag:yaml.org,2002:str", said, style=None if plain else '"')

    Dumper.add_representer(str, text)
    return Dumper


def _mapping(loader: Any, node: Any) -> Any:
    return loader.construct_mapping(node, deep=True)


def _sequence(loader: Any, node: Any) -> Any:
    return loader.construct_sequence(node, deep=True)


def _key(key: Any) -> str:
    return key if isinstance(key, str) else to_json(key)


def _fault(broken: Any) -> str:
    problem = getattr(broken, "problem", None) or str(broken).splitlines()[0]
    mark = getattr(broken, "problem_mark", None)
    return f"{problem} (line {mark.line + 1}, column {mark.column + 1})" if mark else str(problem)
