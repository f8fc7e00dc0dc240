"""Every link in the documents leads to a file, and to a heading where it names one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("", "docs", "docs/adr", "deploy/k8s", "bench", "devstack", "devstack/sandbox")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
NAMED = re.compile(r"\[`([\w.]+)`\]\(([^)\s]+\.py)\)")
METRIC = re.compile(r"`(tocsin_[a-z_]+)")
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


def misnamed(page: Path, text: str) -> Iterator[str]:
    """Names of code that the file behind their link does not define."""
    for shown, target in NAMED.findall(text):
        file, name = page.parent / target, shown.rpartition(".")[2]
        if not re.search(rf"\b(def|class) {name}\b", file.read_text()):
            yield f"{target} defines no {name}"


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as they are made where it is shown."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in HEADING.findall(text)
    }


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    assert list(broken(page, page.read_text())) == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_name_of_code_is_where_its_link_leads(page: Path) -> None:
    assert list(misnamed(page, page.read_text())) == []


def test_a_name_that_is_gone_is_noticed() -> None:
    page = ROOT / "docs" / "contracts.md"
    text = "[`Topic`](../deploy/keys.py) [`fresh`](../deploy/keys.py)"
    assert list(misnamed(page, text)) == ["../deploy/keys.py defines no Topic"]


def test_every_metric_that_operators_are_told_of_exists() -> None:
    named = set(METRIC.findall((ROOT / "docs" / "operations.md").read_text()))
    listed = [*ROOT.glob("services/*/src/*/metrics.py"), *ROOT.glob("libs/*/src/*/metrics.py")]
    defined = "".join(path.read_text() for path in listed)
    assert named
    assert {name for name in named if f'"{name}"' not in defined} == set()


def test_a_link_to_nowhere_is_noticed() -> None:
    page = ROOT / "docs" / "contracts.md"
    text = "# Here it is\n[a](adr/README.md) [b](#here-it-is) [c](gone.md) [d](adr/README.md#gone)"
    assert list(broken(page, text)) == [
        "gone.md leads nowhere",
        "adr/README.md#gone: no such heading",
    ]
