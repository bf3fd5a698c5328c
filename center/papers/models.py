"""What the REST interface takes and gives of imports."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from center.papers.plan import Severity


class ImportIn(BaseModel):
    """A list that was uploaded is to become an occasion's delegates, all of them on `lists`."""

    model_config = ConfigDict(extra="forbid")

    upload: UUID
    lists: Annotated[tuple[UUID, ...], Field(max_length=100)] = ()


class ImportState(StrEnum):
    """Where an import is: read (dry run), ready to be committed, being stored, done; or not to be had."""

    RUNNING = "running"
    READY = "ready"
    STORING = "storing"
    DONE = "done"
    FAILED = "failed"


class ColumnOut(BaseModel):
    """What a column of the list was taken for."""

    field: str
    header: str
    column: str


class ProblemOfListOut(BaseModel):
    """Something to look at: an error keeps its row out, a warning says what was done. `cell`: as spreadsheets show it."""

    row: int | None
    cell: str | None
    field: str | None
    value: str | None
    severity: Severity
    detail: str


class ImportOut(BaseModel):
    """An import: before `commit` what it would do, after it what it did. `detail`: why it failed."""

    id: UUID
    state: ImportState
    detail: str | None
    rows: int
    created: int
    changed: int
    unchanged: int
    refused: int
    columns: list[ColumnOut]
    problems: list[ProblemOfListOut]
