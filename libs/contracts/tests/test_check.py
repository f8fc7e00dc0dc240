"""``python -m tocsin_contracts check`` on a checkout, and on one where something went wrong."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tocsin_contracts.__main__ import main
from tocsin_contracts.tooling import generated

OPENED = "tocsin.incident.opened.v1.json"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A copy of what is committed, in a git repository of its own."""
    for part in (generated.SCHEMAS, generated.GOLDEN):
        shutil.copytree(generated.HOME / part, tmp_path / part)
    shutil.copy(generated.HOME / generated.ASYNCAPI, tmp_path)
    git(tmp_path, "init", "--quiet")
    return tmp_path


def git(home: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Lena", "-c", "user.email=lena@nordlicht.example"]
    subprocess.run(["git", "-C", str(home), *identity, *arguments], check=True)


def release(home: Path, tag: str = "v0.1.0") -> None:
    git(home, "add", ".")
    git(home, "commit", "--quiet", "--message", "as released")
    git(home, "tag", tag)


def edit(path: Path, change: Callable[[dict[str, object]], object]) -> None:
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n")


def check(home: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = main(["check", "--home", str(home)])
    return code, capsys.readouterr().out


def test_what_is_committed_passes(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = check(generated.HOME, capsys)
    assert code == 0, said


def test_before_the_first_release_it_says_so(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = check(home, capsys)
    assert (code, "no release yet" in said) == (0, True)


def test_a_schema_edited_by_hand_is_drift_and_generate_mends_it(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(home / "schemas" / OPENED, lambda schema: schema.update(title="nicer"))
    code, said = check(home, capsys)
    assert code == 1
    assert f"schemas/{OPENED} is not what the models make; run generate" in said
    assert main(["generate", "--home", str(home)]) == 0
    assert check(home, capsys)[0] == 0


def test_a_schema_of_no_event_is_drift_and_generate_removes_it(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    left_over = home / "schemas" / "tocsin.incident.sung_about.v1.json"
    left_over.write_text("{}\n")
    assert check(home, capsys)[0] == 1
    main(["generate", "--home", str(home)])
    assert not left_over.exists()


def test_an_asyncapi_document_edited_by_hand_is_drift(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "asyncapi.yaml").write_text("asyncapi: 3.0.0\n")
    assert "asyncapi.yaml is not what the models make" in check(home, capsys)[1]


def test_an_event_without_an_example_is_noticed(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "golden" / OPENED).unlink()
    code, said = check(home, capsys)
    assert code == 1
    assert "tocsin.incident.opened.v1: no golden example; write golden/" in said


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda event: event.update(type="tocsin.x.y.v1"), "of a type that no topic carries"),
        (lambda event: event.pop("time"), "no longer parses, time: Field required"),
        (lambda event: event.pop("traceparent"), "encodes differently"),
        (lambda event: event.update(extra=1), "encodes differently"),
    ],
    ids=["unknown", "malformed", "written in another order", "a field that nobody knows"],
)
def test_an_example_that_is_not_on_the_wire_is_noticed(
    home: Path,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[dict[str, object]], object],
    says: str,
) -> None:
    edit(home / "golden" / OPENED, change)
    code, said = check(home, capsys)
    assert code == 1
    assert says in said


def test_generate_leaves_a_broken_example_for_a_person(home: Path) -> None:
    edit(home / "golden" / OPENED, lambda event: event.pop("time"))
    assert main(["generate", "--home", str(home)]) == 0
    assert "time" not in json.loads((home / "golden" / OPENED).read_text())


def test_the_same_contracts_may_follow_the_release(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    release(home)
    code, said = check(home, capsys)
    assert code == 0, said
    assert "compatible with the last release, v0.1.0" in said


def test_a_released_field_that_the_models_lost_is_breaking(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(
        home / "schemas" / "tocsin.operator.client_released.v1.json",
        lambda schema: schema["$defs"]["ClientReleased"]["properties"].update(  # type: ignore[index]
            mood={"type": "string"}
        ),
    )
    release(home)
    main(["generate", "--home", str(home)])
    code, said = check(home, capsys)
    assert code == 1
    assert "breaking: tocsin.operator.client_released.v1.data.mood: removed" in said


def test_a_released_type_that_is_gone_is_breaking(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(home / "schemas" / OPENED, home / "schemas" / "tocsin.incident.hidden.v1.json")
    release(home)
    main(["generate", "--home", str(home)])
    code, said = check(home, capsys)
    assert code == 1
    assert "breaking: tocsin.incident.hidden.v1: removed while its events are still" in said


def test_a_released_event_that_no_longer_parses_is_breaking(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(home / "golden" / OPENED, lambda event: event.pop("time"))
    release(home)
    assert "its released example no longer parses, time" in check(home, capsys)[1]


def test_another_number_of_partitions_is_breaking(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = home / "asyncapi.yaml"
    document.write_text(document.read_text().replace("partitions: 12", "partitions: 24"))
    release(home)
    main(["generate", "--home", str(home)])
    code, said = check(home, capsys)
    assert code == 1
    assert "breaking: tocsin.incidents: 24 partitions became 12" in said


def test_a_new_word_is_said_and_passes(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def forget_sev5(schema: dict[str, object]) -> None:
        schema["$defs"]["Severity"]["enum"].remove("sev5")  # type: ignore[index]

    edit(home / "schemas" / OPENED, forget_sev5)
    release(home)
    main(["generate", "--home", str(home)])
    code, said = check(home, capsys)
    assert code == 0, said
    assert "consumers first: tocsin.incident.opened.v1.data.incident.severity" in said
