"""Whether a person or a machine wrote a mail (RFC 3834, and what programs do in practice)."""

from __future__ import annotations

import re
from email.message import Message

from dispatcher.replies.mail_parsing import header, sender_of

_SERVERS = frozenset({"mailer-daemon", "postmaster"})
_MACHINES = _SERVERS | {"no-reply", "noreply", "do-not-reply"}
_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
_ANSWERING = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply")
_SUBJECTS = re.compile(
    r"(automatic reply|auto(matic)? ?response|auto-?reply|out of (the )?office"
    r"|automatische antwort|abwesenheitsnotiz|abwesend\b|réponse automatique|absence du bureau"
    r"|respuesta automática|fuera de la oficina)",
    re.IGNORECASE,
)
"""How the subjects of vacation notices begin, in the languages of our readers; older programs say
it nowhere else."""


def is_by_a_server(mail: Message, return_path: str | None) -> bool:
    """Whether a mail server itself seems to have written it."""
    return return_path == "" or sender_of(mail).partition("@")[0] in _SERVERS


def why_automatic(mail: Message, return_path: str | None) -> str | None:
    """What tells that no person wrote it; ``None`` where nothing does.

    ``return_path`` empty: the null sender, which only machines use (RFC 5321, 4.5.5); ``None``: it
    is not known. ``X-Auto-Response-Suppress`` alone is no sign: companies add it to what people
    write.
    """
    if return_path == "":
        return "it has no return path"
    submitted = header(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    if submitted not in ("", "no"):
        return f"Auto-Submitted says {submitted[:40]}"
    if header(mail, "Precedence").lower() in _BULK:
        return "its Precedence is that of bulk mail"
    if "List-Id" in mail or "List-Unsubscribe" in mail:
        return "it came by a mailing list"
    if any(name in mail for name in _ANSWERING):
        return "an answering program sent it"
    if sender_of(mail).partition("@")[0] in _MACHINES:
        return "a mail server sent it"
    if _SUBJECTS.match(header(mail, "Subject")):
        return "its subject is an absence notice's"
    return None
