"""A bad request hurts nobody: whatever is asked of any route of the OpenAPI document, the answer is never an error of ours (5xx).

Signed in as an administrator, over ASGI, on a center with its real database and broker: query strings, paths and bodies of the document's
own names with values of a seeded mixture of everything known to hurt. The application raises nothing, and its answers are JSON or empty.
"""

import json
from collections import Counter
from dataclasses import dataclass
from random import Random
from urllib.parse import quote, quote_from_bytes

import httpx
import pytest

from center import app as application
from tests.center.running import RunningCenter
from tests.center.ward import Ward
from tests.promises import hostile
from tests.promises.scale import FULL, SEED, note

pytestmark = [pytest.mark.servers, pytest.mark.timeout(1_800 if FULL else 120)]

REQUESTS = 30_000 if FULL else 600
TYPES = ("application/json", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "\x7f", "")
VALUES = (
    *("1", "0", "-1", "2147483647", "2147483648", "9" * 400, "1e3", "NaN", "true", "null", "", " ", "%00", "%FF%FE", "%ED%A0%80", "٣"),
    *("2026-01-01T00:00:00Z", "2026-01-01T00:00:00%2B07:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "2026-13-01T00:00:00Z"),
    *(
        "1e300",
        "253402300800",
        "-62135596801",
        "inf",
        "2026-01-01",
        "auto",
        "raw",
        "1d",
        "W10",
        "WzFd",
        "eyJhIjoxfQ",
        "WyJcdTAwMDAiXQ",
        "WzFlNDAwXQ",
    ),
    *(
        "W251bGwsbnVsbF0",
        "WzkyMjMzNzIwMzY4NTQ3NzU4MDhd",
        "a" * 401,
        "..%2F..",
        "%E2%80%AE",
        "'; DROP TABLE reading; --",
        "🏛",
        "a&series=1",
        "[]",
    ),
)


@dataclass(frozen=True)
class Operation:
    """One method of one path, with its parameters and the fields of its body."""

    method: str
    path: str
    parameters: tuple[str, ...]
    fields: tuple[str, ...]


def operations() -> list[Operation]:
    document = application.openapi_document()
    schemas = document["components"]["schemas"]
    fields = sorted({name for each in schemas if each.endswith("In") for name in schemas[each]["properties"]})
    return [
        Operation(method.upper(), path, tuple(each["name"] for each in about.get("parameters", ())), tuple(fields))
        for path, methods in document["paths"].items()
        for method, about in methods.items()
    ]


class Asker:
    """Asks what a seed says."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._operations = operations()

    def request(self, client: httpx.AsyncClient) -> httpx.Request:
        random = self._random
        asked = random.choice(self._operations)
        method = asked.method if random.random() < 0.9 else random.choice(("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "X"))
        path = asked.path.replace("{number}", self._value())
        query = "&".join(f"{random.choice((*asked.parameters, 'x'))}={self._value()}" for _ in range(random.randrange(4)))
        headers = {"accept-language": random.choice(("vi", "en", "", ";;,", "\x7f" * 500)), "content-type": random.choice(TYPES)}
        url = client.base_url.copy_with(raw_path=(path + (f"?{query}" if query else "")).encode())
        return client.build_request(method, url, content=self._body(asked), headers=headers)

    def _value(self) -> str:
        if self._random.random() < 0.2:
            return quote_from_bytes(self._random.randbytes(self._random.randrange(12)))
        return quote(self._random.choice(VALUES), safe="%")

    def _body(self, asked: Operation) -> bytes:
        random = self._random
        if random.random() < 0.3:
            return hostile.message(random)[1][:70_000]
        values = (*hostile.NUMBERS, *hostile.STRINGS, '"nobody"', '"a password of a test"', '"màn hình"')
        chosen = (f"{json.dumps(random.choice((*asked.fields, 'x')))}:{random.choice(values)}" for _ in range(random.randrange(4)))
        return ("{" + ",".join(chosen) + "}").encode(errors="surrogatepass")


async def signed_in(center: RunningCenter) -> httpx.Cookies:
    """Return the cookies of a new session; from an address of its own, because the hostile one's sign-ins are soon refused."""
    async with center.anonymous() as client:
        await center.sign_in(client)
        return client.cookies


async def test_no_request_makes_an_error_of_ours(center: RunningCenter, ward: Ward) -> None:
    ward.seed(back="1 hour")
    asker, answers = Asker(Random(SEED)), Counter[int]()
    transport = httpx.ASGITransport(application.create(center.room), client=("192.0.2.9", 4_321))
    async with httpx.AsyncClient(transport=transport, base_url=center.url, follow_redirects=False) as client:
        client.cookies = await signed_in(center)
        for _ in range(REQUESTS):
            request = asker.request(client)
            answer = await client.send(request)
            answers[answer.status_code] += 1
            assert answer.status_code < 500, (request.method, request.url, request.content, answer.text)
            if answer.content and "json" in answer.headers.get("content-type", ""):
                answer.json()
            if (answer.status_code, request.method, request.url.path) == (204, "DELETE", "/api/v1/session"):
                client.cookies = await signed_in(center)
    note("bad requests", inputs=REQUESTS, answers=dict(sorted(answers.items())))
    assert answers[200] > REQUESTS // 100, answers
    assert answers[422] > REQUESTS // 10, answers
    assert await center.health_is("ok")
