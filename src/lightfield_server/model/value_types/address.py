"""Where to reach somebody: EMAIL, TELEPHONE and URL, one or several, and SOCIAL_HANDLE."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import phonenumbers

from lightfield_server.model import problems
from lightfield_server.model.configuration import Configuration
from lightfield_server.model.keys import Key
from lightfield_server.model.matching import Matching
from lightfield_server.model.texts import Weight
from lightfield_server.model.value_types.base import (
    LONGEST_ELEMENT,
    MOST_ELEMENTS,
    Json,
    Phrase,
    Schema,
    ValueType,
    flag,
    string,
    text_key,
    value_type,
    within,
)


class Reachable(ValueType):
    """One address or several, each brought to one form and then found by any part of it.

    `listed` says that a single address is read back as an array too. Parts beyond the length of a key find nothing.
    """

    matching = Matching.TOKENS
    weight = Weight.FIELD
    configurable = ("unique", "multipleValues")
    listed: ClassVar[bool] = False
    element: ClassVar[Schema] = {"type": "string", "maxLength": LONGEST_ELEMENT}

    def parse(self, sent: Json, configuration: Configuration) -> Json:
        elements = [sent] if isinstance(sent, str) else sent
        if not isinstance(elements, list):
            raise problems.invalid_type("Expected a string or an array of strings.")
        if len(elements) > MOST_ELEMENTS:
            raise problems.unprocessable(f"At most {MOST_ELEMENTS} values fit here.")
        kept = list(dict.fromkeys(self._kept(element) for element in elements))
        if len(kept) > 1 and not configuration.multiple:
            raise problems.unprocessable("This field holds one value; several were given.")
        if configuration.multiple or self.listed:
            return kept or None
        return kept[0] if kept else None

    def normal(self, text: str) -> str:
        """One address in the form in which it is kept; `unprocessable` when it is none."""
        raise NotImplementedError

    def keys(self, kept: Json, configuration: Configuration) -> tuple[Key, ...]:
        return tuple(dict.fromkeys(text_key(element) for element in _elements(kept)))

    def text(self, kept: Json, configuration: Configuration) -> str:
        return ", ".join(_elements(kept))

    def searched(self, kept: Json, configuration: Configuration) -> str:
        return " ".join(_elements(kept))

    def configure(self, sent: Mapping[str, Json]) -> Configuration:
        super().configure(sent)
        return Configuration(unique=flag(sent, "unique"), multiple=flag(sent, "multipleValues"))

    def write_schema(self, configuration: Configuration) -> Schema:
        most = MOST_ELEMENTS if configuration.multiple else 1
        return {"anyOf": [self.element, {"type": "array", "items": self.element, "maxItems": most}]}

    def read_schema(self, configuration: Configuration) -> Schema:
        if configuration.multiple or self.listed:
            return {"type": "array", "items": self.element}
        return self.element

    def _kept(self, sent: Json) -> str:
        return within(self.normal(within(string(sent), LONGEST_ELEMENT).strip()), LONGEST_ELEMENT)


def _elements(kept: Json) -> list[str]:
    return [kept] if isinstance(kept, str) else kept


@value_type
class Email(Reachable):
    name = "EMAIL"
    sample = "ada@acme.example"
    widget = "email"

    def normal(self, text: str) -> str:
        if not EMAIL_ADDRESS.fullmatch(text):
            raise problems.unprocessable(f"'{problems.shown(text)}' is not an email address.")
        return text.lower()


#: A bare address, by the pattern of upstream's email operations.
EMAIL_ADDRESS = re.compile(
    r"""(?:[^<>()\[\]\\.,;:\s@"]+(?:\.[^<>()\[\]\\.,;:\s@"]+)*|".+")"""
    r"@(?:\[[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}]|(?:[a-zA-Z\-0-9]+\.)+[a-zA-Z]{2,})"
)


@value_type
class Url(Reachable):
    name = "URL"
    sample = "https://acme.example"
    widget = "url"

    def normal(self, text: str) -> str:
        if _URL.fullmatch(text):
            return text
        if _BARE_DOMAIN.fullmatch(text):
            return f"https://{text}"
        raise problems.unprocessable(f"'{problems.shown(text)}' is not an http or https URL.")

    def searched(self, kept: Json, configuration: Configuration) -> str:
        return " ".join(_SCHEME.sub("", element) for element in _elements(kept))

    def domains(self, kept: Json, configuration: Configuration) -> tuple[Key, ...]:
        return tuple(dict.fromkeys(domain(element) for element in _elements(kept)))


def domain(url: str) -> str:
    """The host of a URL that is kept, without a `www.` before it, as a key. Migration 6 says it in SQL."""
    match = _DOMAIN.match(url.casefold())
    assert match is not None
    return text_key(match[1].rstrip("."))


#: After the scheme, whoever asks, and a `www.` that more than one word follows.
_DOMAIN = re.compile(r"[^/]*//(?:[^/?#@]*@)?(?:www\.(?=[^/?#:]*\.[^/?#:.]))?(\[[^/?#]*|[^/?#:]*)")
_HOST = r"""[^\s\x00-\x20\x7f/?#@:.\\<>"'`{}|^%\[\]]+"""
_REST = r"(?::[0-9]{1,5})?(?:[/?#][^\s\x00-\x1f\x7f]*)?"
_URL = re.compile(
    rf"(?ai:https?)://(?:[^\s\x00-\x1f\x7f/?#@\\]*@)?(?:{_HOST}(?:\.{_HOST})*\.?|\[[0-9A-Fa-f:.]+\]){_REST}"
)
_SCHEME = re.compile(r"(?ai:https?://(?:www\.)?)")
_BARE_DOMAIN = re.compile(rf"{_HOST}(?:\.{_HOST})+\.?{_REST}")


@value_type
class Telephone(Reachable):
    """Numbers in international form where they can be brought to it, else the local digits."""

    name = "TELEPHONE"
    sample = "+12025550123"
    widget = "telephone"
    listed = True

    def normal(self, text: str) -> str:
        match = _TELEPHONE.fullmatch(_FORMATTING.sub("", text))
        if match is None:
            raise problems.unprocessable(f"'{problems.shown(text)}' is not a telephone number.")
        digits, extension = match.groups()
        number = _international(digits) if digits.startswith("+") else _north_american(digits) or _local(digits)
        if number is None:
            raise problems.unprocessable(f"'{problems.shown(text)}' is not a valid telephone number.")
        return number if extension is None else f"{number};ext={extension}"

    def searched(self, kept: Json, configuration: Configuration) -> str:
        """The digits, and as many of the last as people write who leave out the country or the city."""
        found: list[str] = []
        for element in _elements(kept):
            digits = element.partition(";")[0].lstrip("+0")
            found += (digits, *(digits[-length:] for length in _ENDINGS if length < len(digits)))
        return " ".join(found)

    def fragment(self, text: str) -> str:
        return _EXTENSION_INSIDE.sub(";ext=", _FORMATTING.sub("", text.casefold()))


#: The lengths of numbers within a country, and within a city.
_ENDINGS = (10, 9, 8, 7)
_EXTENSION = r";?(?:extension|ext|x|#)[:=]?"
_TELEPHONE = re.compile(rf"(\+?[0-9]{{1,20}})(?:{_EXTENSION}([0-9]{{1,10}}))?", re.IGNORECASE)
_EXTENSION_INSIDE = re.compile(rf"(?<=[0-9]){_EXTENSION}(?=[0-9])")
#: White space, dots, parentheses and every dash that keyboards and word processors put between digits.
_FORMATTING = re.compile(r"[\s.()\-\u2010-\u2015\u2212]")


def _international(digits: str) -> str | None:
    """E.164: an assigned country code and a length of its plan. Ranges within a plan change too fast to insist on."""
    number = _settled(digits)
    # A doubled trunk prefix loses one zero at every reading, and is no number.
    return number if number is not None and _settled(number) == number else None


def _settled(digits: str) -> str | None:
    number = _parsed(digits, None)
    if number is None:
        return None
    possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if possible else None


def _north_american(digits: str) -> str | None:
    number = _parsed(digits, "US")
    if number is None or number.country_code != 1 or not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _local(digits: str) -> str | None:
    return digits if 7 <= len(digits) <= 15 else None


def _parsed(digits: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None


@value_type
class SocialHandle(Phrase):
    """The address of a profile on the one service that the field is for."""

    name = "SOCIAL_HANDLE"
    sample = "https://www.linkedin.com/in/ada"
    widget = "url"
    configurable = ("handleService",)

    def parse(self, sent: Json, configuration: Configuration) -> Json:
        text = within(string(sent), LONGEST_ELEMENT).strip()
        service = SERVICES[configuration.service or ""]
        handle = _HANDLE.fullmatch(text)
        url = service.expanded(handle[1], configuration.company) if handle else service.profile(text)
        if url is None:
            raise problems.unprocessable(
                f"'{problems.shown(text)}' is not a profile like {service.form.format('name')}."
            )
        return within(url, LONGEST_ELEMENT)

    def searched(self, kept: Json, configuration: Configuration) -> str:
        """Whose profile it is: the service is the field's."""
        return str(kept).rstrip("/").rpartition("/")[2]

    def configure(self, sent: Mapping[str, Json]) -> Configuration:
        super().configure(sent)
        service = sent.get("handleService")
        if not isinstance(service, str) or service not in SERVICES:
            raise problems.invalid_configuration(f"'handleService' is one of {', '.join(SERVICES)}.")
        return Configuration(service=service)

    def write_schema(self, configuration: Configuration) -> Schema:
        return {"type": "string", "maxLength": LONGEST_ELEMENT}


_HANDLE = re.compile(r"@?([A-Za-z0-9_.-]*[A-Za-z0-9][A-Za-z0-9_.-]*)")


@dataclass(frozen=True, slots=True)
class Service:
    """A social network: `form` is how its profiles are written, `accepted` what they may look like."""

    form: str
    accepted: re.Pattern[str]
    company_form: str | None = None

    def expanded(self, handle: str, company: bool) -> str:
        form = self.company_form if company and self.company_form else self.form
        return form.format(handle)

    def profile(self, text: str) -> str | None:
        match = self.accepted.fullmatch(text)
        return f"https://{match['host'].lower()}/{match['path']}" if match else None


def _accepted(host: str, path: str) -> re.Pattern[str]:
    subdomains = r"(?:[a-z0-9-]+\.)*"
    prefix = rf"(?ai:(?:https?://)?(?P<host>{subdomains}(?:{host})))"
    return re.compile(rf"{prefix}/(?P<path>{path})/?(?:[?#].*)?", re.DOTALL)


_SEGMENT = r"""[^\s\x00-\x20\x7f/?#\\<>"]+"""

SERVICES = {
    "TWITTER": Service("https://x.com/{}", _accepted(r"x\.com|twitter\.com", _SEGMENT)),
    "LINKEDIN": Service(
        "https://linkedin.com/in/{}",
        _accepted(r"linkedin\.com", rf"(?:in|company)/{_SEGMENT}"),
        company_form="https://linkedin.com/company/{}",
    ),
    # profile.php names nobody without its query string, which is not kept.
    "FACEBOOK": Service("https://facebook.com/{}", _accepted(r"facebook\.com", rf"(?!profile\.php\b){_SEGMENT}")),
    "INSTAGRAM": Service("https://www.instagram.com/{}", _accepted(r"instagram\.com", _SEGMENT)),
}
