"""What Twilio's error codes mean for a message or a call (twilio.com/docs/api/errors).

The same codes come as an answer to a request and, later, in a status call-back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tocsin_contracts.words import SuppressionCause

TOO_MANY = 20429
STOPPED = 21610


class Fault(StrEnum):
    """Who or what must change before it can work."""

    NUMBER = "number"
    """This number, or this message to it: trying again is useless."""
    MOMENT = "moment"
    """Nothing: it may work later."""
    ACCOUNT = "account"
    """Our account or its settings: nothing else of ours would go either."""


@dataclass(frozen=True)
class Meaning:
    """``reason`` goes on after "Twilio: "."""

    reason: str
    fault: Fault = Fault.NUMBER
    suppress: SuppressionCause | None = None


_UNFIT = SuppressionCause.UNFIT
_LANDLINE = "this number takes no text messages, such as a landline; a call may reach it"

MEANINGS: dict[int, Meaning] = {
    20003: Meaning("our account sid or token is refused", Fault.ACCOUNT),
    20005: Meaning("our account is not active", Fault.ACCOUNT),
    20006: Meaning("our account may not do this", Fault.ACCOUNT),
    20404: Meaning("our account is not known there", Fault.ACCOUNT),
    10001: Meaning("our account is not active", Fault.ACCOUNT),
    30002: Meaning("our account is suspended", Fault.ACCOUNT),
    21212: Meaning("our sender's number is not valid", Fault.ACCOUNT),
    21603: Meaning("no sender is set", Fault.ACCOUNT),
    21606: Meaning("our sender's number may not send", Fault.ACCOUNT),
    21659: Meaning("our sender's number is not ours", Fault.ACCOUNT),
    21609: Meaning(
        "our call-back address is none that it can reach: check DISPATCHER_PUBLIC_URL",
        Fault.ACCOUNT,
    ),
    21210: Meaning("our sender's number is not verified", Fault.ACCOUNT),
    30034: Meaning("our sender's number is not registered for this country", Fault.ACCOUNT),
    TOO_MANY: Meaning("too many requests at once", Fault.MOMENT),
    14107: Meaning("too many messages at once", Fault.MOMENT),
    21611: Meaning("too many messages of our number are waiting", Fault.MOMENT),
    30001: Meaning("too many messages of ours are waiting", Fault.MOMENT),
    30003: Meaning("the telephone is off or out of reach", Fault.MOMENT),
    30008: Meaning("the carrier gave no reason", Fault.MOMENT),
    30022: Meaning("too many messages at once for this carrier", Fault.MOMENT),
    30023: Meaning("the carrier's daily limit is reached", Fault.MOMENT),
    STOPPED: Meaning("the reader wrote STOP", suppress=SuppressionCause.STOP),
    21211: Meaning("this is no valid telephone number"),
    21217: Meaning("this is no valid telephone number"),
    13224: Meaning("this is no valid telephone number"),
    21214: Meaning("this number cannot be reached"),
    21612: Meaning("no way leads from our number to this one"),
    21408: Meaning("this country is not enabled in our account"),
    21215: Meaning("calls to this country are not enabled in our account"),
    21216: Meaning("calls to this number are forbidden"),
    13225: Meaning("calls to this number are forbidden"),
    21608: Meaning("a trial account reaches verified numbers only"),
    21219: Meaning("a trial account reaches verified numbers only"),
    21602: Meaning("the message has no text"),
    21617: Meaning("the message is longer than 1,600 characters"),
    21614: Meaning(_LANDLINE, suppress=_UNFIT),
    30004: Meaning("the carrier blocks messages to this number"),
    30005: Meaning("the number is unknown, or no longer exists", suppress=_UNFIT),
    30006: Meaning(_LANDLINE, suppress=_UNFIT),
    30007: Meaning("the carrier took the message for unwanted and dropped it"),
    30036: Meaning("it could not be delivered while it was still news"),
}


def meaning_of(code: int) -> Meaning | None:
    """``None``: a code that says nothing to us."""
    return MEANINGS.get(code)
