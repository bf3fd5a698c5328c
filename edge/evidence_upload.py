"""the spool → the center, one best shot after the other, the oldest first; an absent center is waited for, a refused shot is let go.

A center that has no room says when to come again; meanwhile the spool is bounded as ever, and its oldest go.
"""

import asyncio
from http import HTTPStatus
from typing import Final

import structlog

from edge import gauges
from edge.center_link import CenterLink
from edge.evidence_spool import EvidenceSpool
from edge.one_thread import OneThread
from wardroom.bus import backoff
from wardroom.errors import CenterGone, CenterRefused, StorageError
from wardroom.metrics import BUGS
from wardroom.topics import Gateway

LOOK_S: Final = 0.25
"""How often an empty spool is looked at: only its length, in memory."""
RETRY_S: Final = (1.0, 60.0)
"""The first and the longest wait for a center that is away."""

_log = structlog.get_logger()


class EvidenceUpload:
    """Sends what the spool holds, until cancelled."""

    def __init__(
        self, spool: EvidenceSpool, link: CenterLink, *, gateway: Gateway, retry_s: tuple[float, float] = RETRY_S, look_s: float = LOOK_S
    ) -> None:
        self._spool = spool
        self._link = link
        self._retry_s = retry_s
        self._look_s = look_s
        self._sent = gauges.EVIDENCE_SENT.labels(*gauges.of(gateway))
        self._refused = gauges.EVIDENCE_LOST.labels(*gauges.of(gateway), "refused")

    async def run(self) -> None:
        """Send one after the other."""
        failures = 0
        with OneThread[bool]("best shots") as thread:
            while True:
                try:
                    sent = await thread.run(self._send_one)
                except Exception as error:  # noqa: BLE001 - a picture ends no gateway: what nobody foresaw is counted, with its traceback
                    foreseen = isinstance(error, CenterGone | StorageError)
                    if not foreseen:
                        BUGS.labels("best shots").inc()
                    if not failures:
                        said = str(error) or type(error).__name__
                        _log.warning("best shots wait", waiting=len(self._spool), detail=said, exc_info=None if foreseen else error)
                    await asyncio.sleep(max(backoff(failures, self._retry_s), _hint_s(error)))
                    failures += 1
                    continue
                if failures:
                    _log.info("best shots are on their way again", waiting=len(self._spool))
                failures = 0
                if not sent:
                    await asyncio.sleep(self._look_s)

    def _send_one(self) -> bool:
        """Send the oldest; return whether there was one."""
        if (taken := self._spool.take()) is None:
            return False
        digest, jpeg = taken
        try:
            answer = self._link.post(f"/evidence/{digest}", jpeg, "image/jpeg")
        except CenterRefused as error:
            self._refused.inc()
            _log.error("the center does not want a best shot", digest=digest, detail=str(error))
        else:
            if answer.status != HTTPStatus.NO_CONTENT:  # somebody else's page, such as a hotspot's: the center has nothing
                detail = f"{answer.status} for a best shot"
                raise CenterGone("gates.center_gone", center=self._link.place, detail=detail)
            self._sent.inc()
        self._spool.confirm(digest)
        return True


def _hint_s(error: Exception) -> float:
    """Return how long the center wants to be left alone."""
    hint = error.data.get("retry_after_s", 0) if isinstance(error, CenterGone) else 0
    return float(hint) if isinstance(hint, int) else 0.0
