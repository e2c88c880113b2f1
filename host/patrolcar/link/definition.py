"""The dialect's definition: patrol.xml with its includes, read by pymavlink's own parser."""

from __future__ import annotations

import contextlib
import io
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

PATROL_XML = Path(__file__).with_name("patrol.xml")


def included_xml() -> list[Path]:
    """The files that patrol.xml includes, directly or not, as pymavlink ships them."""
    shipped = files("pymavlink") / "dialects" / "v20"
    return [Path(str(shipped / name)) for name in ("common.xml", "standard.xml", "minimal.xml")]


@lru_cache(maxsize=1)
def messages() -> dict[str, Any]:
    """Every message by name, as pymavlink's MAVType: id, crc_extra, fields with their offsets."""
    from pymavlink.generator import mavparse

    found: dict[str, Any] = {}
    # The parser prints what it dislikes about common.xml, which is none of ours.
    with contextlib.redirect_stdout(io.StringIO()):
        for path in (PATROL_XML, *included_xml()):
            for message in mavparse.MAVXML(str(path), mavparse.PROTOCOL_2_0).message:
                found[message.name] = message
    return found
