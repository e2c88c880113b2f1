"""The steps of a calibration: each asks its person, measures on the board, and tells what is new.

A step returns the settings that it found, by name; Skipped says why there are none, PatrolError
that what was measured cannot be.
"""

from __future__ import annotations

import math
import runpy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from patrolcar.calibrate import formulas
from patrolcar.doctor.person import Person
from patrolcar.doctor.session import Examined
from patrolcar.errors import PatrolError
from patrolcar.flash.build import firmware_dir

Row = tuple[str, str, int, int, int, int]  # name, unit, lowest, highest, default, layout

STILL_SAMPLES = 300
MOVED_COUNTS = 65  # 1 degree/s at 65.5 counts each: twenty times the noise in 42 Hz
REST_SAMPLES = 100
SPEED_MM_S = 200
TURN_MRAD_S = 1_200
SLOWEST = 3  # times what a way should take, before it counts as not done
LEVEL_SAMPLES = 64


class Skipped(Exception):
    """A step that cannot be done here, and why."""


def check(table: Sequence[Row], new: dict[str, int]) -> None:
    """PatrolError for a value outside its range."""
    for name, unit, lowest, highest, _, _ in table:
        if name in new and not lowest <= new[name] <= highest:
            raise PatrolError(
                f"{name} would be {new[name]} {unit}, which cannot be ({lowest} to {highest}): "
                "nothing was stored: measure again"
            )


def _spread(setting: str) -> float:
    """How many times its lowest value a setting of the firmware can be."""
    table: Sequence[Row] = runpy.run_path(str(firmware_dir() / "patrol/store/table.py"))["TABLE"]
    return next(highest / lowest for name, _, lowest, highest, _, _ in table if name == setting)


@dataclass(frozen=True)
class Given:
    """What a person need not be asked any more, and how the car is moved.

    `push`: by the person's hand; else by its motors. PatrolError (code 2) for a measure that
    cannot be: for a car that drives, one so far from its way that no wheel or track would do.
    """

    measured_mm: float | None = None
    turned_deg: float | None = None
    battery_volts: float | None = None
    distance_mm: int = 1000
    rounds: int = 3
    push: bool = False

    def __post_init__(self) -> None:
        _within("--distance-mm", self.distance_mm, 300, 5_000)
        _within("--rounds", self.rounds, 1, 5)
        _within("--battery-volts", self.battery_volts, 4, 17)  # two cells; the converter's range
        wheel, track = _spread("wheel_left"), _spread("track")
        mm, degrees = self.distance_mm, self.rounds * 360
        if self.push:
            _within("--measured-mm", self.measured_mm, 100, 10_000)
            _within("--turned-deg", self.turned_deg, 90, 3_600)
        else:
            said = f" for --distance-mm {mm}"
            _within("--measured-mm", self.measured_mm, mm / wheel, mm * wheel, said)
            said = f" for --rounds {self.rounds}"
            _within("--turned-deg", self.turned_deg, degrees / track, degrees * track, said)


def _within(
    option: str, value: float | None, lowest: float, highest: float, said: str = ""
) -> None:
    if value is not None and not lowest <= value <= highest:
        raise PatrolError(
            f"{option} {value:g} cannot be{said}: pass {lowest:.0f} to {highest:.0f}", 2
        )


@dataclass
class Calibration:
    """A run of steps: the board, its person and its settings as they are by now."""

    board: Examined
    person: Person
    given: Given
    say: Callable[[str], None]
    file: dict[str, Any]
    settings: dict[str, int]
    table: Sequence[Row]
    gyro: bool = field(default=False)

    # -- the steps -------------------------------------------------------------------------

    def gyro_bias(self) -> dict[str, int]:
        """The gyro's bias, with the car still."""
        self._imu()
        self.say("the gyro, with the car still")
        means, most = self.board.call("still", STILL_SAMPLES)
        if most > MOVED_COUNTS:
            raise PatrolError(
                f"the car moved by {most / 65.5:.1f} degrees/s while its gyro should rest: "
                "set it on firm ground and run again"
            )
        return dict(zip(("gyro_bias_x", "gyro_bias_y", "gyro_bias_z"), means, strict=True))

    def wheels(self) -> dict[str, int]:
        """The wheels' diameter, along a ruler."""
        self._answerable(self.given.measured_mm, "--measured-mm")
        left, right = self.settings["wheel_left"], self.settings["wheel_right"]
        way = self.given.distance_mm
        if self.given.push:
            counts = self._pushed(f"Push the car {way} mm straight ahead")
        else:
            self._allow(f"The car drives {way} mm straight ahead. Is the way free?")
            each = round(way * 1e6 / ((left + right) / 2))
            counts, _ = self._travel("driving", SPEED_MM_S, 0, (each, each), way / SPEED_MM_S)
        if counts[0] + counts[1] < 100:
            raise PatrolError("the wheels counted no way ahead: patrol doctor tells why")

        def found(mm: float) -> dict[str, int]:
            new_left, new_right = formulas.wheels(left, right, counts, mm)
            return {"wheel_left": new_left, "wheel_right": new_right}

        return self._measured(self.given.measured_mm, "How many mm did it go by the ruler?", found)

    def track(self) -> dict[str, int]:
        """The wheels' distance, by turning on the spot, and the gyro's scale with it.

        A gyro as it was bought is good to 3 %, and so would the track be: only one whose scale is
        known says how far the car turned.
        """
        left, right = self.settings["wheel_left"], self.settings["wheel_right"]
        rounds = self.given.rounds
        told_rad = None
        judge = False
        given_deg = self.given.turned_deg
        if self.given.push:
            counts = self._pushed(f"Turn the car {rounds} times clockwise on the spot")
            if given_deg is None:
                given_deg = rounds * 360.0
        else:
            judge = self._has_imu() and self.settings["gyro_scale"] != 1000
            if not judge:
                self._answerable(self.given.turned_deg, "--turned-deg")
            self._allow(
                f"The car turns {rounds} times clockwise on the spot. Is there 10 cm around it?"
            )
            rim = formulas.rounds_rad(rounds) * self.settings["track"] / 200  # mm
            each = [round(rim * 1e6 / nm) for nm in (left, right)]
            seconds = formulas.rounds_rad(rounds) * 1000 / TURN_MRAD_S
            if self.gyro:
                self.board.call("rest", REST_SAMPLES)
            counts, turned = self._travel("turning", 0, TURN_MRAD_S, (each[0], -each[1]), seconds)
            told_rad = turned / 1e6 if self.gyro else None
        if abs(counts[0]) + abs(counts[1]) < 100:
            raise PatrolError("the wheels counted no turn: patrol doctor tells why")
        if told_rad is not None and abs(told_rad) < 1:
            raise PatrolError("the gyro saw no turn: patrol doctor tells why")
        if given_deg is None and told_rad is not None and judge:
            true_rad = told_rad * self.settings["gyro_scale"] / 1000  # told with the scale 1000
            return {"track": formulas.track(left, right, counts, true_rad)}

        def found(degrees: float) -> dict[str, int]:
            new = {"track": formulas.track(left, right, counts, math.radians(degrees))}
            if told_rad:
                new["gyro_scale"] = formulas.gyro_scale(1000, told_rad, math.radians(degrees))
            return new

        asked = f"How many degrees did the car turn? {rounds} rounds are {rounds * 360}."
        return self._measured(given_deg, asked, found)

    def battery(self) -> dict[str, int]:
        """The battery's divider, by a multimeter."""
        self._answerable(self.given.battery_volts, "--battery-volts")
        mv, _ = self.board.call("power")
        asked = f"The car reads {mv / 1000:.2f} V. What does the multimeter say, in V?"
        if mv < 1000:
            raise PatrolError("the car reads no battery voltage: patrol doctor tells why")
        old = self.settings["battery_full"]
        return self._measured(
            self.given.battery_volts,
            asked,
            lambda volts: {"battery_full": formulas.battery(old, mv, volts)},
        )

    def lines(self) -> dict[str, int]:
        """The line sensors' level, over floor and tape."""
        names = ("line_left", "line_middle", "line_right")
        return self._levels("LINES", names, ("beside the tape", "over the tape"))

    def cliffs(self) -> dict[str, int]:
        """The cliff sensors' level, over floor and edge."""
        names = ("cliff_left", "cliff_right")
        return self._levels("CLIFFS", names, ("over the floor", "over an edge"))

    # -- what they share -------------------------------------------------------------------

    def _levels(self, key: str, names: tuple[str, ...], where: tuple[str, str]) -> dict[str, int]:
        pins = self.file.get(key, ())
        if not pins:
            raise Skipped(f"this board's file names no {key.lower()}")
        if not self.person.there:
            raise Skipped("nobody holds the car over two surfaces")
        readings = []
        for place in where:
            self.person.answer(f"Hold all {len(pins)} sensors {place}, then Enter.")
            readings.append(self.board.call("levels", list(pins), LEVEL_SAMPLES))
        found = {}
        for name, pin, first, second in zip(names, pins, *readings, strict=True):
            level = formulas.level(first, second)
            if level is None:
                self.person.tell(
                    f"{name}: {first} and {second} counts are one and the same: no sensor at "
                    f"{pin}? It is left as it was."
                )
            else:
                found[name] = level
        if not found:
            raise Skipped(f"no sensor at {', '.join(pins)}?")
        return found

    def _has_imu(self) -> bool:
        found, identity = self.board.call("scan")
        self.gyro = self.file["IMU_ADDRESS"] in found and identity == 0x68
        return self.gyro

    def _imu(self) -> None:
        if not self._has_imu():
            raise Skipped(f"no IMU at 0x{self.file['IMU_ADDRESS']:02x}")

    def _allow(self, question: str) -> None:
        if not self.person.confirm(question):
            raise PatrolError("the car has not moved, and nothing was stored")

    def _travel(
        self, what: str, speed: int, turn: int, each: tuple[int, int], seconds: float
    ) -> tuple[tuple[int, int], int]:
        self.say(what)
        ms = round(seconds * SLOWEST * 1000) + 2000
        timeout_s = ms / 1000 + 10
        left, right, turned, end = self.board.call(
            "travel", speed, turn, *each, ms, timeout_s=timeout_s
        )
        if end != "done":
            why = {
                "bumper": "the bumper was pressed",
                "blocked": "a wheel was blocked",
                "time": "it did not get there in time",
            }[end]
            raise PatrolError(f"the car stopped: {why}; nothing was stored: run again")
        return (left, right), turned

    def _pushed(self, question: str) -> tuple[int, int]:
        if not self.person.there:
            raise Skipped("nobody is there to move the car by hand")
        before = self.board.call("places")
        self.person.answer(f"{question}, then Enter.")
        after = self.board.call("places")
        left, right = (formulas.counted(b, a) for b, a in zip(before, after, strict=True))
        return left, right

    def _answerable(self, given: float | None, option: str) -> None:
        """Skipped, before anything moves, where nobody will tell what was measured."""
        if given is None and not self.person.there:
            raise Skipped(f"nobody is there to say what was measured: pass {option}")

    def _measured(
        self, given: float | None, question: str, found: Callable[[float], dict[str, int]]
    ) -> dict[str, int]:
        """What `found` makes of it; a typed measure that cannot be is asked for again."""
        if given is not None:
            return found(given)
        while True:
            text = self.person.answer(question)
            try:
                value = float(text.replace(",", "."))
                if not 0 < value < 1e6:
                    raise ValueError
                new = found(value)
                check(self.table, new)
                return new
            except ValueError:
                self.person.tell(f"{text!r} is no such measure (Ctrl-D gives up).")
            except PatrolError as error:
                self.person.tell(f"With {text}, {error} (Ctrl-D gives up).")


# By the names that --only takes, in the order in which they build on each other.
STEPS: dict[str, Callable[[Calibration], dict[str, int]]] = {
    "gyro": Calibration.gyro_bias,
    "wheels": Calibration.wheels,
    "track": Calibration.track,
    "battery": Calibration.battery,
    "lines": Calibration.lines,
    "cliffs": Calibration.cliffs,
}
