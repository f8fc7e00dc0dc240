"""The values a directory holds: addresses, zones, languages and times, each checked and put in
one written form, so that the same value written differently is no change.

A value that comes from our own table was checked when it came in: with the validation context
``STORED`` the checks are left out, which makes reading a large directory quick.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import phonenumbers
from babel import Locale, UnknownLocaleError
from email_validator import EmailNotValidError, validate_email
from jinja2 import TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment
from pydantic import AfterValidator, Field, PlainSerializer, StringConstraints, ValidationInfo
from tocsin_contracts.words import Kind

from incident_api.web.models import Settled, Text, one_line

STORED = {"stored": True}
MASK = "********"

TIMEZONES = frozenset(available_timezones())
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
_APPRISE = re.compile(r"[a-z][a-z0-9+.-]*://[\x21-\x7e]+")
_templates = SandboxedEnvironment()
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_SLACK = re.compile(r"([TE][A-Z0-9]{6,20}/)?[#@]?[A-Za-z0-9._-]{1,80}")


def checked(rule: Callable[[str], str]) -> AfterValidator:
    """A rule for what people write, not repeated for what is read back."""

    def apply(value: str, info: ValidationInfo) -> str:
        return value if info.context is STORED else rule(value)

    return AfterValidator(apply)


def _timezone(name: str) -> str:
    if name not in TIMEZONES:
        raise ValueError(f"'{name}' is no timezone we know; write one such as Europe/Berlin.")
    return name


def _locale(tag: str) -> str:
    try:
        if not _LOCALE.fullmatch(tag):
            raise ValueError(tag)
        Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        raise ValueError(f"'{tag}' is no language we know; write de or de-CH.") from None
    return tag


def _email(address: str) -> str:
    """Reserved names such as ``.test`` pass: they never reach anybody by accident."""
    try:
        found = validate_email(
            address, allow_smtputf8=False, check_deliverability=False, test_environment=True
        )
    except EmailNotValidError as error:
        raise ValueError(f"This is no email address: {error}") from None
    return str(found.ascii_email)


def _phone(number: str) -> str:
    """In the form of E.164: +, country code, number, nothing else."""
    try:
        found = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        raise ValueError("Write the number with its country code, as in +49 30 23125142.") from None
    if found.extension or not phonenumbers.is_possible_number(found):
        raise ValueError("This is no full phone number without extension, as +49 30 23125142 is.")
    return str(phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164))


def _desk_phone(number: str) -> str:
    """Kept as written, since people read it; only checked."""
    _phone(number)
    return number


def _web_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        fits = False
    if not fits or not url.isprintable() or " " in url:
        raise ValueError("Write a whole address, such as https://example.com/path.")
    if "@" in parts.netloc:
        raise ValueError("Leave user name and password out of the address; they would be visible.")
    return url


def _slack(destination: str) -> str:
    """An id, ``workspace/id``, or the email address by which Slack knows a member."""
    workspace, _, address = destination.rpartition("/")
    if "@" in address[1:]:
        known = _email(address)
        return f"{workspace}/{known}" if workspace else known
    if not _SLACK.fullmatch(destination):
        raise ValueError(
            "Write the id of a Slack channel or member, such as C024BE91L (with its workspace:"
            " T024BE7LD/C024BE91L), or the member's email address."
        )
    return destination


def _webhook_secret(secret: str) -> str:
    """Standard Webhooks, "Signature scheme": ``whsec_`` and base64 of 24 to 64 bytes."""
    if secret == MASK:
        return secret
    prefix, _, encoded = secret.partition("_")
    try:
        size = len(base64.b64decode(encoded, validate=True))
    except binascii.Error:
        size = 0
    if prefix != "whsec" or not 24 <= size <= 64:
        raise ValueError("Write whsec_ followed by 24 to 64 random bytes in base64.")
    return secret


def _apprise_url(url: str) -> str:
    if not _APPRISE.fullmatch(url):
        raise ValueError("Write a whole Apprise address, such as ntfy://token@push.example/topic.")
    return url


def _template(text: str) -> str:
    """Only read, never rendered: what is broken is said now, not in an outage."""
    try:
        _templates.parse(text)
    except TemplateSyntaxError as error:
        raise ValueError(
            f"Line {error.lineno} is no sound Jinja template: {str(error.message).rstrip('.')}."
        ) from None
    return text


def _wall_clock(clock: str) -> str:
    if not _CLOCK.fullmatch(clock):
        raise ValueError('Write hours and minutes, such as "22:00".')
    return clock


def _kind_for_clients(kind: Kind) -> Kind:
    if kind.for_staff:
        raise ValueError(f"'{kind.value}' goes to your own people; name a message to clients.")
    return kind


def _short_number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    checked(one_line),
    Settled,
]
Key = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$",
        description="lower case letters, digits, dot, underscore and hyphen, at most 63",
    ),
]
TemplateLine = Annotated[Name, checked(_template)]
TemplateText = Annotated[Text, checked(_template)]
Timezone = Annotated[str, Field(max_length=64), checked(_timezone)]
LocaleTag = Annotated[str, Field(max_length=20), checked(_locale)]
Email = Annotated[str, Field(max_length=254), checked(_email)]
Phone = Annotated[str, Field(max_length=40), checked(_phone)]
DeskPhone = Annotated[str, Field(max_length=40), checked(_desk_phone)]
WebUrl = Annotated[str, Field(max_length=2048), checked(_web_url)]
TeamsUrl = Annotated[str, Field(max_length=4096), checked(_web_url)]
AppriseUrl = Annotated[str, Field(max_length=4096), checked(_apprise_url)]
WebhookSecret = Annotated[str, Field(max_length=128), checked(_webhook_secret)]
WallClock = Annotated[str, Field(max_length=5), checked(_wall_clock)]
checked_kind_for_clients = AfterValidator(_kind_for_clients)
SlackId = Annotated[str, Field(max_length=300), checked(_slack)]

_AsNumber = PlainSerializer(_short_number, return_type=int | float, when_used="json")
_YEAR = 527_040
Minutes = Annotated[Decimal, Field(ge=0, le=_YEAR, max_digits=12), _AsNumber]
PositiveMinutes = Annotated[Decimal, Field(gt=0, le=_YEAR, max_digits=12), _AsNumber]


def without_repeats(values: Any) -> Any:
    """The same role or channel twice in one list is meant once."""
    return list(dict.fromkeys(values)) if isinstance(values, list) and _plain(values) else values


def _plain(values: list[Any]) -> bool:
    return all(isinstance(value, str) for value in values)
