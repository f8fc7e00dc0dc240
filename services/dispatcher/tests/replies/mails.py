"""Mails as programs and servers write them."""

from __future__ import annotations

from dispatcher.channels.mail_addresses import MailAddresses, key_from

DELIVERY = "01936f2a-7c1e-7a2b-8c3d-4e5f60718293"
OTHER = "01936f2a-7c1e-7a2b-8c3d-4e5f60718294"
OURS = MailAddresses(
    "desk@nordwind.example",
    return_domain="bounce.nordwind.example",
    reply_domain="answer.nordwind.example",
    key=key_from("a secret", "mail addresses"),
)
RETURN_PATH = OURS.return_path(DELIVERY) or ""
REPLY_TO = OURS.reply_to(DELIVERY) or ""
MESSAGE_ID = f"<{DELIVERY}@nordwind.example>"


def mail(*headers: str, body: str = "When does it come back?", sender: str = "") -> bytes:
    """A plain reply of Jo's, with further headers."""
    lines = [
        f"From: {sender or 'Jo Frei <jo@acme.example>'}",
        f"To: {REPLY_TO}",
        "Subject: Re: Mail EU: disruption [INC-2041]",
        "Message-ID: <reply-1@acme.example>",
        *headers,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n" + body.replace("\n", "\r\n")).encode()


def bounce(
    action: str = "failed",
    status: str = "5.1.1",
    diagnosis: str = "smtp; 550 5.1.1 <jo@acme.example>: Recipient address rejected: User unknown",
    *,
    quoted: str = MESSAGE_ID,
    to: str = RETURN_PATH,
) -> bytes:
    """As Postfix writes it (RFC 3464)."""
    return f"""From: MAILER-DAEMON@mx.acme.example (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Message-ID: <bounce-1@mx.acme.example>
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.acme.example.
I'm sorry to have to inform you that your message could not be delivered.

--b1
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.acme.example
X-Postfix-Sender: rfc822; desk@nordwind.example

Final-Recipient: rfc822; jo@acme.example
Original-Recipient: rfc822;jo@acme.example
Action: {action}
Status: {status}
Diagnostic-Code: {diagnosis}

--b1
Content-Description: Undelivered Message
Content-Type: message/rfc822

From: Nordwind <desk@nordwind.example>
To: jo@acme.example
Subject: Mail EU: disruption [INC-2041]
Message-ID: {quoted}

Mail EU is down.

--b1--
""".replace("\n", "\r\n").encode()


def complaint(kind: str = "abuse", *, original_from: str = RETURN_PATH) -> bytes:
    """As providers write it (RFC 5965, appendix B)."""
    return f"""From: <abusedesk@mail.example>
To: <fbl@nordwind.example>
Subject: FW: Mail EU: disruption [INC-2041]
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b2"

--b2
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report for an email message received from IP 192.0.2.1.

--b2
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <{original_from}>
Original-Rcpt-To: <jo@acme.example>

--b2
Content-Type: message/rfc822
Content-Disposition: inline

From: Nordwind <desk@nordwind.example>
To: jo@acme.example
Subject: Mail EU: disruption [INC-2041]
Message-ID: {MESSAGE_ID}

Mail EU is down.
--b2--
""".replace("\n", "\r\n").encode()


QMAIL = f"""From: MAILER-DAEMON@mail.acme.example
To: {RETURN_PATH}
Subject: failure notice
Message-ID: <qmail-1@mail.acme.example>

Hi. This is the qmail-send program at mail.acme.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<jo@acme.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Message-ID: {MESSAGE_ID}
From: desk@nordwind.example
""".replace("\n", "\r\n").encode()
