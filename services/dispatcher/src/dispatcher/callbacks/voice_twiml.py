"""What is said in a call, as the provider's own library writes it.

Sources: twilio.com, "TwiML for Programmable Voice": <Say>, <Gather>, <Dial>, <Hangup>, "Text-to-
speech" (languages and voices), "SSML" (say-as telephone).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from twilio.twiml.voice_response import Gather, Say, VoiceResponse

SECONDS_TO_PRESS = 6
SECONDS_TO_RING = 30
_NUMBER = re.compile(r"\+\d[\d ]{5,}\d")


@dataclass(frozen=True)
class Voice:
    """Who reads, and how a language is pronounced."""

    name: str
    language: str


VOICES = {
    "en": Voice("Polly.Amy", "en-GB"),
    "en-US": Voice("Polly.Joanna", "en-US"),
    "de": Voice("Polly.Vicki", "de-DE"),
    "fr": Voice("Polly.Lea", "fr-FR"),
    "fr-CA": Voice("Polly.Chantal", "fr-CA"),
    "es": Voice("Polly.Lucia", "es-ES"),
    "es-MX": Voice("Polly.Mia", "es-MX"),
    "es-US": Voice("Polly.Lupe", "es-US"),
}


def voice_for(locale: str) -> Voice:
    """The region's own, else the language's; a language without one is read in English."""
    return VOICES.get(locale) or VOICES.get(locale.partition("-")[0]) or VOICES["en"]


def read_out(locale: str, *texts: str, keys_to: str) -> str:
    """One key ends the reading; without any, ``keys_to`` is asked all the same."""
    gather = Gather(
        input="dtmf",
        num_digits=1,
        timeout=SECONDS_TO_PRESS,
        action=keys_to,
        method="POST",
        action_on_empty_result=True,
    )
    for text in texts:
        gather.append(_say(locale, text))
    response = VoiceResponse()
    response.append(gather)
    return str(response)


def say_and_end(locale: str, *texts: str) -> str:
    response = VoiceResponse()
    for text in texts:
        response.append(_say(locale, text))
    response.hangup()
    return str(response)


def hang_up() -> str:
    response = VoiceResponse()
    response.hangup()
    return str(response)


def connect(locale: str, text: str, *, number: str, caller: str, then: str) -> str:
    """``caller`` is our own number: any other is refused or taken for forged. ``then`` is asked
    what became of it."""
    response = VoiceResponse()
    response.append(_say(locale, text))
    dial = response.dial(caller_id=caller, timeout=SECONDS_TO_RING, action=then, method="POST")
    dial.number(number)
    return str(response)


def _say(locale: str, text: str) -> Say:
    """Telephone numbers digit by digit; everything else as it is written, names above all."""
    voice = voice_for(locale)
    say = Say(voice=voice.name, language=voice.language)
    at = 0
    for found in _NUMBER.finditer(text):
        say.append(text[at : found.start()])
        say.say_as(found[0], interpret_as="telephone")
        at = found.end()
    say.append(text[at:])
    return say
