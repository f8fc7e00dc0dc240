"""What operators and clients' own people ask the dispatcher to do; on ``tocsin.incidents``."""

from __future__ import annotations

from tocsin_contracts.envelope import EventData
from tocsin_contracts.model import Moment, PersonKey, Slug
from tocsin_contracts.words import Channel


class ResendRequested(EventData):
    """Reach this person: tell them again what ``delivery_id`` told, now, past every limit.

    ``channel`` ``None``: the same one.
    """

    event_type = "tocsin.operator.resend_requested.v1"
    incident_id: str
    resend_id: str
    delivery_id: str
    channel: Channel | None = None
    actor: str
    at: Moment


class SuppressionLifted(EventData):
    """A person says that a destination may be written to again."""

    event_type = "tocsin.operator.suppression_lifted.v1"
    suppression_id: str
    actor: str
    reason: str | None = None
    at: Moment


class ChannelPaused(EventData):
    """Nothing goes out on this channel until a person resumes it; what is due waits."""

    event_type = "tocsin.operator.channel_paused.v1"
    channel: Channel
    actor: str
    reason: str | None = None
    at: Moment


class ChannelResumed(EventData):
    event_type = "tocsin.operator.channel_resumed.v1"
    channel: Channel
    actor: str
    at: Moment


class TestRequested(EventData):
    """Try one destination of one person; ``client_key`` ``None``: staff."""

    __test__ = False  # pytest would take it for a test
    event_type = "tocsin.operator.test_requested.v1"
    test_id: str
    client_key: Slug | None
    person: PersonKey
    channel: Channel
    actor: str
    at: Moment


class DestinationAdded(EventData):
    """A client's own person added a destination, which counts once it was confirmed there.

    ``sealed`` is the address, a base64 SealedBox to the dispatcher's key.
    """

    event_type = "tocsin.portal.destination_added.v1"
    destination_id: str
    client_key: Slug
    person: PersonKey
    channel: Channel
    sealed: str
    expires_at: Moment
