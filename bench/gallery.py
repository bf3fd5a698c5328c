"""an embedding → its match among 1,000, 10,000 and 100,000, on one core, against NumPy's bare product of the same rows.

In a process of its own: how many threads the product may use is settled when NumPy is imported.
"""

import asyncio
import os
import sys
import time
from collections.abc import Callable
from typing import Final

import msgspec
import numpy as np
from msgspec import Struct

from bench.result import Result, paired, percentile
from vision.faces import Embeddings
from vision.gallery import Gallery
from vision.gallery_contents import nothing
from vision.gallery_entries import Person

_SIZES: Final = (1_000, 10_000, 100_000)
_DIMENSIONS: Final = (128, 512)
_PHOTOS: Final = 3
_MODEL: Final = "bench:0000000000000000:1"
_ROUNDS: Final = 60
_THREADS: Final = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class _Seen(Struct, frozen=True):
    rows: int
    dimensions: int
    ours_ms: list[float]
    bare_ms: list[float]


async def measure(*, quick: bool) -> list[Result]:
    """Search one face at a time, three photos a person."""
    sizes = _SIZES[:2] if quick else _SIZES
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.gallery", *map(str, sizes), env=os.environ | _THREADS, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"the search ended with status {process.returncode}")
    return [_result(seen) for seen in msgspec.json.decode(told, type=list[_Seen])]


def _result(seen: _Seen) -> Result:
    pairs = [(1000 / ours, 1000 / bare) for ours, bare in zip(seen.ours_ms, seen.bare_ms, strict=True)]
    found = paired(
        f"gallery: one of {seen.rows:,} embeddings, {seen.dimensions} dimensions",
        "searches/s",
        "NumPy's product of the same rows, one thread",
        pairs,
    )
    return msgspec.structs.replace(
        found, figures={"ours_p50_ms": percentile(seen.ours_ms, 50), "ours_p99_ms": percentile(seen.ours_ms, 99)}
    )


def _seen(rows: int, dimensions: int) -> _Seen:
    random = np.random.default_rng(1)
    embeddings = random.standard_normal((rows, dimensions), dtype=np.float32)
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    gallery = Gallery(nothing("bench", _MODEL, dimensions))
    gallery.change([Person(f"p{first}", embeddings[first : first + _PHOTOS]) for first in range(0, rows, _PHOTOS)])
    query: Embeddings = embeddings[rows // 2][None]
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(_ROUNDS):
        ours.append(_ms(lambda: gallery.search(query, _MODEL)))
        bare.append(_ms(lambda: gallery.contents.persons.matrix @ query[0]))
    return _Seen(rows, dimensions, ours, bare)


def _ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1e3


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode([_seen(int(rows), dimensions) for rows in sys.argv[1:] for dimensions in _DIMENSIONS]))
