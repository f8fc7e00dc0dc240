"""Pages for people who came by a link: no script, nothing from elsewhere, nothing kept."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

PAGES = Path(__file__).parent / "pages"
CSS = Markup((PAGES / "page.css").read_text())  # noqa: S704 — our own file
_STYLE = base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE}'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
"""The address is a secret: it must not travel as a referrer, nor stay in a shared cache."""

_environment = Environment(
    loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def page(name: str, status: int = 200, **values: Any) -> HTMLResponse:
    text = _environment.get_template(name).render(css=CSS, **values)
    return HTMLResponse(text, status, HEADERS)
