"""Playing the recipient: follow the link in a message and press the button on its page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp

from devstack.sandbox.pages import Button, Form, Link, Page, links_in_message

LOOPBACK = ("127.0.0.1", "localhost", "::1")
MOST_LINKS_TRIED = 10
MOST_REDIRECTS = 5
PATIENCE = aiohttp.ClientTimeout(total=10)


class CannotAnswer(Exception):
    """Why a person with this message in front of them could not do that."""


@dataclass(frozen=True)
class Click:
    """``word`` is the link's or the button's: its label, its value or a part of its path.

    ``button`` where the page's button is called otherwise; ``fields`` are what the person types
    or chooses in the form.
    """

    word: str
    button: str | None = None
    fields: dict[str, str] = field(default_factory=dict)


async def click(item: dict[str, Any], wanted: Click) -> dict[str, Any]:
    """GET the page behind the link, POST the form it shows; say what was done and answered."""
    links = _candidates(links_in_message(item), wanted.word)
    if not links:
        raise CannotAnswer("The message has no link to this machine.")
    async with aiohttp.ClientSession(timeout=PATIENCE) as session:
        for link in links:
            _, url, text = await _open(session, "GET", link.url, {})
            choice = _button(Page(text).forms, wanted, named=link.is_called(wanted.word))
            if choice is not None:
                return await _press(session, url, *choice, wanted.fields)
    raise CannotAnswer(f"No page behind the message's links has a button for “{wanted.word}”.")


def _candidates(links: list[Link], word: str) -> list[Link]:
    """Links named by the word first, then the others: the word may be a button's alone."""
    local = [link for link in links if urlsplit(link.url).hostname in LOOPBACK]
    return sorted(local, key=lambda link: not link.is_called(word))[:MOST_LINKS_TRIED]


def _button(forms: list[Form], wanted: Click, *, named: bool) -> tuple[Form, Button | None] | None:
    word = wanted.button or wanted.word
    pairs = [(form, button) for form in forms for button in form.buttons]
    for form, button in pairs:
        if button.is_called(word):
            return form, button
    if not named or wanted.button or not forms:
        return None
    # The link alone was named: its page has one obvious button, the first.
    return pairs[0] if pairs else (forms[0], None)


async def _press(
    session: aiohttp.ClientSession,
    page: str,
    form: Form,
    button: Button | None,
    fields: dict[str, str],
) -> dict[str, Any]:
    pressed = {button.name: button.value} if button and button.name else {}
    filled = {**form.fields, **pressed, **fields}
    target = urljoin(page, form.action)
    status, _, text = await _open(session, form.method.upper(), target, filled)
    label = (button.label or button.value) if button else None
    return {"clicked": page, "pressed": label, "sent": filled, "status": status, "page": text}


async def _open(
    session: aiohttp.ClientSession, method: str, url: str, fields: dict[str, str]
) -> tuple[int, str, str]:
    """Status, final address and text of a page; redirects are followed on this machine alone."""
    for _ in range(MOST_REDIRECTS):
        if urlsplit(url).hostname not in LOOPBACK:
            raise CannotAnswer(f"The link leads outside this machine, to {urlsplit(url).hostname}.")
        data, params = (fields, None) if method == "POST" else (None, fields)
        async with session.request(
            method, url, data=data, params=params, allow_redirects=False
        ) as response:
            text = await response.text()
            if response.status not in (301, 302, 303, 307, 308):
                return response.status, url, text
            url = urljoin(url, response.headers.get("Location", ""))
            if response.status in (301, 302, 303):
                method, fields = "GET", {}
    raise CannotAnswer("The link redirects in circles.")
