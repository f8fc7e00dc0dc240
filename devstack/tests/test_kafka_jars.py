"""The broker's jars: exactly the listed files, or none."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from devstack.backing import kafka_jars
from devstack.backing.errors import StackError
from devstack.backing.kafka_jars import LIST, Jar, listed

CONTENT = b"a jar"


def one_jar(sha256: str) -> list[Jar]:
    return [Jar("org.example", "thing", "1.0", sha256)]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder, and a repository that has ``CONTENT`` under every name."""
    monkeypatch.setenv("TOCSIN_CACHE", str(tmp_path))

    def download(jar: Jar, into: Path) -> Path:
        into.mkdir(parents=True)
        (into / jar.file_name).write_bytes(CONTENT)
        return into / jar.file_name

    monkeypatch.setattr(kafka_jars, "_download", download)
    return tmp_path / "kafka-jars"


def test_the_list_names_46_jars_of_kafka_4_3_1() -> None:
    jars = listed(LIST.read_text())
    assert len(jars) == 46
    assert all(len(jar.sha256) == 64 for jar in jars)
    assert "kafka-clients-4.3.1.jar" in [jar.file_name for jar in jars]


def test_what_was_fetched_once_is_not_fetched_again(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jars = one_jar(hashlib.sha256(CONTENT).hexdigest())
    monkeypatch.setattr(kafka_jars, "listed", lambda _: jars)
    assert kafka_jars.kafka_jars() == [cache / "thing-1.0.jar"]
    monkeypatch.delattr(kafka_jars, "_download")
    assert kafka_jars.kafka_jars() == [cache / "thing-1.0.jar"]


def test_a_file_that_is_not_the_listed_one_is_refused_and_not_kept(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_jars, "listed", lambda _: one_jar("0" * 64))
    with pytest.raises(StackError, match="SHA-256"):
        kafka_jars.kafka_jars()
    assert list(cache.iterdir()) == []


def test_a_network_that_is_away_is_one_clear_sentence(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_jar: Jar, _into: Path) -> Path:
        raise ConnectionError("no route")

    monkeypatch.setattr(kafka_jars, "_download", away)
    monkeypatch.setattr(kafka_jars, "listed", lambda _: one_jar("0" * 64))
    with pytest.raises(StackError, match="TOCSIN_KAFKA_BOOTSTRAP"):
        kafka_jars.kafka_jars()
    assert list(cache.iterdir()) == []
