"""The links that are one reader's alone, by what the message asks of them."""

from __future__ import annotations

from tocsin_contracts.words import Kind

from dispatcher.delivery.model import Claimed
from dispatcher.links.tokens import Link, Purpose
from dispatcher.rendering.notice import Notice

NOTHING_TO_TAKE = frozenset({Kind.ESCALATION_EXHAUSTED, Kind.UPDATE_OVERDUE})
BY_KIND = {Kind.REVIEW: Purpose.REVIEW, Kind.FEEDBACK_REQUEST: Purpose.FEEDBACK}


def links_for(row: Claimed, notice: Notice) -> dict[str, Link]:
    """By field of the reader; what asks nothing of them has no link."""
    links: dict[str, Link] = {}
    step = row.gated.step
    if step is not None and row.kind.for_staff and row.kind not in NOTHING_TO_TAKE:
        links["take_link"] = _link(row, Purpose.TAKE, step.client_keys)
    if notice.approval is not None:
        links["approve_link"] = _link(row, Purpose.APPROVE, (), notice.approval.id)
    if row.kind is Kind.CONFIRM_DESTINATION and row.client_key is not None:
        about = row.incident_id
        links["destination_link"] = _link(row, Purpose.DESTINATION, (row.client_key,), about)
    if notice.incident is not None and row.client_key is not None:
        # Where it stands, confirming and asking, without signing in.
        links["status_link"] = _link(row, Purpose.CONFIRM, (row.client_key,))
    purpose = BY_KIND.get(row.kind)
    if purpose is not None and row.client_key is not None:
        links[f"{purpose.value}_link"] = _link(row, purpose, (row.client_key,))
    return links


def _link(
    row: Claimed, purpose: Purpose, client_keys: tuple[str, ...], about: str | None = None
) -> Link:
    return Link(purpose, row.id, row.incident_id, row.person, client_keys, about)
