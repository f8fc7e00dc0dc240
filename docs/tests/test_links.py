"""Every link in the documents leads to a file, and to a heading where it names one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("", "docs", "docs/adr", "deploy/k8s", "bench", "devstack", "devstack/sandbox")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


def pages() -> list[Path]:
    return sorted(page for folder in FOLDERS for page in (ROOT / folder).glob("*.md"))


def broken(page: Path, text: str) -> Iterator[str]:
    for target in LINK.findall(text):
        if "://" in target or target.startswith("mailto:"):
            continue
        path, _, anchor = target.partition("#")
        file = page.parent / path if path else page
        if not file.exists():
            yield f"{target} leads nowhere"
        elif anchor and anchor not in anchors(text if file == page else file.read_text()):
            yield f"{target}: no such heading"


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as they are made where it is shown."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in HEADING.findall(text)
    }


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    assert list(broken(page, page.read_text())) == []


def test_a_link_to_nowhere_is_noticed() -> None:
    page = ROOT / "docs" / "contracts.md"
    text = "# Here it is\n[a](adr/README.md) [b](#here-it-is) [c](gone.md) [d](adr/README.md#gone)"
    assert list(broken(page, text)) == [
        "gone.md leads nowhere",
        "adr/README.md#gone: no such heading",
    ]
