"""The words by which a reader ends text messages, or begins them again; and what HELP is answered.

Twilio itself obeys the English ones (twilio.com, "Twilio support for opt-out keywords"): what it
holds back, we must know of. In other languages they are ours.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from dispatcher.rendering.gsm7 import transliterated


class Wish(StrEnum):
    """As Twilio's ``OptOutType`` spells them."""

    STOP = "STOP"
    START = "START"
    HELP = "HELP"


STOP = frozenset(
    {
        *("stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke"),
        *("optout", "opt out"),
        *("stopp", "abmelden", "arret", "arrêt", "desabonner", "désabonner", "alto", "baja"),
    }
)
START = frozenset({"start", "unstop", "yes", "anmelden", "reprendre", "alta"})
ANSWERS = frozenset({"yes"})
"""A wish only of whoever wrote STOP before; else it answers something."""
HELP = frozenset({"help", "info", "hilfe", "aide", "ayuda"})

_APART = re.compile(r"[^\w]+")
_BY_WORD = {
    **dict.fromkeys(STOP, Wish.STOP),
    **dict.fromkeys(START, Wish.START),
    **dict.fromkeys(HELP, Wish.HELP),
}

_HELP_TEXT = {
    "en": "{name}: messages about outages of your IT. Reply STOP to end, START to begin again.",
    "de": "{name}: Nachrichten zu Ausfällen Ihrer IT. STOP beendet sie, START bestellt sie wieder.",
    "fr": "{name}: messages sur les pannes de votre informatique. STOP les arrête, START les"
    " reprend.",
    "es": "{name}: mensajes sobre averías de su informática. STOP los termina, START los reanuda.",
}


def wish_of(text: str, opt_out_type: str | None = None) -> Wish | None:
    """The wish that the whole of ``text`` is; Twilio's own reading of it counts first."""
    if opt_out_type is not None and opt_out_type in Wish.__members__:
        return Wish(opt_out_type)
    return _BY_WORD.get(_words(text))


def may_be_an_answer(text: str) -> bool:
    return _words(text) in ANSWERS


def _words(text: str) -> str:
    return _APART.sub(" ", unicodedata.normalize("NFC", text).casefold()).strip()


def help_text(locale: str, name: str, phone: str | None) -> str:
    language = locale.replace("_", "-").partition("-")[0]
    said = _HELP_TEXT.get(language, _HELP_TEXT["en"]).format(name=name)
    return transliterated(f"{said} {phone}" if phone else said)
