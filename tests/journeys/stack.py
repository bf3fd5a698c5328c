"""`wardroom demo` as a person starts it, and what a journey does to it: sign in, look by REST, kill a part, freeze a part."""

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import httpx
import psutil

from wardroom.embedded.folders import STORE
from wardroom.embedded.ports import free_port
from wardroom.topics import Gateway

COMMAND: Final = (sys.executable, "-P", "-c", "from wardroom.cli import main; main()")
PARTS: Final = {"center": ("center",), "edge": ("fleet",), "broker": ("mosquitto.conf", "broker.mjs")}
"""How the command line of each part is known: a word that ends so."""
_START_S: Final = 90.0
_STOP_S: Final = 60.0
_LINK: Final = re.compile(r"http://\S+/signin/#wall=(\S+)")
_PASSWORD: Final = re.compile(r"(\w+), one-time password: (\S+)")


class Stack:
    """One demo in a folder of its own; what it prints stands in a file."""

    def __init__(self, folder: Path, *arguments: str, port: int | None = None) -> None:
        self.folder = folder
        self.port = free_port() if port is None else port
        self.address = f"http://127.0.0.1:{self.port}"
        self._said = folder.with_name(f"{folder.name}.txt")
        command = (*COMMAND, "demo", "--no-panel", "--folder", str(folder), "--port", str(self.port), *arguments)
        with self._said.open("wb") as said:
            self.process = psutil.Popen(command, stdout=said, stderr=subprocess.STDOUT, env={**os.environ, "WARDROOM_LANG": "en"})

    @property
    def said(self) -> str:
        return self._said.read_text(encoding="utf-8")

    @property
    def token(self) -> str:
        """Return the wall token of the printed link."""
        return self._found(_LINK)[1]

    @property
    def administrator(self) -> tuple[str, str]:
        """Return the account and its one-time password, as printed."""
        found = self._found(_PASSWORD)
        return found[1], found[2]

    def wait_started(self) -> None:
        deadline = time.monotonic() + _START_S
        while not _PASSWORD.search(self.said):
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.1)

    def child(self, name: str) -> psutil.Process:
        """Return one of its processes, as it runs now."""
        return next(one for one in self.process.children() if any(word.endswith(PARTS[name]) for word in one.cmdline()))

    @contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """Have one of its processes stand still."""
        process = self.child(name)
        process.suspend()
        try:
            yield
        finally:
            process.resume()

    def end(self, number: signal.Signals | None = signal.SIGINT, within_s: float = _STOP_S) -> tuple[int, list[psutil.Process]]:
        """Stop it, or wait for its own end; return its exit status and the processes it left behind."""
        family = self.process.children(recursive=True)
        if number is not None:
            self.process.send_signal(number)
        status = self.process.wait(timeout=within_s)
        return status, psutil.wait_procs(family, timeout=5)[1]

    def remove(self) -> None:
        """Kill what is left after a failure, and remove what root's servers keep outside of the folder."""
        with suppress(psutil.NoSuchProcess):
            for process in (*self.process.children(recursive=True), self.process):
                process.kill()
        self.process.wait(timeout=_STOP_S)
        for link in (self.folder / "database", self.folder / "broker"):
            if link.is_symlink() and link.resolve().is_relative_to(STORE):
                shutil.rmtree(link.resolve().parent, ignore_errors=True)

    async def access(self, *arguments: str) -> dict[str, str]:
        """Run `wardroom access` on its center, as an operator does."""
        config = ("--config", str(self.folder / "config" / "center.toml"))
        process = await asyncio.create_subprocess_exec(*COMMAND, "access", *arguments, *config, stdout=asyncio.subprocess.PIPE)
        printed, _ = await process.communicate()
        assert process.returncode == 0
        answer: dict[str, str] = json.loads(printed)
        return answer

    @asynccontextmanager
    async def signed_in(self, account: str) -> AsyncIterator[httpx.AsyncClient]:
        """Lend a REST client of an administrator of that name, made for the occasion."""
        made = await self.access("administrator", "--one-time", "--account", account)
        async with httpx.AsyncClient(base_url=self.address, timeout=10) as client:
            (await client.post("/api/v1/session", json=made)).raise_for_status()
            chosen = {"current": made["password"], "new": "a password of some length"}
            (await client.post("/api/v1/password", json=chosen)).raise_for_status()
            yield client

    async def listed(self, kind: str) -> list[dict[str, Any]]:
        """Return all the REST interface lists of a kind: sites, gateways, series …."""
        items: list[dict[str, Any]] = []
        query = {"limit": "100"}
        headers = {"Authorization": f"Bearer {self.token}"}
        async with httpx.AsyncClient(base_url=self.address, timeout=10, headers=headers) as client:
            while True:
                page = (await client.get(f"/api/v1/{kind}", params=query)).raise_for_status().json()
                items += page["items"]
                if page["next"] is None:
                    return items
                query["cursor"] = page["next"]

    async def state(self, place: Gateway) -> str | None:
        """Return what a gateway's session said last, as stored; None before its first word."""
        found = [one for one in await self.listed("gateways") if (one["site"], one["id"]) == (place.site, place.gateway)]
        return found[0]["state"] if found else None

    def _found(self, pattern: re.Pattern[str]) -> re.Match[str]:
        found = pattern.search(self.said)
        assert found is not None, self.said
        return found
