"""`.wardroom/` → the congress's own part of it: keys, gateways' files, what gates are told and what they noted."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from edge import settings as edge_settings
from simulators import gate_configs, gate_scene, hall
from simulators.folder import Folder
from simulators.gate_configs import Way
from simulators.pixels import Pixels
from simulators.ward import WardGateway
from wardroom.embedded.folders import clear_errors

_KEY: Final = 32


@dataclass(frozen=True, slots=True)
class CongressFiles:
    """Paths below the demo's `folder`, and how the files come to be. `pixels`: whose faces are recognised; None: badges are read."""

    folder: Folder
    pixels: Pixels | None = None

    @property
    def root(self) -> Path:
        """What only this run knows."""
        return self.folder.root / "congress"

    @property
    def ledgers(self) -> Path:
        """The gates' ledgers, which stay empty: they measure nothing."""
        return self.root / "ledger"

    @property
    def schedule(self) -> Path:
        """What the gates are told."""
        return self.root / "schedule.jsonl"

    @property
    def notes(self) -> Path:
        """Which of it they have told."""
        return self.root / "told"

    @property
    def script(self) -> Path:
        """The scene before the main entrance's camera."""
        return self.root / "scene.json"

    @property
    def gate_key(self) -> Path:
        """What the gateways seal with."""
        return self.folder.root / "gate.key"

    def prepare(self) -> None:
        """Make the folders, and the key where there is none."""
        with clear_errors(self.root):
            for path in (self.root, self.ledgers):
                path.mkdir(mode=0o700, exist_ok=True)
        self.notes.unlink(missing_ok=True)
        if not self.gate_key.exists():
            self.folder.write(self.gate_key, secrets.token_hex(_KEY))

    def gateway(self, place: WardGateway, *, wall_port: int, token: str) -> None:
        """Write a gateway's file anew: the same account at the broker, a new word at the center, and its cameras."""
        file = self.folder.gate_file(place)
        before = edge_settings.load(file, {})
        way = Way(
            broker=before.broker.port,
            center=wall_port,
            password=before.broker.password.reveal(),
            token=token,
            data=Path(before.edge.data),
            key=self.gate_key.resolve(),
        )
        self.folder.write(file, gate_configs.gateway(place, way, self._cameras(place)))

    def _cameras(self, place: WardGateway) -> list[str]:
        own = [entrance.gate for entrance in hall.ENTRANCES if entrance.gateway == place.id]
        schedule, notes = self.schedule.resolve(), self.notes.resolve()
        return [self._before_the_entrance() if gate == hall.MAIN else gate_configs.told(gate, schedule, notes) for gate in own]

    def _before_the_entrance(self) -> str:
        script = self.script.resolve()
        if self.pixels is None:
            return gate_configs.badges(hall.MAIN, script, gate_scene.DRAWN)
        return gate_configs.portraits(hall.MAIN, script, self.pixels)
