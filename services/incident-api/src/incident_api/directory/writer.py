"""The directory's writer for a route's signature; bootstrap puts it on the application."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from incident_api.directory.apply import DirectoryWriter


def writer_of(request: Request) -> DirectoryWriter:
    writer: DirectoryWriter = request.app.state.directory_writer
    return writer


WithWriter = Annotated[DirectoryWriter, Depends(writer_of)]
