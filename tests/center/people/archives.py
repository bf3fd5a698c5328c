"""ZIP files as people and their enemies make them."""

import io
import struct
import zipfile
from collections.abc import Mapping


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an archive of these files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return target.getvalue()


def twice(name: str, *contents: bytes) -> bytes:
    """Return an archive with the same name several times."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for number, data in enumerate(contents):
            info = zipfile.ZipInfo(name)
            info.comment = bytes([number])
            made.fp.seek(made.start_dir)  # type: ignore[union-attr]
            made.NameToInfo.pop(name, None)
            made.writestr(info, data)
    return target.getvalue()


def linked(name: str, target: str) -> bytes:
    """Return an archive with a symbolic link in it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.create_system, info.external_attr = 3, 0o120777 << 16
        archive.writestr(info, target)
    return made.getvalue()


def flagged(archive: bytes, bits: int) -> bytes:
    """Return an archive whose entries all have these flags set, in both headers."""
    changed = bytearray(archive)
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = changed.find(signature)
        while place >= 0:
            (flags,) = struct.unpack_from("<H", changed, place + at)
            struct.pack_into("<H", changed, place + at, flags | bits)
            place = changed.find(signature, place + 4)
    return bytes(changed)


def unflagged(archive: bytes) -> bytes:
    """Return an archive that does not say that its names are UTF-8."""
    changed = bytearray(archive)
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = changed.find(signature)
        while place >= 0:
            (flags,) = struct.unpack_from("<H", changed, place + at)
            struct.pack_into("<H", changed, place + at, flags & ~0x800)
            place = changed.find(signature, place + 4)
    return bytes(changed)
