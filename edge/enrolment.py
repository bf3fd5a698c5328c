"""photos of people → a gallery of everybody with a usable photo; and of each other photo why it is of no use."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import uuid6

from edge.people import Photo
from vision import gallery_contents, outliers, pictures, portrait
from vision.engine import FaceEngine
from vision.errors import PictureError
from vision.faces import Embeddings
from vision.gallery import Gallery
from vision.gallery_entries import PHOTOS, Person
from vision.gates import Gates


def enrolled(photos: Sequence[Photo], eyes: FaceEngine, gates: Gates) -> tuple[Gallery, dict[Photo, PictureError]]:
    """Return everybody with a usable photo, and why the other photos are of no use."""
    rows: dict[str, list[Embeddings]] = {}
    useless: dict[Photo, PictureError] = {}
    for photo in photos:
        try:
            image = pictures.opened(photo.file)
            face = portrait.only(portrait.judged(image, eyes, gates), photo.file.name)
        except PictureError as error:
            useless[photo] = error
        else:
            rows.setdefault(photo.person, []).append(eyes.embed(image, [face]))
    gallery = Gallery(gallery_contents.nothing(str(uuid6.uuid7()), eyes.model, eyes.embedder.dimensions))
    gallery.change([Person(person, np.concatenate(own[:PHOTOS])) for person, own in rows.items()])
    return gallery, useless


def missing(photos: Sequence[Photo], gallery: Gallery) -> list[str]:
    """Return who has no usable photo."""
    return [person for person in dict.fromkeys(photo.person for photo in photos) if gallery.person(person) is None]


def odd(photos: Sequence[Photo], useless: Mapping[Photo, PictureError], gallery: Gallery) -> Iterator[tuple[Photo, float]]:
    """Yield photos that do not look like the others of their person, with their cosine to them: perhaps of somebody else."""
    for person in gallery.contents.persons.ids:
        used = [photo for photo in photos if photo.person == person and photo not in useless]
        known = gallery.person(person)
        for outlier in outliers.outliers(known.embeddings) if known is not None else ():
            yield used[outlier.photo], outlier.agreement
