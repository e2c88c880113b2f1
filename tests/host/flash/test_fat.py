"""A FAT that is made as blocks is what MicroPython's own VfsFat mounts, fills and reads back."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from patrolcar.errors import PatrolError
from patrolcar.flash.fat import ROOT_ENTRIES, Fat, entries_of, fitted, root_entries
from patrolcar.flash.sync import ENOSPC
from patrolcar_sim.board.process import find_interpreter

FLASH = 128  # blocks of 512 bytes: the filesystem of an F411 or an F446

DEVICE = """
import json, vfs

class Device:
    def __init__(self, path):
        self.file = open(path, "r+b")
    def readblocks(self, number, buf):
        self.file.seek(number * 512)
        self.file.readinto(buf)
    def writeblocks(self, number, buf):
        self.file.seek(number * 512)
        self.file.write(buf)
    def ioctl(self, op, arg):
        if op == 4:
            return self.file.seek(0, 2) // 512
        if op == 5:
            return 512

device = Device({path!r})
fat = vfs.VfsFat(device)
vfs.mount(fat, "/f")
"""
FILL = """
room = fat.statvfs("")
piece = bytes(range(256)) * (room[0] // 256)
with open("/f/big", "wb") as file:
    for i in range(room[2]):
        file.write(piece)
full = fat.statvfs("")
vfs.umount("/f")
vfs.mount(vfs.VfsFat(device), "/f")
with open("/f/big", "rb") as file:
    same = all(file.read(len(piece)) == piece for i in range(room[2])) and not file.read()
print(json.dumps([room[0], room[2], room[3], full[3], same]))
"""
NAME = """
import os
names = json.loads({names!r})
for name in names:
    with open("/f/" + name, "w") as file:
        file.write(name)
whole = all(open("/f/" + name).read() == name for name in names)
try:
    open("/f/onemore", "w").close()
    error = None
except OSError as e:
    error = "OSError: [Errno %d]" % e.errno if e.errno != 13 else "OSError: [Errno 13] EACCES"
print(json.dumps([whole, len(os.listdir("/f")), error]))
"""


def run(made: Fat, folder: Path, code: str, **values: str) -> list[object]:
    """What MicroPython says of that filesystem on a device full of garbage."""
    path = folder / "device"
    head = b"".join(made.blocks())
    path.write_bytes(head + b"\xa5" * (made.sectors * made.sector - len(head)))
    script = folder / "judge.py"
    script.write_text(DEVICE.format(path=str(path)) + (code.format(**values) if values else code))
    out = subprocess.run(
        [*find_interpreter(), "-X", "heapsize=2m", str(script)], capture_output=True, text=True
    )
    assert out.returncode == 0, out.stdout + out.stderr
    answer: list[object] = json.loads(out.stdout)
    return answer


def test_a_flash_of_64_kilobytes_keeps_61_for_files() -> None:
    made = fitted(FLASH, 512)
    assert (made.block, made.clusters, made.entries) == (512, 122, ROOT_ENTRIES)
    assert made.clusters * made.block == 61 * 1024


@pytest.mark.parametrize(
    ("sectors", "entries", "block"),
    [
        (FLASH, 16, 512),
        (FLASH, 64, 512),
        (FLASH, 512, 512),
        (224, 64, 512),  # an F405
        *(
            (sectors, 64, 512) for sectors in range(344, 350)
        ),  # where a second sector of FAT begins
        (4000, 64, 512),
        (5000, 64, 1024),
    ],
)
def test_micropython_mounts_it_fills_it_to_the_last_block_and_reads_it_back(
    sectors: int, entries: int, block: int, tmp_path: Path
) -> None:
    made = fitted(sectors, 512, entries)
    assert made.block == block
    clusters = made.clusters
    assert run(made, tmp_path, FILL) == [block, clusters, clusters, 0, True]


def test_no_sector_of_the_device_is_left_out() -> None:
    for sectors in range(8, 4000):
        made = fitted(sectors, 512)
        assert made.head + made.clusters == sectors or made.cluster > 1
        assert (made.clusters + 2) * 1.5 <= made.table * 512
        assert (made.clusters + 2) * 1.5 > (made.table - 1) * 512 - 2


def test_its_root_takes_32_names_of_13_letters_and_says_what_a_full_one_says(
    tmp_path: Path,
) -> None:
    names = [f"Long name {i:03}" for i in range(32)]
    assert entries_of(names) == ROOT_ENTRIES
    whole, count, error = run(fitted(FLASH, 512), tmp_path, NAME, names=json.dumps(names))
    assert (whole, count) == (True, 32)
    assert any(word in str(error) for word in ENOSPC)


def test_a_root_for_many_names_takes_them_all_and_the_firmwares(tmp_path: Path) -> None:
    names = [f"a file with a long name, number {i:03}.txt" for i in range(30)]
    firmware = [f"firmware.{i:04}" for i in range(12)]  # as they are, and half-sent
    assert root_entries(["notes.txt"]) == ROOT_ENTRIES
    made = fitted(FLASH, 512, root_entries(names))
    assert made.entries == 144  # 30 times 4, and 24
    answer = run(made, tmp_path, NAME, names=json.dumps(names + firmware))
    assert answer[:2] == [True, 42]


@pytest.mark.parametrize(("sectors", "sector"), [(6, 512), (0, 512), (128, 0), (128, 528)])
def test_a_device_that_cannot_be_a_fat_is_refused(sectors: int, sector: int) -> None:
    with pytest.raises(PatrolError, match=f"{sectors} blocks of {sector} bytes cannot be a FAT12"):
        fitted(sectors, sector)
