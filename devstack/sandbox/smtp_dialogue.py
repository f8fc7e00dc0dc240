"""The server's half of an SMTP conversation: a line in, a reply out, no sockets.

RFC 5321 (commands, 4.5.3 limits), RFC 2920 (pipelining), RFC 1870 (SIZE), RFC 3207 (STARTTLS),
RFC 4954 and 4616 (AUTH PLAIN), RFC 3463 (enhanced status codes).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from devstack.sandbox.faults import Fault, Faults, Phase

MOST_BYTES = 25 * 1024 * 1024
HOSTNAME = b"sandbox.tocsin.test"

_PATH = re.compile(rb"^\s*(?:FROM|TO)\s*:\s*<([^<>\r\n]*)>", re.IGNORECASE)

TEXTS = {
    421: "4.7.0 Too many messages, closing the connection",
    450: "4.2.1 Mailbox busy, try again later",
    451: "4.3.0 Temporary failure, try again later",
    452: "4.2.2 Mailbox full",
    535: "5.7.8 Authentication credentials invalid",
    550: "5.1.1 No such mailbox",
    552: "5.3.4 Message too big",
    554: "5.7.1 Refused by policy",
}
USUAL_CODE = {"reject": 550, "retry": 451, "rate_limit": 421}


@dataclass(frozen=True)
class Reply:
    """What goes back. ``delay``: seconds before it does; ``cut``: the connection breaks instead;
    ``secure``: TLS begins after it."""

    text: bytes
    delay: float = 0.0
    close: bool = False
    cut: bool = False
    secure: bool = False


OK = Reply(b"250 2.0.0 OK\r\n")
CUT = Reply(b"", cut=True)
BAD_SEQUENCE = Reply(b"503 5.5.1 Bad sequence of commands\r\n")
TLS_FIRST = Reply(b"530 5.7.0 Must issue a STARTTLS command first\r\n")
BAD_SYNTAX = Reply(b"501 5.5.4 Syntax error in parameters\r\n")

Take = Callable[[str, list[str], bytes], str]
"""Keep a message (sender, recipients, bytes) and return the id it is known by here."""


class Dialogue:
    """One connection's conversation. ``credentials`` ``None`` lets everybody in.

    With ``offers_tls`` nothing but STARTTLS gets anywhere before TLS.
    """

    def __init__(
        self,
        take: Take,
        faults: Faults,
        credentials: tuple[str, str] | None = None,
        *,
        offers_tls: bool = False,
    ) -> None:
        self._take = take
        self._faults = faults
        self._credentials = credentials
        self._offers_tls = offers_tls
        self._greeted = False
        self._signed_in = credentials is None
        self._awaits_credentials = False
        self._sender: str | None = None
        self._recipients: list[str] = []
        self.reads_data = False
        self._commands: dict[bytes, Callable[[bytes], Reply]] = {
            b"EHLO": self._ehlo,
            b"HELO": self._helo,
            b"STARTTLS": self._starttls,
            b"AUTH": self._auth,
            b"MAIL": self._mail,
            b"RCPT": self._rcpt,
            b"DATA": self._data,
            b"RSET": self._rset,
            b"NOOP": lambda _: OK,
            b"VRFY": lambda _: Reply(b"252 2.1.5 Cannot verify, will try\r\n"),
            b"QUIT": lambda _: Reply(b"221 2.0.0 Bye\r\n", close=True),
        }

    def greeting(self) -> Reply:
        return self._unless_faulted("connect", lambda: Reply(b"220 " + HOSTNAME + b" ESMTP\r\n"))

    def command(self, line: bytes) -> Reply:
        if self._awaits_credentials:
            return self._credentials_came(line)
        name, _, rest = line.partition(b" ")
        handler = self._commands.get(name.upper())
        if handler is None:
            return Reply(b"500 5.5.2 Command not recognised\r\n")
        return handler(rest)

    def secured(self) -> None:
        """TLS has begun: what was said before counts for nothing."""
        self._offers_tls = False
        self._greeted = False
        self._forget()

    def message(self, raw: bytes) -> Reply:
        """The whole message came, dots unstuffed; every mode but a refusal takes it."""
        self.reads_data = False
        sender, to = self._sender or "", self._recipients
        self._forget()
        if len(raw) > MOST_BYTES:
            return _refusal(552)
        return self._unless_faulted("dot", lambda: self._taken(sender, to, raw), to)

    def _taken(self, sender: str, to: list[str], raw: bytes) -> Reply:
        return Reply(f"250 2.0.0 Ok: queued as {self._take(sender, to, raw)}\r\n".encode())

    def _ehlo(self, _: bytes) -> Reply:
        self._greeted = True
        self._forget()
        lines = [HOSTNAME, b"PIPELINING", b"SIZE %d" % MOST_BYTES]
        lines += [b"STARTTLS" if self._offers_tls else b"AUTH PLAIN"]
        lines += [b"ENHANCEDSTATUSCODES", b"8BITMIME"]
        listed = b"".join(b"250-%s\r\n" % line for line in lines) + b"250 SMTPUTF8\r\n"
        return self._unless_faulted("ehlo", lambda: Reply(listed))

    def _helo(self, _: bytes) -> Reply:
        self._greeted = True
        self._forget()
        return self._unless_faulted("ehlo", lambda: Reply(b"250 " + HOSTNAME + b"\r\n"))

    def _starttls(self, _: bytes) -> Reply:
        if not self._offers_tls:
            return Reply(b"502 5.5.1 STARTTLS is not offered\r\n")
        return Reply(b"220 2.0.0 Ready to start TLS\r\n", secure=True)

    def _auth(self, rest: bytes) -> Reply:
        if self._offers_tls:
            return TLS_FIRST
        mechanism, _, initial = rest.partition(b" ")
        if mechanism.upper() != b"PLAIN":
            return Reply(b"504 5.5.4 Only AUTH PLAIN is offered\r\n")
        if initial:
            return self._credentials_came(initial)
        self._awaits_credentials = True
        return Reply(b"334 \r\n")

    def _credentials_came(self, encoded: bytes) -> Reply:
        self._awaits_credentials = False
        return self._unless_faulted("auth", lambda: self._sign_in(encoded))

    def _sign_in(self, encoded: bytes) -> Reply:
        try:
            _, user, password = base64.b64decode(encoded, validate=True).decode().split("\0")
        except (binascii.Error, ValueError):
            return BAD_SYNTAX
        if self._credentials not in (None, (user, password)):
            return _refusal(535)
        self._signed_in = True
        return Reply(b"235 2.7.0 Authentication successful\r\n")

    def _mail(self, rest: bytes) -> Reply:
        if self._offers_tls:
            return TLS_FIRST
        if not self._greeted or self._sender is not None:
            return BAD_SEQUENCE
        if not self._signed_in:
            return Reply(b"530 5.7.0 Authentication required\r\n")
        path = _PATH.match(rest)
        if path is None:
            return BAD_SYNTAX
        return self._unless_faulted("mail", lambda: self._from(path.group(1)))

    def _from(self, path: bytes) -> Reply:
        self._sender = path.decode(errors="replace")
        return OK

    def _rcpt(self, rest: bytes) -> Reply:
        if self._sender is None:
            return BAD_SEQUENCE
        path = _PATH.match(rest)
        if path is None or not path.group(1):
            return BAD_SYNTAX
        to = path.group(1).decode(errors="replace")
        return self._unless_faulted("rcpt", lambda: self._to(to), [to])

    def _to(self, to: str) -> Reply:
        self._recipients.append(to)
        return OK

    def _data(self, _: bytes) -> Reply:
        if not self._recipients:
            return BAD_SEQUENCE
        return self._unless_faulted("data", self._go_ahead, self._recipients)

    def _go_ahead(self) -> Reply:
        self.reads_data = True
        return Reply(b"354 End data with <CR><LF>.<CR><LF>\r\n")

    def _rset(self, _: bytes) -> Reply:
        self._forget()
        return OK

    def _forget(self) -> None:
        self._sender = None
        self._recipients = []

    def _unless_faulted(
        self, phase: Phase, usual: Callable[[], Reply], to: list[str] | None = None
    ) -> Reply:
        fault = self._faults.hit("email", to or [], phase)
        return usual() if fault is None else _misbehave(fault, usual)


def _misbehave(fault: Fault, usual: Callable[[], Reply]) -> Reply:
    """``slow``, ``tarpit`` and ``drop`` do the work and spoil the answer; the rest refuse it."""
    if fault.mode in USUAL_CODE:
        return _refusal(fault.code or USUAL_CODE[fault.mode])
    reply = usual()
    return CUT if fault.mode == "drop" else replace(reply, delay=fault.delay)


def _refusal(code: int | str) -> Reply:
    number = int(code)
    text = TEXTS.get(number, "4.0.0 Try again later" if number < 500 else "5.0.0 Refused")
    return Reply(f"{number} {text}\r\n".encode(), close=number == 421)
