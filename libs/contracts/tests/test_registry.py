"""The topic registry is sound, and each way of breaking it is noticed."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from tocsin_contracts import events as e
from tocsin_contracts.envelope import EventData
from tocsin_contracts.registry import ALL_TOPICS, EVENT_TOPICS, INCIDENTS, SERVICES, Topic
from tocsin_contracts.tooling.registry_rules import problems


class Unversioned(EventData):
    event_type: ClassVar[str] = "tocsin.incident.opened"


class SecondOpened(EventData):
    event_type: ClassVar[str] = "tocsin.incident.opened.v1"


def broken(topic: Topic = INCIDENTS, **changes: object) -> list[str]:
    """What is said of the registry with one topic changed."""
    changed = replace(topic, **changes)  # type: ignore[arg-type]
    others = tuple(one for one in EVENT_TOPICS if one is not topic)
    return problems((changed, *others), SERVICES)


def test_the_registry_is_sound() -> None:
    assert problems(ALL_TOPICS, SERVICES) == []


def test_an_event_on_two_topics_is_noticed() -> None:
    assert broken(types=(*INCIDENTS.types, e.StepFired)) == [
        "tocsin.escalation.step_fired.v1 lies on two topics: tocsin.incidents and "
        "tocsin.escalations"
    ]


def test_an_event_on_no_topic_is_noticed() -> None:
    assert broken(types=INCIDENTS.types[1:]) == ["tocsin.incident.opened.v1 lies on no topic"]


def test_a_name_without_version_is_noticed() -> None:
    [problem] = broken(types=(*INCIDENTS.types, Unversioned))
    assert problem.startswith("Unversioned: 'tocsin.incident.opened' is not a versioned type name")


def test_two_bodies_of_one_name_are_noticed() -> None:
    assert broken(types=(*INCIDENTS.types, SecondOpened)) == [
        "tocsin.incident.opened.v1 names both IncidentOpened and SecondOpened"
    ]


def test_a_misspelt_service_is_noticed() -> None:
    assert broken(consumers=("dispatchr",)) == ["tocsin.incidents: there is no service 'dispatchr'"]


def test_a_topic_that_nobody_reads_is_noticed() -> None:
    assert broken(consumers=()) == ["tocsin.incidents: nobody reads it"]


def test_too_few_partitions_for_the_replicas_are_noticed() -> None:
    assert broken(partitions=8) == [
        "tocsin.incidents: 8 partitions are fewer than twice the 6 replicas that may read it"
    ]
