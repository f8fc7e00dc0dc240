"""``python -m incident_api``: the service's command line."""

from __future__ import annotations

from tocsin_runtime.main import Service, main

from incident_api.bootstrap import MIGRATIONS, NAME, ROLES, build, rebuild
from incident_api.settings import Settings

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
