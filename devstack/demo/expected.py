"""Who has to be told what in the sample outage. The demo's exit code is decided by this table.

It is written by hand from ``provider.yaml``, and knows nothing of Tocsin's own decisions.
"""

from __future__ import annotations

from dataclasses import dataclass

from devstack.demo import outage


@dataclass(frozen=True)
class Expected:
    """One message: ``to`` is the address as the sandbox shows it, ``says`` a part of its text.

    ``reader`` is whom the text greets, where it greets somebody.
    """

    step: str
    to: str
    channel: str
    says: str
    reader: str = ""


@dataclass(frozen=True)
class Reader:
    """A client's stakeholder, and the language they read in."""

    to: str
    channel: str
    language: str
    name: str = ""


JO = Reader("jo@acme.example", "email", "de", "Jo Frei")
MARA_BY_TEXT = Reader("+4915112345671", "sms", "de")
FINN = Reader("finn@acme.example", "email", "de", "Finn Roth")
HINNERK = Reader("hinnerk@alster.example", "email", "de", "Hinnerk Voss")
AYO = Reader("ayo@brightside.example", "email", "en", "Ayo Bright")
CHLOE = Reader("chloe@lumiere.example", "email", "fr", "Chloé Martin")
INES = Reader("ines@sol.example", "email", "es", "Inés Vega")

OF_THE_OUTAGE = (
    JO,
    Reader("C0ACMEOPS", "slack", "de"),
    Reader("mara@acme.example", "email", "de", "Mara Lind"),
    MARA_BY_TEXT,
    HINNERK,
    AYO,
    Reader("brightside-tickets", "webhook", "en"),
    Reader("brightside-it", "teams", "en"),
    CHLOE,
    Reader("C0LUMIERE", "slack", "fr"),
    Reader("luc@lumiere.example", "email", "fr", "Luc Perrin"),
    INES,
    Reader("rafa@sol.example", "email", "es", "Rafa Ortiz"),
)
"""Told from the first word on. ``rafa`` wishes to hear of the worst only, and this is the worst."""

OF_THE_CLOSURE = (*OF_THE_OUTAGE, FINN)
"""Finn's plan lets him hear from the closing note on."""

OF_PLANNED_WORK = (JO, HINNERK, AYO, CHLOE, INES)
"""Planned work is not the worst, so Rafa is left in peace; no rule names chat or tickets for it."""

CLIENT_READERS = OF_THE_CLOSURE

_FIRST = {
    "de": "Was wir tun:",
    "en": "What we are doing:",
    "fr": "Ce que nous faisons",
    "es": "Qué estamos haciendo",
}
_WORKS_AGAIN = {
    "de": "wieder seit",
    "en": "working again since",
    "fr": "fonctionne de nouveau depuis",
    "es": "funciona de nuevo desde",
}
_NEW = {"de": "NEU:", "en": "disrupted since", "fr": "NOUVEAU"}
_IN_ONE_TEXT = {
    "first": "bei ACME seit",
    "update": "Wieder da spätestens",
    "ETA": "weitere wieder da spätestens",
    "resolved": "funktioniert wieder seit",
    "closed": "Ursache und was sich ändert",
    "review": "der Bericht zur Störung",
}
"""A text message has room for the state and the next word, and for a link to the rest."""
_OWN_WORDS = "Ihre Leitstelle Nordwind"


def _first(reader: Reader) -> str:
    if reader.channel in ("slack", "teams"):
        return _NEW[reader.language]
    return _OWN_WORDS if reader.to.endswith("@acme.example") else _FIRST[reader.language]


def _to(step: str, readers: tuple[Reader, ...], says: str) -> tuple[Expected, ...]:
    return tuple(_told(step, reader, says) for reader in readers)


def _told(step: str, reader: Reader, says: str) -> Expected:
    words = _IN_ONE_TEXT[step] if reader.channel == "sms" else says
    return Expected(step, reader.to, reader.channel, words, reader.name)


STEPS = ("first", "update", "ETA", "resolved", "closed", "review", "planned")
"""What clients are told, in order."""

LENA = "+34915550142"
INES_BY_TEXT = "+34612345678"
# Whoever is on duty at once; after 12 seconds without an acknowledge the account managers, and Owen
# for Priya, who is on leave. Ann and Owen take theirs, Marcus does not, so after 30 seconds his
# deputy's telephone rings, who takes it by a key. The other deputies are left in peace, as is the
# client whose systems all work: who is not here hears nothing. Sol's own people are asked by a list
# of its own: nobody confirms, so its IT lead gets a text, and does.
_STAFF = (
    ("asked for a yes", "ann@nordwind.example", "email", "Please approve"),
    ("escalated at once", "eva@nordwind.example", "email", "Please take"),
    ("escalated", "ann@nordwind.example", "email", "Please take"),
    ("escalated", "owen@nordwind.example", "email", "Priya Shah"),
    ("escalated", "marcus@nordwind.example", "email", "Please take"),
    ("told it is taken", "eva@nordwind.example", "email", "Ann Weiss took"),
    ("told it is taken", "eva@nordwind.example", "email", "Owen Hughes took"),
    ("escalated further", LENA, "voice", "To take this, press 1"),
    ("told it is taken too", "eva@nordwind.example", "email", "Lena Ortiz took"),
    ("told it is taken too", "marcus@nordwind.example", "email", "Lena Ortiz took"),
    ("not confirmed", INES_BY_TEXT, "sms", "Archivos"),
    ("told of the yes", "lena@nordwind.example", "email", "has confirmed"),
)

# Mara asks by text. Ann, who has ACME, reads it and answers; both words come back by text.
_QUESTION = (
    ("asked", "ann@nordwind.example", "email", outage.QUESTION),
    ("question received", MARA_BY_TEXT.to, "sms", "Ihre Frage"),
    ("answered", MARA_BY_TEXT.to, "sms", outage.ANSWER),
)

EXPECTED: tuple[Expected, ...] = (
    *(_told("first", reader, _first(reader)) for reader in OF_THE_OUTAGE),
    *_to("update", OF_THE_OUTAGE, outage.FOUND),
    *_to("ETA", OF_THE_OUTAGE, outage.LONGER),
    *(_told("resolved", reader, _WORKS_AGAIN[reader.language]) for reader in OF_THE_OUTAGE),
    *_to("closed", OF_THE_CLOSURE, outage.ROOT_CAUSE),
    *_to("review", OF_THE_CLOSURE, outage.IN_ONE_SENTENCE),
    *_to("planned", OF_PLANNED_WORK, outage.PURPOSE),
    *(Expected(step, to, channel, says) for step, to, channel, says in (*_STAFF, *_QUESTION)),
)

APPROVED = Expected("first", HINNERK.to, "email", _FIRST["de"], HINNERK.name)
"""Does not come before Ann says yes."""
