"""Tocsin's words: the closed lists that services, API and messages share."""

from __future__ import annotations

from enum import StrEnum

_SEVERITY_WORDS = ("critical", "major", "moderate", "minor", "notice")


class Severity(StrEnum):
    SEV1 = "sev1"
    SEV2 = "sev2"
    SEV3 = "sev3"
    SEV4 = "sev4"
    SEV5 = "sev5"

    @property
    def rank(self) -> int:
        """1 for the most severe, 5 for the least."""
        return int(self.value[-1])

    @property
    def words(self) -> str:
        """For a sentence: "critical", where "sev1" would have to be looked up."""
        return _SEVERITY_WORDS[self.rank - 1]

    def at_least(self, other: Severity) -> bool:
        """Whether this is as severe as ``other`` or more so."""
        return self.rank <= other.rank


class Status(StrEnum):
    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"

    @property
    def is_open(self) -> bool:
        return self in OPEN_STATUSES


OPEN_STATUSES = frozenset({Status.INVESTIGATING, Status.IDENTIFIED, Status.MONITORING})


class Visibility(StrEnum):
    INTERNAL = "internal"
    PUBLISHED = "published"


class ImpactLevel(StrEnum):
    DEGRADED = "degraded"
    PARTIAL = "partial"
    DOWN = "down"


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    VOICE = "voice"
    SLACK = "slack"
    TEAMS = "teams"
    WEBHOOK = "webhook"
    APPRISE = "apprise"


class Kind(StrEnum):
    """What a message is; an event that makes messages carries it, decided by its publisher."""

    INITIAL = "initial"
    UPDATE = "update"
    ETA_CHANGE = "eta_change"
    WORKAROUND = "workaround"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CLOSURE = "closure"
    ESCALATION = "escalation"
    ESCALATION_TAKEN = "escalation_taken"
    ESCALATION_HANDED_OVER = "escalation_handed_over"
    ESCALATION_EXHAUSTED = "escalation_exhausted"

    @property
    def for_staff(self) -> bool:
        return self in STAFF_KINDS


STAFF_KINDS = frozenset(
    {
        Kind.ESCALATION,
        Kind.ESCALATION_TAKEN,
        Kind.ESCALATION_HANDED_OVER,
        Kind.ESCALATION_EXHAUSTED,
    }
)


class StaffRole(StrEnum):
    ACCOUNT_MANAGER = "account_manager"
    DEPUTY = "deputy"
    ESCALATION_MANAGER = "escalation_manager"
    DIRECTOR = "director"


class DeliveryState(StrEnum):
    """Where one message to one destination stands."""

    PLANNED = "planned"
    """A fallback whose sibling is undecided."""
    WAITING = "waiting"
    """The gate said until when, and why."""
    PENDING = "pending"
    """Goes when it is due; a retry too."""
    SENDING = "sending"
    """A worker holds its lease and speaks to the provider."""
    ACCEPTED = "accepted"
    """The provider took it; whether a person has it is not known."""
    DELIVERED = "delivered"
    """The provider says that it arrived."""
    UNKNOWN = "unknown"
    """It may have been taken: the answer was lost, and so was the answer to the one repeat."""
    FAILED = "failed"
    """The provider refused it for good, or the last retry was refused."""
    SKIPPED = "skipped"
    """Never sent, by a rule whose reason stands beside it."""
    SUPERSEDED = "superseded"
    """Replaced by a newer message before it went out."""


class Verb(StrEnum):
    """What a person may answer to an escalation step."""

    TAKE = "take"
    DECLINE = "decline"
    HAND_OVER = "hand_over"
    PAUSE = "pause"
    RESUME = "resume"
    ESCALATE = "escalate"
    DE_ESCALATE = "de_escalate"


class EscalationState(StrEnum):
    ARMED = "armed"
    """Timers run; nobody was called yet."""
    NOTIFIED = "notified"
    """At least one step has called somebody."""
    TAKEN = "taken"
    """A person has it, until the take expires."""
    EXHAUSTED = "exhausted"
    """Every step has fired and nobody took it."""
    STOPPED = "stopped"
    """The incident was resolved, closed or cancelled."""
