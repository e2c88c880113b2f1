"""Each message that the car sends on its own, filled from the car's parts."""

from struct import pack_into

from patrol.behaviour.supervisor import AUTO, DISARMED, FAULT, HOLD, MANUAL
from patrol.link import dialect as d
from patrol.link.payload import put_float
from patrol.portable import const
from patrol.schedule import FREE, MEAN, RUNS, TASK, WORST

_ROVER = const(10)  # MAV_TYPE_GROUND_ROVER
_GENERIC = const(0)  # MAV_AUTOPILOT_GENERIC
_MAVLINK = const(3)
# MAV_STATE
_STANDBY = const(3)
_ACTIVE = const(4)
_CRITICAL = const(5)
# MAV_MODE_FLAG
_ARMED = const(128)
_MANUAL_INPUT = const(64)
_AUTO_ENABLED = const(4)
_CUSTOM = const(1)
# ArduPilot Rover's numbers
CUSTOM_MANUAL = const(0)
CUSTOM_HOLD = const(4)
CUSTOM_AUTO = const(10)

# MAV_SYS_STATUS_SENSOR
_IMU = const(0x1 | 0x2)  # gyro, accelerometer
_SONARS = const(0x100)  # "laser based position" is MAVLink's bit for range finders
_TOFS = const(0x4000000)  # "proximity"

# ToF sensors look 20 degrees to each side: half of it as a quaternion's w and z, times 2**14.
_TOF_COS = const(16_135)
_TOF_SIN = const(2_845)
_TOF_LEAST_CM = const(3)
_TOF_MOST_CM = const(200)
_MOTORS = const(0x400 | 0x1000 | 0x8000)  # rate and yaw control, motor outputs
_BATTERY = const(0x2000000)
_PREARM = const(0x10000000)

_INFO = const(6)  # MAV_SEVERITY

# Places in `texts`: the counts of those that were left out, and the least severity that is sent.
DROPPED = const(0)
REPEATED = const(1)
LEVEL = const(2)


class Messages:
    """One method a message: it writes one frame into `writer`, where that has room.

    `car` has what is told: schedule, supervisor, encoders, wheels, motors, sonars, tofs, floor,
    imu, odometry, attitude, battery, checks, parser, failures, reset_cause; see app.py.
    """

    def __init__(self, writer, car):
        self.dropped = 0  # told by LOOP_TIMING, beside what the writer had no room for
        self.texts = [0, 0, _INFO]
        self._writer = writer
        self._car = car
        self._turn = 0

    def heartbeat(self):
        """HEARTBEAT: mode, armed, state."""
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
        off = writer.begin(d.HEARTBEAT)
        if off >= 0:
            pack_into(
                d.HEARTBEAT_FORMAT,
                writer.buf,
                off,
                custom,
                _ROVER,
                _GENERIC,
                base,
                status,
                _MAVLINK,
            )
            writer.end()

    def loop_timing(self):
        """LOOP_TIMING: how the loop keeps its time, and the link's counts."""
        schedule = self._car.schedule
        parser = self._car.parser
        writer = self._writer
        off = writer.begin(d.LOOP_TIMING)
        if off < 0:
            return
        heap = schedule.heap
        texts = self.texts
        worst = schedule.take_worst()
        pack_into(
            d.LOOP_TIMING_FORMAT,
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
            heap[FREE],
            heap[MEAN],
            heap[WORST],
            texts[DROPPED] & 0xFFFF,
            texts[REPEATED] & 0xFFFF,
            self._car.failures & 0xFFFF,
            self._car.reset_cause,
            texts[LEVEL],
        )
        writer.end()

    def tasks(self):
        """TASK_TIMING of the task that was accounted for last."""
        schedule = self._car.schedule
        told = schedule.told
        task = told[TASK]
        if task < 0:
            return
        writer = self._writer
        off = writer.begin(d.TASK_TIMING)
        if off < 0:
            return
        pack_into(
            d.TASK_TIMING_FORMAT,
            writer.buf,
            off,
            schedule.ms,
            told[RUNS],
            told[MEAN],
            told[WORST],
            task,
        )
        writer.end()

    def distance(self):
        """DISTANCE_SENSOR of each sonar measured last."""
        sonars = self._car.sonars
        limits = self._car.limits
        for i in range(3):
            if sonars.latest >> i & 1:
                most = limits.SONAR_MAX_MM // 10
                mm = sonars.sonars[i].raw_mm
                # MAV_DISTANCE_SENSOR_ULTRASOUND
                if self._range(mm, 2, most, 1, i, limits.SONAR_ORIENTATION[i]) >= 0:
                    self._writer.end()

    def beam(self):
        """DISTANCE_SENSOR of one ToF sensor and then the other."""
        self._turn = turn = 1 - self._turn
        tof = self._car.tofs[turn]
        if not tof.alive:
            return
        mm = tof.range_mm
        # MAV_DISTANCE_SENSOR_LASER; MAV_SENSOR_ROTATION_CUSTOM: by its quaternion
        off = self._range(mm, _TOF_LEAST_CM, _TOF_MOST_CM, 0, 3 + turn, 100)
        if off < 0:
            return
        writer = self._writer
        buf = writer.buf
        put_float(buf, off + d.DISTANCE_SENSOR_QUATERNION, _TOF_COS, 16_384)
        put_float(
            buf, off + d.DISTANCE_SENSOR_QUATERNION + 12, _TOF_SIN if turn else -_TOF_SIN, 16_384
        )
        # 1: nothing that counts; else by the rate of the light that came back, in 0.1 MCPS
        quality = 2 + tof.signal // 13 if mm else 1
        buf[off + d.DISTANCE_SENSOR_SIGNAL_QUALITY] = quality if quality < 100 else 100
        writer.end()

    def _range(self, mm, least, most, kind, sensor, orientation):
        """A DISTANCE_SENSOR (limits in cm) without its end: its payload's place, or -1."""
        writer = self._writer
        off = writer.begin(d.DISTANCE_SENSOR)
        if off >= 0:
            cm = (mm + 5) // 10
            pack_into(
                d.DISTANCE_SENSOR_FORMAT,
                writer.buf,
                off,
                self._car.schedule.ms,
                least,
                most,
                cm if 0 < cm <= most else most + 1,
                kind,
                sensor,
                orientation,
                255,  # covariance not known
            )
        return off

    def floor(self):
        """FLOOR_STATUS, where the board has sensors that look at it."""
        floor = self._car.floor
        if not floor.present:
            return
        values = floor.values
        writer = self._writer
        off = writer.begin(d.FLOOR_STATUS)
        if off < 0:
            return
        pack_into(
            d.FLOOR_STATUS_FORMAT,
            writer.buf,
            off,
            self._car.schedule.ms,
            values[0],
            values[1],
            values[2],
            values[3],
            values[4],
            floor.present,
            floor.dark,
        )
        writer.end()

    def attitude(self):
        """ATTITUDE."""
        car = self._car
        imu = car.imu
        writer = self._writer
        off = writer.begin(d.ATTITUDE)
        if off < 0:
            return
        buf = writer.buf
        pack_into("<I", buf, off + d.ATTITUDE_TIME_BOOT_MS, car.schedule.ms)
        put_float(buf, off + d.ATTITUDE_ROLL, car.attitude.roll, 1000)
        put_float(buf, off + d.ATTITUDE_PITCH, car.attitude.pitch, 1000)
        put_float(buf, off + d.ATTITUDE_YAW, car.odometry.heading, 1000)
        if imu.works:
            put_float(buf, off + d.ATTITUDE_ROLLSPEED, imu.roll_rate, 1000)
            put_float(buf, off + d.ATTITUDE_PITCHSPEED, imu.pitch_rate, 1000)
            put_float(buf, off + d.ATTITUDE_YAWSPEED, imu.yaw_rate, 1000)
        else:
            put_float(buf, off + d.ATTITUDE_YAWSPEED, car.odometry.turn, 1000)
        writer.end()

    def position(self):
        """LOCAL_POSITION_NED."""
        car = self._car
        odometry = car.odometry
        speed = (car.encoder_left.speed + car.encoder_right.speed) >> 1
        writer = self._writer
        off = writer.begin(d.LOCAL_POSITION_NED)
        if off < 0:
            return
        buf = writer.buf
        pack_into("<I", buf, off + d.LOCAL_POSITION_NED_TIME_BOOT_MS, car.schedule.ms)
        put_float(buf, off + d.LOCAL_POSITION_NED_X, odometry.x, 1000)
        put_float(buf, off + d.LOCAL_POSITION_NED_Y, odometry.y, 1000)
        put_float(buf, off + d.LOCAL_POSITION_NED_VX, speed * odometry.cos >> 14, 1000)
        put_float(buf, off + d.LOCAL_POSITION_NED_VY, speed * odometry.sin >> 14, 1000)
        writer.end()

    def wheels(self):
        """WHEEL_STATUS."""
        car = self._car
        left = car.encoder_left
        right = car.encoder_right
        writer = self._writer
        off = writer.begin(d.WHEEL_STATUS)
        if off < 0:
            return
        pack_into(
            d.WHEEL_STATUS_FORMAT,
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

    def system(self):
        """SYS_STATUS: what is there, what works, load and battery."""
        car = self._car
        battery = car.battery
        present = _SONARS | _MOTORS | _BATTERY | _PREARM
        if car.imu.settled or car.imu_works:
            present |= _IMU
        lost = 0
        for tof in car.tofs:
            if tof.count:
                present |= _TOFS
                if not tof.alive:
                    lost = _TOFS
        health = present & ~lost
        if not car.imu_works:
            health &= ~_IMU
        if not car.sonars.alive():
            health &= ~_SONARS
        if car.checks.battery_critical or battery.fault:
            health &= ~_BATTERY
        if car.checks.arming() is not None:
            health &= ~_PREARM
        writer = self._writer
        off = writer.begin(d.SYS_STATUS)
        if off < 0:
            return
        pack_into(
            d.SYS_STATUS_FORMAT,
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
            car.bus.freed & 0xFFFF,
            0,
            0,
            0,
            battery.percent,
        )
        writer.end()

    def battery(self):
        """BATTERY_STATUS."""
        car = self._car
        battery = car.battery
        writer = self._writer
        off = writer.begin(d.BATTERY_STATUS)
        if off < 0:
            return
        none = 0xFFFF
        pack_into(
            d.BATTERY_STATUS_FORMAT,
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
            battery.type,  # MAV_BATTERY_TYPE
            battery.percent,
            0,
            # MAV_BATTERY_CHARGE_STATE: critical, low, OK
            3 if car.checks.battery_critical else 2 if car.checks.battery_low else 1,
        )
        writer.end()
