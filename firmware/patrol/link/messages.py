"""Each message that the car sends: a function that fills its payload from the car's parts.

`fill(car, buf, at)` writes at buf[at:], which is zero. It returns MORE where another one of these
messages is to follow at once, NOTHING where there is nothing to be told, and else None.

`car` has what is told: schedule, supervisor, encoders, wheels, motors, sonars, tofs, floor, imu,
odometry, attitude, battery, checks, failsafe, parser, bus, command; see app.py.
"""

from struct import pack_into

from patrol.behaviour.failsafe import CRITICAL, LOW
from patrol.behaviour.supervisor import AUTO, DISARMED, FAULT, HOLD, MANUAL
from patrol.car import SONAR_MAX_MM, SONAR_ORIENTATION
from patrol.link import dialect as d
from patrol.link.frame import MORE, NOTHING
from patrol.link.payload import copy, put_float, put_product
from patrol.portable import const
from patrol.schedule import MEAN, RUNS, TASK, WORST

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
# MAV_PROTOCOL_CAPABILITY: MAVLink 2; COMMAND_INT; MISSION_ITEM_INT; parameters are floats
_CAPABILITIES = const(0x2000 | 8 | 4 | 2)
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
_FENCE = const(0x100000)  # there is none, so it is not broken: MAVProxy warns without this


# What is asked for.


def version(car, buf, at):
    """AUTOPILOT_VERSION."""
    numbers, build, chip, board = car.command.identity
    pack_into("<I", buf, at + d.AUTOPILOT_VERSION_CAPABILITIES, _CAPABILITIES)
    pack_into("<I", buf, at + d.AUTOPILOT_VERSION_BOARD_VERSION, board)
    copy(buf, at + d.AUTOPILOT_VERSION_UID, chip, 0, min(8, len(chip)))
    copy(buf, at + d.AUTOPILOT_VERSION_FLIGHT_CUSTOM_VERSION, build, 0, len(build))
    at += d.AUTOPILOT_VERSION_FLIGHT_SW_VERSION
    for i in range(3):  # the lowest byte, 0, is for a version under development
        buf[at + 3 - i] = numbers[i]


def home(car, buf, at):
    """HOME_POSITION."""
    home = car.home
    if not home.known:
        return NOTHING
    home.put(buf, at + d.HOME_POSITION_LATITUDE, home.x, home.y)
    pack_into("<i", buf, at + d.HOME_POSITION_ALTITUDE, home.altitude)
    put_float(buf, at + d.HOME_POSITION_X, home.x, 1000)
    put_float(buf, at + d.HOME_POSITION_Y, home.y, 1000)
    at += d.HOME_POSITION_Q
    for i in range(at, at + 16, 4):  # NaN: its heading and slope are not known
        buf[i + 2] = 0xC0
        buf[i + 3] = 0x7F


# What the car tells on its own.


def heartbeat(car, buf, at):
    """HEARTBEAT: mode, armed, state."""
    shown = state = car.supervisor.state
    if state == DISARMED or state == FAULT:
        shown = car.supervisor.selected
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
    pack_into(d.HEARTBEAT_FORMAT, buf, at, custom, _ROVER, _GENERIC, base, status, _MAVLINK)


def task(car, buf, at):
    """TASK_TIMING of the task that was accounted for last."""
    schedule = car.schedule
    told = schedule.told
    if told[TASK] < 0:
        return NOTHING
    pack_into(
        d.TASK_TIMING_FORMAT,
        buf,
        at,
        schedule.ms,
        told[RUNS],
        told[MEAN],
        told[WORST],
        told[TASK],
    )


def sonar(car, buf, at):
    """DISTANCE_SENSOR of each sonar that was measured and not told yet."""
    sonars = car.sonars
    left = sonars.untold
    if not left:
        return NOTHING
    i = 0
    while not left >> i & 1:
        i += 1
    sonars.untold = left = left & ~(1 << i)
    # 1: MAV_DISTANCE_SENSOR_ULTRASOUND
    most = SONAR_MAX_MM // 10
    _range(car, buf, at, sonars.sonars[i].raw_mm, 2, most, 1, i, SONAR_ORIENTATION[i])
    return MORE if left else None


def tof(car, buf, at):
    """DISTANCE_SENSOR of one ToF sensor and then the other."""
    telemetry = car.telemetry
    telemetry.turn = turn = 1 - telemetry.turn
    tof = car.tofs[turn]
    if tof.fault:
        return NOTHING
    mm = tof.range_mm
    # 0: MAV_DISTANCE_SENSOR_LASER; 100: MAV_SENSOR_ROTATION_CUSTOM, by its quaternion
    _range(car, buf, at, mm, _TOF_LEAST_CM, _TOF_MOST_CM, 0, 3 + turn, 100)
    put_float(buf, at + d.DISTANCE_SENSOR_QUATERNION, _TOF_COS, 16_384)
    aside = _TOF_SIN if turn else -_TOF_SIN
    put_float(buf, at + d.DISTANCE_SENSOR_QUATERNION + 12, aside, 16_384)
    # 1: nothing that counts; else by the rate of the light that came back, in 0.1 MCPS
    quality = 2 + tof.signal // 13 if mm else 1
    buf[at + d.DISTANCE_SENSOR_SIGNAL_QUALITY] = quality if quality < 100 else 100


def _range(car, buf, at, mm, least, most, kind, sensor, orientation):
    """What all DISTANCE_SENSORs have; limits in cm."""
    cm = (mm + 5) // 10
    pack_into(
        d.DISTANCE_SENSOR_FORMAT,
        buf,
        at,
        car.schedule.ms,
        least,
        most,
        cm if 0 < cm <= most else most + 1,
        kind,
        sensor,
        orientation,
        255,  # covariance not known
    )


def floor(car, buf, at):
    """FLOOR_STATUS, where the board has sensors that look at it."""
    floor = car.floor
    if not floor.present:
        return NOTHING
    values = floor.values
    pack_into(
        d.FLOOR_STATUS_FORMAT,
        buf,
        at,
        car.schedule.ms,
        values[0],
        values[1],
        values[2],
        values[3],
        values[4],
        floor.present,
        floor.dark,
    )


def attitude(car, buf, at):
    """ATTITUDE."""
    imu = car.imu
    pack_into("<I", buf, at + d.ATTITUDE_TIME_BOOT_MS, car.schedule.ms)
    put_float(buf, at + d.ATTITUDE_ROLL, car.attitude.roll, 1000)
    put_float(buf, at + d.ATTITUDE_PITCH, car.attitude.pitch, 1000)
    put_float(buf, at + d.ATTITUDE_YAW, car.odometry.heading, 1000)
    yaw_rate = car.odometry.turn
    if not imu.fault:
        put_float(buf, at + d.ATTITUDE_ROLLSPEED, imu.roll_rate, 1000)
        put_float(buf, at + d.ATTITUDE_PITCHSPEED, imu.pitch_rate, 1000)
        yaw_rate = imu.yaw_rate
    put_float(buf, at + d.ATTITUDE_YAWSPEED, yaw_rate, 1000)


def position(car, buf, at):
    """LOCAL_POSITION_NED."""
    odometry = car.odometry
    speed = _forward(car)
    pack_into("<I", buf, at + d.LOCAL_POSITION_NED_TIME_BOOT_MS, car.schedule.ms)
    put_float(buf, at + d.LOCAL_POSITION_NED_X, odometry.x, 1000)
    put_float(buf, at + d.LOCAL_POSITION_NED_Y, odometry.y, 1000)
    put_float(buf, at + d.LOCAL_POSITION_NED_VX, speed * odometry.cos >> 14, 1000)
    put_float(buf, at + d.LOCAL_POSITION_NED_VY, speed * odometry.sin >> 14, 1000)


def _forward(car):
    """The car's speed in mm/s."""
    return (car.encoder_left.speed + car.encoder_right.speed) >> 1


def place(car, buf, at):
    """GLOBAL_POSITION_INT, where HOME is known."""
    home = car.home
    if not home.known:
        return NOTHING
    odometry = car.odometry
    speed = _forward(car)
    pack_into("<I", buf, at + d.GLOBAL_POSITION_INT_TIME_BOOT_MS, car.schedule.ms)
    home.put(buf, at + d.GLOBAL_POSITION_INT_LAT, odometry.x, odometry.y)
    pack_into("<i", buf, at + d.GLOBAL_POSITION_INT_ALT, home.altitude)
    pack_into(
        "<hh",
        buf,
        at + d.GLOBAL_POSITION_INT_VX,
        (speed * odometry.cos >> 14) // 10,
        (speed * odometry.sin >> 14) // 10,
    )
    pack_into(
        "<H", buf, at + d.GLOBAL_POSITION_INT_HDG, odometry.heading * 57_296 // 10_000 % 36_000
    )


def fix(car, buf, at):
    """GPS_RAW_INT: there is no receiver; where HOME is known, a place without height."""
    home = car.home
    put_product(buf, at + d.GPS_RAW_INT_TIME_USEC, car.schedule.ms, 1_000, 0)
    none = 0xFFFF
    # no precision is known, and no course
    pack_into("<HHHH", buf, at + d.GPS_RAW_INT_EPH, none, none, abs(_forward(car)) // 10, none)
    at_fix = at + d.GPS_RAW_INT_FIX_TYPE
    buf[at_fix + 1] = 255  # satellites: not known
    if home.known:
        buf[at_fix] = 2  # GPS_FIX_TYPE_2D_FIX
        home.put(buf, at + d.GPS_RAW_INT_LAT, car.odometry.x, car.odometry.y)
        pack_into("<i", buf, at + d.GPS_RAW_INT_ALT, home.altitude)


def panel(car, buf, at):
    """VFR_HUD."""
    put_float(buf, at + d.VFR_HUD_GROUNDSPEED, abs(_forward(car)), 1000)
    put_float(buf, at + d.VFR_HUD_ALT, car.home.altitude, 1000)
    pack_into(
        "<hH",
        buf,
        at + d.VFR_HUD_HEADING,
        car.odometry.heading * 573 // 10_000 % 360,
        (abs(car.motor_left.duty) + abs(car.motor_right.duty)) // 20,
    )


def wheels(car, buf, at):
    """WHEEL_STATUS."""
    left = car.encoder_left
    right = car.encoder_right
    pack_into(
        d.WHEEL_STATUS_FORMAT,
        buf,
        at,
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


def system(car, buf, at):
    """SYS_STATUS: what is there, what works, load and battery."""
    battery = car.battery
    present = _SONARS | _MOTORS | _BATTERY | _PREARM
    imu = car.imu
    if imu.settled or not imu.fault:
        present |= _IMU
    lost = _IMU if imu.fault else 0
    for tof in car.tofs:
        if tof.count:
            present |= _TOFS
            if tof.fault:
                lost |= _TOFS
    if not car.sonars.alive():
        lost |= _SONARS
    if car.failsafe.raised & CRITICAL or battery.fault:
        lost |= _BATTERY
    if car.checks.arming() is not None:
        lost |= _PREARM
    pack_into(
        d.SYS_STATUS_FORMAT,
        buf,
        at,
        present,
        present,
        present & ~lost | _FENCE,
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


def battery(car, buf, at):
    """BATTERY_STATUS."""
    battery = car.battery
    none = 0xFFFF
    pack_into(
        d.BATTERY_STATUS_FORMAT,
        buf,
        at,
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
        3 if car.failsafe.raised & CRITICAL else 2 if car.failsafe.raised & LOW else 1,
    )
