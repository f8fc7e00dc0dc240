"""What a person wrote in a mail, without quotes and signature, and what it has attached."""

from __future__ import annotations

import re
from email.message import Message

from mailparser_reply import EmailReplyParser

from dispatcher.replies.mail_html import text_of_html
from dispatcher.replies.mail_parsing import header, is_report_of, parts, text_of

LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pl", "sv", "da", "cs"]
LONGEST = 10_000
"""Characters of a reply that are kept."""
LONGEST_SEARCHED = 4_000
"""Characters that the reply parser is given: the time that it takes grows with their square on
hostile text, half a second here."""
MOST_NAMES = 20
_CONTROL = re.compile(r"[\s\x00-\x1f\x7f]+")
_ATTRIBUTION = re.compile(
    r"^.{0,200}(wrote|schrieb.{0,100}|écrit|escribió|scritto)\s?:\s*$", re.IGNORECASE
)


def reply_text(mail: Message) -> str:
    return _without_quotes(_tidy(_body(mail))[:LONGEST])


def attachment_names(mail: Message) -> tuple[str, ...]:
    """What hangs on it; the pictures of a signature do not count."""
    names = [_name(part) for part in parts(mail) if _is_attached(part)]
    return tuple(names[:MOST_NAMES])


def _body(mail: Message) -> str:
    """The plain part, or the HTML one where there is none or it is empty."""
    texts = [part for part in parts(mail) if not _is_attached(part)]
    for part in texts:
        if part.get_content_type() == "text/plain" and (plain := text_of(part).strip()):
            return plain
    for part in texts:
        if part.get_content_type() == "text/html":
            return text_of_html(text_of(part))
    return ""


def _without_quotes(text: str) -> str:
    replies = EmailReplyParser(languages=list(LANGUAGES)).read(text[:LONGEST_SEARCHED]).replies
    if len(replies) <= 1 and len(text) > LONGEST_SEARCHED:
        return _unquoted(text)
    first = replies[0].body if replies else ""
    return _unquoted(first) or _unquoted(text)


def _tidy(text: str) -> str:
    """Lines without blanks at their ends, at most one empty one in a row."""
    lines = "\n".join(line.strip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def _unquoted(text: str) -> str:
    """Also where somebody answered below or between what they quote."""
    lines = (line for line in text.split("\n") if not line.lstrip().startswith(">"))
    kept = [line.rstrip() for line in lines if not _ATTRIBUTION.match(line)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _is_attached(part: Message) -> bool:
    disposition = str(part.get("Content-Disposition") or "").partition(";")[0].strip().lower()
    if disposition == "attachment" or is_report_of(part):
        return True
    if part.get_content_maintype() == "text":
        return False
    # A picture that the text shows is part of the text.
    return part.get_content_maintype() != "image" or "Content-ID" not in part


def _name(part: Message) -> str:
    name = part.get_filename() or header(part, "Content-Description") or part.get_content_type()
    base = str(name).replace("\\", "/").rpartition("/")[2]
    return _CONTROL.sub(" ", base.encode("utf-8", "replace").decode()).strip()[:120] or "unnamed"
