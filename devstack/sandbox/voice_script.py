"""TwiML read as Twilio reads it: which verb comes next, and what is said in it. Pure.

Source: twilio.com/docs/voice/twiml (verbs, nouns and attributes; error 12100 "Document parse
failure", 12200 "Schema validation warning").
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree import ElementTree


class BadScript(Exception):
    """What Twilio would call an application error, in its words."""


@dataclass(frozen=True)
class Speech:
    text: str
    language: str
    voice: str


@dataclass(frozen=True)
class Gather:
    action: str
    digits: int
    on_empty: bool
    says: tuple[Speech, ...] = ()


@dataclass(frozen=True)
class Dial:
    number: str
    caller: str
    action: str | None


@dataclass(frozen=True)
class Hangup:
    pass


@dataclass(frozen=True)
class Script:
    verbs: tuple[Speech | Gather | Dial | Hangup, ...] = field(default=())


def parse(document: str) -> Script:
    """Raises :class:`BadScript`."""
    try:
        # Our own service's answer on this machine, in a tool for development.
        root = ElementTree.fromstring(document)
    except ElementTree.ParseError as error:
        raise BadScript("12100 Document parse failure") from error
    if root.tag != "Response":
        raise BadScript("12200 The root element is not Response")
    return Script(tuple(_verb(node) for node in root))


def _verb(node: ElementTree.Element) -> Speech | Gather | Dial | Hangup:
    if node.tag == "Say":
        return _speech(node)
    if node.tag == "Hangup":
        return Hangup()
    if node.tag == "Gather":
        return Gather(
            action=node.get("action", ""),
            digits=int(node.get("numDigits", "0")),
            on_empty=node.get("actionOnEmptyResult") == "true",
            says=tuple(_speech(one) for one in node if one.tag == "Say"),
        )
    if node.tag == "Dial":
        number = node.findtext("Number") or (node.text or "")
        return Dial(number.strip(), node.get("callerId", ""), node.get("action"))
    raise BadScript(f"12200 <{node.tag}> is no verb that this sandbox knows")


def _speech(node: ElementTree.Element) -> Speech:
    text = "".join(node.itertext())
    if not text.strip():
        raise BadScript("13520 Say: Invalid text")
    if not node.get("language") and not node.get("voice"):
        return Speech(text, "en-US", "default")
    return Speech(text, node.get("language", ""), node.get("voice", ""))
