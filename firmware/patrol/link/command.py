"""What the car is told: bytes from the UART to frames, frames to events, and the answers.

A command is taken only if it is addressed to this system or to all. Everything that is not built
is answered with UNSUPPORTED, so that no ground station waits for it.
"""

from struct import pack_into

from patrol.behaviour.supervisor import ARM, DISARM, ESTOP, MODE_AUTO, MODE_HOLD, MODE_MANUAL
from patrol.link import dialect as d
from patrol.link.messages import CUSTOM_AUTO, CUSTOM_HOLD, CUSTOM_MANUAL
from patrol.link.payload import (
    INVALID,
    clear,
    copy,
    get_i16,
    get_scaled,
    get_u16,
    put_product,
)
from patrol.link.results import ACCEPTED, DENIED, INT_ONLY, UNSUPPORTED, UNSUPPORTED_FRAME
from patrol.link.telemetry import HOME, MOST_TICKS, OFF, PARAMETER, USUAL, VERSION
from patrol.portable import const
from patrol.store.keys import FS_LINK_MS, SYSID

if 0:  # for the type checker alone: the compiler leaves it out
    from machine import UART

# MAV_CMD
_DO_SET_MODE = const(176)
_DO_SET_HOME = const(179)
_TERMINATE = const(185)  # MAV_CMD_DO_FLIGHTTERMINATION
_ARM_DISARM = const(400)
_FORCED = const(21_196)  # its second parameter: whatever the state
_GET_HOME_POSITION = const(410)
_GET_MESSAGE_INTERVAL = const(510)
_SET_MESSAGE_INTERVAL = const(511)
_REQUEST_MESSAGE = const(512)
_REQUEST_CAPABILITIES = const(520)
_SET_MISSION_CURRENT = const(224)

_CUSTOM_MODE_ENABLED = const(1)
_GROUND_STATION = const(6)  # MAV_TYPE_GCS
_HEARTBEAT_TYPE = const(4)  # offset of `type` in HEARTBEAT
# MAV_FRAME, a bit each: GLOBAL, GLOBAL_RELATIVE_ALT, both with _INT, and of terrain's altitude
_GLOBAL_FRAMES = const(0b1100_0110_1001)
# In FILE_TRANSFER_PROTOCOL, mavlink.io/en/services/ftp.html; size and requested opcode follow
_FTP_SEQUENCE = const(3)
_FTP_OPCODE = const(6)
_FTP_DATA = const(15)
_FTP_NAK = const(129)
_FTP_UNKNOWN_COMMAND = const(7)

_TICK_US = const(10_000)
_CHUNK = const(128)  # bytes taken a tick: 12.8 kB/s, more than a ground station sends
_NO_MODE = const(-1)
_ANSWERS = const(6)
_ANSWER = const(17)  # bytes: a message's id, and its payload
_HOME_TEXT = b"home refused: no such place within 85 degrees"


class Command:
    """`car` has parser, telemetry, schedule, manual, parameters, mission, odometry and home; see
    app.py.
    `car.request(event)` asks for a transition and returns a MAV_RESULT.

    `silent` tells that a ground station was heard and is not any more. `waiting` of `answers` are
    to be sent, the oldest first: a Telemetry takes them by `give`.
    """

    def __init__(self, uart: "UART", car):
        self.heard = False
        self.silent = False
        self.identity = ((0, 0, 0), b"", b"", 0)  # version, build, chip, board: AUTOPILOT_VERSION
        self.waiting = 0
        self.answers = bytearray((_ANSWERS + 1) * _ANSWER)
        self._uart = uart
        self._car = car
        self._system = car.parameters.values[SYSID]
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
                parser = self._car.parser
                parser.feed(self._chunk, taken)
                message = parser.next()
                while message >= 0:
                    if parser.target == 0 or parser.target == self._system:
                        self._take(message, parser.payload)
                    message = parser.next()
        if self.heard and not self.silent:
            if self._car.schedule.ms - self._heard_ms >= self._car.parameters.values[FS_LINK_MS]:
                self.silent = True
        if self._car.mission.upload is not None:
            self._car.mission.upload.step()

    def give(self, buf, at, n):
        """Writes the oldest answer's payload, n bytes at most, and forgets it."""
        answers = self.answers
        copy(buf, at, answers, 1, n if n < _ANSWER else _ANSWER - 1)
        self.waiting -= 1
        copy(answers, 0, answers, _ANSWER, self.waiting * _ANSWER)

    def answer(self, message):
        """Where in `answers` one more's zeroed payload begins. One that finds no place is not
        sent: the asker repeats what is not answered."""
        at = self.waiting * _ANSWER
        if self.waiting < _ANSWERS:
            self.waiting += 1
        answers = self.answers
        clear(answers, at, at + _ANSWER)
        answers[at] = message
        return at + 1

    def _take(self, message, payload):
        car = self._car
        parser = car.parser
        answers = self.answers
        telemetry = car.telemetry
        due = telemetry.due
        if message == d.HEARTBEAT:
            if payload[_HEARTBEAT_TYPE] == _GROUND_STATION:
                self.heard = True
                self.silent = False
                self._heard_ms = car.schedule.ms
        elif message == d.MANUAL_CONTROL:
            car.manual.sticks(
                get_i16(payload, d.MANUAL_CONTROL_X),
                get_i16(payload, d.MANUAL_CONTROL_R),
                car.schedule.ms,
            )
        elif message == d.COMMAND_LONG or message == d.COMMAND_INT:
            # Up to here, both have the same at the same places.
            command = get_u16(payload, d.COMMAND_LONG_COMMAND)
            param1 = get_scaled(payload, d.COMMAND_LONG_PARAM1, 1)
            if command == _DO_SET_HOME:
                result = self._set_home(message, payload, param1)
            else:
                param2 = get_scaled(payload, d.COMMAND_LONG_PARAM2, 1)
                result = self._execute(command, param1, param2)
            pack_into(
                d.COMMAND_ACK_FORMAT,
                answers,
                self.answer(d.COMMAND_ACK),
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
            car.parameters.ask_all()
            due[PARAMETER] = 1
        elif message == d.PARAM_REQUEST_READ:
            if car.parameters.ask(payload):
                due[PARAMETER] = 1
        elif message == d.PARAM_SET:
            if car.parameters.set(payload, car.schedule.ms):
                due[PARAMETER] = 1
        elif message == d.PING:
            if payload[d.PING_TARGET_SYSTEM] == 0:  # a request; an answer has a target
                at = self.answer(d.PING)
                copy(answers, at, payload, 0, 12)
                self.address(at + d.PING_TARGET_SYSTEM)
        elif message == d.TIMESYNC:
            for i in range(8):
                if payload[d.TIMESYNC_TC1 + i]:
                    return  # an answer, not a question
            at = self.answer(d.TIMESYNC)
            copy(answers, at + d.TIMESYNC_TS1, payload, d.TIMESYNC_TS1, 8)
            put_product(answers, at + d.TIMESYNC_TC1, car.schedule.ms, 1_000_000, 0)
        elif message == d.REQUEST_DATA_STREAM:
            rate = get_u16(payload, d.REQUEST_DATA_STREAM_REQ_MESSAGE_RATE)
            ticks = OFF
            if rate and payload[d.REQUEST_DATA_STREAM_START_STOP]:
                ticks = 100 // rate or 1
            telemetry.pace(-1, payload[d.REQUEST_DATA_STREAM_REQ_STREAM_ID], ticks)
        elif message == d.RADIO_STATUS:
            telemetry.rssi = payload[d.RADIO_STATUS_RSSI]
            telemetry.room = payload[d.RADIO_STATUS_TXBUF]
        elif message == d.FILE_TRANSFER_PROTOCOL:
            asked = payload[_FTP_OPCODE]
            if asked < 128:  # else it is an answer
                at = self.answer(d.FILE_TRANSFER_PROTOCOL)
                copy(answers, at, payload, 0, _FTP_DATA)
                self.address(at + 1)
                sequence = get_u16(payload, _FTP_SEQUENCE) + 1 & 0xFFFF
                pack_into("<H", answers, at + _FTP_SEQUENCE, sequence)
                pack_into("<BBB", answers, at + _FTP_OPCODE, _FTP_NAK, 1, asked)
                answers[at + _FTP_DATA] = _FTP_UNKNOWN_COMMAND
        else:
            car.mission.take(car, message, payload)

    def address(self, at):
        """The sender of what was received becomes an answer's target."""
        parser = self._car.parser
        self.answers[at] = parser.system
        self.answers[at + 1] = parser.component

    def _execute(self, command, param1, param2):
        """What a command comes to: a MAV_RESULT."""
        car = self._car
        telemetry = car.telemetry
        if command == _ARM_DISARM:
            if param1 == 1:
                return car.request(ARM)
            if param1 == 0:
                return car.request(ESTOP if param2 == _FORCED else DISARM)
            return DENIED
        if command == _TERMINATE:
            return car.request(ESTOP) if param1 == 1 else DENIED
        if command == _DO_SET_MODE:
            return self._mode(param1, param2)
        if command == _REQUEST_CAPABILITIES:
            telemetry.due[VERSION] = 1
            return ACCEPTED
        if command == _SET_MISSION_CURRENT:
            return ACCEPTED if car.mission.choose(param1) else DENIED
        if command == _GET_HOME_POSITION:
            return telemetry.ask(d.HOME_POSITION)
        if command == _REQUEST_MESSAGE:
            return telemetry.ask(param1)
        ticks = telemetry.interval(param1)
        if command == _SET_MESSAGE_INTERVAL:
            if not ticks:
                return UNSUPPORTED
            if param2 >= _TICK_US:
                ticks = (param2 + _TICK_US // 2) // _TICK_US
                param2 = ticks if ticks < MOST_TICKS else MOST_TICKS
            elif param2 != USUAL and param2 != OFF:
                return DENIED
            telemetry.pace(param1, -1, param2)
            return ACCEPTED
        if command == _GET_MESSAGE_INTERVAL:
            us = ticks * _TICK_US if ticks > 0 else ticks
            at = self.answer(d.MESSAGE_INTERVAL)
            pack_into(d.MESSAGE_INTERVAL_FORMAT, self.answers, at, us, param1 & 0xFFFF)
            return ACCEPTED if us else UNSUPPORTED
        return UNSUPPORTED

    def _set_home(self, message, payload, param1):
        """HOME is here, or where COMMAND_INT says: a MAV_RESULT. The car's place in the local
        frame stays what it is."""
        car = self._car
        home = car.home
        at = d.COMMAND_INT_X
        if param1 == 1:
            x = car.odometry.x
            y = car.odometry.y
            if home.known:
                home.put(payload, at, x, y)
                home.set(payload, at)
            home.x = x
            home.y = y
        elif param1 != 0:
            return DENIED
        elif message == d.COMMAND_LONG:
            return INT_ONLY
        elif not _GLOBAL_FRAMES >> payload[d.COMMAND_INT_FRAME] & 1:
            return UNSUPPORTED_FRAME
        elif home.set(payload, at):
            altitude = get_scaled(payload, d.COMMAND_INT_Z, 1_000)
            home.altitude = altitude if altitude != INVALID else 0
        else:
            car.telemetry.say(4, _HOME_TEXT)
            return DENIED
        if home.known:
            car.telemetry.due[HOME] = 1
        return ACCEPTED

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
        return self._car.request(event)
