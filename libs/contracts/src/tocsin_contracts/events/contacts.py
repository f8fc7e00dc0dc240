"""Addresses, for the dispatcher alone; on ``tocsin.contacts``, compacted, one partition."""

from __future__ import annotations

from tocsin_contracts import directory as doc
from tocsin_contracts.envelope import EventData
from tocsin_contracts.model import PersonKey, Slug


class ContactChanged(EventData):
    """Addresses of one person: a client's contact, or staff where ``client_key`` is ``None``.

    A ``None`` for ``addresses`` means removed.
    """

    event_type = "tocsin.contact.changed.v1"
    revision: int
    client_key: Slug | None
    person: PersonKey
    name: str
    addresses: doc.Addresses | None
