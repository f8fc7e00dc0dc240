"""The few words that are an answer by themselves, in the languages we write in."""

from __future__ import annotations

import re
import unicodedata

from dispatcher.channels.message import Answer

YES = frozenset(
    {
        "1",
        *("ok", "okay", "received", "confirmed", "got it"),
        *("erhalten", "bestätigt", "gelesen", "verstanden"),
        *("reçu", "recu", "lu", "confirmé", "confirme", "bien reçu", "bien recu"),
        *("recibido", "leído", "leido", "confirmado", "enterado"),
    }
)
"""A client's reader has read it. A bare yes may as well answer "Still trouble?", so it is read by
people."""
THANKS = frozenset(
    {
        *("thanks", "thank you", "many thanks", "thanks a lot", "thank you very much", "thx"),
        *("danke", "danke schön", "dankeschön", "vielen dank", "besten dank", "danke sehr"),
        *("merci", "merci beaucoup", "gracias", "muchas gracias"),
    }
)
"""It asks nothing: whoever thanks has read what they thank for."""
THUMB = "\N{THUMBS UP SIGN}"
TAKE = frozenset(
    {
        "1",
        *("take", "i take it", "mine", "ok", "yes"),
        *("übernehme", "ich übernehme", "uebernehme", "ja"),
        *("je prends", "je prends en charge", "oui"),
        *("lo tomo", "me encargo", "sí", "si"),
    }
)
PASS_ON = frozenset(
    {
        "4",
        *("pass", "pass on", "decline", "no"),
        *("weiter", "weitergeben", "ablehnen", "nein"),
        *("transmettre", "passer", "je passe", "non"),
        *("pasar", "paso", "rechazar"),
    }
)
_APART = re.compile(r"[^\w]+")


def verb_of(text: str, *, staff: bool) -> Answer | None:
    """The answer that the whole of ``text`` is; anything else is a reply for people to read."""
    words = _APART.sub(" ", unicodedata.normalize("NFC", text).casefold()).strip()
    if not staff:
        thumb = not words and text.strip().startswith(THUMB)
        return Answer.CONFIRM if thumb or words in YES | THANKS else None
    if words in TAKE:
        return Answer.TAKE
    return Answer.DECLINE if words in PASS_ON else None
