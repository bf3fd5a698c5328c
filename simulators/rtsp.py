"""pictures → a camera of the network: an RTSP server on loopback, over TCP, that fails in the ways cameras do when it is told to."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Self
from urllib.parse import quote

from simulators.rtsp_dialogue import Account
from simulators.rtsp_session import Fault, Session
from simulators.rtsp_stream import Pictures, Stream
from simulators.video_encoder import Codec

__all__ = ["Account", "Codec", "Fault", "Pictures", "RtspServer"]
_ANSWER_S: Final = 10.0


class RtspServer:
    """One camera. Enter it, and it listens on 127.0.0.1 in a thread of its own; what is told to it from any thread has happened on return.

    `pictures` is called for an iterator of pictures (blue, green, red), which stands still while nobody watches; at its end the clients are
    dropped, and the next one is shown a new one from the start.
    """

    def __init__(
        self, pictures: Pictures, *, fps: float = 25.0, path: str = "/camera", account: Account | None = None, codec: Codec = Codec.H264
    ) -> None:
        self._stream = Stream(pictures, fps=fps, codec=codec)
        self._path = path
        self._account = account
        self._fault = Fault.NONE
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="rtsp server", daemon=True)
        self._server: asyncio.Server | None = None
        self._sessions: set[Session] = set()
        self._connections = 0
        self._trouble: BaseException | None = None
        self.port = 0

    def __enter__(self) -> Self:
        """Listen."""
        self._thread.start()
        self._told(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        """Drop the clients and listen no more; raises what the pictures raised."""
        self.absent()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_ANSWER_S)
        if self._trouble is not None:
            raise self._trouble

    @property
    def url(self) -> str:
        """The camera's address, without the account."""
        return f"rtsp://127.0.0.1:{self.port}{self._path}"

    @property
    def signed_url(self) -> str:
        """The camera's address with name and password in it, as many programs want it."""
        if self._account is None:
            return self.url
        return self.url.replace("://", f"://{quote(self._account.user, safe='')}:{quote(self._account.password, safe='')}@")

    @property
    def listening(self) -> bool:
        """Whether it takes connections."""
        return self._server is not None

    @property
    def connections(self) -> int:
        """How many connections there were."""
        return self._connections

    @property
    def clients(self) -> int:
        """How many connections there are."""
        return len(self._sessions)

    @property
    def sent(self) -> int:
        """How many pictures were shown to anybody."""
        return self._stream.sent

    def fail(self, fault: Fault) -> None:
        """Be at fault from now on; `Fault.NONE` is well again."""
        self._told(self._fail(fault))

    def change(self, codec: Codec | None = None, size: tuple[int, int] | None = None) -> None:
        """Encode otherwise from the next picture on, without a word to those who watch; who asks anew is told."""
        self._told(self._change(codec, size))

    def kill(self) -> None:
        """Drop every connection; new ones are taken."""
        self._told(self._drop())

    def absent(self) -> None:
        """Drop every connection and take no new ones, as a camera without power."""
        self._told(self._close())

    def present(self) -> None:
        """Listen again, at the same port."""
        self._told(self._listen())

    def _told(self, doing: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(doing, self._loop).result(_ANSWER_S)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.set_default_executor(ThreadPoolExecutor(1, thread_name_prefix="rtsp encoder"))
        showing = self._loop.create_task(self._stream.run(), name="stream")
        showing.add_done_callback(self._shown)
        self._loop.run_forever()
        showing.cancel()
        self._loop.run_until_complete(asyncio.gather(*asyncio.all_tasks(self._loop), return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def _shown(self, showing: "asyncio.Task[None]") -> None:
        """Drop the clients once the pictures raised: nothing more will come."""
        if not showing.cancelled() and (error := showing.exception()) is not None:
            self._trouble = error
            for session in tuple(self._sessions):
                session.drop()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        await self._drop()

    async def _drop(self) -> None:
        for session in tuple(self._sessions):
            session.drop()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = Session(self._stream, writer, path=self._path, account=self._account, fault=lambda: self._fault)
        self._connections += 1
        self._sessions.add(session)
        try:
            await session.run(reader)
        finally:
            self._sessions.discard(session)

    async def _fail(self, fault: Fault) -> None:
        self._fault = fault
        self._stream.frozen = fault in {Fault.FROZEN, Fault.SILENT}

    async def _change(self, codec: Codec | None, size: tuple[int, int] | None) -> None:
        self._stream.change(codec, size)
