"""Where the telephone network asks us what to say next, and tells how a call ended."""

from __future__ import annotations

from urllib.parse import urlencode

PREFIX = "/callbacks/twilio/voice"


def answer_url(base: str, delivery_id: str) -> str:
    """Asked when somebody, or a machine, has picked up."""
    return _url(base, "answer", delivery=delivery_id)


def keys_url(base: str, delivery_id: str, times: int) -> str:
    """Asked with the key that was pressed after it was read so many times."""
    return _url(base, "keys", delivery=delivery_id, times=str(times))


def dialled_url(base: str, delivery_id: str) -> str:
    """Asked when the person whom key 3 leads to has hung up, or did not answer."""
    return _url(base, "dialled", delivery=delivery_id)


def status_url(base: str, delivery_id: str) -> str:
    return _url(base, "status", delivery=delivery_id)


def _url(base: str, place: str, **query: str) -> str:
    return f"{base}{PREFIX}/{place}?{urlencode(query)}"
