"""What the car has said so far: latest values, the strips' series, the trail, the link's counts.

Nothing here draws; the live window, the headless table, the report and the demo's verdict all read
this one object. Units: m, s, rad, V, A; positions are in the local NED frame.
"""

import math
from collections import deque
from typing import Any, NamedTuple

from patrolcar.view.health import Health
from patrolcar.view.series import Series

# Rover's numbers (ArduPilot, Rover/mode.h), as far as the car has these modes.
MODES = {0: "MANUAL", 4: "HOLD", 10: "AUTO", 11: "RTL", 15: "GUIDED"}
# MAV_STATE; the words are the car's.
STATES = {0: "?", 1: "BOOT", 2: "CALIBRATING", 3: "DISARMED", 4: "ARMED", 5: "FAULT", 6: "FAULT"}
SEVERITIES = ("emergency", "alert", "critical", "error", "warning", "notice", "info", "debug")

ARMED_FLAG = 128  # MAV_MODE_FLAG_SAFETY_ARMED
# By DISTANCE_SENSOR.id: three sonars, two ToF sensors.
SENSORS = ("left", "front", "right", "ToF left", "ToF right")
SENSOR_ANGLES = tuple(map(math.radians, (-45, 0, 45, -20, 20)))  # clockwise from ahead, as yaw
SENSOR_REACH_M = (4.0, 4.0, 4.0, 2.0, 2.0)
FLOOR_SENSORS = 5  # by bit of FLOOR_STATUS: cliffs left, right; lines left, middle, right
CHASSIS_RADIUS_M = 0.085  # the sensors sit on this circle

TRAIL_STEP_M = 0.02
ECHO_GRID_M = 0.04
RESTART_S = 1.0  # a clock that falls by more than this is a board that has started anew
SILENT_S = 2.0  # no frame for this long: the link is lost


class Echo(NamedTuple):
    """One sensor's latest measurement; `range_m` is NaN when nothing answered."""

    time_s: float
    range_m: float


class LogLine(NamedTuple):
    """One STATUSTEXT with the board's time at which it came."""

    time_s: float
    severity: int
    text: str


class Telemetry:
    """Takes messages (`take`) and keeps what the figure, the table and the verdict need.

    `history_s` bounds the series (None keeps a whole run). `from_boot` says that every frame since
    the board's start has come past here, so that its own count of frames sent needs no baseline.
    """

    def __init__(self, history_s: float | None = 60.0, from_boot: bool = False) -> None:
        def capacity(rate_hz: int) -> int | None:
            return None if history_s is None else int(rate_hz * history_s) + 2

        # Twice the rates at which the firmware sends, so that a faster stream fits as well.
        self.ranges = [Series(1, capacity(50)) for _ in SENSORS]
        self.wheels = Series(4, capacity(40))  # speed left, right; setpoint left, right (m/s)
        self.heading = Series(1, capacity(40))  # degrees
        self.battery = Series(2, capacity(4))  # V, A
        self.load = Series(1, capacity(4))  # per cent
        self.trail = Series(2, None if history_s is None else 20000)  # x, y
        self.echoes = Series(2, None if history_s is None else 20000)  # x, y
        self.log: deque[LogLine] = deque(maxlen=200)
        self.system: int | None = None
        self.component = 1
        self.restarts = 0
        self._from_boot = from_boot
        self._handlers = {
            "HEARTBEAT": self._heartbeat,
            "SYS_STATUS": self._sys_status,
            "ATTITUDE": self._attitude,
            "LOCAL_POSITION_NED": self._position,
            "WHEEL_STATUS": self._wheel_status,
            "DISTANCE_SENSOR": self._distance_sensor,
            "BATTERY_STATUS": self._battery_status,
            "LOOP_TIMING": self._loop_timing,
            "TASK_TIMING": lambda message: self.health.take_task(message),
            "FLOOR_STATUS": self._floor_status,
            "STATUSTEXT": self._statustext,
        }
        self._clear()

    def _clear(self) -> None:
        """Everything that belongs to one run of the board."""
        self.time_s = math.nan
        self.first_time_s = math.nan
        self.mode = "?"
        self.state = "?"
        self.armed = False
        self.x = self.y = math.nan
        self.yaw = math.nan
        self.distance_m = 0.0
        self.wheel: tuple[float, float, float, float] = (math.nan,) * 4
        self.echo = [Echo(-math.inf, math.nan) for _ in SENSORS]
        self.floor: tuple[bool | None, ...] = (None,) * FLOOR_SENSORS  # dark; None: no sensor
        self.volts = self.amperes = self.remaining = math.nan
        self.load_percent = self.worst_ms = math.nan
        self.overruns = self.dropped = self.board_bad_crc = self.board_lost = 0
        self.health = Health()
        self.heartbeats = 0
        self.received = 0
        self.sent = 0  # the board's own count at its last LOOP_TIMING, from the baseline on
        self.lost = 0
        self._baseline: int | None = 0 if self._from_boot else None
        self._odometer: tuple[int, int] | None = None
        self._seen_cells: set[tuple[int, int]] = set()
        self.last_frame_at = math.nan
        self._rate: deque[tuple[float, int]] = deque(maxlen=12)
        for series in (*self.ranges, self.wheels, self.heading, self.battery, self.load):
            series.clear()
        self.trail.clear()
        self.echoes.clear()

    # -- taking messages

    def take(self, message: Any, now_s: float) -> None:
        """Takes one decoded message that came at `now_s` (any steady host clock, seconds)."""
        kind = message.get_type()
        if kind == "BAD_DATA":
            return
        if self.system is None:
            if message.get_srcSystem() == 255:  # another ground station on the same line
                return
            self.system = message.get_srcSystem()
            self.component = message.get_srcComponent()
        elif message.get_srcSystem() != self.system:
            return
        boot_ms = getattr(message, "time_boot_ms", None)
        if boot_ms is not None:
            self._clock(boot_ms / 1000)
        self.received += 1
        self.last_frame_at = now_s
        if not self._rate or now_s - self._rate[-1][0] >= 0.25:
            self._rate.append((now_s, self.received))
        handler = self._handlers.get(kind)
        if handler is not None:
            handler(message)

    def _clock(self, time_s: float) -> None:
        if time_s < self.time_s - RESTART_S:
            self._clear()
            self.restarts += 1
        if math.isnan(self.first_time_s):
            self.first_time_s = time_s
        # Datagrams may overtake each other a little: the clock never goes back by that.
        self.time_s = time_s if math.isnan(self.time_s) else max(self.time_s, time_s)

    def _heartbeat(self, message: Any) -> None:
        self.heartbeats += 1
        self.mode = MODES.get(message.custom_mode, str(message.custom_mode))
        self.armed = bool(message.base_mode & ARMED_FLAG)
        self.state = STATES.get(message.system_status, "?")

    def _sys_status(self, message: Any) -> None:
        self.volts = message.voltage_battery / 1000
        self.amperes = message.current_battery / 100 if message.current_battery >= 0 else math.nan
        if not math.isnan(self.time_s):
            self.battery.append(self.time_s, self.volts, self.amperes)

    def _battery_status(self, message: Any) -> None:
        self.remaining = message.battery_remaining if message.battery_remaining >= 0 else math.nan

    def _attitude(self, message: Any) -> None:
        self.yaw = message.yaw
        self.heading.append(self.time_s, math.degrees(message.yaw))

    def _position(self, message: Any) -> None:
        self.x, self.y = message.x, message.y
        _, points = self.trail.window()
        if not len(points) or math.dist(points[-1], (self.x, self.y)) >= TRAIL_STEP_M:
            self.trail.append(self.time_s, self.x, self.y)

    def _wheel_status(self, message: Any) -> None:
        self.wheel = (
            message.speed_left / 1000,
            message.speed_right / 1000,
            message.setpoint_left / 1000,
            message.setpoint_right / 1000,
        )
        self.wheels.append(self.time_s, *self.wheel)
        odometer = (message.distance_left_mm, message.distance_right_mm)
        if self._odometer is not None:
            step = odometer[0] - self._odometer[0] + odometer[1] - self._odometer[1]
            self.distance_m += abs(step) / 2000
        self._odometer = odometer

    def _distance_sensor(self, message: Any) -> None:
        sensor = message.id
        if not 0 <= sensor < len(SENSORS):
            return
        heard = message.min_distance <= message.current_distance <= message.max_distance
        range_m = message.current_distance / 100 if heard else math.nan
        self.echo[sensor] = Echo(self.time_s, range_m)
        self.ranges[sensor].append(self.time_s, range_m)
        if heard and not math.isnan(self.x) and not math.isnan(self.yaw):
            x, y = self.ray(sensor, range_m)[1]
            cell = (round(x / ECHO_GRID_M), round(y / ECHO_GRID_M))
            if cell not in self._seen_cells:
                self._seen_cells.add(cell)
                self.echoes.append(self.time_s, x, y)

    def _floor_status(self, message: Any) -> None:
        self.floor = tuple(
            bool(message.dark >> i & 1) if message.present >> i & 1 else None
            for i in range(FLOOR_SENSORS)
        )

    def _loop_timing(self, message: Any) -> None:
        self.load_percent = message.load_permille / 10
        self.worst_ms = message.worst_us / 1000
        self.overruns = message.overruns
        self.dropped = message.frames_dropped
        self.board_bad_crc = message.bad_crc
        self.board_lost = message.lost
        self.health.take_loop(message)
        self.load.append(self.time_s, self.load_percent)
        if self._baseline is None:
            self._baseline = message.frames_sent - self.received
        self.sent = message.frames_sent - self._baseline
        self.lost = max(0, self.sent - self.received)

    def _statustext(self, message: Any) -> None:
        text = message.text
        if isinstance(text, bytes):
            text = text.decode("utf-8", "replace")
        self.log.append(LogLine(self.time_s, message.severity, text.rstrip("\0")))

    # -- what is read from it

    def ray(self, sensor: int, range_m: float) -> tuple[tuple[float, float], tuple[float, float]]:
        """A sensor's beam from the chassis' edge to `range_m`, as two (x, y) points of the map."""
        angle = self.yaw + SENSOR_ANGLES[sensor]
        across, along = math.sin(angle), math.cos(angle)
        far = CHASSIS_RADIUS_M + range_m
        return (
            (self.x + along * CHASSIS_RADIUS_M, self.y + across * CHASSIS_RADIUS_M),
            (self.x + along * far, self.y + across * far),
        )

    def floor_words(self) -> str:
        """What the floor sensors see, where there are any: edges by name, the line as dots."""
        lines = "".join("●" if dark else "○" for dark in self.floor[2:] if dark is not None)
        words = [f"line {lines}"] if lines else []
        words += [f"NO FLOOR {('left', 'right')[i]}" for i in (0, 1) if self.floor[i]]
        return "   ".join(words)

    def frame_rate(self) -> float:
        """Frames per second over the last three seconds or so."""
        if len(self._rate) < 2 or self._rate[-1][0] <= self._rate[0][0]:
            return 0.0
        (t0, n0), (t1, n1) = self._rate[0], self._rate[-1]
        return (n1 - n0) / (t1 - t0)

    def silence_s(self, now_s: float) -> float:
        """Seconds since the last frame; infinite before the first."""
        return math.inf if math.isnan(self.last_frame_at) else now_s - self.last_frame_at

    def link_words(self, now_s: float) -> str:
        """The link in a few words."""
        silence = self.silence_s(now_s)
        if math.isinf(silence):
            return "no frame yet"
        if silence > SILENT_S:
            return f"LINK LOST for {silence:.0f} s"
        return f"{self.frame_rate():.0f} frames/s, {self.received} received, {self.lost} lost"
