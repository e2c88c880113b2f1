"""The boot ROM's knowledge of one board's pins, for CPython."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

from patrolcar_sim.board.process import ROM


def load_pinout(board: str) -> ModuleType:
    """rom/pinout.py with the constants of rom/boards/BOARD.py, as the virtual board has it."""
    spec = importlib.util.spec_from_file_location(f"pinout_of_{board}", ROM / "pinout.py")
    assert spec is not None
    assert spec.loader is not None
    pinout = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pinout)
    # The firmware has a folder of that name too.
    own = {
        name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "boards"
    }
    sys.path.insert(0, str(ROM))
    try:
        pinout.use(board)
    finally:
        sys.path.remove(str(ROM))
        sys.modules.update(own)
    return pinout
