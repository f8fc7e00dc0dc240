"""What a person sees on a web page or in a message: links, forms, buttons."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

URL = re.compile(r"https?://[^\s<>\"'|)\]}]+")


@dataclass(frozen=True)
class Link:
    url: str
    label: str = ""

    def is_called(self, word: str) -> bool:
        """Whether a person told to click ``word`` would mean this one."""
        word = word.casefold()
        return word in self.label.casefold() or word in re.split(r"[/?=&]", self.url.casefold())


@dataclass(frozen=True)
class Button:
    name: str
    value: str
    label: str

    def is_called(self, word: str) -> bool:
        names = (self.value, self.label, self.name)
        return any(_slug(word) == _slug(name) for name in names if name)


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[Button] = field(default_factory=list)


class Page(HTMLParser):
    """Reads HTML once; afterwards ``links`` and ``forms`` hold what can be clicked."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[Link] = []
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._opened: dict[str, str] | None = None
        self._text: list[str] = []
        self._select: str | None = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag in ("a", "button", "textarea"):
            self._opened, self._text = given, []
        elif tag == "select":
            self._select = given.get("name")
        elif tag == "input":
            self._input(given)
        elif tag == "option":
            self._option(given)

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        text = "".join(self._text).strip()
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif self._opened is not None and tag in ("a", "button", "textarea"):
            self._closed(tag, self._opened, text)
            self._opened = None

    def _closed(self, tag: str, given: dict[str, str], text: str) -> None:
        if tag == "a" and given.get("href"):
            self.links.append(Link(given["href"], text))
        elif tag == "button" and self._form is not None:
            self._form.buttons.append(Button(given.get("name", ""), given.get("value", ""), text))
        elif tag == "textarea" and self._form is not None and given.get("name"):
            self._form.fields[given["name"]] = text

    def _input(self, given: dict[str, str]) -> None:
        if self._form is None:
            return
        name, value = given.get("name", ""), given.get("value", "")
        kind = given.get("type", "text").lower()
        if kind == "submit":
            self._form.buttons.append(Button(name, value, value))
        elif name and (kind not in ("checkbox", "radio") or "checked" in given):
            self._form.fields[name] = value

    def _option(self, given: dict[str, str]) -> None:
        """A drop-down sends its first entry unless another is marked as selected."""
        if self._form is None or self._select is None:
            return
        if "selected" in given or self._select not in self._form.fields:
            self._form.fields[self._select] = given.get("value", "")


def links_in_message(item: dict[str, Any]) -> list[Link]:
    """Every link a reader of this message could click, the labelled ones first."""
    found = Page(item["html"]).links if item["html"] else []
    found += _slack_links(item["body"]) if item["channel"] == "slack" else []
    found += [Link(url.rstrip(".,;:!?")) for url in URL.findall(item["text"])]
    return list({link.url: link for link in reversed(found)}.values())[::-1]


def _slack_links(node: Any) -> list[Link]:
    """Buttons with a URL, and ``<url|label>`` in any text, anywhere in the blocks."""
    if isinstance(node, list):
        return [link for part in node for link in _slack_links(part)]
    if isinstance(node, str):
        pairs = re.findall(r"<(https?://[^|>]+)\|?([^>]*)>", node)
        return [Link(url.replace("&amp;", "&"), label) for url, label in pairs]
    if not isinstance(node, dict):
        return []
    own = [Link(node["url"], str(_label(node)))] if isinstance(node.get("url"), str) else []
    return own + [link for part in node.values() for link in _slack_links(part)]


def _label(button: dict[str, Any]) -> str:
    text = button.get("text")
    return str(text.get("text", "")) if isinstance(text, dict) else ""


def _slug(text: str) -> str:
    return re.sub(r"[\W_]+", "-", text.casefold()).strip("-")
