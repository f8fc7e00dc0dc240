"""Apprise: which services, what it is asked to say, and what it must not do or tell."""

from __future__ import annotations

import logging
import threading
from typing import Any

import pytest
from dispatcher.channels.apprise import SAFE_SCHEMES, AppriseChannel, scheme_of
from dispatcher.channels.apprise_call import plugin_of
from dispatcher.channels.apprise_outcomes import Called, outcome_of
from dispatcher.channels.port import Accepted, Destination, Rejected, RetryLater, Unknown
from tocsin_contracts.words import Channel
from tocsin_runtime.egress import Egress, EgressRefused

from devstack.sandbox.server import Sandbox
from services.dispatcher.tests.conformance.provider import message, settings_for


def to(url: str) -> Destination:
    return Destination(Channel.APPRISE, url)


def channel(sandbox: Sandbox, **given: Any) -> AppriseChannel:
    return AppriseChannel(settings_for(sandbox, **given), Egress(loopback_only=True))


async def test_the_services_get_the_subject_and_the_whole_text(sandbox: Sandbox) -> None:
    apprise = channel(sandbox)
    url = f"json://127.0.0.1:{sandbox.http_port}/apprise/acme"

    outcome = await apprise.send(message(), to(url), idempotency_key="d-1")
    await apprise.close()

    assert outcome == Accepted("d-1")
    [received] = sandbox.messages(channel="apprise")
    assert received["subject"] == "Mail EU: disruption on 24 November [INC-2041]"
    assert received["text"].startswith("Mail EU has been unavailable since 09:52 CET.")


@pytest.mark.parametrize(
    "url", ["syslog://", "dbus://", "windows://", "mailto://a:b@acme.example", "file:///x", "json"]
)
async def test_only_services_of_the_list_are_used(sandbox: Sandbox, url: str) -> None:
    """Some of Apprise's act on the machine it runs on."""
    apprise = channel(sandbox, apprise_schemes=SAFE_SCHEMES)

    outcome = await apprise.send(message(), to(url), idempotency_key="d-1")
    await apprise.close()

    assert isinstance(outcome, Rejected)
    assert "APPRISE_SCHEMES" in outcome.reason


async def test_a_url_that_names_no_service_is_refused(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    apprise = channel(sandbox, apprise_schemes="tgram")
    await apprise.open()
    caplog.set_level(logging.DEBUG)

    outcome = await apprise.send(message(), to("tgram://token-of-acme"), idempotency_key="d-1")
    await apprise.close()

    assert outcome == Rejected("Apprise makes nothing of this URL")
    assert "token-of-acme" not in caplog.text


async def test_nothing_is_logged_whatever_level_the_log_has(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    """Both the library and what it sends with write whole URLs to the log."""
    apprise = channel(sandbox)
    await apprise.open()
    caplog.set_level(logging.DEBUG)
    sandbox.fault("apprise", "retry")
    url = f"json://user:password-of-acme@127.0.0.1:{sandbox.http_port}/apprise/token-of-acme"

    outcome = await apprise.send(message(), to(url), idempotency_key="d-1")
    await apprise.close()

    assert isinstance(outcome, RetryLater)
    assert "of-acme" not in caplog.text + repr(outcome)


async def test_in_tests_nothing_leaves_this_machine(sandbox: Sandbox) -> None:
    apprise = channel(sandbox)

    with pytest.raises(EgressRefused):
        await apprise.send(message(), to("json://203.0.113.7/x"), idempotency_key="d-1")
    await apprise.close()


def test_what_a_url_could_switch_stays_ours() -> None:
    plugin = plugin_of(
        "jsons://acme.example/x?verify=no&redirect=yes&rto=9000&cto=9000&retry=9", patience=15
    )

    assert plugin is not None
    assert plugin.verify_certificate is True
    assert plugin.redirects is False
    assert plugin.retry == 0
    assert plugin.request_timeout == (8.0, 15)


@pytest.mark.parametrize(
    ("called", "expected"),
    [
        (Called(yes=True), Accepted),
        (Called(yes=False, log=("Failed to send X: Forbidden, error=403.",)), Rejected),
        (Called(yes=False, log=("Failed, error=429.",)), RetryLater),
        (Called(yes=False, log=("Failed, error=503.",)), RetryLater),
        (Called(yes=False, log=("Failed, error=302.",)), Rejected),
        (Called(yes=False, log=("A Connection error occurred",), sent=True), Unknown),
        (Called(yes=False, log=("A Connection error occurred",)), RetryLater),
        (Called(yes=False, private=True), Rejected),
    ],
)
def test_a_no_means_what_was_seen_on_the_way(called: Called, expected: type) -> None:
    outcome = outcome_of(called, "d-1")

    assert isinstance(outcome, expected)
    assert "Forbidden" not in repr(outcome)


@pytest.mark.parametrize(
    ("url", "scheme"),
    [
        ("TGRAM://123:abc/", "tgram"),
        ("secretwithoutscheme", ""),
        ("secret:with-colon", ""),
        ("json://[::1", ""),
    ],
)
def test_no_part_of_a_secret_is_taken_for_a_scheme(url: str, scheme: str) -> None:
    assert scheme_of(url) == scheme


async def test_what_waited_behind_a_service_that_hangs_was_not_taken_and_is_not_sent_twice(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    apprise = channel(sandbox, apprise_concurrency=1, apprise_timeout_seconds=0.01)
    answers, begun = threading.Event(), []

    def hanging(url: str, *_: object) -> Accepted:
        begun.append(url)
        answers.wait(10)
        return Accepted("late")

    monkeypatch.setattr(apprise, "_work", hanging)
    hung = await apprise.send(message(), to("json://a.example"), idempotency_key="d-1")
    waited = await apprise.send(message(), to("json://b.example"), idempotency_key="d-2")
    answers.set()
    await apprise.close()

    assert isinstance(hung, Unknown)
    assert isinstance(waited, RetryLater)
    assert begun == ["json://a.example"]
