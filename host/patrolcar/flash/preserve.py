"""Settings and crash records of a board whose filesystem lies in the same sector of flash.

On the F411 and the F446 the store is what the filesystem leaves of sector 4, and the filesystem's
driver erases all of that sector when it rewrites its own part (boards/*.py, SETTINGS). So it is
read before a flash, kept in a file here until it is back, and written again, compacted, after it.
The format is that of firmware/patrol/store/log.py.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fastcrc.crc16 import mcrf4xx

from patrolcar.errors import PatrolError
from patrolcar.flash.repl import BoardError, Repl

MAGIC = 0x504C
HEAD, FRAME = 6, 8  # bytes of an area's head, and of a record around its payload
KEPT = {2: 3}  # crash records: so many; of every other type the newest
FULL = 0.75  # of an area that has to be compacted
READ_S = 30.0

_READ = """
def _read(at, end):
    import binascii
    from stm import mem16
    b = bytearray(64)
    while at < end:
        blank = 0xffff
        for i in range(0, 64, 2):
            h = mem16[at + i]
            blank &= h
            b[i] = h & 255
            b[i + 1] = h >> 8
        print(binascii.hexlify(b).decode())
        if blank == 0xffff:
            break
        at += 64
_read({at}, {end})
del _read
"""
# The last block rewritten: its driver erases the whole sector first.
_ERASE = """
def _erase():
    import pyb
    f = pyb.Flash(start=0)
    n = f.ioctl(4, 0) - 1
    b = bytearray(512)
    f.readblocks(n, b, 0)
    f.writeblocks(n, b, 0)
    f.ioctl(3, 0)
_erase()
del _erase
"""
_WRITE = """
import board, pack
pack.mount()
from patrol.store.log import Log
_log = Log(board.SETTINGS)
for _r in {records!r}:
    if not _log.append(_r[0], _r[1], bytes.fromhex(_r[2])):
        raise OSError('not stored')
del _log, _r
"""


@dataclass(frozen=True)
class Record:
    """One record: its type, its layout and its payload in hex."""

    kind: int
    layout: int
    payload: str


def records(raw: bytes) -> list[Record]:
    """The whole records of an area's bytes, oldest first; torn ones are skipped."""
    found: list[Record] = []
    if len(raw) < HEAD or _half(raw, 0) != MAGIC or _half(raw, 2) ^ _half(raw, 4) != 0xFFFF:
        return found
    at = HEAD
    while at + FRAME <= len(raw):
        low, n = raw[at], raw[at + 1]
        size = FRAME + 2 * n
        if n ^ low != 0xFF or n == 0xFF or at + size > len(raw):
            at += 2
            continue
        record = raw[at : at + size]
        if mcrf4xx(record[:-2]) == _half(record, size - 2):
            found.append(Record(record[2], record[3], record[6:-2].hex()))
        at += size
    return found


def _half(raw: bytes, at: int) -> int:
    return raw[at] | raw[at + 1] << 8


def compacted(found: list[Record]) -> list[Record]:
    """What counts of them: the newest of each type."""
    kept: list[Record] = []
    for record in reversed(found):
        if sum(one.kind == record.kind for one in kept) < KEPT.get(record.kind, 1):
            kept.insert(0, record)
    return kept


class Preserved:
    """The store of one board while its filesystem is being rewritten.

    `data` is the board file's. Made before anything is touched; `restore` puts back what is gone.
    A board whose store lies in sectors of its own is left alone.
    """

    def __init__(self, board: Repl, data: dict[str, Any], unique_id: str, folder: Path) -> None:
        areas = data.get("SETTINGS", ())
        self._area = areas[0] if len(areas) == 1 else None
        self._board = board
        self._file = folder / f"{unique_id}.json"
        self._records: list[Record] = []
        if self._area is None:
            return
        raw = self._read()
        # A file that is there is from a flash that was cut off: older than what the board has.
        self._records = compacted(self._kept_before() + records(raw))
        if not self._records:
            return
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file.write_text(json.dumps([asdict(one) for one in self._records]))
        except OSError as error:
            raise PatrolError(
                f"{self._file} cannot be written ({error.strerror}): the board's settings "
                "have to be kept there while it is flashed"
            ) from None
        if len(raw) > self._area[1] * FULL:
            board.run(_ERASE, READ_S)

    def _kept_before(self) -> list[Record]:
        try:
            return [Record(**one) for one in json.loads(self._file.read_text())]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError) as error:
            raise PatrolError(
                f"{self._file} holds no settings ({error}): remove it, or mend it, and run again"
            ) from None

    def _read(self) -> bytes:
        assert self._area is not None
        at, size = self._area
        code = _READ.format(at=at, end=at + size)
        return bytes.fromhex(self._board.run(code, READ_S).replace("\n", ""))

    def restore(self) -> None:
        """Writes what is no longer there. PatrolError with the file where it is kept if not."""
        if self._area is None or not self._records:
            return
        there = compacted(records(self._read()))
        if there != self._records:
            try:
                missing = [
                    (one.kind, one.layout, one.payload)
                    for one in self._records
                    if one not in there
                ]
                self._board.run(_WRITE.format(records=missing), READ_S)
                there = compacted(records(self._read()))
            except BoardError as error:
                raise self._lost(error.name) from None
        if any(one not in there for one in self._records):
            raise self._lost("they do not read back")
        self._file.unlink(missing_ok=True)

    def _lost(self, reason: str) -> PatrolError:
        return PatrolError(
            f"the settings of the board at {self._board.port} could not be put back ({reason}); "
            f"they are kept in {self._file}: run again"
        )
