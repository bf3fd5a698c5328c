"""a seed → topics and payloads as no gateway of ours sends them: mutated good messages, and everything known to hurt a decoder."""

import json
from collections.abc import Callable
from random import Random
from typing import Any, Final

from tests.ingest.factories import birth, event, fault, health, pack, reading, status

GOOD: Final = (
    *(each.envelope for each in (pack(), pack(*(reading(at_us=1_800_000_000_000_000 + n) for n in range(5))))),
    *(each.envelope for each in (event(fault(detail="kẹt")), status(), birth(), health())),
)
"""One of each kind of message."""
TOPICS: Final = tuple(
    dict.fromkeys(
        (
            *(envelope.topic for envelope in GOOD),
            *(f"ward/s/g/readings/b/{seq}" for seq in ("-1", "00", "9007199254740992", "9" * 16, "9" * 17, "1e3", "٣", "1\n")),
            *("ward/s/center/readings/b/1", "ward/s/g/receipts", "ward/s/g/commands/open", "ward/s/g", "ward//g/status", "WARD/s/g/status"),
            *("", "/", "\0", "\ufffd", "ward/\u202es/g/status", "ward/s/g/status/", "$SYS/broker", "ward/+/g/status", "ward/s/g/#"),
            "ward/" + "a" * 65 + "/g/status",
            "ward/s/g/readings/b/" + "1" * 5_000,
        )
    )
)
NUMBERS: Final = (
    *("NaN", "Infinity", "-Infinity", "1e400", "-1e400", "1e-400", "1" + "0" * 400, "-0", "0x10", "1e15", "1.0000000000000001e15"),
    *(
        "9223372036854775808",
        "-9223372036854775809",
        "253402300800",
        "268435456",
        "1.7976931348623157e308",
        "5e-324",
        "01",
        "1.",
        ".5",
        '"21.5"',
    ),
)
STRINGS: Final = (
    *(
        '""',
        '"\\u0000"',
        '"\\ud800"',
        '"\\udfff\\ud800"',
        '"\\u202e\\u2066abc"',
        '"air/temperature\\n"',
        '"a/b/c"',
        '"/"',
        '"../../x"',
        '"\\uffff"',
    ),
    *(
        "null",
        "true",
        "[]",
        "{}",
        '"' + "x" * 70_000 + '"',
        '"\\x"',
        '"\t"',
        '"\u202e"',
        '"ệ"',
        '"%RH"',
        '"Cel "',
        '"1; DROP TABLE reading"',
    ),
)
FIELDS: Final = "bn bt bu bv bs bver n u v vb vs vd s t ut x_ id source time type specversion data subject offline boot at state".split()


def message(random: Random) -> tuple[str, bytes]:
    """Return a topic and a payload, at least one of which is wrong most of the time."""
    topic = random.choice(TOPICS) if random.random() < 0.5 else random.choice(GOOD).topic
    return topic, random.choice(_MAKERS)(random)


def _records(random: Random) -> bytes:
    """SenML-like records of any fields and values, some of them twice."""
    count = random.choice((0, 1, 1, 2, 3, 8, 50))
    return ("[" + ",".join(_object(random) for _ in range(count)) + "]").encode()


def _object(random: Random) -> str:
    fields = [f'"{random.choice(FIELDS)}":{_value(random)}' for _ in range(random.randrange(7))]
    if random.random() < 0.5:
        fields += ['"n":"air1/temperature"', '"u":"Cel"', '"v":1']
    if random.random() < 0.5:
        fields.append(f'"t":{random.choice(("1800000000.5", "1e308", "268435455", "-5", "253402300799.9999999"))}')
    return "{" + ",".join(fields) + "}"


def _value(random: Random) -> str:
    return random.choice((*NUMBERS, *STRINGS, *NUMBERS))


def _mutated(random: Random) -> bytes:
    """A good payload with bytes changed, removed, doubled or foreign."""
    data = bytearray(random.choice(GOOD).payload)
    for _ in range(random.randrange(1, 6)):
        place = random.randrange(len(data) + 1)
        match random.randrange(4):
            case 0:
                data[place : place + 1] = bytes([random.randrange(256)])
            case 1:
                del data[place : place + random.randrange(9)]
            case 2:
                data[place:place] = data[place : place + random.randrange(30)]
            case _:
                data[place:place] = random.choice((b"\xff\xfe", b"\xc0\x80", b"\xed\xa0\x80", b"\0", b"\xef\xbb\xbf", b"\xe2\x80\xae"))
    return bytes(data)


def _replaced(random: Random) -> bytes:
    """A good message with one value replaced, wherever it is."""
    found: Any = json.loads(random.choice(GOOD).payload)
    mark = "\x01here\x01"
    node = found
    while isinstance(node, list | dict) and node:
        key = random.choice(list(node)) if isinstance(node, dict) else random.randrange(len(node))
        if not isinstance(node[key], list | dict) or not node[key] or random.random() < 0.2:
            node[key] = mark
            break
        node = node[key]
    return json.dumps(found).replace(json.dumps(mark), _value(random)).encode(errors="surrogatepass")


def _deep(random: Random) -> bytes:
    opening, closing = random.choice((("[", "]"), ('{"a":', "}"), ('[{"n":', "}]"), ('{"data":', "}")))
    depth = random.choice((10, 900, 1_100, 20_000, 100_000))
    return (opening * depth + "1" + closing * depth * random.randrange(2)).encode()


def _large(random: Random) -> bytes:
    return random.choice(
        (
            lambda: b"[" + b",".join([b"{}"] * 100_000) + b"]",
            lambda: b"[" + b",".join([b'{"v":1}'] * 2_001) + b"]",
            lambda: b" " * random.choice((262_144, 262_145, 1_000_000)),
            lambda: b'[{"n":"' + b"a" * 262_000 + b'"}]',
        )
    )()


def _noise(random: Random) -> bytes:
    return random.randbytes(random.choice((0, 1, 7, 60, 500)))


_MAKERS: Final[tuple[Callable[[Random], bytes], ...]] = (
    (_records,) * 8 + (_mutated,) * 8 + (_replaced,) * 8 + (_noise,) * 3 + (_deep, _large)
)


def toml(random: Random) -> str:
    """Return the text of a settings file, at least one line of it wrong most of the time."""
    lines = ['[broker]\nusername = "u"\npassword = "p"', '[database]\nuser = "u"\npassword = "p"', "[listen]\nport = 5000"]
    for _ in range(random.randrange(1, 5)):
        lines.append(random.choice(("[ingest]", "[center]", "[edge]", "[[sensor]]", "[log]", "[broker]", "[nobody]", "[broker.host]", "")))
        lines.append(f"{random.choice(_KEYS)} = {random.choice((*_TOML, *NUMBERS, *STRINGS))}")
    random.shuffle(lines)
    text = "\n".join(lines)
    if random.random() < 0.3:
        place = random.randrange(len(text))
        text = (
            text[:place] + random.choice(("\0", "\ufeff", "[", '"', "\\", "=", "\r", "\u2028", "]]")) + text[place + random.randrange(3) :]
        )
    return text


_KEYS: Final = (
    *"host port username password tls_ca keepalive_s name user connect_timeout_s token level format site gateway data window".split(),
    *"queue_messages pace_s sharing origins proxies clients sensor.options.x a.b.c id driver period_s quantities report".split(),
    *('""', "'\\'", "\u202e", "1", "-"),
)
_TOML: Final = (
    *("nan", "inf", "-inf", "1979-05-27T07:32:00Z", "07:32:00", "0xffffffffffffffffff", "1_000", "'''x'''", '"\\U0010ffff"', '"""\n"""'),
    *(
        "[[[[1]]]]",
        '{a = {b = "c"}}',
        '[{id = "x"}]',
        "[" * 300 + "]" * 300,
        "[" * 3_000,
        '{vi = "a", en = "b"}',
        "['a', 1]",
        "0o7",
        '"\\ud800"',
    ),
)
