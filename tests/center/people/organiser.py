"""What an organiser does at a center: people, consents, photos."""

from pathlib import Path
from typing import Any

import httpx

from tests.center.running import RunningCenter

API = "/api/v1"


def read(file: Path) -> bytes:
    return file.read_bytes()


class Organiser:
    """Speaks to the center as the browser does, in English."""

    def __init__(self, center: RunningCenter, faces: Path) -> None:
        self.center = center
        self.faces = faces

    async def asks(self, method: str, path: str, **given: Any) -> httpx.Response:
        headers = {"accept-language": "en"} | given.pop("headers", {})
        return await self.center.client.request(method, f"{API}{path}", headers=headers, timeout=60, **given)

    async def person(self, name: str = "Đại biểu Một", *consents: str) -> str:
        kinds = [{"kind": kind, "note": "phiếu số 1"} for kind in consents or ("face", "photo_shown")]
        answer = await self.asks("POST", "/people", json={"name": name, "consents": kinds})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def shows(self, person: str, photo: Path | bytes, name: str = "1.jpg") -> httpx.Response:
        data = photo if isinstance(photo, bytes) else read(photo)
        return await self.asks("POST", f"/people/{person}/photos", content=data, params={"name": name})

    async def enrolled(self, name: str, *photos: str) -> str:
        person = await self.person(name)
        for photo in photos:
            answer = await self.shows(person, self.faces / photo)
            assert answer.json()["accepted"], answer.text
        return person

    async def consents(self, person: str, kind: str, *, given: bool) -> httpx.Response:
        return await self.asks("POST", f"/people/{person}/consents", json={"kind": kind, "given": given, "note": ""})

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        return await self.center.room.database.rows(query)

    async def audited(self, person: str) -> list[str]:
        lines = (await self.asks("GET", "/audit")).json()["items"]
        return [line["action"] for line in reversed(lines) if line["subject"] == person]
