"""A bad request hurts nobody: whatever is asked of any route of the OpenAPI document, the answer is never an error of ours (5xx).

Signed in as an administrator, over ASGI, on a center with its real database and broker: query strings, paths and bodies of the document's
own names with values of a seeded mixture of everything known to hurt, in places and for things that are there: an occasion with a list, a
gate, a delegate and a passage. The application raises nothing, its answers are JSON or empty, and what could be listed before still can be.
"""

import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote, quote_from_bytes

import httpx
import pytest
import uuid6
from msgspec.structs import replace

from center import app as application
from center.people import vault
from center.settings import People
from tests.center.running import RunningCenter, pages, settings
from tests.center.ward import Ward
from tests.promises import hostile
from tests.promises.scale import FULL, SEED, note
from tests.servers.broker import TestBroker
from tests.servers.databases import TestDatabase

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


GOOD = (
    *(
        '"in"',
        '"out"',
        '"code"',
        '"name"',
        '"hand"',
        '"face"',
        '"photo_shown"',
        '"open"',
        '"rehearsal"',
        '"closed"',
        '"missing"',
        '"An"',
        '"gate-2"',
    ),
    *('"2026-11-26T08:00:00+07:00"', '"2026-11-27T17:00:00+07:00"', '"0001-01-01T00:00:00+14:00"', '"9999-12-31T23:59:59-14:00"'),
    *(
        '"0001-01-01T00:00:00Z"',
        '"9999-12-31T23:59:59Z"',
        "true",
        "false",
        "0",
        "3650",
        "1e-9",
        '["x"]',
        '{"ink":"#ffffff"}',
        '{"face":true}',
    ),
)
"""What some field takes, or nearly takes."""
LISTED = ("/occasions", "/people", "/gateways", "/sites", "/sensors", "/series", "/wall-tokens", "/audit")
ANEW = 50
"""Requests after which everything is made anew: some delete it."""
UNREADY = {"people-unready"}
"""The only 503: a center without models says so."""


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
    every = sorted({name for each in schemas if each.endswith("In") for name in schemas[each]["properties"]})
    return [
        Operation(
            method.upper(), path, tuple(each["name"] for each in about.get("parameters", ())), _fields(about, schemas) or tuple(every)
        )
        for path, methods in document["paths"].items()
        for method, about in methods.items()
    ]


def _fields(operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the fields of an operation's own body; none where it takes no JSON."""
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return tuple(schemas.get(schema.get("$ref", "").rpartition("/")[2], {}).get("properties", ()))


async def made(client: httpx.AsyncClient) -> dict[str, str]:
    """Make one thing of every kind; return what each is called, by the name it has in paths and bodies."""
    api = "/api/v1"

    async def post(path: str, body: object) -> str:
        answer = await client.post(f"{api}{path}", json=body)
        assert answer.status_code in {200, 201, 202}, (path, answer.text)
        return str(answer.json()["id"])

    planned = {"name": "Đại hội", "starts": "2026-11-26T08:00:00+07:00", "ends": "2036-11-27T17:00:00+07:00"}
    occasion = await post("/occasions", planned)
    in_list = await post(f"/occasions/{occasion}/lists", {"name": "Khai mạc"})
    gate = await post(f"/occasions/{occasion}/gates", {"id": f"gate-{occasion}", "list": in_list})
    person = await post("/people", {"name": "An", "consents": [{"kind": "face"}]})
    delegate = await post(f"/occasions/{occasion}/delegates", {"name": "An", "lists": [in_list], "person": person})
    await client.post(f"{api}/occasions/{occasion}/state", json={"state": "rehearsal"})
    passage = await post(f"/lists/{in_list}/passages", {"id": str(uuid6.uuid7()), "method": "name", "delegate": delegate})
    sent = await client.post(f"{api}/uploads", params={"name": "list.csv"}, content=b"name\nAn\n")
    upload = str(sent.json()["id"])
    job = await post(f"/occasions/{occasion}/imports", {"upload": upload, "lists": [in_list]})
    lists = dict.fromkeys(("number", "in_list", "list", "lists"), in_list)
    return lists | {
        "occasion": occasion,
        "gate": gate,
        "person": person,
        "delegate": delegate,
        "passage": passage,
        "upload": upload,
        "job": job,
        "id": str(uuid6.uuid7()),
    }


class Asker:
    """Asks what a seed says. `there`: what things are called that are there, by kind."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._operations = operations()
        self.there: dict[str, str] = {}

    def request(self, client: httpx.AsyncClient) -> httpx.Request:
        random = self._random
        asked = random.choice(self._operations)
        method = asked.method if random.random() < 0.9 else random.choice(("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "X"))
        path = re.sub(r"\{(\w+)\}", lambda found: self._place(found[1]), asked.path)
        query = "&".join(f"{random.choice((*asked.parameters, 'x'))}={self._value()}" for _ in range(random.randrange(4)))
        headers = {
            "accept-language": random.choice(("vi", "en", "", ";;,", "\x7f" * 500)),
            "content-type": TYPES[0] if random.random() < 0.7 else random.choice(TYPES),
        }
        url = client.base_url.copy_with(raw_path=(path + (f"?{query}" if query else "")).encode())
        return client.build_request(method, url, content=self._body(asked), headers=headers)

    def _place(self, kind: str) -> str:
        if self._random.random() < 0.2:
            return self._value()
        return self.there[kind] if kind in self.there and self._random.random() < 0.9 else self._random.choice([*self.there.values()])

    def _value(self) -> str:
        if self._random.random() < 0.2:
            return quote_from_bytes(self._random.randbytes(self._random.randrange(12)))
        return quote(self._random.choice(VALUES), safe="%")

    def _body(self, asked: Operation) -> bytes:
        random = self._random
        if random.random() < 0.2:
            return hostile.message(random)[1][:70_000]
        named = [one for one in (*asked.fields[:12], "x") if random.random() < (0.1 if one == "x" else 0.7)]
        return ("{" + ",".join(f"{json.dumps(one)}:{self._field(one)}" for one in named) + "}").encode(errors="surrogatepass")

    def _field(self, name: str) -> str:
        """Return what stands in a field, as JSON: most often something that is there, or that some field takes."""
        random, chance = self._random, self._random.random()
        if chance < 0.4 and name in self.there:
            return json.dumps([self.there[name]] if name == "lists" else self.there[name])
        if chance < 0.8:
            return random.choice((*GOOD, *(json.dumps(one) for one in self.there.values())))
        return random.choice((*hostile.NUMBERS, *hostile.STRINGS, '"nobody"', '"màn hình"'))


async def signed_in(center: RunningCenter) -> httpx.Cookies:
    """Return the cookies of a new session; from an address of its own, because the hostile one's sign-ins are soon refused."""
    async with center.anonymous() as client:
        await center.sign_in(client)
        return client.cookies


@pytest.fixture
async def keyed(migrated: TestDatabase, broker: TestBroker, tmp_path: Path) -> AsyncIterator[RunningCenter]:
    """A center with a key, and without models."""
    vault.make_key(tmp_path / "people.key")
    people = People(key=str(tmp_path / "people.key"), models=str(tmp_path), scratch=str(tmp_path))
    wanted = replace(settings(migrated.center, broker.broker("center"), web=pages(tmp_path)), people=people)
    async with RunningCenter(wanted, migrated) as running:
        yield running


async def test_no_request_makes_an_error_of_ours(keyed: RunningCenter, broker: TestBroker) -> None:
    Ward(keyed, broker).seed(back="1 hour")
    asker, answers = Asker(Random(SEED)), Counter[int]()
    transport = httpx.ASGITransport(application.create(keyed.room), client=("192.0.2.9", 4_321))
    async with httpx.AsyncClient(transport=transport, base_url=keyed.url, follow_redirects=False) as client:
        client.cookies = await signed_in(keyed)
        for number in range(REQUESTS):
            if number % ANEW == 0:
                asker.there = await made(client)
            request = asker.request(client)
            answer = await client.send(request)
            answers[answer.status_code] += 1
            json_of = answer.json() if answer.content and "json" in answer.headers.get("content-type", "") else {}
            unready = answer.status_code == 503 and json_of["type"] in UNREADY
            assert answer.status_code < 500 or unready, (request.method, request.url, request.content, answer.text)
            if (answer.status_code, request.method, request.url.path) == (204, "DELETE", "/api/v1/session"):
                client.cookies = await signed_in(keyed)
        listed = {path: (await client.get(f"/api/v1{path}")).status_code for path in LISTED}
    note("bad requests", inputs=REQUESTS, answers=dict(sorted(answers.items())))
    assert listed == dict.fromkeys(LISTED, 200)
    assert answers[200] > REQUESTS // 100, answers
    assert answers[422] > REQUESTS // 10, answers
    assert await keyed.health_is("ok")
