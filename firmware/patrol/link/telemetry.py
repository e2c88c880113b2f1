"""What the car tells, and how often: streams by priority within the line's share of each tick.

Every stream has a rate. When several are due, the more important goes first; one that finds no
room waits, and if its next turn comes before it got any, that one message is dropped and counted.
"""

from struct import pack_into

from patrol.behaviour.supervisor import AUTO, DISARMED, FAULT, HOLD, MANUAL
from patrol.link.dialect import (
    ATTITUDE,
    ATTITUDE_PITCH,
    ATTITUDE_PITCHSPEED,
    ATTITUDE_ROLL,
    ATTITUDE_ROLLSPEED,
    ATTITUDE_TIME_BOOT_MS,
    ATTITUDE_YAW,
    ATTITUDE_YAWSPEED,
    BATTERY_STATUS,
    BATTERY_STATUS_FORMAT,
    DISTANCE_SENSOR,
    DISTANCE_SENSOR_FORMAT,
    HEARTBEAT,
    HEARTBEAT_FORMAT,
    LOCAL_POSITION_NED,
    LOCAL_POSITION_NED_TIME_BOOT_MS,
    LOCAL_POSITION_NED_VX,
    LOCAL_POSITION_NED_VY,
    LOCAL_POSITION_NED_X,
    LOCAL_POSITION_NED_Y,
    LOOP_TIMING,
    LOOP_TIMING_FORMAT,
    STATUSTEXT,
    STATUSTEXT_SEVERITY,
    STATUSTEXT_TEXT,
    SYS_STATUS,
    SYS_STATUS_FORMAT,
    WHEEL_STATUS,
    WHEEL_STATUS_FORMAT,
)
from patrol.link.payload import put_float
from patrol.portable import const

_ROVER = const(10)  # MAV_TYPE_GROUND_ROVER
_GENERIC = const(0)  # MAV_AUTOPILOT_GENERIC
_MAVLINK = const(3)
_STANDBY, _ACTIVE, _CRITICAL = 3, 4, 5  # MAV_STATE
_ARMED, _MANUAL_INPUT, _AUTO_ENABLED, _CUSTOM = 128, 64, 4, 1  # MAV_MODE_FLAG
CUSTOM_MANUAL, CUSTOM_HOLD, CUSTOM_AUTO = 0, 4, 10  # ArduPilot Rover's numbers

# MAV_SYS_STATUS_SENSOR
_IMU = const(0x1 | 0x2)  # gyro, accelerometer
_SONARS = const(0x100)  # "laser based position" is MAVLink's bit for range finders
_MOTORS = const(0x400 | 0x1000 | 0x8000)  # rate and yaw control, motor outputs
_BATTERY = const(0x2000000)
_PREARM = const(0x10000000)

_FRAME = const(12)  # header and checksum

# Each stream: ticks from one to the next, first tick, payload bytes. The order is the priority.
_STREAMS = (
    (100, 3, 9),  # HEARTBEAT 1 Hz
    (50, 7, 30),  # LOOP_TIMING 2 Hz
    (4, 1, 14),  # DISTANCE_SENSOR: each measurement, see _distance
    (5, 2, 28),  # ATTITUDE 20 Hz
    (10, 4, 28),  # LOCAL_POSITION_NED 10 Hz
    (5, 4, 24),  # WHEEL_STATUS 20 Hz
    (50, 23, 31),  # SYS_STATUS 2 Hz
    (100, 53, 41),  # BATTERY_STATUS 1 Hz
)
_DISTANCE = const(2)  # its place above: due by its own event
_TEXTS = const(8)


class Telemetry:
    """`writer` is a link.frame.Writer, `line` a link.line.Line that its frames go to.

    `car` has what is told: schedule, supervisor, drive, encoders, sonars, imu, odometry, attitude,
    battery, parser; see app.py.
    """

    def __init__(self, writer, line, car):
        self.dropped = 0
        self.answers = None  # a callable that writes what was asked for, first of all
        self._writer = writer
        self._line = line
        self._car = car
        self._send = (
            self._heartbeat,
            self._loop_timing,
            self._distance,
            self._attitude,
            self._position,
            self._wheels,
            self._system,
            self._battery,
        )
        self._left = [stream[1] for stream in _STREAMS]
        self._every = [stream[0] for stream in _STREAMS]
        self._need = [stream[2] + _FRAME for stream in _STREAMS]
        self._due = bytearray(len(_STREAMS))
        # Texts wait in a ring; one that finds it full is dropped.
        self._texts = [b""] * _TEXTS
        self._severities = bytearray(_TEXTS)
        self._text_at = 0
        self._text_count = 0

    def say(self, severity, text):
        """Queues a STATUSTEXT: MAV_SEVERITY (0 emergency to 7 debug) and up to 50 bytes."""
        if self._text_count == _TEXTS:
            self.dropped += 1
            return
        at = (self._text_at + self._text_count) % _TEXTS
        self._texts[at] = text
        self._severities[at] = severity
        self._text_count += 1

    def step(self):
        """Once a tick: everything that is due and has room, in one write."""
        writer = self._writer
        line = self._line
        writer.room = line.room
        if self.answers is not None:
            self.answers()
        while self._text_count and writer.room >= 51 + _FRAME:
            self._text()
        left = self._left
        due = self._due
        fresh = self._car.sonars.fresh
        full = False
        i = 0
        n = len(left)
        while i < n:
            if i == _DISTANCE:
                turn = fresh != 0
            else:
                wait = left[i] - 1
                turn = wait <= 0
                left[i] = self._every[i] if turn else wait
            if turn:
                if due[i]:
                    self.dropped += 1
                due[i] = 1
            if due[i] and not full:
                if writer.room >= self._need[i]:
                    due[i] = 0
                    self._send[i]()
                else:
                    full = True  # the less important ones do not overtake it
            i += 1
        writer.flush(line)
        line.step()

    def _text(self):
        at = self._text_at
        self._text_at = (at + 1) % _TEXTS
        self._text_count -= 1
        writer = self._writer
        off = writer.begin(STATUSTEXT)
        if off < 0:
            return
        buf = writer.buf
        buf[off + STATUSTEXT_SEVERITY] = self._severities[at]
        off += STATUSTEXT_TEXT
        text = self._texts[at]
        n = len(text)
        for i in range(n if n < 50 else 50):
            buf[off + i] = text[i]
        writer.end()

    def _heartbeat(self):
        state = self._car.supervisor.state
        shown = state
        if state == DISARMED or state == FAULT:
            shown = self._car.supervisor.selected
        base = _CUSTOM
        custom = CUSTOM_HOLD
        if shown == MANUAL:
            base |= _MANUAL_INPUT
            custom = CUSTOM_MANUAL
        elif shown == AUTO:
            base |= _AUTO_ENABLED
            custom = CUSTOM_AUTO
        status = _STANDBY
        if HOLD <= state <= AUTO:
            base |= _ARMED
            status = _ACTIVE
        elif state == FAULT:
            status = _CRITICAL
        writer = self._writer
        off = writer.begin(HEARTBEAT)
        if off >= 0:
            pack_into(
                HEARTBEAT_FORMAT, writer.buf, off, custom, _ROVER, _GENERIC, base, status, _MAVLINK
            )
            writer.end()

    def _loop_timing(self):
        schedule = self._car.schedule
        parser = self._car.parser
        writer = self._writer
        off = writer.begin(LOOP_TIMING)
        if off < 0:
            return
        worst = schedule.take_worst()
        pack_into(
            LOOP_TIMING_FORMAT,
            writer.buf,
            off,
            schedule.ms,
            schedule.ticks,
            writer.sent + 1,
            schedule.overruns,
            self.dropped + writer.dropped,
            schedule.load_permille,
            worst if worst < 65_535 else 65_535,
            parser.bad_crc & 0xFFFF,
            parser.lost & 0xFFFF,
            schedule.collections & 0xFFFF,
        )
        writer.end()

    def _distance(self):
        car = self._car
        sensor = car.sonars.latest
        mm = car.sonars.sonars[sensor].raw_mm
        limits = car.limits
        most = limits.SONAR_MAX_MM // 10
        writer = self._writer
        off = writer.begin(DISTANCE_SENSOR)
        if off < 0:
            return
        cm = (mm + 5) // 10
        pack_into(
            DISTANCE_SENSOR_FORMAT,
            writer.buf,
            off,
            car.schedule.ms,
            limits.SONAR_MIN_MM // 10,
            most,
            cm if 0 < cm <= most else most + 1,
            1,  # MAV_DISTANCE_SENSOR_ULTRASOUND
            sensor,
            limits.SONAR_ORIENTATION[sensor],
            255,  # covariance not known
        )
        writer.end()

    def _attitude(self):
        car = self._car
        imu = car.imu
        writer = self._writer
        off = writer.begin(ATTITUDE)
        if off < 0:
            return
        buf = writer.buf
        pack_into("<I", buf, off + ATTITUDE_TIME_BOOT_MS, car.schedule.ms)
        put_float(buf, off + ATTITUDE_ROLL, car.attitude.roll, 1000)
        put_float(buf, off + ATTITUDE_PITCH, car.attitude.pitch, 1000)
        put_float(buf, off + ATTITUDE_YAW, car.odometry.heading, 1000)
        if imu is not None:
            put_float(buf, off + ATTITUDE_ROLLSPEED, imu.roll_rate, 1000)
            put_float(buf, off + ATTITUDE_PITCHSPEED, imu.pitch_rate, 1000)
            put_float(buf, off + ATTITUDE_YAWSPEED, imu.yaw_rate, 1000)
        else:
            put_float(buf, off + ATTITUDE_YAWSPEED, car.odometry.turn, 1000)
        writer.end()

    def _position(self):
        car = self._car
        odometry = car.odometry
        writer = self._writer
        off = writer.begin(LOCAL_POSITION_NED)
        if off < 0:
            return
        buf = writer.buf
        pack_into("<I", buf, off + LOCAL_POSITION_NED_TIME_BOOT_MS, car.schedule.ms)
        put_float(buf, off + LOCAL_POSITION_NED_X, odometry.x, 1000)
        put_float(buf, off + LOCAL_POSITION_NED_Y, odometry.y, 1000)
        put_float(buf, off + LOCAL_POSITION_NED_VX, odometry.speed * odometry.cos >> 14, 1000)
        put_float(buf, off + LOCAL_POSITION_NED_VY, odometry.speed * odometry.sin >> 14, 1000)
        writer.end()

    def _wheels(self):
        car = self._car
        left = car.encoder_left
        right = car.encoder_right
        writer = self._writer
        off = writer.begin(WHEEL_STATUS)
        if off < 0:
            return
        pack_into(
            WHEEL_STATUS_FORMAT,
            writer.buf,
            off,
            car.schedule.ms,
            left.distance,
            right.distance,
            left.speed,
            right.speed,
            car.wheel_left.setpoint,
            car.wheel_right.setpoint,
            car.motor_left.duty,
            car.motor_right.duty,
        )
        writer.end()

    def _system(self):
        car = self._car
        battery = car.battery
        present = _SONARS | _MOTORS | _BATTERY | _PREARM
        if car.imu is not None:
            present |= _IMU
        health = present
        if not car.imu_works:
            health &= ~_IMU
        if not car.sonars.alive():
            health &= ~_SONARS
        if car.checks.battery_critical:
            health &= ~_BATTERY
        if car.checks.arming() is not None:
            health &= ~_PREARM
        writer = self._writer
        off = writer.begin(SYS_STATUS)
        if off < 0:
            return
        pack_into(
            SYS_STATUS_FORMAT,
            writer.buf,
            off,
            present,
            present,
            health,
            car.schedule.load_permille,
            battery.mv,
            battery.ma // 10,
            0,
            car.parser.bad_crc & 0xFFFF,
            0,
            0,
            0,
            0,
            car.checks.battery_percent(),
        )
        writer.end()

    def _battery(self):
        car = self._car
        battery = car.battery
        writer = self._writer
        off = writer.begin(BATTERY_STATUS)
        if off < 0:
            return
        none = 0xFFFF
        pack_into(
            BATTERY_STATUS_FORMAT,
            writer.buf,
            off,
            battery.used_mah,
            -1,  # energy not known
            0x7FFF,  # temperature not known
            battery.mv,  # both cells together
            none,
            none,
            none,
            none,
            none,
            none,
            none,
            none,
            none,
            battery.ma // 10,
            0,
            1,  # MAV_BATTERY_FUNCTION_ALL
            3,  # MAV_BATTERY_TYPE_LION
            car.checks.battery_percent(),
            0,
            3 if car.checks.battery_critical else 1,  # MAV_BATTERY_CHARGE_STATE: critical, OK
        )
        writer.end()
