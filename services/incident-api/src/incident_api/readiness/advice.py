"""A directory that would leave clients without a word is applied, and said to be so."""

from __future__ import annotations

import asyncio

from incident_api.directory.advice import Advice, Proposal
from incident_api.readiness.rules import nobody_told_of_the_worst


async def warn_of_silence(proposal: Proposal) -> Advice:
    """In a thread: thousands of clients take a while to look through."""
    notes = await asyncio.to_thread(nobody_told_of_the_worst, proposal.after, proposal.view)
    return Advice(standing=tuple(notes))
