"""Settings and crash records of a board whose filesystem lies in the same sector of flash.

On the F411 and the F446 the store is what the filesystem leaves of sector 4, and the filesystem's
driver erases all of that sector when it rewrites its own part (boards/*.py, SETTINGS). So it is
read before a flash, kept in a file here until it is back, and written again, compacted, after it.
The format is that of firmware/patrol/store/log.py.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fastcrc.crc16 import mcrf4xx

from patrolcar.errors import PatrolError
from patrolcar.files import write_whole
from patrolcar.flash.repl import BoardError, Repl

MAGIC = 0x504C
HEAD, FRAME = 6, 8  # bytes of an area's head, and of a record around its payload
KEPT = {2: 3, 7: 4}  # crash records, parts of black boxes; of every other type the newest
# Parts of a mission, and the record behind them that says how many they are (its second byte).
PART, MISSION = 5, 6
MOST = 508  # bytes of payload
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
# The loader that has just been sent, not the one that the board booted with.
_WRITE = """
import sys
sys.modules.pop('pack', None)
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
    """The whole records of an area's bytes, oldest first; what is torn is skipped, and the end of
    a mission of which a part is."""
    found: list[Record] = []
    sequences: list[int] = []
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
        at += size
        if mcrf4xx(record[:-2]) != _half(record, size - 2):
            continue
        one, sequence = Record(record[2], record[3], record[6:-2].hex()), _half(record, 4)
        parts = _parts(one)
        before = [(sequence - i) & 0xFFFF for i in range(parts, 0, -1)]
        if parts and (
            sequences[-parts:] != before or any(other.kind != PART for other in found[-parts:])
        ):
            continue
        found.append(one)
        sequences.append(sequence)
    return found


def _parts(record: Record) -> int:
    """How many records right before it belong to it."""
    return bytes.fromhex(record.payload)[1] if record.kind == MISSION and record.payload else 0


def _half(raw: bytes, at: int) -> int:
    return raw[at] | raw[at + 1] << 8


def compacted(found: list[Record]) -> list[Record]:
    """What counts of them: the newest of each type, of a mission all its parts."""
    kept: list[Record] = []
    parts = 0
    for record in reversed(found):
        most = parts if record.kind == PART else KEPT.get(record.kind, 1)
        if sum(one.kind == record.kind for one in kept) < most:
            kept.insert(0, record)
            parts = _parts(record) or parts
    return kept


def read_kept(text: str) -> tuple[dict[str, Any], list[Record]]:
    """What a file's JSON says, and its records. ValueError with why a board cannot store them."""
    try:
        kept = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(kept, dict) or not isinstance(kept.get("records"), list):
        raise ValueError("no list of records")
    return kept, [_record(number, one) for number, one in enumerate(kept["records"], 1)]


def _record(number: int, one: Any) -> Record:
    if not isinstance(one, dict) or set(one) != {"kind", "layout", "payload"}:
        raise ValueError(f"record {number} is not kind, layout and payload")
    for name in ("kind", "layout"):
        if type(one[name]) is not int or not 0 <= one[name] <= 0xFF:
            raise ValueError(f"record {number}: {name} {one[name]!r:.20} is not 0 to 255")
    try:
        payload = bytes.fromhex(one["payload"])
    except (TypeError, ValueError):
        raise ValueError(f"record {number}: payload {one['payload']!r:.20} is not hex") from None
    if len(payload) > MOST or len(payload) % 2:
        raise ValueError(f"record {number}: {len(payload)} bytes, not an even number to {MOST}")
    return Record(one["kind"], one["layout"], payload.hex())


def _room(found: list[Record]) -> int:
    """What they take of an area, in bytes."""
    return HEAD + sum(FRAME + len(one.payload) // 2 for one in found)


class Preserved:
    """The store of one board while its filesystem is being rewritten.

    `data` is the board file's, `unique_id` the chip's; the file in `folder` is named by both. Made
    before anything is touched; `restore` puts back what is gone. A board whose store lies in
    sectors of its own is left alone.
    """

    def __init__(self, board: Repl, data: dict[str, Any], unique_id: str, folder: Path) -> None:
        areas = data.get("SETTINGS", ())
        self._area = areas[0] if len(areas) == 1 else None
        self._board = board
        self._owner = {"board": data["MACHINE"], "unique_id": unique_id}
        name = re.sub(r"\W+", "_", data["MACHINE"])
        self._file = folder / f"{name}-{unique_id}.json"
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
            kept = self._owner | {"records": [asdict(one) for one in self._records]}
            write_whole(self._file, json.dumps(kept).encode())
        except OSError as error:
            raise PatrolError(
                f"{self._file} cannot be written ({error.strerror}): the board's settings "
                "have to be kept there while it is flashed"
            ) from None
        if len(raw) > self._area[1] * FULL:
            board.run(_ERASE, READ_S)

    def _kept_before(self) -> list[Record]:
        assert self._area is not None
        try:
            kept, found = read_kept(self._file.read_text())
        except FileNotFoundError:
            return []
        except OSError as error:
            raise PatrolError(
                f"{self._file} cannot be read ({error.strerror}): a board's settings are kept "
                "there while it is flashed, so make it readable, or move it away"
            ) from None
        except ValueError as error:
            raise PatrolError(
                f"{self._file} holds no settings ({error}): mend or move it and run again"
            ) from None
        owner = {name: kept.get(name) for name in self._owner}
        if owner != self._owner:
            raise PatrolError(
                f"{self._file} holds the settings of another board, {owner['board']!r:.40} with "
                f"the id {owner['unique_id']!r:.40}: move it away and run again"
            )
        if _room(found) > self._area[1] * (1 - FULL):
            raise PatrolError(
                f"{self._file} holds no settings ({len(found)} records of {_room(found)} bytes, "
                "more than the board has room for): mend or move it and run again"
            )
        return found

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
                gone = {one.kind for one in self._records if one not in there}
                if gone & {PART, MISSION}:  # only together they are one
                    there = [one for one in there if one.kind not in (PART, MISSION)]
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
        try:
            self._file.unlink(missing_ok=True)
        except OSError as error:
            raise PatrolError(
                f"{self._file} cannot be removed ({error.strerror}): remove it, as the settings "
                "in it are back on the board"
            ) from None

    def _lost(self, reason: str) -> PatrolError:
        return PatrolError(
            f"the settings of the board at {self._board.port} could not be put back ({reason}); "
            f"they are kept in {self._file}: run again"
        )
