"""What a car says of itself after it has booted: heartbeat, version, words."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field

from patrolcar.errors import PatrolError
from patrolcar.flash.repl import Repl
from patrolcar.link.connection import Connection

HEARTBEAT_S = 30.0  # a board may have to create a filesystem, and the gyro settles
WORDS_S = 1.5  # what it says follows its first heartbeat
ASK_S = 0.5
EMERGENCY = 6  # MAV_STATE_EMERGENCY: safe mode
CRITICAL = 5
PROMPT_S = 10.0
READY_LINE = re.compile(r"^patrolcar (\d+\.\d+\.\d+)(?: build ([0-9a-f]+))? ready")
SAFE_LINE = re.compile(r"^safe mode: (.*)")


@dataclass
class Greeting:
    """What a car said: its version and build (None where it told none), its state and its words.

    `words` are (severity, text) of its STATUSTEXTs, without repetitions.
    """

    version: str | None = None
    build: str | None = None
    state: int = 0
    millivolts: int | None = None
    words: list[tuple[int, str]] = field(default_factory=list)

    @property
    def safe_mode(self) -> bool:
        """Whether it says that it will not drive."""
        return self.state in (CRITICAL, EMERGENCY)

    def line(self) -> str:
        """One line for a person."""
        parts = [f"patrolcar {self.version}"] if self.version else []
        if self.build:
            parts.append(f"build {self.build}")
        if self.millivolts:
            parts.append(f"battery {self.millivolts / 1000:.1f} V")
        if self.words:
            parts.append(f"it says: {'; '.join(text for _, text in self.words)}")
        return ", ".join(parts)


def hear(link: Connection, timeout_s: float = HEARTBEAT_S) -> Greeting:
    """Waits for the first heartbeat and listens a little on. PatrolError when none comes.

    The car's clock may run faster than ours: what it says is awaited, never its time.
    """
    greeting = Greeting()
    heard = False
    end = time.monotonic() + timeout_s
    asked = 0.0
    m = link.module
    while (now := time.monotonic()) < end:
        if heard and greeting.version is None and now > asked + ASK_S:
            asked = now
            link.mav.command_long_send(
                *(link.target_system, link.target_component, m.MAV_CMD_REQUEST_MESSAGE, 0),
                *(m.MAVLINK_MSG_ID_AUTOPILOT_VERSION, 0, 0, 0, 0, 0, 0),
            )
        message = link.recv(timeout=min(ASK_S, max(0.0, end - now)))
        if message is None:
            continue
        kind = message.get_type()
        if kind == "HEARTBEAT" and message.type != m.MAV_TYPE_GCS:
            greeting.state = message.system_status
            if not heard:
                heard = True
                end = time.monotonic() + WORDS_S
        elif kind == "STATUSTEXT":
            words = (message.severity, message.text)
            if words not in greeting.words:
                greeting.words.append(words)
        elif kind == "SYS_STATUS":
            greeting.millivolts = message.voltage_battery
        elif kind == "AUTOPILOT_VERSION":
            number = message.flight_sw_version
            greeting.version = f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}"
            build = bytes(message.flight_custom_version)
            greeting.build = build.hex() if any(build) else None
    if not heard:
        raise PatrolError(
            f"no heartbeat came from {link.name} within {timeout_s:.0f} s after the board was "
            "reset: check that this is the car's telemetry port"
        )
    return greeting


def read_prompt(board: Repl, timeout_s: float = PROMPT_S) -> Greeting | None:
    """What a car that has just been reset prints at its REPL, where no telemetry is heard.

    None when it prints nothing that is known.
    """
    for line in board.lines(timeout_s):
        if found := READY_LINE.match(line):
            return Greeting(version=found[1], build=found[2], state=3)
        if found := SAFE_LINE.match(line):
            return Greeting(state=CRITICAL, words=[(2, found[1])])
    return None
