"""The topic registry: who owns each topic, who reads it, how it is keyed and kept."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin_contracts import events as e
from tocsin_contracts.envelope import EventData

DAY_MS = 86_400_000

MAX_EVENT_BYTES = 4 * 1024 * 1024
"""The largest event a topic takes. An audience travels whole, some 350 bytes a client; Kafka's own
default of 1 MB would stop an outage that concerns three thousand."""


@dataclass(frozen=True)
class Topic:
    """One topic; ``retention_ms`` ``None`` means compacted: the newest of each key is kept."""

    name: str
    owner: str
    consumers: tuple[str, ...]
    key: str
    partitions: int
    types: tuple[type[EventData], ...]
    retention_ms: int | None = 30 * DAY_MS
    max_compaction_lag_ms: int | None = None

    @property
    def compacted(self) -> bool:
        return self.retention_ms is None

    @property
    def settings(self) -> dict[str, str | int]:
        """Its settings by their names in Kafka."""
        size: dict[str, str | int] = {"max.message.bytes": MAX_EVENT_BYTES}
        if self.retention_ms is not None:
            return {"cleanup.policy": "delete", "retention.ms": self.retention_ms, **size}
        lag = self.max_compaction_lag_ms
        compacted: dict[str, str | int] = {"cleanup.policy": "compact", **size}
        return compacted if lag is None else {**compacted, "max.compaction.lag.ms": lag}


INCIDENTS = Topic(
    name="tocsin.incidents",
    owner="incident-api",
    consumers=("dispatcher", "escalation"),
    key="incident id",
    partitions=12,
    types=(
        e.IncidentOpened,
        e.IncidentPublished,
        e.IncidentUpdated,
        e.IncidentChanged,
        e.AudienceChanged,
        e.IncidentAcknowledged,
        e.IncidentResolved,
        e.IncidentReopened,
        e.IncidentClosed,
        e.IncidentCancelled,
        e.IncidentStepAnswered,
        e.FollowUpChanged,
        e.HoldingNoticeIssued,
        e.IncidentCorrected,
        e.IncidentLinked,
        e.ReviewPublished,
        e.ApprovalDecided,
        e.ContactMade,
        e.FeedbackGiven,
        e.MaintenanceAnnounced,
        e.MaintenanceRescheduled,
        e.MaintenanceCancelled,
        e.MaintenanceReminderDue,
        e.MaintenanceStarted,
        e.MaintenanceOverrun,
        e.MaintenanceEnded,
        e.ClientReleased,
        e.QuestionAsked,
        e.QuestionAnswered,
        e.IncidentReceiptConfirmed,
        e.ResendRequested,
        e.SuppressionLifted,
        e.ChannelPaused,
        e.ChannelResumed,
        e.TestRequested,
        e.DestinationAdded,
    ),
)
DIRECTORY = Topic(
    name="tocsin.directory",
    owner="incident-api",
    consumers=("dispatcher", "escalation"),
    key="kind:key",
    partitions=1,
    types=(
        e.ProviderChanged,
        e.ClientChanged,
        e.SystemChanged,
        e.TeamChanged,
        e.PlanChanged,
        e.PolicyChanged,
        e.TemplateChanged,
        e.ContactErased,
        e.RevisionCompleted,
    ),
    retention_ms=None,
    max_compaction_lag_ms=7 * DAY_MS,
)
CONTACTS = Topic(
    name="tocsin.contacts",
    owner="incident-api",
    consumers=("dispatcher",),
    key="client/person",
    partitions=1,
    types=(e.ContactChanged, e.RevisionCompleted),
    retention_ms=None,
    max_compaction_lag_ms=7 * DAY_MS,
)
NOTIFICATIONS = Topic(
    name="tocsin.notifications",
    owner="dispatcher",
    consumers=("incident-api", "escalation"),
    key="incident id",
    partitions=12,
    types=(
        e.NotificationPlanned,
        e.OutcomesRecorded,
        e.ClientWaiting,
        e.ApprovalRequested,
        e.ApprovalEnded,
        e.ReplyReceived,
        e.ReplyConfirmed,
        e.ReplyStepAnswered,
        e.ContactUnreachable,
        e.Unsubscribed,
        e.SuppressionChanged,
        e.ChannelStateChanged,
    ),
)
ESCALATIONS = Topic(
    name="tocsin.escalations",
    owner="escalation",
    consumers=("incident-api", "dispatcher"),
    key="incident id",
    partitions=12,
    types=(
        e.EscalationArmed,
        e.StepFired,
        e.StepSkipped,
        e.StepCancelled,
        e.EscalationTaken,
        e.EscalationDeclined,
        e.EscalationHandedOver,
        e.EscalationPaused,
        e.EscalationResumed,
        e.EscalationEscalated,
        e.EscalationDeEscalated,
        e.EscalationConfirmed,
        e.TakeExpired,
        e.EscalationExhausted,
        e.EscalationStopped,
        e.UpdateDue,
        e.UpdateOverdue,
        e.PromiseAtRisk,
        e.PromiseKept,
        e.PromiseBreached,
    ),
)

EVENT_TOPICS = (INCIDENTS, DIRECTORY, CONTACTS, NOTIFICATIONS, ESCALATIONS)


def dead_letter_topic(service: str) -> Topic:
    """Where a service's consumer group puts what it cannot parse; bytes as they came."""
    return Topic(
        name=f"tocsin.{service}.deadletters",
        owner=service,
        consumers=(service,),
        key="as received",
        partitions=1,
        types=(),
        retention_ms=14 * DAY_MS,
    )


SERVICES = ("incident-api", "dispatcher", "escalation")
DEAD_LETTERS = tuple(dead_letter_topic(service) for service in SERVICES)
ALL_TOPICS = (*EVENT_TOPICS, *DEAD_LETTERS)

KNOWN_TYPES: dict[str, type[EventData]] = {
    data.event_type: data for topic in EVENT_TOPICS for data in topic.types
}
