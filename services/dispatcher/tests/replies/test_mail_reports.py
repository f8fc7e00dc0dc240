"""Bounces and complaints: which delivery, for good or not, and whether the address may be used."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from dispatcher.channels.mail_addresses import MailAddresses
from dispatcher.delivery.receipts import Receipt
from dispatcher.replies.inbound import Inbound
from dispatcher.replies.mail_sorting import Envelope, Leave, sort
from tocsin_contracts.words import DeliveryState, SuppressionCause

from services.dispatcher.tests.replies.mails import (
    DELIVERY,
    OURS,
    QMAIL,
    RETURN_PATH,
    bounce,
    complaint,
    mail,
)

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TO_THE_PATH = Envelope("", (RETURN_PATH,))
ELSEWHERE = Envelope("", ("desk@nordwind.example",))


def _receipt(raw: bytes, envelope: Envelope = TO_THE_PATH) -> Receipt:
    found = sort(raw, envelope, OURS, NOW)
    assert isinstance(found, Receipt), found
    return found


def test_a_mailbox_that_is_not_there_is_written_to_no_more() -> None:
    receipt = _receipt(bounce())

    assert (receipt.delivery_id, receipt.state) == (DELIVERY, DeliveryState.FAILED)
    assert receipt.suppress is SuppressionCause.HARD_BOUNCE
    assert receipt.reason is not None
    assert "5.1.1" in receipt.reason
    assert "User unknown" in receipt.reason


def test_the_reason_holds_no_address() -> None:
    assert "jo@acme" not in (_receipt(bounce()).reason or "")


@pytest.mark.parametrize("status", ["5.7.1", "5.2.2", "4.4.7", "5.0.0"])
def test_a_refusal_that_is_not_the_mailboxs_own_fails_this_mail_alone(status: str) -> None:
    receipt = _receipt(bounce(status=status, diagnosis=f"smtp; {status} not today"))

    assert receipt.state is DeliveryState.FAILED
    assert receipt.suppress is None


def test_a_mail_that_is_only_late_has_not_failed() -> None:
    assert isinstance(sort(bounce("delayed", "4.4.1"), TO_THE_PATH, OURS, NOW), Leave)


def test_a_mail_server_that_says_it_arrived_is_believed() -> None:
    assert _receipt(bounce("delivered", "2.0.0")).state is DeliveryState.DELIVERED


def test_a_report_that_came_elsewhere_names_the_mail_that_it_gives_back() -> None:
    receipt = _receipt(bounce(to="desk@nordwind.example"), ELSEWHERE)

    assert receipt.delivery_id == DELIVERY


def test_the_return_path_counts_where_the_report_gives_nothing_back() -> None:
    assert _receipt(bounce(quoted="<something@else>")).delivery_id == DELIVERY


def test_reports_of_older_servers_are_read_too() -> None:
    receipt = _receipt(QMAIL)

    assert receipt.delivery_id == DELIVERY
    assert receipt.suppress is SuppressionCause.HARD_BOUNCE


def test_a_report_about_somebody_elses_mail_changes_nothing() -> None:
    """A bounce of a bounce is one of these: it gives back what we never sent."""
    foreign = bounce(quoted="<somebody@else.example>", to="desk@nordwind.example")

    assert isinstance(sort(foreign, ELSEWHERE, OURS, NOW), Leave)


def test_nobody_can_name_a_delivery_by_a_return_path_they_made_up() -> None:
    forger = MailAddresses("x@y", return_domain="bounce.nordwind.example", key=b"another key")
    path = forger.return_path(DELIVERY) or ""
    raw = bounce(quoted="<no@one>", to=path)

    assert isinstance(sort(raw, Envelope("", (path,)), OURS, NOW), Leave)


def test_a_reader_who_calls_it_unwanted_is_written_to_no_more() -> None:
    receipt = _receipt(complaint(), Envelope("x@mail.example", ("fbl@nordwind.example",)))

    assert (receipt.delivery_id, receipt.state) == (DELIVERY, DeliveryState.DELIVERED)
    assert receipt.suppress is SuppressionCause.COMPLAINT


def test_a_complaint_names_the_mail_it_gives_back_where_the_path_is_hidden() -> None:
    raw = complaint(original_from="hidden")

    assert _receipt(raw, ELSEWHERE).delivery_id == DELIVERY


def test_feedback_that_it_was_wanted_after_all_is_no_complaint() -> None:
    assert isinstance(sort(complaint("not-spam"), ELSEWHERE, OURS, NOW), Leave)


def test_what_comes_to_the_return_path_and_is_no_report_is_left() -> None:
    """A vacation notice that answers the envelope, or a person who was given a wrong address."""
    assert isinstance(sort(mail(), Envelope("a@b.example", (RETURN_PATH,)), OURS, NOW), Leave)


def test_a_person_who_quotes_a_failure_notice_is_still_a_person() -> None:
    quoted = "Jan got this:\n\n<jan@acme.example>: User unknown (#5.1.1)\n\n" + QMAIL.decode()

    found = sort(mail(body=quoted), Envelope("jo@acme.example", ("x@y",)), OURS, NOW)

    assert isinstance(found, Inbound)
