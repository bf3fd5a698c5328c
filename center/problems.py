"""error → RFC 9457: `application/problem+json`, its detail one sentence in the language of the request."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from wardroom import texts
from wardroom.errors import AccessError, CheckInError, InvalidMessage, PeopleError, SchemaError, StorageError, WardroomError

MEDIA_TYPE: Final = "application/problem+json"

KINDS: Final[Mapping[str, tuple[int, str]]] = {
    "center.signed_out": (401, "signed-out"),
    "center.wrong_password": (401, "wrong-password"),
    "center.wrong_wall_token": (401, "wrong-wall-token"),
    "center.bad_metrics_token": (401, "signed-out"),
    "center.password_change_required": (403, "password-change-required"),
    "center.forbidden": (403, "forbidden"),
    "center.origin_refused": (403, "origin-refused"),
    "center.wrong_current_password": (403, "wrong-password"),
    "center.wall_has_no_password": (403, "forbidden"),
    "center.no_wall_token": (404, "not-found"),
    "center.no_gateway_token": (404, "not-found"),
    "center.no_series": (404, "not-found"),
    "center.not_found": (404, "not-found"),
    "center.not_built": (404, "not-built"),
    "center.too_many_screens": (503, "too-many-screens"),
    "center.wrong_method": (405, "wrong-method"),
    "center.body_too_large": (413, "too-large"),
    "center.too_many_attempts": (429, "too-many-attempts"),
    "center.refused": (400, "refused"),
    "center.file_too_large": (413, "too-large"),
    "people.no_upload": (404, "not-found"),
    "people.many_uploads": (503, "busy"),
    "people.upload_slow": (408, "too-slow"),
    "people.upload_large": (413, "too-large"),
    "people.upload_cut": (400, "refused"),
    "people.no_room": (507, "no-room"),
    "people.no_person": (404, "not-found"),
    "people.no_photo": (404, "not-found"),
    "people.no_consent": (409, "no-consent"),
    "people.over": (409, "retention-over"),
    "people.many_photos": (409, "too-many"),
    "people.busy": (503, "busy"),
    "people.not_installed": (503, "people-unready"),
    "people.engine_unusable": (503, "people-unready"),
    "people.no_enrolment": (404, "not-found"),
    "people.no_occasion": (404, "not-found"),
    "people.enrolment_state": (409, "not-now"),
    "people.many_enrolments": (503, "busy"),
    "people.not_erased": (500, "not-erased"),
    "people.no_key": (503, "people-unready"),
    "people.other_key": (503, "people-unready"),
    "people.foreign_key": (503, "people-unready"),
    "people.damaged": (500, "damaged"),
    "occasion.no_occasion": (404, "not-found"),
    "occasion.no_list": (404, "not-found"),
    "occasion.no_gate": (404, "not-found"),
    "occasion.no_delegate": (404, "not-found"),
    "occasion.no_person": (404, "not-found"),
    "occasion.no_passage": (404, "not-found"),
    "occasion.no_evidence": (404, "not-found"),
    "papers.no_import": (404, "not-found"),
    "papers.printing_busy": (503, "busy"),
    "occasion.no_stranger": (404, "not-found"),
    "occasion.no_portrait": (404, "not-found"),
    "gates.evidence_full": (507, "no-room"),
    "center.bug": (500, "bug"),
}
"""Each sentence's status and problem type; what is not here has its class's."""

_BY_CLASS: Final[tuple[tuple[type[WardroomError], tuple[int, str]], ...]] = (
    (SchemaError, (503, "schema-missing")),
    (StorageError, (503, "storage-gone")),
    (InvalidMessage, (422, "invalid-request")),
    (AccessError, (422, "invalid-request")),
    (PeopleError, (422, "invalid-request")),
    (CheckInError, (409, "conflict")),
    (WardroomError, (500, "bug")),
)
_BY_STATUS: Final = {404: "center.not_found", 405: "center.wrong_method"}
_FIXES: Final = frozenset(
    {
        "missing",
        "extra_forbidden",
        "int_parsing",
        "greater_than_equal",
        "less_than_equal",
        "string_too_short",
        "string_too_long",
        "string_pattern_mismatch",
        "enum",
        "timezone_aware",
        "datetime_from_date_parsing",
        "instant_range",
        "emblem",
        "json_invalid",
    }
)
"""Pydantic's error types that have a sentence of their own; the others share one."""

_NO_SECRETS: Final = frozenset({"account", "label"})
"""Fields of bodies whose value a problem may say again."""


def language(headers: Headers) -> str:
    """Return ``vi`` or ``en``, whichever Accept-Language names first; Vietnamese where it names neither."""
    for part in headers.get("accept-language", "").lower().split(","):
        tag = part.partition(";")[0].strip().partition("-")[0]
        if tag in texts.LANGUAGES:
            return tag
    return "vi"


def kind(error: WardroomError) -> tuple[int, str]:
    """Return an error's status and problem type."""
    return KINDS.get(error.key) or next(kind for base, kind in _BY_CLASS if isinstance(error, base))


def answer(error: WardroomError, spoken: str) -> Response:
    """Return the problem as a response in the language `spoken`."""
    status, slug = kind(error)
    headers = {"cache-control": "no-store"}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = 'Bearer realm="wardroom"'
    if "retry_after_s" in error.data:
        headers["retry-after"] = str(error.data["retry_after_s"])
    content = {"type": slug, "title": HTTPStatus(status).phrase, "status": status, "detail": error.sentence(spoken)}
    return JSONResponse(content, status_code=status, headers=headers, media_type=MEDIA_TYPE)


async def on_ours(request: Request, error: Exception) -> Response:
    """Answer an error of ours."""
    return answer(error if isinstance(error, WardroomError) else WardroomError("center.bug"), language(request.headers))


async def on_invalid(request: Request, error: Exception) -> Response:
    """Answer a request whose parameters or body are not what they should be, naming the first."""
    first = error.errors()[0] if isinstance(error, RequestValidationError) else {}
    place = [str(part) for part in first.get("loc", ())]
    fix = str(first.get("type", ""))
    data = {key: value for key, value in (first.get("ctx") or {}).items() if not isinstance(value, Exception)}
    key = f"center.invalid_{fix}" if fix in _FIXES else "center.invalid"
    field = printable(".".join(place[1:]) or ".".join(place) or "body")[:200]
    shown = printable(str(first.get("input"))[:100]) if _sayable(place) else "…"
    return answer(InvalidMessage(key, **(data | {"field": field, "value": shown})), language(request.headers))


async def on_http(request: Request, error: Exception) -> Response:
    """Answer what the framework refuses: no such path, wrong method."""
    status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.BAD_REQUEST
    key = _BY_STATUS.get(status, "center.refused")
    return answer(WardroomError(key, path=request.url.path[:200], method=request.method), language(request.headers))


def _sayable(place: list[str]) -> bool:
    """Return whether what stands there may be said again: of a body, which may be or hold a secret anywhere, only what never is one."""
    return bool(place) and (place[0] in {"query", "path"} or (len(place) > 1 and place[-1] in _NO_SECRETS))


def printable(value: str) -> str:
    """Return `value` with what cannot be shown, or not even be encoded, replaced."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in value)
