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


CLIENT_READERS = (
    ("jo@acme.example", "email"),
    ("C0ACMEOPS", "slack"),
    ("mara@acme.example", "email"),
    ("hinnerk@alster.example", "email"),
    ("ayo@brightside.example", "email"),
    ("brightside-tickets", "webhook"),
    ("fiona@dover.example", "email"),
    ("C0DOVERIT", "slack"),
    ("dover-tickets", "webhook"),
    ("rae@hudson.example", "email"),
    ("quinn@hudson.example", "email"),
)

_NAMES = {
    "jo@acme.example": "Jo Frei",
    "mara@acme.example": "Mara Lind",
    "hinnerk@alster.example": "Hinnerk Voss",
    "ayo@brightside.example": "Ayo Bright",
    "fiona@dover.example": "Fiona Marsh",
    "rae@hudson.example": "Rae Collins",
    "quinn@hudson.example": "Quinn Abara",
}

# What each message cannot leave out: in chat the short form, elsewhere the sentence.
_SAYS = {
    "first": {"slack": "NEW:", "": "What we are doing:"},
    "update": {"": outage.FOUND},
    "ETA": {"slack": ", was ", "": "We now expect"},
    "resolved": {"": "working again since"},
    "closed": {"": outage.ROOT_CAUSE},
}

# The escalation manager at once; after 12 seconds without an acknowledge the account managers;
# Ann and Priya take theirs, Marcus does not, so after 30 seconds his deputy. The other deputies
# are left in peace, as is the client whose systems all work: who is not here hears nothing.
_STAFF = (
    ("escalated at once", "eva@nordwind.example", "Please take"),
    ("escalated", "ann@nordwind.example", "Please take"),
    ("escalated", "priya@nordwind.example", "Please take"),
    ("escalated", "marcus@nordwind.example", "Please take"),
    ("told it is taken", "eva@nordwind.example", "Ann Weiss took"),
    ("told it is taken", "eva@nordwind.example", "Priya Shah took"),
    ("escalated further", "lena@nordwind.example", "Please take"),
)

STEPS = tuple(_SAYS)
"""What clients are told, in order."""

EXPECTED: tuple[Expected, ...] = (
    *(
        Expected(step, to, channel, says.get(channel, says[""]), _NAMES.get(to, ""))
        for step, says in _SAYS.items()
        for to, channel in CLIENT_READERS
    ),
    *(Expected(step, to, "email", says) for step, to, says in _STAFF),
)
