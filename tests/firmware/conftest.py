"""The firmware's plain logic on CPython: firmware/ on the path, and the shim for `micropython`."""

import gc
import sys
from pathlib import Path

from hypothesis import settings

FIRMWARE = Path(__file__).resolve().parents[2] / "firmware"
if str(FIRMWARE) not in sys.path:
    sys.path.insert(0, str(FIRMWARE))

# A slow machine is no failure.
settings.register_profile("patrol", deadline=None)
settings.load_profile("patrol")

import patrol.portable  # noqa: E402, F401  (installs ptr8 and the decorators)

# MicroPython's gc has a threshold of its own; the one file that sets it runs here without.
if not hasattr(gc, "threshold"):
    gc.threshold = lambda amount=-1: None
    gc.mem_free = lambda: 40_000
