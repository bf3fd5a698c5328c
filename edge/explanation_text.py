"""an explanation → the sentences that are printed, and the cards that are drawn beside the picture."""

from collections.abc import Callable, Iterator
from typing import Final

from edge.explanation import Explained, Explanation, NoFace
from edge.explanation_picture import Card, Mark
from vision.profile import Profile
from vision.votes import Reason
from wardroom import texts

Say = Callable[..., str]
_NO_FACE: Final = {
    NoFace.TURNED: "vision.no_face_turned",
    NoFace.SMALL: "vision.no_face_small",
    NoFace.WEAK: "vision.no_face_weak",
    NoFace.NOTHING: "vision.no_face_nothing",
}
_TITLES: Final = {
    Reason.NAMED: "vision.face_named",
    Reason.LOW: "vision.face_low",
    Reason.DOUBTFUL: "vision.face_doubtful",
    Reason.CLOSE: "vision.face_close",
    Reason.NOBODY: "vision.face_nobody",
}


def headline(found: Explanation, language: str, file: str) -> str:
    """Return what is said of the whole picture."""
    if found.no_face is not None:
        return texts.say(_NO_FACE[found.no_face], language, file=file, detail=found.detail)
    usable = sum(not each.judged.refusals for each in found.faces)
    return texts.say("vision.faces_found", language, file=file, faces=len(found.faces), usable=usable)


def sentences(found: Explanation, language: str, file: str) -> Iterator[str]:
    """Yield everything that is said, the picture first, then each face."""
    yield headline(found, language, file)
    for number, card in enumerate(cards(found, language), 1):
        yield f"{number}. {card.title}"
        yield from (f"   {line}" for line in card.lines)


def cards(found: Explanation, language: str) -> list[Card]:
    """Return a card for each face."""
    return [_card(each, found, language) for each in found.faces]


def _card(face: Explained, found: Explanation, language: str) -> Card:
    def say(key: str, **data: object) -> str:
        return texts.say(key, language, **data)

    mark = Mark.UNUSABLE if face.judged.refusals else Mark.NAMED if face.reason is Reason.NAMED else Mark.UNKNOWN
    return Card(face.judged.face, mark, _title(face, found.profile, say), list(_lines(face, found, language, say)))


def _title(face: Explained, profile: Profile, say: Say) -> str:
    if face.judged.refusals:
        return say("vision.face_unusable")
    if face.match is None or face.reason is None:
        return say("vision.face_usable")
    match = face.match
    data = {"person": match.person, "score": match.score, "second": match.runner_up, "lead": match.score - match.runner_up_score}
    return say(_TITLES[face.reason], **data, accept=profile.accept, unknown=profile.unknown, margin=profile.margin)


def _lines(face: Explained, found: Explanation, language: str, say: Say) -> Iterator[str]:
    yield from (refusal.error().sentence(language) for refusal in face.judged.refusals)
    if face.match is not None and face.match.person is not None:
        yield say("vision.line_nearest", person=face.match.person, score=face.match.score, accept=found.profile.accept)
        if face.match.runner_up is not None:
            second = {"person": face.match.runner_up, "score": face.match.runner_up_score}
            lead = face.match.score - face.match.runner_up_score
            yield say("vision.line_second", **second, lead=lead, margin=found.profile.margin)
    seen, gates = face.judged.quality, found.gates
    yield say("vision.line_size", size=seen.size_px, least=gates.size_px, score=seen.score, sure=gates.score)
    yield say("vision.line_sharp", sharpness=seen.sharpness, least=gates.sharpness, brightness=seen.brightness, dark=gates.brightness)
    yield say("vision.line_pose", yaw=seen.pose.yaw, pitch=seen.pose.pitch, roll=seen.pose.roll, visible=seen.visible)
