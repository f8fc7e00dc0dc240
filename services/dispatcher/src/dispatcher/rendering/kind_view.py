"""Which variables the template of a kind gets."""

from __future__ import annotations

from typing import Any

from tocsin_contracts.words import Kind

from dispatcher.rendering.client_view import client_view
from dispatcher.rendering.digest_view import digest_view
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.reading import Reading
from dispatcher.rendering.staff_view import staff_view


def view_of(notice: Notice, reading: Reading) -> dict[str, Any]:
    if notice.kind is Kind.DIGEST:
        return digest_view(notice, reading)
    view = staff_view if notice.kind.for_staff else client_view
    return view(notice, reading)
