"""Which variables the template of a kind gets."""

from __future__ import annotations

from typing import Any

from tocsin_contracts.words import Kind

from dispatcher.rendering.approval_view import approval_view
from dispatcher.rendering.base_view import base_view
from dispatcher.rendering.client_view import client_view
from dispatcher.rendering.digest_view import digest_view
from dispatcher.rendering.maintenance_view import maintenance_view
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.promise_view import promise_view
from dispatcher.rendering.question_view import asker_view, question_view
from dispatcher.rendering.reading import Reading
from dispatcher.rendering.staff_view import note_view, staff_view

_OF_KIND = {
    Kind.DIGEST: digest_view,
    Kind.AUTO_ANSWER: asker_view,
    Kind.ANSWERED: asker_view,
    Kind.QUESTION_RECEIVED: question_view,
    Kind.APPROVAL_REQUEST: approval_view,
    Kind.UPDATE_OVERDUE: promise_view,
    Kind.SLA_AT_RISK: promise_view,
    Kind.SLA_BREACHED: promise_view,
    Kind.STAFF_NOTE: note_view,
    Kind.TEST: base_view,
    Kind.CONFIRM_DESTINATION: base_view,
}


def view_of(notice: Notice, reading: Reading) -> dict[str, Any]:
    if notice.kind.of_maintenance:
        return maintenance_view(notice, reading)
    usual = staff_view if notice.kind.for_staff else client_view
    return _OF_KIND.get(notice.kind, usual)(notice, reading)
