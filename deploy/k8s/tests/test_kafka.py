"""The brokers' topics and users are what the registry says."""

from __future__ import annotations

from deploy.k8s import kafka


def test_the_committed_files_are_what_is_made() -> None:
    for name, text in kafka.made().items():
        assert (kafka.HOME / name).read_text() == text, (
            f"{name} is not what the registry makes; run python -m deploy.k8s.kafka"
        )


def rights(service: str) -> dict[str, list[str]]:
    acls = kafka.user(service)["spec"]["authorization"]["acls"]
    return {acl["resource"]["name"]: acl["operations"] for acl in acls}


def test_only_dispatcher_may_read_addresses() -> None:
    assert rights("dispatcher")["tocsin.contacts"] == ["Describe", "Read"]
    assert rights("incident-api")["tocsin.contacts"] == ["Describe", "Write"]
    assert "tocsin.contacts" not in rights("escalation")


def test_a_service_reads_and_writes_its_own_dead_letters_and_nobody_elses() -> None:
    assert rights("escalation")["tocsin.escalation.deadletters"] == ["Describe", "Read", "Write"]
    assert "tocsin.dispatcher.deadletters" not in rights("escalation")


def test_a_service_joins_its_own_groups_alone() -> None:
    groups = [
        acl["resource"]
        for acl in kafka.user("dispatcher")["spec"]["authorization"]["acls"]
        if acl["resource"]["type"] == "group"
    ]
    assert groups == [{"type": "group", "name": "tocsin.dispatcher", "patternType": "prefix"}]
