"""One stack a folder, ports that are free, and nothing of a dead stack in the way."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from devstack.backing.errors import StackError
from devstack.backing.postgres import end_leftover
from devstack.stack import files, folder
from devstack.stack.environment import Backing, service_environment
from devstack.stack.layout import PARTS, Layout
from devstack.stack.secrets import load_secrets
from devstack.stack_process import free_port_base


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(free_port_base(), state=tmp_path)


def test_a_second_stack_in_the_same_folder_is_told_how_to_run_beside_it(layout: Layout) -> None:
    lock = folder.take(layout)
    with pytest.raises(StackError, match=f"make down PORT_BASE={layout.port_base}"):
        folder.take(layout)
    lock.close()
    folder.take(layout).close()


def test_a_port_in_use_is_one_clear_sentence(layout: Layout) -> None:
    named = pytest.raises(StackError, match=rf"Port {layout.port('kafka')}.*kafka.*PORT_BASE=")
    with socket.create_server(("127.0.0.1", layout.port("kafka"))), named:
        folder.check_ports(layout)
    folder.check_ports(layout)


def test_a_stack_json_whose_numbers_belong_to_others_now_stops_nobody(layout: Layout) -> None:
    assert files.running({"pids": {"dispatcher": [1], "kafka": [2**22 - 3]}}) == []


def test_a_fresh_stack_keeps_nothing_but_the_lock(layout: Layout) -> None:
    folder.take(layout).close()
    load_secrets(layout.folder)
    (layout.folder / "postgres" / "data").mkdir(parents=True)
    folder.empty(layout)
    assert {path.name for path in layout.folder.iterdir()} == {"lock", "logs"}


def test_only_the_stack_named_in_a_stack_json_takes_it_away(layout: Layout) -> None:
    layout.state.mkdir(exist_ok=True)
    files.write(layout.newest_stack_file, {"pids": {"supervisor": [1]}})
    files.remove_if_ours(layout.newest_stack_file, os.getpid())
    assert layout.newest_stack_file.exists()
    files.remove_if_ours(layout.newest_stack_file, 1)
    assert not layout.newest_stack_file.exists()


def test_a_postmaster_pid_that_names_somebody_else_is_dropped(tmp_path: Path) -> None:
    pid_file = tmp_path / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{tmp_path}\n")
    end_leftover(tmp_path)
    assert not pid_file.exists()


def test_secrets_last_and_are_the_owners_alone(layout: Layout) -> None:
    layout.folder.mkdir(parents=True)
    made = load_secrets(layout.folder)
    assert load_secrets(layout.folder) == made
    assert (layout.folder / "secrets.json").stat().st_mode & 0o077 == 0


def test_a_service_hears_nothing_of_the_callers_environment(layout: Layout) -> None:
    layout.folder.mkdir(parents=True)
    backing = Backing(
        "127.0.0.1:1", {"dispatcher": "postgresql://dispatcher@127.0.0.1:2/dispatcher"}
    )
    caller = {"PATH": "/bin", "SMTP_HOST": "mail.real.example", "SLACK_BOT_TOKEN": "xoxb-real"}
    given = service_environment("dispatcher", layout, load_secrets(layout.folder), backing, caller)
    assert given["PATH"] == "/bin"
    assert given["SMTP_HOST"] == "127.0.0.1"
    assert "xoxb-real" not in given.values()
    assert given["EGRESS"] == "loopback"


def test_every_part_has_a_port_of_its_own() -> None:
    assert sorted(Layout(9000).ports.values()) == list(range(9000, 9000 + len(PARTS)))
