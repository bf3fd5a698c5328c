"""the embeddings of one person's photos → which of them do not look like the others: advice for whoever enrols, never an action.

One wrong photo among a person's gives that name to somebody else. Compared with the mean of the *others* (as Frigate compares with the mean
of all): a photo has no say about itself.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vision.faces import Embeddings

LEAST: Final = 0.3
"""Below this cosine to the others a photo is likelier of somebody else; Frigate's figure, and MobileFaceNet's photos of one person that we
have agree with 0.6 and more, of two with 0.25 and less."""


@dataclass(frozen=True, slots=True)
class Outlier:
    """A photo that does not look like the others: which one, and its cosine to their mean."""

    photo: int
    agreement: float


def agreement(embeddings: Embeddings) -> NDArray[np.float32]:
    """Return each photo's cosine to the mean of the others: (photos, dimensions) → (photos,); 1 for a single photo."""
    if len(embeddings) < 2:
        return np.ones(len(embeddings), np.float32)
    others = embeddings.sum(axis=0) - embeddings
    lengths = np.linalg.norm(others, axis=1)
    products = np.einsum("ij,ij->i", embeddings, others)
    found: NDArray[np.float32] = np.divide(products, lengths, out=np.zeros(len(embeddings), np.float32), where=lengths > 0)
    return found


def outliers(embeddings: Embeddings, least: float = LEAST) -> tuple[Outlier, ...]:
    """Return the photos to look at again, the worst first. Of two that disagree both are named: nobody can tell which is wrong."""
    found = agreement(embeddings)
    return tuple(Outlier(int(photo), float(found[photo])) for photo in np.argsort(found, kind="stable") if found[photo] < least)
