import asyncio
from hashlib import sha256

import cv2
import httpx
import numpy as np
import psycopg
import pytest

from center.bodies import EVIDENCE
from center.occasions.shots import SHOT
from tests.center.running import RunningCenter

pytestmark = pytest.mark.servers


def jpeg(width: int = 320, height: int = 320, kind: str = ".jpg") -> bytes:
    image = np.full((height, width, 3), 90, np.uint8)
    return cv2.imencode(kind, image)[1].tobytes()


async def brought(gateway: httpx.AsyncClient, shot: bytes, digest: str | None = None) -> httpx.Response:
    return await gateway.post(f"/evidence/{digest or sha256(shot).hexdigest()}", content=shot, headers={"accept-language": "en"})


def kept(center: RunningCenter) -> list[tuple[bytes, str, str, bytes]]:
    with psycopg.connect(center.database.owner.conninfo()) as connection:
        return connection.execute("SELECT digest, site, gateway, sealed FROM evidence").fetchall()


async def test_a_best_shot_is_kept_once_and_only_the_key_opens_it(center: RunningCenter, gateway: httpx.AsyncClient) -> None:
    shot = jpeg()
    answers = [await brought(gateway, shot) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [204] * 3
    ((digest, site, name, sealed),) = kept(center)
    assert (digest, site, name) == (sha256(shot).digest(), "hall", "gw-1")
    assert shot not in sealed
    assert center.room.vault.open(SHOT, digest, sealed) == shot


REFUSED = [
    (b"", 422, "no JPEG"),
    (b"\xff\xd8\xff but no picture", 422, "cannot be read"),
    (jpeg()[:-200], 422, "cannot be read"),
    (jpeg(kind=".png"), 422, "no JPEG"),
    (jpeg(4_000, 2_000), 422, "megapixels"),
    (jpeg() + bytes(EVIDENCE), 413, "0.25"),
]


async def test_what_is_no_small_jpeg_is_refused_in_one_sentence(center: RunningCenter, gateway: httpx.AsyncClient) -> None:
    answers = [await brought(gateway, shot) for shot, _, _ in REFUSED]

    for answer, (_, status, words) in zip(answers, REFUSED, strict=True):
        assert answer.status_code == status, answer.text
        assert words in answer.json()["detail"]
    assert kept(center) == []


async def test_a_picture_under_another_ones_digest_is_refused(center: RunningCenter, gateway: httpx.AsyncClient) -> None:
    answers = [
        await brought(gateway, jpeg(), sha256(b"another").hexdigest()),
        await brought(gateway, jpeg(), "x"),
        await brought(gateway, jpeg(), "A" * 64),
    ]

    assert [answer.status_code for answer in answers] == [422] * 3
    assert kept(center) == []


async def test_a_center_without_a_key_keeps_no_picture_and_says_why(center: RunningCenter, gateway: httpx.AsyncClient) -> None:
    center.room.vault._key = None
    answer = await brought(gateway, jpeg())

    assert answer.status_code >= 500  # the gateway keeps it and tries again
    assert "key" in answer.json()["detail"]


async def test_a_picture_that_is_cut_off_on_its_way_is_no_fault_of_the_center(
    center: RunningCenter, gateway: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    place = gateway.build_request("POST", f"/evidence/{'0' * 64}")
    _, writer = await asyncio.open_connection(place.url.host, place.url.port)
    head = f"POST {place.url.path} HTTP/1.1\r\nhost: x\r\nauthorization: {gateway.headers['authorization']}\r\ncontent-length: 1000\r\n\r\n"
    writer.write(head.encode() + b"half")
    await writer.drain()
    await asyncio.sleep(0.3)
    writer.close()
    await asyncio.sleep(0.3)

    assert (await brought(gateway, jpeg())).status_code == 204
    assert len(kept(center)) == 1
    assert "Traceback" not in caplog.text
    assert "ASGI" not in caplog.text
