"""What a document's file is called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LONGEST_PART = 60


def file_name(parts: Iterable[str], suffix: str) -> str:
    """``Nordlicht-IT_Mail-EU_2026-11-24_ACME.pdf``: plain ASCII that any file system takes."""
    written = [_part(part) for part in parts]
    return "_".join(part for part in written if part) + suffix


def _part(text: str) -> str:
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9.]+", "-", ascii_text)[:LONGEST_PART].strip("-.")


_FORMS = (
    "GmbH & Co. KG|GmbH & Co KG|GmbH|AG|SE|KG|OHG|UG|Ltd|Ltd.|Limited|PLC|LLC|Inc|Inc.|Corp|Corp.|"
    "SA|S.A.|SAS|SARL|SL|S.L.|S.p.A.|BV|B.V.|NV|N.V.|Oy|AB|A/S|ApS|s.r.o."
)
_ENDING = re.compile(
    rf"[\s,]+(?:{'|'.join(re.escape(form) for form in _FORMS.split('|'))})$", re.IGNORECASE
)


def everyday(name: str) -> str:
    """``ACME GmbH`` → ``ACME``: a company without its legal form."""
    return _ENDING.sub("", name.strip()) or name
