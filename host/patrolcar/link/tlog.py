"""Recordings as .tlog: big-endian microseconds since 1970 (u64), then the raw frame, repeated.

The format of MAVProxy and QGroundControl, which mavlogdump, pymavlink and others read.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from patrolcar.errors import PatrolError
from patrolcar.link.framer import Framer, frame_length

_TIME = struct.Struct(">Q")


class TlogWriter:
    """Writes a recording; each record reaches the system whole, so that a cut leaves whole ones.

    An existing file is replaced. PatrolError if the file cannot be made or written.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.records = 0
        self._size = 0
        try:
            self._file = open(self.path, "wb", buffering=0)  # noqa: SIM115
        except OSError as error:
            raise PatrolError(f"cannot write {self.path}: {error.strerror}") from None

    def write(self, time_us: int, frame: bytes) -> None:
        """Appends one frame as received (`message.get_msgbuf()`), with the wall's clock."""
        record = _TIME.pack(time_us) + frame
        try:
            written = self._file.write(record)
            if written != len(record):
                self._file.truncate(self._size)
                raise PatrolError(f"cannot write {self.path}: the disk is full")
        except OSError as error:
            raise PatrolError(f"cannot write {self.path}: {error.strerror}") from None
        self._size += len(record)
        self.records += 1

    def close(self) -> None:
        """Ends the recording; harmless when it has ended."""
        self._file.close()

    def __enter__(self) -> TlogWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def read_tlog(path: str | os.PathLike[str]) -> Iterator[tuple[int, Any]]:
    """(time_us, message) of every frame that the dialect knows; ends quietly at a cut record.

    Messages carry `_timestamp` in seconds, as pymavlink's reader sets it. PatrolError if the file
    cannot be read, or is no recording at some byte.
    """
    framer = Framer()
    try:
        with open(path, "rb") as file:
            while True:
                at = file.tell()
                head = file.read(_TIME.size + 3)
                if len(head) < _TIME.size + 3:
                    return
                length = frame_length(head, _TIME.size)
                if not length:
                    raise PatrolError(
                        f"{path} is no recording at byte {at}: no MAVLink frame follows the time"
                    )
                frame = head[_TIME.size :] + file.read(length - 3)
                if len(frame) < length:
                    return
                message = framer.decode(frame)
                if message is not None:
                    time_us = _TIME.unpack_from(head)[0]
                    message._timestamp = time_us / 1e6
                    yield time_us, message
    except OSError as error:
        raise PatrolError(f"cannot read {path}: {error.strerror}") from None
