"""``python -m <service>``: run, migrate, look after dead letters, rebuild."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, NoReturn, TypeVar

import structlog
import uvloop
from pydantic import ValidationError
from pydantic_settings import SettingsError

from tocsin_runtime import letters, migrations, topics
from tocsin_runtime.batch import BatchProcessor
from tocsin_runtime.database import Database
from tocsin_runtime.logs import configure_logging
from tocsin_runtime.process import Component, run_components
from tocsin_runtime.settings import RuntimeSettings
from tocsin_runtime.tracing import configure_tracing, flush

log = structlog.get_logger()
S = TypeVar("S", bound=RuntimeSettings)


@dataclass
class Parts:
    """What a service is built of: its components, and how to take it apart again."""

    components: Sequence[Component]
    close: Callable[[], Awaitable[None]]
    database: Database
    processors: dict[str, BatchProcessor] = field(default_factory=dict)
    """By the consumer's name; dead letters are replayed through them."""


@dataclass(frozen=True)
class Service(Generic[S]):
    """A service as its ``__main__`` describes it.

    ``build`` gets the settings and what to run: a subset of ``roles``, all of them by default.
    ``rebuild`` builds state from the log without sending anything.
    """

    name: str
    settings: type[S]
    migrations: Path
    roles: tuple[str, ...]
    build: Callable[[S, frozenset[str]], Awaitable[Parts]]
    rebuild: Callable[[S], Awaitable[None]] | None = None


def main(service: Service[S], arguments: Sequence[str] | None = None) -> NoReturn:
    """Do what the command line says and exit: 0 done, 1 crashed, 2 wrong settings or arguments."""
    options = _parser(service).parse_args(arguments)
    try:
        settings = service.settings()
    except ValidationError as error:
        sys.exit(_settings_problem(error))
    except (SettingsError, OSError) as error:
        sys.exit(f"A setting cannot be read; see docs/settings.md. {error.__cause__ or error}")
    configure_logging(service.name, log_format=settings.log_format, level=settings.log_level)
    sys.exit(_COMMANDS[options.command](service, settings, options))


def _parser(service: Service[S]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {service.name.replace('-', '_')}")
    commands = parser.add_subparsers(dest="command", metavar="command")
    run = commands.add_parser("run", help="run the service (default)")
    for target in (parser, run):
        target.add_argument(
            "--only", choices=service.roles, action="append", help="run this part alone"
        )
    commands.add_parser("migrate", help="bring the database to the newest schema")
    commands.add_parser("topics", help="create the Kafka topics that do not exist yet")
    kept = commands.add_parser("deadletters", help="records that could not be handled")
    kept.add_argument("action", choices=("list", "replay"))
    if service.rebuild:
        commands.add_parser("rebuild", help="build state from the log, sending nothing")
    parser.set_defaults(command="run")
    return parser


def _run(service: Service[S], settings: S, options: argparse.Namespace) -> int:
    async def go() -> int:
        configure_tracing(service.name, settings.otel_exporter_otlp_endpoint)
        roles = frozenset(options.only or service.roles)
        parts = await service.build(settings, roles)
        log.info("started", roles=sorted(roles))
        try:
            return await run_components(parts.components, settings.shutdown_seconds)
        finally:
            await parts.close()
            flush()

    return uvloop.run(go())


def _migrate(service: Service[S], settings: S, _: argparse.Namespace) -> int:
    migrations.upgrade(settings.database_url.get_secret_value(), service.migrations)
    print(f"{service.name}: the database schema is up to date.")  # noqa: T201
    return 0


def _topics(_: Service[S], settings: S, __: argparse.Namespace) -> int:
    created = asyncio.run(topics.create_topics(settings))
    print(f"Topics created: {', '.join(created) or 'none, all exist'}.")  # noqa: T201
    return 0


def _deadletters(service: Service[S], settings: S, options: argparse.Namespace) -> int:
    return asyncio.run(
        _list(service, settings) if options.action == "list" else _replay(service, settings)
    )


async def _list(service: Service[S], settings: S) -> int:
    count = 0
    async for letter, _ in letters.stored_letters(settings, service.name):
        count += 1
        where = f"{letter.record.topic}/{letter.record.partition}@{letter.record.offset}"
        print(f"{letter.number}\t{letter.consumer}\t{where}\t{letter.reason}")  # noqa: T201
    print(f"{count} dead letters.", file=sys.stderr)  # noqa: T201
    return 0


async def _replay(service: Service[S], settings: S) -> int:
    parts = await service.build(settings, frozenset(service.roles))
    try:
        handled, again = await letters.replay(
            settings, service.name, parts.database, parts.processors
        )
    finally:
        await parts.close()
    print(f"{handled} handled, {again} failed again and stay.")  # noqa: T201
    return 0 if not again else 1


def _rebuild(service: Service[S], settings: S, _: argparse.Namespace) -> int:
    if service.rebuild is None:
        return 2
    asyncio.run(service.rebuild(settings))  # type: ignore[arg-type]
    return 0


def _settings_problem(error: ValidationError) -> str:
    lines = [
        f"{'.'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}"
        for problem in error.errors(include_input=False, include_url=False)
    ]
    return "Settings are wrong; see docs/settings.md.\n  " + "\n  ".join(lines)


_COMMANDS: dict[str, Callable[..., int]] = {
    "run": _run,
    "migrate": _migrate,
    "topics": _topics,
    "deadletters": _deadletters,
    "rebuild": _rebuild,
}
