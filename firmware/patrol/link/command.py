"""What the car is told: bytes from the UART to frames, frames to events, and the answers.

A command is taken only if it is addressed to this system or to all. Everything that is not built
is answered with UNSUPPORTED, so that no ground station waits for it.
"""

from struct import pack_into

from patrol.behaviour.supervisor import ARM, DISARM, MODE_AUTO, MODE_HOLD, MODE_MANUAL
from patrol.link import dialect as d
from patrol.link.messages import CUSTOM_AUTO, CUSTOM_HOLD, CUSTOM_MANUAL
from patrol.link.payload import copy, get_i16, get_scaled, get_u16, put_product
from patrol.portable import const

if 0:  # for the type checker alone: the compiler leaves it out
    from machine import UART

# MAV_RESULT
ACCEPTED = const(0)
TEMPORARILY_REJECTED = const(1)
DENIED = const(2)
UNSUPPORTED = const(3)
FAILED = const(4)

# MAV_CMD
_DO_SET_MODE = const(176)
_ARM_DISARM = const(400)
_REQUEST_MESSAGE = const(512)
_REQUEST_CAPABILITIES = const(520)

_CUSTOM_MODE_ENABLED = const(1)
_GROUND_STATION = const(6)  # MAV_TYPE_GCS
_HEARTBEAT_TYPE = const(4)  # offset of `type` in HEARTBEAT
_MAVLINK2 = const(0x2000)  # MAV_PROTOCOL_CAPABILITY
_LINK_TIMEOUT_MS = const(3_000)
_CHUNK = const(128)  # bytes taken a tick: 12.8 kB/s, more than a ground station sends
_ANSWERS = const(4)
_NO_MODE = const(-1)


class Command:
    """`request(event)` asks the car for a transition and returns a MAV_RESULT.

    `sticks(x, r, now_ms)` takes MANUAL_CONTROL. `silent` tells that a ground station was heard and
    is not any more. `schedule` has `.ms` and `.now_us`.
    """

    def __init__(self, uart: "UART", parser, writer, schedule, request, sticks, system=1):
        self.heard = False
        self.silent = False
        self.refused = 0
        self.identity = ((0, 0, 0), b"", b"", 0)  # version, build, chip, board: AUTOPILOT_VERSION
        self._uart = uart
        self._parser = parser
        self._writer = writer
        self._schedule = schedule
        self._request = request
        self._sticks = sticks
        self._system = system
        self._waiting = 0
        self._chunk = bytearray(_CHUNK)
        self._heard_ms = 0
        # Answers wait for the tick's telemetry: kind, and what it needs.
        self._acks = 0
        self._ack_command = [0] * _ANSWERS
        self._ack_result = bytearray(_ANSWERS)
        self._ack_system = bytearray(_ANSWERS)
        self._ack_component = bytearray(_ANSWERS)
        self._version = False
        self._ping = False
        self._ping_payload = bytearray(14)
        self._sync = False
        self._sync_payload = bytearray(16)

    def look(self):
        """Asks the UART, at the tick's start like all other inputs."""
        self._waiting = self._uart.any()

    def step(self):
        """Once a tick: takes what had arrived."""
        n = self._waiting
        if n:
            taken = self._uart.readinto(self._chunk, n if n < _CHUNK else _CHUNK)
            if taken:
                parser = self._parser
                parser.feed(self._chunk, taken)
                message = parser.next()
                while message >= 0:
                    if parser.target == 0 or parser.target == self._system:
                        self._take(message)
                    message = parser.next()
        if self.heard and not self.silent:
            if self._schedule.ms - self._heard_ms >= _LINK_TIMEOUT_MS:
                self.silent = True

    def _take(self, message):
        payload = self._parser.payload
        if message == d.HEARTBEAT:
            if payload[_HEARTBEAT_TYPE] == _GROUND_STATION:
                self.heard = True
                self.silent = False
                self._heard_ms = self._schedule.ms
        elif message == d.MANUAL_CONTROL:
            self._sticks(
                get_i16(payload, d.MANUAL_CONTROL_X),
                get_i16(payload, d.MANUAL_CONTROL_R),
                self._schedule.ms,
            )
        elif message == d.COMMAND_LONG:
            command = get_u16(payload, d.COMMAND_LONG_COMMAND)
            self._acknowledge(
                command,
                self._execute(
                    command,
                    get_scaled(payload, d.COMMAND_LONG_PARAM1, 1),
                    get_scaled(payload, d.COMMAND_LONG_PARAM2, 1),
                ),
            )
        elif message == d.COMMAND_INT:
            command = get_u16(payload, d.COMMAND_INT_COMMAND)
            self._acknowledge(
                command,
                self._execute(
                    command,
                    get_scaled(payload, d.COMMAND_INT_PARAM1, 1),
                    get_scaled(payload, d.COMMAND_INT_PARAM2, 1),
                ),
            )
        elif message == d.SET_MODE:
            at = d.SET_MODE_CUSTOM_MODE
            # The two upper bytes are zero in every mode that there is.
            custom = get_u16(payload, at) if get_u16(payload, at + 2) == 0 else _NO_MODE
            self._mode(payload[d.SET_MODE_BASE_MODE], custom)
        elif message == d.PING:
            if payload[d.PING_TARGET_SYSTEM] == 0:  # a request; an answer has a target
                copy(self._ping_payload, 0, payload, 0, 12)
                self._ping_payload[d.PING_TARGET_SYSTEM] = self._parser.system
                self._ping_payload[d.PING_TARGET_COMPONENT] = self._parser.component
                self._ping = True
        elif message == d.TIMESYNC:
            for i in range(8):
                if payload[d.TIMESYNC_TC1 + i]:
                    return  # an answer, not a question
            copy(self._sync_payload, 0, payload, 0, 16)
            self._sync = True

    def _execute(self, command, param1, param2):
        if command == _ARM_DISARM:
            if param1 == 1:
                return self._request(ARM)
            if param1 == 0:
                return self._request(DISARM)
            return DENIED
        if command == _DO_SET_MODE:
            return self._mode(param1, param2)
        if command == _REQUEST_MESSAGE:
            if param1 != d.AUTOPILOT_VERSION:
                return UNSUPPORTED
            self._version = True
            return ACCEPTED
        if command == _REQUEST_CAPABILITIES:
            self._version = True
            return ACCEPTED
        return UNSUPPORTED

    def _mode(self, base, custom):
        if not 0 <= base <= 255 or not base & _CUSTOM_MODE_ENABLED:
            return UNSUPPORTED
        if custom == CUSTOM_HOLD:
            return self._request(MODE_HOLD)
        if custom == CUSTOM_MANUAL:
            return self._request(MODE_MANUAL)
        if custom == CUSTOM_AUTO:
            return self._request(MODE_AUTO)
        return DENIED

    def _acknowledge(self, command, result):
        if result != ACCEPTED:
            self.refused += 1
        at = self._acks
        if at == _ANSWERS:
            return  # the sender repeats what is not acknowledged
        self._ack_command[at] = command
        self._ack_result[at] = result
        self._ack_system[at] = self._parser.system
        self._ack_component[at] = self._parser.component
        self._acks = at + 1

    def answer(self):
        """Writes the answers into the writer, as far as there is room."""
        writer = self._writer
        buf = writer.buf
        while self._acks and writer.room >= 26:
            # Oldest first; there is rarely more than one.
            off = writer.begin(d.COMMAND_ACK)
            if off < 0:
                return
            pack_into(
                d.COMMAND_ACK_FORMAT,
                buf,
                off,
                self._ack_command[0],
                self._ack_result[0],
                0,
                0,
                self._ack_system[0],
                self._ack_component[0],
            )
            writer.end()
            self._acks -= 1
            for i in range(self._acks):
                self._ack_command[i] = self._ack_command[i + 1]
                self._ack_result[i] = self._ack_result[i + 1]
                self._ack_system[i] = self._ack_system[i + 1]
                self._ack_component[i] = self._ack_component[i + 1]
        if self._ping and writer.room >= 26:
            self._ping = False
            off = writer.begin(d.PING)
            if off >= 0:
                copy(buf, off, self._ping_payload, 0, 14)
                writer.end()
        if self._sync and writer.room >= 28:
            self._sync = False
            off = writer.begin(d.TIMESYNC)
            if off >= 0:
                copy(buf, off + d.TIMESYNC_TS1, self._sync_payload, d.TIMESYNC_TS1, 8)
                put_product(buf, off + d.TIMESYNC_TC1, self._schedule.ms, 1_000_000, 0)
                writer.end()
        if self._version and writer.room >= 72:
            self._version = False
            off = writer.begin(d.AUTOPILOT_VERSION)
            if off >= 0:
                pack_into("<I", buf, off + d.AUTOPILOT_VERSION_CAPABILITIES, _MAVLINK2)
                version, build, chip, board = self.identity
                at = off + d.AUTOPILOT_VERSION_FLIGHT_SW_VERSION
                for i in range(3):  # the lowest byte, 0, is for a version under development
                    buf[at + 3 - i] = version[i]
                pack_into("<I", buf, off + d.AUTOPILOT_VERSION_BOARD_VERSION, board)
                copy(buf, off + d.AUTOPILOT_VERSION_UID, chip, 0, min(8, len(chip)))
                at = off + d.AUTOPILOT_VERSION_FLIGHT_CUSTOM_VERSION
                copy(buf, at, build, 0, len(build))
                writer.end()
