"""a portrait → a head with a soft edge: the face's surroundings are told apart by their colours, and what is no head becomes transparent.

The head is scaled so that every face is as high as a grown-up's; its silhouette is found by GrabCut (Rother et al. 2004) between an ellipse
that is surely face and a wider one outside of which nothing is head.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from simulators.scenes.people import Portrait
from vision.frames import Image

PPM: Final = 640.0
"""Pixels a metre in every sprite at full size: a little less than at the gate."""
FACE_M: Final = 0.205
"""Metres from chin to hairline, the height of a detector's box."""
_ABOVE: Final = 0.55
_BELOW: Final = 0.42
_ASIDE: Final = 0.85
"""How far the head's piece of the portrait reaches beyond the face's middle (aside) and edges (above, below), in heights of the face."""
_ROUNDS: Final = 4
_LEAST_SHARE: Final = 0.55
"""A silhouette that covers less of the ellipse of the head than this is a failure; the ellipse is taken instead."""
Alpha = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A head at `PPM`. `image`: (h, w, 3); `alpha`: (h, w), 0 to 1; the face in pixels of it; the colours of skin and hair."""

    image: Image
    alpha: Alpha
    box_xyxy: NDArray[np.float32]
    landmarks_xy: NDArray[np.float32]
    skin: tuple[float, ...]
    hair: tuple[float, ...]


def head(portrait: Portrait) -> Head:
    """Return the head of a portrait; its background and body are gone."""
    left, top, right, bottom = (float(value) for value in portrait.face.box_xyxy)
    height = bottom - top
    scale = FACE_M * PPM / height
    corner = np.array([(left + right) / 2 - _ASIDE * height, top - _ABOVE * height])
    size = round(2 * _ASIDE * height), round((1 + _ABOVE + _BELOW) * height)
    image = _scaled(_piece(portrait.image, corner, size), scale)
    box = ((portrait.face.box_xyxy.reshape(2, 2) - corner) * scale).astype(np.float32).reshape(4)
    landmarks = ((portrait.face.landmarks_xy - corner) * scale).astype(np.float32)
    alpha = _silhouette(image, box)
    skin, hair = _colours(image, box)
    return Head(image, alpha, box, landmarks, skin, hair)


def _piece(image: Image, corner: NDArray[np.float64], size: tuple[int, int]) -> Image:
    """Return a piece of the picture; beyond its edges the edge goes on."""
    move = np.array([[1.0, 0.0, -corner[0]], [0.0, 1.0, -corner[1]]])
    moved = cv2.warpAffine(image, move, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, dtype=np.uint8)


def _scaled(image: Image, scale: float) -> Image:
    size = max(8, round(image.shape[1] * scale)), max(8, round(image.shape[0] * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, size, interpolation=way), dtype=np.uint8)


def _silhouette(image: Image, box: NDArray[np.float32]) -> Alpha:
    """Return how much of each pixel is head: what is found in the picture at half its size, softened at the edge."""
    half = cv2.resize(image, (image.shape[1] // 2, image.shape[0] // 2), interpolation=cv2.INTER_AREA)
    found = _found(np.asarray(half, dtype=np.uint8), box / np.float32(2))
    whole = cv2.resize(found, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
    smooth = cv2.GaussianBlur(whole, (0, 0), 2.0)
    return _softened((np.asarray(smooth) > 127).astype(np.uint8), float(box[3]), float(box[3] - box[1]))


def _found(image: Image, box: NDArray[np.float32]) -> Image:
    """Return 255 where GrabCut finds the head, within the ellipse of a head with its neck."""
    left, top, right, bottom = (float(value) for value in box)
    centre, height = (left + right) / 2, bottom - top
    shape = image.shape[:2]
    face = _ellipse(shape, (centre, top + 0.44 * height), (0.31 * height, 0.52 * height))
    outer = _ellipse(shape, (centre, top + 0.34 * height), (0.58 * height, 0.80 * height))
    neck = np.zeros(shape, np.uint8)
    column = ((round(centre - 0.24 * height), round(bottom - 0.2 * height)), (round(centre + 0.24 * height), round(bottom + 0.24 * height)))
    cv2.rectangle(neck, *column, 1, -1)
    likely = _ellipse(shape, (centre, top + 0.40 * height), (0.43 * height, 0.64 * height))
    guess = np.where(outer, cv2.GC_PR_BGD, cv2.GC_BGD).astype(np.uint8)
    guess[likely | (neck > 0)] = cv2.GC_PR_FGD
    guess[face] = cv2.GC_FGD
    cv2.setRNGSeed(1)  # GrabCut begins with k-means, and k-means with chance
    cv2.grabCut(image, guess, (0, 0, 1, 1), np.zeros((1, 65)), np.zeros((1, 65)), _ROUNDS, cv2.GC_INIT_WITH_MASK)
    found = (guess == cv2.GC_FGD) | (guess == cv2.GC_PR_FGD)
    if found[likely].mean() < _LEAST_SHARE:
        found = likely | (neck > 0)
    return _rounded(_whole(found), round(top + 0.5 * height)) * np.uint8(255)


def _whole(found: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return the largest connected piece, its small bays and spikes smoothed away."""
    round_ = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    solid = cv2.morphologyEx(found.astype(np.uint8), cv2.MORPH_OPEN, round_)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(solid)
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])) if len(stats) > 1 else 0
    piece = (labels == largest).astype(np.uint8)
    return np.asarray(cv2.morphologyEx(piece, cv2.MORPH_CLOSE, round_), dtype=np.uint8)


def _rounded(mask: NDArray[np.uint8], middle: int) -> NDArray[np.uint8]:
    """Return the mask with no bays above the middle of the face: a skull has none, hair before a dark background may seem to."""
    upper = mask[:middle]
    outlines, _ = cv2.findContours(upper, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    for outline in outlines:
        cv2.fillConvexPoly(upper, cv2.convexHull(outline), 1)
    return mask


def _softened(mask: NDArray[np.uint8], chin: float, height: float) -> Alpha:
    """Return the mask a little smaller, its edge soft, fading out below the chin where the drawn collar begins."""
    inner = cv2.erode(mask, np.ones((3, 3), np.uint8))
    soft = cv2.GaussianBlur(inner.astype(np.float32), (0, 0), 1.6)
    rows = np.arange(mask.shape[0], dtype=np.float32)
    fade = np.clip((chin + 0.26 * height - rows) / (0.1 * height), 0, 1)
    return np.asarray(soft * fade[:, None], dtype=np.float32)


def _ellipse(shape: tuple[int, ...], centre: tuple[float, float], axes: tuple[float, float]) -> NDArray[np.bool_]:
    rows, columns = np.ogrid[0 : shape[0], 0 : shape[1]]
    return np.asarray(((columns - centre[0]) / axes[0]) ** 2 + ((rows - centre[1]) / axes[1]) ** 2 <= 1)


def _colours(image: Image, box: NDArray[np.float32]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the middle colours of the cheeks and of what is just above the face."""
    left, top, right, bottom = (round(float(value)) for value in box)
    wide, high = right - left, bottom - top
    cheeks = image[top + high // 2 : top + 3 * high // 4, left + wide // 5 : right - wide // 5]
    above = image[max(0, top - high // 6) : max(4, top - high // 20), left + wide // 4 : right - wide // 4]
    return _middle(cheeks), _middle(above)


def _middle(piece: Image) -> tuple[float, ...]:
    if not piece.size:
        return 60.0, 60.0, 60.0
    return tuple(float(value) for value in np.median(piece.reshape(-1, 3), axis=0))
