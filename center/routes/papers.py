"""Attendance as XLSX and PDF, badges as PDF, and an empty list to fill in → files to save and print."""

import asyncio
from collections.abc import AsyncIterator
from io import SEEK_END, BytesIO
from typing import Annotated, Any, BinaryIO, Final
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from center.routes.given import Organiser, RoomGiven

router = APIRouter()

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PDF: Final = "application/pdf"
_PIECE: Final = 2**18


def _answers(kind: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {kind: {"schema": {"type": "string", "format": "binary"}}}, "description": "The file."}}


def _file(made: BinaryIO, kind: str, name: str) -> Response:
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}", "cache-control": "no-store"}
    headers["content-length"] = str(made.seek(0, SEEK_END))
    return StreamingResponse(_pieces(made), media_type=kind, headers=headers)


async def _pieces(made: BinaryIO) -> AsyncIterator[bytes]:
    """Yield a file a piece at a time, as fast as the browser takes it; then let go of it."""
    with made:
        made.seek(0)
        while piece := await asyncio.to_thread(made.read, _PIECE):
            yield piece


@router.get("/lists/{in_list}/attendance.xlsx", response_class=Response, responses=_answers(_XLSX))
async def get_attendance_workbook(room: RoomGiven, who: Organiser, in_list: UUID) -> Response:
    return _file(await room.printing.attendance_workbook(who.account, in_list), _XLSX, "Điểm danh.xlsx")


@router.get("/lists/{in_list}/attendance.pdf", response_class=Response, responses=_answers(_PDF))
async def get_attendance_paper(room: RoomGiven, who: Organiser, in_list: UUID) -> Response:
    return _file(await room.printing.attendance_paper(who.account, in_list), _PDF, "Điểm danh.pdf")


@router.get("/occasions/{occasion}/badges.pdf", response_class=Response, responses=_answers(_PDF))
async def get_badges(
    room: RoomGiven, who: Organiser, occasion: UUID, delegation: Annotated[str | None, Query(max_length=200)] = None
) -> Response:
    return _file(await room.printing.badges(who.account, occasion, delegation), _PDF, "Thẻ đại biểu.pdf")


@router.get("/delegates/{delegate}/badge.pdf", response_class=Response, responses=_answers(_PDF))
async def get_badge(room: RoomGiven, who: Organiser, delegate: UUID) -> Response:
    return _file(await room.printing.badge(who.account, delegate), _PDF, "Thẻ đại biểu.pdf")


@router.get("/papers/delegates.xlsx", response_class=Response, responses=_answers(_XLSX))
async def get_delegates_template(room: RoomGiven, _who: Organiser) -> Response:
    return _file(BytesIO(await room.printing.template()), _XLSX, "Mẫu danh sách đại biểu.xlsx")
