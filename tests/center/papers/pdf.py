"""A PDF as its reader sees it."""

import ctypes
from typing import Any

import numpy as np
import pypdfium2
from pypdfium2 import raw

from vision import codes as reading


def texts(data: bytes) -> list[str]:
    """Return each page's text."""
    document = pypdfium2.PdfDocument(data)
    return [document[number].get_textpage().get_text_bounded() for number in range(len(document))]


def sizes(data: bytes) -> list[tuple[float, float]]:
    """Return each page's width and height in points."""
    document = pypdfium2.PdfDocument(data)
    return [document[number].get_size() for number in range(len(document))]


def picture(data: bytes, page: int, dpi: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Return a page drawn in grey, (height, width)."""
    drawn = pypdfium2.PdfDocument(data)[page].render(scale=dpi / 72, grayscale=True)
    return np.asarray(drawn.to_pil().convert("L"))


def codes(data: bytes, page: int) -> list[str]:
    """Return the QR codes on a page, as a gate's camera reads them."""
    return [code.text for code in reading.read(np.stack([picture(data, page, 250)] * 3, axis=2))]


def boxes(data: bytes) -> list[tuple[float, float, float]]:
    """Return for each sign of the first page where its line stands, and how low and how high it reaches, in points."""
    page = pypdfium2.PdfDocument(data)[0].get_textpage()
    found = []
    for at in range(page.count_chars()):
        x, y = ctypes.c_double(), ctypes.c_double()
        raw.FPDFText_GetCharOrigin(page, at, x, y)
        _, low, _, top = page.get_charbox(at)
        if top > low:
            found.append((y.value, low, top))
    return found
