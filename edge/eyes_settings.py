"""[camera.watch_options] with watch = "eyes" → what one camera's eyes look for, with which models, and how sure they must be of a name."""

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from edge.camera_settings import Filled

ZONES: Final = 20
"""Twenty names of 24 characters are as much as an event of a visit can carry."""
Share = Annotated[float, Meta(ge=0, le=1)]
Corner = tuple[Share, Share]
Label = Annotated[str, Meta(min_length=1, max_length=100)]
Labels = Annotated[tuple[Label, ...], Meta(max_length=100)]
Cosine = Annotated[float, Meta(ge=0.05, le=0.9)]
Crowd = Annotated[int, Meta(ge=1, le=1_000)]
Day = Annotated[float, Meta(ge=0, le=86_400)]


class ZoneSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One area of the picture."""

    name: Annotated[str, Meta(description="The zone's name in events.", pattern=r"^[A-Za-z0-9_-]{1,24}$(?!\n)")]
    corners: Annotated[
        tuple[Corner, ...],
        Meta(description="Its corners in order, each [x, y] in shares of the picture from the upper left.", min_length=3, max_length=100),
    ]
    labels: Annotated[Labels, Meta(description="What counts in it; everything if empty.")] = ()
    loiter_s: Annotated[Day | None, Meta(description="Who stays longer loiters (seconds); without it nobody does.")] = None
    crowd: Annotated[Crowd | None, Meta(description="So many at once are a crowd; without it nothing is.")] = None
    crowd_s: Annotated[Day, Meta(description="How long they must be there at once (seconds).")] = 0.0


class EyesSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one camera's eyes look for."""

    models: Annotated[Filled, Meta(description="The folder of models (wardroom models).")] = ".wardroom/models"
    faces: Annotated[bool, Meta(description="false: no face is looked for.")] = True
    engine: Annotated[Filled, Meta(description="yunet+sface, yunet+FILE, buffalo_l, or a pack's folder in models.")] = "yunet+sface"
    longest: Annotated[int, Meta(description="Pixels of the longer side in which faces are looked for.", ge=160, le=4_096)] = 640
    threads: Annotated[int, Meta(description="Threads of one model; 0: every core.", ge=0, le=64)] = 0
    device: Annotated[Literal["cpu", "cuda", "tensorrt"], Meta(description="What models run on.")] = "cpu"
    gallery: Annotated[
        Filled | None,
        Meta(description="The file of people who are known (wardroom vision gallery), or center, with [checkin]; without it nobody is."),
    ] = None
    gallery_key: Annotated[Filled | None, Meta(description="The file of the gallery's key, its owner's alone.")] = None
    profile: Annotated[
        Literal["check_in", "door"], Meta(description="How sure a name must be: check_in where somebody sees it, door where it opens.")
    ] = "check_in"
    threshold: Annotated[Cosine | None, Meta(description="The cosine from which two photos are one person; the model's own without.")] = (
        None
    )
    liveness: Annotated[
        Literal["off", "observe", "required"], Meta(description="What the score of liveness_check does: nothing, a note, no name without.")
    ] = "off"
    liveness_check: Annotated[
        Filled | None, Meta(description="An import string package.module:Class, made with (camera, clock); none ships.")
    ] = None
    liveness_least: Annotated[float, Meta(description="The score a name needs where liveness is required.", gt=0, le=1)] = 0.5
    objects: Annotated[Filled | None, Meta(description="A detector exported by Ultralytics (.onnx); without it only faces count.")] = None
    codes: Annotated[bool, Meta(description="true: QR codes held before the camera are read.")] = False
    codes_every_s: Annotated[float, Meta(description="How often codes are looked for while something moves (seconds).", ge=0.05, le=60)] = (
        0.2
    )
    gallery_must_fit: Annotated[
        bool, Meta(description="false: a gallery of another engine stops nothing; it is said in the log, and nobody is known.")
    ] = True
    objects_score: Annotated[float, Meta(description="Things of a lower score are ignored.", ge=0.05, le=0.95)] = 0.1
    labels: Annotated[Labels, Meta(description="Things that are looked for; all the model knows if empty.")] = ()
    zones: Annotated[tuple[ZoneSettings, ...], Meta(description="Where things come, stay and gather.", max_length=ZONES)] = ()
    motion: Annotated[bool, Meta(description="false: also pictures in which nothing moves are looked at.")] = True
    moving: Annotated[int, Meta(description="Every so many-th picture is looked at while something moves.", ge=1, le=100)] = 1
    still: Annotated[int, Meta(description="And while those who were decided stand still.", ge=1, le=100)] = 3
