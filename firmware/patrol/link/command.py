"""What the car is told: bytes from the UART to frames, frames to events, and the answers.

A command is taken only if it is addressed to this system or to all. Everything that is not built
is answered with UNSUPPORTED, so that no ground station waits for it.
"""

from struct import pack_into

from patrol.behaviour.supervisor import ARM, DISARM, ESTOP, MODE_AUTO, MODE_HOLD, MODE_MANUAL
from patrol.link import dialect as d
from patrol.link.messages import ACK_BYTES, CUSTOM_AUTO, CUSTOM_HOLD, CUSTOM_MANUAL
from patrol.link.payload import copy, get_i16, get_scaled, get_u16
from patrol.link.telemetry import ACK, PARAMETER, PING, TIMESYNC, VERSION
from patrol.portable import const
from patrol.store.keys import FS_LINK_MS

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
_TERMINATE = const(185)  # MAV_CMD_DO_FLIGHTTERMINATION
_ARM_DISARM = const(400)
_FORCED = const(21_196)  # its second parameter: whatever the state
_REQUEST_MESSAGE = const(512)
_REQUEST_CAPABILITIES = const(520)

_CUSTOM_MODE_ENABLED = const(1)
_GROUND_STATION = const(6)  # MAV_TYPE_GCS
_HEARTBEAT_TYPE = const(4)  # offset of `type` in HEARTBEAT
_CHUNK = const(128)  # bytes taken a tick: 12.8 kB/s, more than a ground station sends
_ACKS = const(4)
_NO_MODE = const(-1)
_SYSTEM = const(1)  # that of this car


class Command:
    """`request(event)` asks the car for a transition and returns a MAV_RESULT.

    `due` is a Telemetry's, where the answers are asked for. `sticks(x, r, now_ms)` takes
    MANUAL_CONTROL. `silent` tells that a ground station was heard and is not any more. `schedule`
    has `.ms` and `.now_us`, `parameters` is a link.parameters.Parameters.
    """

    def __init__(self, uart: "UART", parser, due, schedule, request, sticks, parameters):
        self.heard = False
        self.silent = False
        self.identity = ((0, 0, 0), b"", b"", 0)  # version, build, chip, board: AUTOPILOT_VERSION
        # What the answers are filled with: `waiting` payloads of COMMAND_ACK, the oldest first,
        # one of PING, and ts1 of TIMESYNC.
        self.waiting = 0
        self.acks = bytearray(_ACKS * ACK_BYTES)
        self.ping = bytearray(14)
        self.sync = bytearray(8)
        self._uart = uart
        self._parser = parser
        self._due = due
        self._schedule = schedule
        self._request = request
        self._sticks = sticks
        self._parameters = parameters
        self._arrived = 0
        self._chunk = bytearray(_CHUNK)
        self._heard_ms = 0

    def look(self):
        """Asks the UART, at the tick's start like all other inputs."""
        self._arrived = self._uart.any()

    def step(self):
        """Once a tick: takes what had arrived."""
        n = self._arrived
        if n:
            taken = self._uart.readinto(self._chunk, n if n < _CHUNK else _CHUNK)
            if taken:
                parser = self._parser
                parser.feed(self._chunk, taken)
                message = parser.next()
                while message >= 0:
                    if parser.target == 0 or parser.target == _SYSTEM:
                        self._take(message)
                    message = parser.next()
        if self.heard and not self.silent:
            if self._schedule.ms - self._heard_ms >= self._parameters.values[FS_LINK_MS]:
                self.silent = True

    def _take(self, message):
        parser = self._parser
        payload = parser.payload
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
        elif message == d.COMMAND_LONG or message == d.COMMAND_INT:
            # Up to here, both have the same at the same places.
            command = get_u16(payload, d.COMMAND_LONG_COMMAND)
            result = self._execute(
                command,
                get_scaled(payload, d.COMMAND_LONG_PARAM1, 1),
                get_scaled(payload, d.COMMAND_LONG_PARAM2, 1),
            )
            at = self.waiting * ACK_BYTES
            if at < _ACKS * ACK_BYTES:  # else the sender repeats what is not acknowledged
                self.waiting += 1
                self._due[ACK] = 1
                pack_into(
                    d.COMMAND_ACK_FORMAT,
                    self.acks,
                    at,
                    command,
                    result,
                    0,
                    0,
                    parser.system,
                    parser.component,
                )
        elif message == d.SET_MODE:
            at = d.SET_MODE_CUSTOM_MODE
            # The two upper bytes are zero in every mode that there is.
            custom = get_u16(payload, at) if get_u16(payload, at + 2) == 0 else _NO_MODE
            self._mode(payload[d.SET_MODE_BASE_MODE], custom)
        elif message == d.PARAM_REQUEST_LIST:
            self._parameters.ask_all()
            self._due[PARAMETER] = 1
        elif message == d.PARAM_REQUEST_READ:
            if self._parameters.ask(payload):
                self._due[PARAMETER] = 1
        elif message == d.PARAM_SET:
            if self._parameters.set(payload, self._schedule.ms):
                self._due[PARAMETER] = 1
        elif message == d.PING:
            if payload[d.PING_TARGET_SYSTEM] == 0:  # a request; an answer has a target
                ping = self.ping
                copy(ping, 0, payload, 0, 12)
                ping[d.PING_TARGET_SYSTEM] = parser.system
                ping[d.PING_TARGET_COMPONENT] = parser.component
                self._due[PING] = 1
        elif message == d.TIMESYNC:
            for i in range(8):
                if payload[d.TIMESYNC_TC1 + i]:
                    return  # an answer, not a question
            copy(self.sync, 0, payload, d.TIMESYNC_TS1, 8)
            self._due[TIMESYNC] = 1

    def _execute(self, command, param1, param2):
        """What a command comes to: a MAV_RESULT."""
        if command == _ARM_DISARM:
            if param1 == 1:
                return self._request(ARM)
            if param1 == 0:
                return self._request(ESTOP if param2 == _FORCED else DISARM)
            return DENIED
        if command == _TERMINATE:
            return self._request(ESTOP) if param1 == 1 else DENIED
        if command == _DO_SET_MODE:
            return self._mode(param1, param2)
        if command == _REQUEST_CAPABILITIES or (
            command == _REQUEST_MESSAGE and param1 == d.AUTOPILOT_VERSION
        ):
            self._due[VERSION] = 1
            return ACCEPTED
        return UNSUPPORTED

    def _mode(self, base, custom):
        if not 0 <= base <= 255 or not base & _CUSTOM_MODE_ENABLED:
            return UNSUPPORTED
        if custom == CUSTOM_HOLD:
            event = MODE_HOLD
        elif custom == CUSTOM_MANUAL:
            event = MODE_MANUAL
        elif custom == CUSTOM_AUTO:
            event = MODE_AUTO
        else:
            return DENIED
        return self._request(event)
