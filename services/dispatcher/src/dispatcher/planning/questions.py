"""What follows from a client's question: whoever speaks for us with them reads it, and an answer
goes back where it was asked."""

from __future__ import annotations

from tocsin_contracts.words import Channel


def answer_thread(reply_id: str, channel: Channel, destination: str) -> str:
    """The conversation that an answer to one reply stands in, at the place it came from."""
    return f"reply/{reply_id}/{channel.value}/{destination}"
