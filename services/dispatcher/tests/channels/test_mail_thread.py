"""One thread an incident and client, by the rules that mail programs go by."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

from dispatcher.channels.mail_thread import thread_headers, thread_index
from dispatcher.channels.message import Thread

BEGAN = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ROOT = f"<{int(BEGAN.timestamp() * 1000):012x}"[:9] + "-0000-7a2b-8c3d-4e5f60718293@n.example>"
LATER = "<01936f2a-7c1e-7a2b-8c3d-4e5f60718294@n.example>"


def _index(thread: Thread, now: datetime) -> bytes:
    return base64.b64decode(thread_index(thread, now))


def test_the_first_mail_has_the_22_bytes_that_all_its_followers_begin_with() -> None:
    first = _index(Thread(ROOT), BEGAN)
    second = _index(Thread(LATER, root_id=ROOT), BEGAN + timedelta(minutes=30))
    third = _index(Thread(LATER, root_id=ROOT), BEGAN + timedelta(hours=5))

    assert len(first) == 22
    assert first[0] == 1
    assert second[:22] == third[:22] == first
    assert len(second) == len(third) == 27
    assert second[22:] < third[22:]


def test_another_thread_has_another_index() -> None:
    assert _index(Thread(ROOT), BEGAN)[6:] != _index(Thread(LATER), BEGAN)[6:]


def test_the_root_says_when_it_began() -> None:
    """Five bytes of a FILETIME: to about a hundredth of a second, less the first byte."""
    began = int.from_bytes(b"\x01" + _index(Thread(ROOT), BEGAN)[1:6] + b"\0\0", "big")
    expected = 116_444_736_000_000_000 + int(BEGAN.timestamp()) * 10_000_000

    assert abs(began - expected) < 10_000_000 * 66


def test_years_later_still_makes_five_bytes() -> None:
    assert len(_index(Thread(LATER, root_id=ROOT), BEGAN + timedelta(days=3000))) == 27


def test_an_id_that_is_not_ours_makes_a_thread_too() -> None:
    assert len(_index(Thread("<anything@else>"), BEGAN)) == 22


def test_references_name_the_root_and_the_topic_stays() -> None:
    later = dict(thread_headers(Thread(LATER, root_id=ROOT), "Mail EU [INC-1]", BEGAN))

    assert later["In-Reply-To"] == later["References"] == ROOT
    assert later["Thread-Topic"] == "Mail EU [INC-1]"
