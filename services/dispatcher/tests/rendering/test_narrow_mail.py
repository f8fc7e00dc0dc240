"""A mail in a real browser: as narrow as a telephone, by day and by night.

Optional: where there is no Chromium there is nothing to look with.
"""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from dispatcher.channels.message import Thread
from dispatcher.rendering.render import Renderer
from tocsin_contracts.words import Channel, Kind

from services.dispatcher.tests.rendering.story import EVERY_KIND, reader_of

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
NIGHT = "--blink-settings=preferredColorScheme=0"
DAY = "--blink-settings=preferredColorScheme=1"
PROBE = """<script>
onload = () => { const d = document.querySelector("iframe").contentDocument;
const look = c => getComputedStyle(d.querySelector(c));
document.title = [d.documentElement.scrollWidth, look(".card").backgroundColor,
  look(".cell.body").color].join("|"); };
</script>"""


def _mail(kind: Kind) -> str:
    notice = EVERY_KIND[kind]()
    long = "https://status.example/" + "unbreakable" * 12
    reader = reader_of(notice).model_copy(update={"why": f"You asked at {long}"})
    rendered = Renderer().render(notice, reader, Channel.EMAIL, Thread("<d@n>"))
    assert rendered.html is not None
    return rendered.html


def _seen(mail: str, width: int, folder: Path, *flags: str) -> tuple[int, str, str]:
    """How wide a mail gets in a frame of ``width``, its card's ground and its text's colour."""
    page = folder / "page.html"
    style = f"border:0;width:{width}px;height:3000px"
    frame = f'<iframe style="{style}" srcdoc="{html.escape(mail)}"></iframe>'
    page.write_text(f"<!doctype html><title></title>{PROBE}{frame}")
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", *flags]
    command += [f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=2000"]
    done = subprocess.run(
        [*command, "--dump-dom", page.as_uri()], capture_output=True, timeout=60, check=True
    )
    title = re.search(r"<title>([^<]*)</title>", done.stdout.decode())
    assert title is not None
    wide, ground, ink = title[1].split("|")
    return int(wide), ground, ink


def _brightness(colour: str) -> int:
    return sum(int(part) for part in re.findall(r"\d+", colour)[:3])


@pytest.mark.parametrize("kind", [Kind.UPDATE, Kind.ESCALATION, Kind.CLOSURE])
def test_nothing_reaches_beyond_a_telephones_edge(kind: Kind, tmp_path: Path) -> None:
    wide, _, _ = _seen(_mail(kind), 320, tmp_path)

    assert wide <= 320


def test_by_night_the_ground_is_dark_and_the_words_are_light(tmp_path: Path) -> None:
    _, ground, ink = _seen(_mail(Kind.UPDATE), 800, tmp_path, NIGHT)

    assert _brightness(ground) < 150
    assert _brightness(ink) > 600


def test_by_day_it_is_the_other_way_round(tmp_path: Path) -> None:
    _, ground, ink = _seen(
        _mail(Kind.UPDATE), 800, tmp_path, "--blink-settings=preferredColorScheme=1"
    )

    assert _brightness(ground) > 600
    assert _brightness(ink) < 150
