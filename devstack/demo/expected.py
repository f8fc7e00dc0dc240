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
FINN = Reader("finn@acme.example", "email", "de", "Finn Roth")
HINNERK = Reader("hinnerk@alster.example", "email", "de", "Hinnerk Voss")
AYO = Reader("ayo@brightside.example", "email", "en", "Ayo Bright")
CHLOE = Reader("chloe@lumiere.example", "email", "fr", "Chloé Martin")
INES = Reader("ines@sol.example", "email", "es", "Inés Vega")

OF_THE_OUTAGE = (
    JO,
    Reader("C0ACMEOPS", "slack", "de"),
    Reader("mara@acme.example", "email", "de", "Mara Lind"),
    HINNERK,
    AYO,
    Reader("brightside-tickets", "webhook", "en"),
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
_NEW = {"de": "NEU:", "fr": "NOUVEAU"}
_OWN_WORDS = "Ihre Leitstelle Nordwind"


def _first(reader: Reader) -> str:
    if reader.channel == "slack":
        return _NEW[reader.language]
    return _OWN_WORDS if reader.to.endswith("@acme.example") else _FIRST[reader.language]


def _to(step: str, readers: tuple[Reader, ...], says: str) -> tuple[Expected, ...]:
    return tuple(Expected(step, r.to, r.channel, says, r.name) for r in readers)


STEPS = ("first", "update", "ETA", "resolved", "closed", "review", "planned")
"""What clients are told, in order."""

# The escalation manager at once; after 12 seconds without an acknowledge the account managers;
# Ann and Priya take theirs, Marcus does not, so after 30 seconds his deputy. The other deputies
# are left in peace, as is the client whose systems all work: who is not here hears nothing.
_STAFF = (
    ("asked for a yes", "ann@nordwind.example", "Please approve"),
    ("escalated at once", "eva@nordwind.example", "Please take"),
    ("escalated", "ann@nordwind.example", "Please take"),
    ("escalated", "priya@nordwind.example", "Please take"),
    ("escalated", "marcus@nordwind.example", "Please take"),
    ("told it is taken", "eva@nordwind.example", "Ann Weiss took"),
    ("told it is taken", "eva@nordwind.example", "Priya Shah took"),
    ("escalated further", "lena@nordwind.example", "Please take"),
)

EXPECTED: tuple[Expected, ...] = (
    *(Expected("first", r.to, r.channel, _first(r), r.name) for r in OF_THE_OUTAGE),
    *_to("update", OF_THE_OUTAGE, outage.FOUND),
    *_to("ETA", OF_THE_OUTAGE, outage.LONGER),
    *(
        Expected("resolved", r.to, r.channel, _WORKS_AGAIN[r.language], r.name)
        for r in OF_THE_OUTAGE
    ),
    *_to("closed", OF_THE_CLOSURE, outage.ROOT_CAUSE),
    *_to("review", OF_THE_CLOSURE, outage.IN_ONE_SENTENCE),
    *_to("planned", OF_PLANNED_WORK, outage.PURPOSE),
    *(Expected(step, to, "email", says) for step, to, says in _STAFF),
)

APPROVED = Expected("first", HINNERK.to, "email", _FIRST["de"], HINNERK.name)
"""Does not come before Ann says yes."""
