"""The tree → which generated documents it has, and which of them are out of date."""

import json
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from wardroom.documents import asyncapi, metrics_page, mosquitto_conf, settings_page, topics_page, typescript
from wardroom.errors import ConfigError

_SETTINGS: Final = {"edge": "edge.settings:Settings", "ingest": "ingest.settings:Settings", "center": "center.settings:Settings"}
_DRIVERS: Final = {"modbus": ("edge.drivers.modbus:ModbusOptions", "edge.drivers.modbus:Place")}
_WATCHES: Final = {"eyes": "edge.eyes_settings:EyesSettings"}
_OPENAPI: Final = "center.app:openapi_document"


def settings() -> str:
    """Return the text of `settings.md`."""
    services = [settings_page.Service(name, imported(path)) for name, path in _SETTINGS.items()]
    drivers = [settings_page.Driver(name, imported(sensor), imported(quantity)) for name, (sensor, quantity) in _DRIVERS.items()]
    watches = [settings_page.Watch(name, imported(options)) for name, options in _WATCHES.items()]
    return settings_page.document(services, drivers, watches)


def openapi() -> str:
    """Return the text of `openapi.json`."""
    return json.dumps(imported(_OPENAPI)(), indent=2, ensure_ascii=False) + "\n"


DOCUMENTS: Final[Mapping[str, Callable[[], str]]] = {
    "docs/topics.md": topics_page.document,
    "docs/asyncapi.yaml": asyncapi.document,
    "docs/settings.md": settings,
    "docs/metrics.md": metrics_page.document,
    "docs/openapi.json": openapi,
    "center/web/src/wire.ts": typescript.document,
    "deploy/mosquitto.conf": mosquitto_conf.document,
}
"""Every generated file of the tree, by its path from the root."""


def imported(path: str) -> Any:
    """Return what ``module:name`` names: the shared rooms know the services by these strings only."""
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)


def stale(root: Path) -> list[str]:
    """Return the documents below `root` that are missing or differ from what the code says now."""
    _check(root)
    return [name for name, make in DOCUMENTS.items() if _read(root / name) != make()]


def write(root: Path) -> list[str]:
    """Write every document that is out of date below `root`, and return their names."""
    changed = stale(root)
    for name in changed:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(DOCUMENTS[name](), encoding="utf-8")
    return changed


def _check(root: Path) -> None:
    if not (root / "wardroom" / "documents").is_dir():
        raise ConfigError("documents.no_root", value=root)


def _read(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.is_file() else None
