"""/api/v1/people → who may be recognised, and what they agreed to."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from center import problems
from center.models import Page
from center.people.models import ConsentIn, ErasureOut, FoundIn, PersonChangeIn, PersonIn, PersonOut, PersonWithPhotosOut, Uuid
from center.routes.given import Organiser, RoomGiven

router = APIRouter()


@router.get("/people")
async def list_people(room: RoomGiven, _who: Organiser, asked: Annotated[FoundIn, Query()]) -> Page[PersonOut]:
    return await room.people.persons.page(asked)


@router.post("/people", status_code=201)
async def create_person(room: RoomGiven, who: Organiser, asked: PersonIn) -> PersonOut:
    return (await room.people.persons.create(asked, who.account)).out()


@router.get("/people/{person}")
async def get_person(room: RoomGiven, _who: Organiser, person: Uuid, request: Request) -> PersonWithPhotosOut:
    known = await room.people.persons.known(person)
    photos = await room.people.photos.list(person, problems.language(request.headers))
    return PersonWithPhotosOut(**known.out().model_dump(), photo_list=photos, consents=await room.people.persons.said(person))


@router.patch("/people/{person}")
async def change_person(room: RoomGiven, who: Organiser, person: Uuid, asked: PersonChangeIn) -> PersonOut:
    known = await room.people.persons.change(person, asked, who.account)
    await room.people.faces.catch_up()
    return known.out()


@router.post("/people/{person}/consents")
async def note_consent(room: RoomGiven, who: Organiser, person: Uuid, asked: ConsentIn) -> PersonOut:
    known, changed = await room.people.consent(person, asked, who.account)
    await room.checkin.telling.tell(changed)
    return known.out()


@router.delete("/people/{person}")
async def erase_person(room: RoomGiven, who: Organiser, person: Uuid) -> ErasureOut:
    return await room.people.erase(person, who.account)
