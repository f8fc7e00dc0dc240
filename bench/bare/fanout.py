"""A bare pool: kept SMTP connections, an EmailMessage built for each recipient.

    python fanout.py SMTP_PORT RECIPIENTS TEXT_FILE HTML_FILE

Prints the seconds it took.
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import uvloop

CONNECTIONS = 8


async def main(port: int, recipients: int, text: str, html: str) -> None:
    waiting = iter(range(recipients))
    connections = [aiosmtplib.SMTP(hostname="127.0.0.1", port=port) for _ in range(CONNECTIONS)]
    await asyncio.gather(*(connection.connect() for connection in connections))
    started = time.perf_counter()
    await asyncio.gather(*(send(connection, waiting, text, html) for connection in connections))
    print(time.perf_counter() - started)
    await asyncio.gather(*(connection.quit() for connection in connections))


async def send(connection: aiosmtplib.SMTP, waiting: Iterator[int], text: str, html: str) -> None:
    for number in waiting:
        await connection.send_message(mail(number, text, html))


def mail(number: int, text: str, html: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Service Desk <desk@msp.example>"
    message["To"] = f"p{number}@bare.example"
    message["Subject"] = "Mail: disruption on 24 November [INC-1]"
    message["Message-ID"] = f"<{number}@bare.example>"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    return message


if __name__ == "__main__":
    smtp_port, count, text_file, html_file = sys.argv[1:]
    uvloop.run(
        main(int(smtp_port), int(count), Path(text_file).read_text(), Path(html_file).read_text())
    )
