"""Writes the firmware's dialect.py from patrol.xml: `python -m patrolcar.link.generate [--check]`.

Only what the firmware uses is written, since every name costs the board about 40 bytes of RAM:
a message whose base fields are all integers gets one struct format (one `pack_into` fills it),
others get the offsets of the fields named here.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from patrolcar.link.definition import messages
from patrolcar.made import bring_up_to_date

# Sent ones first and the most frequent of them at the front: the board looks ids up by scanning.
SENDS = (
    "ATTITUDE",
    "WHEEL_STATUS",
    "DISTANCE_SENSOR",
    "LOCAL_POSITION_NED",
    "LOOP_TIMING",
    "SYS_STATUS",
    "HEARTBEAT",
    "BATTERY_STATUS",
    "FLOOR_STATUS",
    "TASK_TIMING",
    "GLOBAL_POSITION_INT",
    "VFR_HUD",
    "GPS_RAW_INT",
    "STATUSTEXT",
    "COMMAND_ACK",
    "PARAM_VALUE",
    "TIMESYNC",
    "PING",
    "AUTOPILOT_VERSION",
    "HOME_POSITION",
    "MESSAGE_INTERVAL",
    "MISSION_COUNT",
    "MISSION_ACK",
    "MISSION_CURRENT",
    "MISSION_ITEM_INT",
    "MISSION_ITEM",
    "MISSION_REQUEST_INT",
    "MISSION_REQUEST",
)
ACCEPTS = (
    "MANUAL_CONTROL",
    "HEARTBEAT",
    "COMMAND_LONG",
    "COMMAND_INT",
    "SET_MODE",
    "PARAM_REQUEST_LIST",
    "PARAM_REQUEST_READ",
    "PARAM_SET",
    "TIMESYNC",
    "PING",
    "REQUEST_DATA_STREAM",
    "RADIO_STATUS",
    "FILE_TRANSFER_PROTOCOL",
    "MISSION_REQUEST_LIST",
    "MISSION_COUNT",
    "MISSION_CLEAR_ALL",
    "MISSION_REQUEST_INT",
    "MISSION_REQUEST",
    "MISSION_ITEM_INT",
    "MISSION_ITEM",
    "MISSION_WRITE_PARTIAL_LIST",
    "MISSION_SET_CURRENT",
)

# Filled by one pack_into: all base fields in wire order, and the extension fields named here.
FORMATS: dict[str, tuple[str, ...]] = {
    "HEARTBEAT": (),
    "SYS_STATUS": (),
    "WHEEL_STATUS": (),
    "LOOP_TIMING": (
        "heap_free",
        "collection_us",
        "collection_worst_us",
        "texts_dropped",
        "texts_repeated",
        "exceptions",
        "reset_cause",
        "log_level",
    ),
    "DISTANCE_SENSOR": (),
    "FLOOR_STATUS": (),
    "TASK_TIMING": (),
    "BATTERY_STATUS": ("time_remaining", "charge_state"),
    "COMMAND_ACK": ("progress", "result_param2", "target_system", "target_component"),
    "MESSAGE_INTERVAL": (),
    "MISSION_CURRENT": ("total", "mission_state"),
}
# Read or written field by field. (The target of a message is in the table, not here.)
OFFSETS: dict[str, tuple[str, ...]] = {
    "ATTITUDE": ("time_boot_ms", "roll", "pitch", "yaw", "rollspeed", "pitchspeed", "yawspeed"),
    "LOCAL_POSITION_NED": ("time_boot_ms", "x", "y", "vx", "vy"),
    "HEARTBEAT": ("type",),
    "DISTANCE_SENSOR": ("quaternion", "signal_quality"),
    "STATUSTEXT": ("severity", "text"),
    "AUTOPILOT_VERSION": (
        "capabilities",
        "uid",
        "flight_sw_version",
        "board_version",
        "flight_custom_version",
    ),
    "TIMESYNC": ("tc1", "ts1"),
    "PING": ("time_usec", "seq", "target_system", "target_component"),
    "MANUAL_CONTROL": ("x", "r"),
    "COMMAND_LONG": ("param1", "param2", "command"),
    "COMMAND_INT": ("param1", "param2", "x", "z", "command", "frame"),
    "SET_MODE": ("custom_mode", "base_mode"),
    "PARAM_VALUE": ("param_value", "param_count", "param_id", "param_type"),
    "PARAM_REQUEST_READ": ("param_index", "param_id"),
    "PARAM_SET": ("param_value", "param_id", "param_type"),
    "GLOBAL_POSITION_INT": ("time_boot_ms", "lat", "alt", "vx", "hdg"),
    "VFR_HUD": ("groundspeed", "alt", "heading", "throttle"),
    "GPS_RAW_INT": ("time_usec", "lat", "alt", "eph", "fix_type"),
    "HOME_POSITION": ("latitude", "altitude", "x", "y", "q", "approach_z"),
    "REQUEST_DATA_STREAM": ("req_message_rate", "req_stream_id", "start_stop"),
    "RADIO_STATUS": ("rssi", "txbuf"),
    "MISSION_REQUEST_LIST": ("mission_type",),
    "MISSION_COUNT": ("target_system", "mission_type"),
    "MISSION_CLEAR_ALL": ("mission_type",),
    "MISSION_ACK": ("target_system", "type", "mission_type"),
    "MISSION_REQUEST": ("mission_type",),
    "MISSION_WRITE_PARTIAL_LIST": ("mission_type",),
    "MISSION_ITEM_INT": ("x", "y", "seq", "command", "frame", "autocontinue", "mission_type"),
}
# The car reads no further than this, and with it the parser's buffers stay small: a request for
# a file is answered where it has this much and a little more, as all do whose path is short.
LONGEST = 60

NO_TARGET = 255
_CODES = {
    "uint8_t": "B",
    "int8_t": "b",
    "char": "s",
    "uint16_t": "H",
    "int16_t": "h",
    "uint32_t": "I",
    "int32_t": "i",
    "uint64_t": "Q",
    "int64_t": "q",
}
_HEAD = '''\
"""Ids, layouts and checksum seeds of the messages that the car sends or accepts.

Generated from patrol.xml by patrolcar.link.generate: `make dialect` writes it again.
MESSAGES holds five bytes a message: id (low, high), payload length, CRC_EXTRA, and the offset of
target_system or 255. The length of a message that is only sent reaches as far as what is filled.
"""

'''


def outputs(root: Path) -> dict[Path, str]:
    """firmware/patrol/link/dialect.py of the checkout at `root`."""
    return {root / "firmware" / "patrol" / "link" / "dialect.py": generate()}


def _used_length(message: Any) -> int:
    """Bytes of payload that the firmware may touch; of what it reads all of it up to LONGEST."""
    if message.name in ACCEPTS:
        return min(int(message.wire_length), LONGEST)
    used = (*FORMATS.get(message.name, ()), *OFFSETS.get(message.name, ()))
    ends = [f.wire_offset + f.wire_length for f in message.ordered_fields if f.name in used]
    return int(max([message.wire_min_length, *ends]))


def _format_lines(message: Any, extensions: tuple[str, ...]) -> list[str]:
    codes, names = "<", []
    for index, field in enumerate(message.ordered_fields):
        if index < message.base_fields() or field.name in extensions:
            repeat = str(field.array_length) if field.array_length else ""
            codes += repeat + _CODES[field.type]
            names.append(field.name + (f"[{repeat}]" if repeat else ""))
    lines, line = [], "#"
    for name in names:
        if len(line) + len(name) > 97:
            lines.append(line)
            line = "#"
        line += " " + name
    return [*lines, line, f'{message.name}_FORMAT = "{codes}"']


def generate() -> str:
    """The text of dialect.py. KeyError if patrol.xml or common.xml lost a message or a field."""
    known = messages()
    names = list(dict.fromkeys(SENDS + ACCEPTS))
    table, body = [], []
    for name in names:
        message = known[name]
        offsets: dict[str, int] = message.field_offsets
        target = offsets.get("target_system", offsets.get("target", NO_TARGET))
        record = bytes(
            (message.id & 255, message.id >> 8, _used_length(message), message.crc_extra, target)
        )
        table.append('    b"' + "".join(f"\\x{byte:02x}" for byte in record) + f'"  # {name}')
        body.append("")
        body.append(f"{name} = {message.id}")
        if name in FORMATS:
            body += _format_lines(message, FORMATS[name])
        body += [f"{name}_{field.upper()} = {offsets[field]}" for field in OFFSETS.get(name, ())]
    return _HEAD + "\n".join(["MESSAGES = (", *table, ")", *body]) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """See made.bring_up_to_date."""
    return bring_up_to_date(outputs, "dialect", arguments)


if __name__ == "__main__":
    sys.exit(main())
