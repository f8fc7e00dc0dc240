"""``python -m incident_api.documents.typesetting``: a page as JSON in, a PDF out.

A process of its own, so that a document that takes too long or too much memory can be ended without
harm to anything else. What people wrote comes in as data of ``sys.inputs``; the template, which is
ours, is the only markup there is.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import typst

TEMPLATE = Path(__file__).parent / "templates" / "page.typ"
MEMORY = 2 * 1024**3
SECONDS = 30


def typeset(page: str, *, made_at: int) -> bytes:
    """``page`` is the document as JSON, ``made_at`` its date in seconds since 1970."""
    made = typst.compile(
        TEMPLATE.read_bytes(),
        sys_inputs={"page": page},
        format="pdf",
        ignore_system_fonts=True,
        timestamp=made_at,
    )
    if not isinstance(made, bytes):
        raise TypeError("the typesetter answers with one PDF")
    return made


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    page = sys.stdin.buffer.read().decode()
    sys.stdout.buffer.write(typeset(page, made_at=int(sys.argv[1])))


if __name__ == "__main__":
    main()
