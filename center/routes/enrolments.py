"""/api/v1/enrolments → an archive of photos is looked at (the dry run), told photo by photo, and stored where somebody says so."""

from fastapi import APIRouter, Request

from center import problems
from center.people.models import EnrolmentIn, EnrolmentOut, Uuid
from center.routes.given import Organiser, RoomGiven

router = APIRouter()


@router.post("/enrolments", status_code=201)
async def start_enrolment(room: RoomGiven, who: Organiser, asked: EnrolmentIn, request: Request) -> EnrolmentOut:
    return room.people.enrolments.start(asked, who.account).out(problems.language(request.headers))


@router.get("/enrolments/{enrolment}")
async def get_enrolment(room: RoomGiven, _who: Organiser, enrolment: Uuid, request: Request) -> EnrolmentOut:
    return room.people.enrolments.get(enrolment).out(problems.language(request.headers))


@router.post("/enrolments/{enrolment}/commit")
async def commit_enrolment(room: RoomGiven, who: Organiser, enrolment: Uuid, request: Request) -> EnrolmentOut:
    return room.people.enrolments.commit(enrolment, who.account).out(problems.language(request.headers))


@router.delete("/enrolments/{enrolment}", status_code=204)
async def drop_enrolment(room: RoomGiven, _who: Organiser, enrolment: Uuid) -> None:
    room.people.enrolments.drop(enrolment)
