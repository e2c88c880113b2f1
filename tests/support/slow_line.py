"""A car whose telemetry line has another baud rate than the board's file says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from patrolcar.flash.build import firmware_dir
from patrolcar_sim.firmware_image import firmware_image

BOARD = "boards/pyboard_v11.py"


def image_at(baud: int, folder: Path) -> Path:
    """An image of the firmware for a line of so many baud, in an empty folder."""
    wired = (firmware_dir() / BOARD).read_text(encoding="utf-8")
    changed = folder / "changes" / BOARD
    changed.parent.mkdir(parents=True)
    other = re.sub(r"^UART_BAUD = .*$", f"UART_BAUD = {baud}", wired, flags=re.M)
    assert other != wired
    changed.write_text(other, encoding="utf-8")
    image = folder / "flash.img"
    shutil.copyfile(firmware_image(changes=folder / "changes"), image)
    return image
