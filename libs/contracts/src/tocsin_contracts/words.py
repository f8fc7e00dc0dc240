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
    HOLDING_NOTICE = "holding_notice"
    UPDATE = "update"
    NO_NEWS = "no_news"
    ETA_CHANGE = "eta_change"
    WORKAROUND = "workaround"
    CORRECTION = "correction"
    RESOLVED = "resolved"
    CLOSURE = "closure"
    REVIEW = "review"
    MAINTENANCE_ANNOUNCED = "maintenance_announced"
    MAINTENANCE_REMINDER = "maintenance_reminder"
    MAINTENANCE_RESCHEDULED = "maintenance_rescheduled"
    MAINTENANCE_CANCELLED = "maintenance_cancelled"
    MAINTENANCE_STARTED = "maintenance_started"
    MAINTENANCE_ENDED = "maintenance_ended"
    REOPENED = "reopened"
    DIGEST = "digest"
    APPROVAL_REQUEST = "approval_request"
    ESCALATION = "escalation"
    ESCALATION_TAKEN = "escalation_taken"
    ESCALATION_HANDED_OVER = "escalation_handed_over"
    ESCALATION_EXHAUSTED = "escalation_exhausted"
    UPDATE_OVERDUE = "update_overdue"
    SLA_AT_RISK = "sla_at_risk"
    SLA_BREACHED = "sla_breached"
    QUESTION_RECEIVED = "question_received"
    AUTO_ANSWER = "auto_answer"
    ANSWERED = "answered"
    FEEDBACK_REQUEST = "feedback_request"
    STAFF_NOTE = "staff_note"
    """One fact and a link for staff; beside the thirty, without a preview."""
    CONFIRM_DESTINATION = "confirm_destination"
    """Asks whether messages are wanted at an address that a client added itself."""
    TEST = "test"
    """Somebody tries a destination; nothing is wrong."""

    @property
    def for_staff(self) -> bool:
        return self in STAFF_KINDS

    @property
    def of_no_outage(self) -> bool:
        """It speaks of no incident and no planned work, and stands in no thread."""
        return self in (Kind.CONFIRM_DESTINATION, Kind.TEST)

    @property
    def of_maintenance(self) -> bool:
        return self in MAINTENANCE_KINDS


STAFF_KINDS = frozenset(
    {
        Kind.APPROVAL_REQUEST,
        Kind.ESCALATION,
        Kind.ESCALATION_TAKEN,
        Kind.ESCALATION_HANDED_OVER,
        Kind.ESCALATION_EXHAUSTED,
        Kind.UPDATE_OVERDUE,
        Kind.SLA_AT_RISK,
        Kind.SLA_BREACHED,
        Kind.QUESTION_RECEIVED,
        Kind.STAFF_NOTE,
    }
)
MAINTENANCE_KINDS = frozenset(kind for kind in Kind if kind.value.startswith("maintenance_"))


class Promise(StrEnum):
    """What a client was promised a word by."""

    FIRST_NOTICE = "first_notice"
    UPDATE = "update"
    CLOSURE = "closure"


class PromiseState(StrEnum):
    PENDING = "pending"
    """Its moment is still to come."""
    AT_RISK = "at_risk"
    """Its moment is near and nothing has been accepted yet."""
    KEPT = "kept"
    """Each notify rule had one accepted person by the moment."""
    BREACHED = "breached"
    """The moment passed before that."""


class OnNoAnswer(StrEnum):
    """What becomes of a message whose approver has not answered in time."""

    SEND = "send"
    HOLDING_NOTICE = "holding_notice"
    """In place of a first notice; any other kind is sent as it is."""
    ALERT = "alert"
    """Nothing is sent, and the escalation manager is told."""


class Decision(StrEnum):
    """What an approver says."""

    APPROVE = "approve"
    REFUSE = "refuse"


class Rating(StrEnum):
    """How well a client's reader felt informed."""

    GOOD = "good"
    MIXED = "mixed"
    POOR = "poor"


class MaintenanceStatus(StrEnum):
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class MaintenanceOutcome(StrEnum):
    DONE = "done"
    PARTLY = "partly"
    UNDONE = "undone"


class AlertsDuring(StrEnum):
    """What a maintenance window does with alerts on its systems."""

    SUPPRESS = "suppress"
    MARK = "mark"


class StaffRole(StrEnum):
    ACCOUNT_MANAGER = "account_manager"
    DEPUTY = "deputy"
    ESCALATION_MANAGER = "escalation_manager"
    DIRECTOR = "director"


class QuestionSource(StrEnum):
    """Where a client's question or a receipt came from; an answer goes back there."""

    EMAIL = "email"
    SMS = "sms"
    VOICE = "voice"
    SLACK = "slack"
    TEAMS = "teams"
    PORTAL = "portal"
    LINK = "link"
    """The page behind a notice's link."""
    PHONE = "phone"
    """A person heard it on the telephone and wrote it down."""


class SuppressionCause(StrEnum):
    """Why we must not write to a destination."""

    STOP = "stop"
    """The reader wrote STOP."""
    HARD_BOUNCE = "hard_bounce"
    """The address does not exist, or takes nothing for good."""
    COMPLAINT = "complaint"
    """The reader, or their provider, called it unwanted."""
    UNFIT = "unfit"
    """It cannot be used this way: a landline for text, a premium-rate number."""
    FAILING = "failing"
    """A webhook's endpoint has failed for days, or said that it is gone for good."""
    BY_HAND = "by_hand"


class Circuit(StrEnum):
    """Whether a provider is used."""

    CLOSED = "closed"
    """It works; messages go there."""
    OPEN = "open"
    """It failed repeatedly; messages go to the next provider, or wait."""
    PROBING = "probing"
    """A few messages try whether it works again."""


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
