"""Which variables the template of a kind gets."""

from __future__ import annotations

from typing import Any

from dispatcher.rendering.client_view import client_view
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.reading import Reading
from dispatcher.rendering.staff_view import staff_view


def view_of(notice: Notice, reading: Reading) -> dict[str, Any]:
    view = staff_view if notice.kind.for_staff else client_view
    return view(notice, reading)
