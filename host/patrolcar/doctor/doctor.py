"""The self-test of a whole car: what is asked of the board, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from patrolcar.doctor import parts, ranges, wheels
from patrolcar.doctor.person import Person
from patrolcar.doctor.result import Result, Verdict, failed, passed, skipped
from patrolcar.doctor.session import Examined
from patrolcar.errors import PatrolError
from patrolcar.flash.repl import BoardError

LOOP_TICKS = 200
LOOP_S = 15.0  # two seconds of it, and its start
LIGHT_MS = 400
PINGS = 10
BEAMS = 10
FLOOR_SAMPLES = 32
REST_SAMPLES = 100
HAND_MS = 5_000
HAND_URAD = 500_000

WHEELS_UP = "Every wheel will turn for a moment. Are the wheels off the ground?"
ON_FLOOR = "The car will turn on the spot. Is it on the floor, with 30 cm free all around it?"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """`floor`: it stands on the floor and may turn there; `stay`: it is left at its prompt."""

    floor: bool = False
    stay: bool = False


def examine(port: str, options: Options, person: Person, say: Say) -> list[Result]:
    """Examines the car at a REPL port; `say` is told of each step.

    Raises:
        PatrolError: nobody is there to ask (code 2), nobody answers at the port, no firmware is
            on the board, or the person does not want the wheels to turn.
    """
    if not person.confirm(ON_FLOOR if options.floor else WHEELS_UP):
        raise PatrolError("no wheel has turned: set the car up and run again")
    say("stopping the program")
    with Examined(port, options.stay) as board:
        return Examination(board, options, person, say).run()


class Examination:
    """One run through all checks."""

    def __init__(self, board: Examined, options: Options, person: Person, say: Say) -> None:
        self._board = board
        self._options = options
        self._person = person
        self._say = say
        self._file: parts.Board = {}

    def run(self) -> list[Result]:
        """Every check, in the table's order."""
        board, say = self._board, self._say
        say("the board")
        board.load("about")
        told = board.call("about")
        self._file = told["board"]
        results = parts.judge_board(told)
        say("the car's loop, at rest")
        board.load("loop")
        try:
            with board.starting():
                results += parts.judge_loop(board.call("loop", LOOP_TICKS, timeout_s=LOOP_S))
        except BoardError as error:
            results.append(failed("loop", "firmware", error.name, "the car does not start: flash"))
        board.restart()

        say("pins")
        board.load("common", "parts", "wheels")
        names = [pin for pin, _ in parts.output_names(self._file)]
        results.append(parts.judge_pins(self._file, board.call("pins", names)))
        board.do("make")
        say("battery")
        mv, ma = board.call("power")
        results += parts.judge_battery(self._file, mv, ma)
        results += parts.judge_switches(self._file, board.call("switches"))
        results.append(self._lights())
        uart, baud = self._file["UART"], self._file["UART_BAUD"]
        unproved = f"{baud} baud; nothing loops TX to RX: see frames with patrol view"
        results.append(skipped(f"UART {uart}", "UART", unproved))
        board.do("make_sonars")
        for number in range(len(self._file["SONARS"])):
            say(f"{parts.SIDES[number]} sonar")
            results.append(
                parts.judge_sonar(self._file, number, board.call("ping", number, PINGS))
            )
        inertia, gyro = self._inertia()
        results += inertia
        results += self._ranges()
        results += self._wheels(mv, gyro)
        return results

    def _lights(self) -> Result:
        self._say("LEDs")
        lit = f"{self._board.call('lights', LIGHT_MS)} lit in turn"
        if not self._person.present:
            return skipped("LEDs", "LEDs", f"{lit}; nobody to see it")
        if self._person.confirm("Did the board's LEDs light one after the other?"):
            return passed("LEDs", "LEDs", lit)
        return failed("LEDs", "LEDs", "not seen", "the LEDs are the board's own: another board?")

    def _inertia(self) -> tuple[list[Result], int]:
        """The IMU's results, and the gyro's sign by which way is up (0: no IMU)."""
        self._say("IMU")
        results = parts.judge_bus(self._file, *self._board.call("scan"))
        if any(one.verdict != Verdict.PASS for one in results):
            names = ("accelerometer", "gyro at rest")
            return results + [skipped(name, "IMU", "no IMU") for name in names], 0
        try:
            told = self._board.call("rest", REST_SAMPLES)
        except BoardError as error:
            advice = "it stopped answering: a loose wire at SCL or SDA, its 3.3 V"
            return [*results, failed("gyro at rest", "IMU", error.name, advice)], 0
        return results + parts.judge_rest(told), -1 if told[4] < 0 else 1

    def _ranges(self) -> list[Result]:
        """The ToF sensors, and those that look at the floor."""
        board, results = self._board, []
        board.load("ranges")
        if self._file["TOF_XSHUT"] is not None:
            for number, identity in enumerate(board.call("make_tofs")):
                self._say(f"{ranges.SIDES[number]} ToF")
                told = board.call("beam", number, BEAMS)
                results.append(ranges.judge_tof(self._file, number, identity, told))
            results.append(self._sides(results))
        told = board.call("floor", FLOOR_SAMPLES)
        return results + ranges.judge_floor(self._file, told, self._options.floor)

    def _sides(self, tofs: list[Result]) -> Result:
        check = "ToF sides"
        if any(one.verdict != Verdict.PASS for one in tofs):
            return skipped(check, check, "it needs both")
        if not self._person.present:
            return skipped(check, check, "nobody holds a hand before one: use a terminal")
        self._person.tell("Hold a hand 10 cm before the left ToF sensor, now.")
        self._say("waiting for a hand before the left ToF sensor")
        return ranges.judge_sides(self._board.call("nearest", HAND_MS, ranges.NEAR_MM))

    def _wheels(self, mv: int, gyro: int) -> list[Result]:
        board = self._board
        uv, friction, nm, urad = board.call("constants")
        car = wheels.Car(self._file, mv, uv, friction, nm, gyro)
        spins = []
        for side in (0, 1):
            for sign in (1, -1):
                self._say(f"{wheels.SIDES[side]} wheel")
                duty = [0, 0]
                duty[side] = sign * wheels.DUTY
                told = board.call("spin", *duty, wheels.SPIN_MS)
                spins.append(wheels.Spin.of(side, sign, told))
        results = wheels.judge_wheels(car, spins)
        sides = wheels.good_sides(spins, results)
        current = wheels.judge_current(self._file, spins, results)
        if current is not None:
            results.append(current)
        results.append(self._gyro(car, sides, urad / 1000))
        return results

    def _gyro(self, car: wheels.Car, sides: list[int], urad_per_count: float) -> Result:
        check = "gyro's sign"
        if not car.gyro:
            return skipped(check, "IMU", "no IMU")
        if self._options.floor:
            if not sides:
                return skipped(check, "IMU", "it needs a wheel that works")
            self._say("turning on the spot")
            duty = [wheels.DUTY if 0 in sides else 0, -wheels.DUTY if 1 in sides else 0]
            told: dict[str, Any] = self._board.call("spin", *duty, wheels.SPIN_MS)
            return wheels.judge_turn(car, sides, told, urad_per_count)
        if not self._person.present:
            return skipped(check, "IMU", "nobody turns the car: pass --floor, or use a terminal")
        self._person.tell("Turn the car clockwise by hand, now.")
        self._say("waiting for the car to be turned clockwise")
        return wheels.judge_hand(self._board.call("by_hand", HAND_MS, HAND_URAD))
