"""A document as one HTML file: no script, nothing from elsewhere, fit for print."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from incident_api.documents.page import Page

TEMPLATES = Path(__file__).parent / "templates"
CSS = Markup((TEMPLATES / "page.css").read_text(encoding="utf-8"))  # noqa: S704 — our own file
_STYLE = base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE}'; form-action 'none'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
_template = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
).get_template("page.html")


def as_html(page: Page, *, pdf_link: str | None = None) -> str:
    """``pdf_link`` is where the same document is had as PDF."""
    return _template.render(page=page, css=CSS, pdf_link=pdf_link)
