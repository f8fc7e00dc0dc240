"""``python -m escalation``: the service's command line."""

from __future__ import annotations

from tocsin_runtime.main import Service, main

from escalation.bootstrap import MIGRATIONS, NAME, ROLES, build, rebuild
from escalation.settings import Settings

main(
    Service(
        name=NAME,
        settings=Settings,
        migrations=MIGRATIONS,
        roles=ROLES,
        build=build,
        rebuild=rebuild,
    )
)
