"""The wheels judged: what was commanded against encoder, current, and what the gyro saw.

An encoder of the wrong sign and a motor of the wrong sign look the same to each other; only the
gyro tells them apart, where the car stands on the floor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from patrolcar.doctor.parts import NO_PACK_MV, PACK_MV, Board
from patrolcar.doctor.result import Result, Verdict, failed, passed, skipped

DUTY = 300  # per mille
SPIN_MS = 400
SIDES = ("left", "right")

NOMINAL_MV = 7_400  # where the battery's own reading cannot be
# Pololu 100:1 HPCB 6 V: 4 ohm (1.5 A at stall), TB6612FNG 0.5 ohm (data sheets).
MOTOR_OHM = 4.5

STILL = 0.1  # of the expected counts: less is no motion
BESIDE = 0.35  # of the wheel's own counts: more is another wheel that turns too
SLOW, FAST = 0.25, 2.0  # of the expected speed
DRAWS_MA = 12  # a motor that takes less is not connected
BLOCKED = 0.6  # of the stall current: a motor that turns takes a third
CHASSIS_URAD = 60_000  # more, and the car has turned: it stands on the floor
TURN_URAD = 150_000
NO_TURN = 0.2
AGREE = (0.6, 1.6)  # gyro over wheels; tyres slip on the spot


@dataclass(frozen=True)
class Spin:
    """One wheel driven for SPIN_MS, as the board-side half tells it.

    `sign` is the commanded direction; own, other and late are counts, those of the last half.
    """

    side: int
    sign: int
    own: int
    other: int
    late: int
    turned_urad: int
    rise_ma: int
    sag_mv: int

    @classmethod
    def of(cls, side: int, sign: int, told: dict[str, Any]) -> Spin:
        counts, late = told["counts"], told["late"]
        return cls(
            side,
            sign,
            counts[side],
            counts[1 - side],
            late[side],
            told["turned_urad"],
            told["ma"] - told["rest_ma"],
            told["rest_mv"] - told["mv"],
        )


@dataclass(frozen=True)
class Car:
    """What a wheel's motion is measured against.

    `gyro` is +1, or -1 where the IMU is upside down, and 0 without one.
    """

    board: Board
    battery_mv: int
    uv_per_mm_s: int
    friction_mv: int
    nm_per_count: int
    gyro: int

    @property
    def supply_mv(self) -> int:
        """The battery's voltage, if it was measured at all."""
        return self.battery_mv if NO_PACK_MV < self.battery_mv <= PACK_MV[1] else NOMINAL_MV

    @property
    def mm_s(self) -> float:
        """The speed that DUTY should give."""
        return (self.supply_mv * DUTY / 1000 - self.friction_mv) * 1000 / self.uv_per_mm_s

    @property
    def counts(self) -> float:
        """The counts of a whole spin at that speed."""
        return self.mm_s * SPIN_MS * 1000 / self.nm_per_count

    @property
    def stall_ma(self) -> float:
        """The rise of the pack's current for a wheel that is held."""
        return (DUTY / 1000) ** 2 * self.supply_mv / MOTOR_OHM


def judge_wheels(car: Car, spins: list[Spin]) -> list[Result]:
    """A result for each spin."""
    if (
        car.battery_mv < NO_PACK_MV
        and all(_still(car, spin) for spin in spins)
        and all(spin.rise_ma < DRAWS_MA for spin in spins)
    ):
        return [skipped(_name(s), "battery voltage", "no battery, no power") for s in spins]
    return [_judge(car, spin, spins) for spin in spins]


def good_sides(spins: list[Spin], results: list[Result]) -> list[int]:
    """The wheels of which both directions passed."""
    bad = {s.side for s, r in zip(spins, results, strict=True) if r.verdict != Verdict.PASS}
    return [side for side in (0, 1) if side not in bad]


def judge_current(board: Board, spins: list[Spin], results: list[Result]) -> Result | None:
    """None unless wheels turned and no current was measured for any."""
    if good_sides(spins, results) and all(spin.rise_ma < DRAWS_MA for spin in spins):
        advice = f"motors turn and take nothing: the current sensor at {board['BATTERY_CURRENT']}"
        return failed("motor current", "battery current", "no rise", advice)
    return None


def judge_turn(car: Car, sides: list[int], told: dict[str, Any], urad_per_count: float) -> Result:
    """The gyro's sign, by a turn on the spot of the wheels that are trusted."""
    check = "gyro's sign"
    left, right = (told["counts"][side] if side in sides else 0 for side in (0, 1))
    wheels = (left - right) * urad_per_count
    gyro = told["turned_urad"]
    measured = f"wheels {wheels / 1e6:+.2f} rad, gyro {gyro / 1e6:+.2f} rad"
    if abs(wheels) < TURN_URAD:
        return skipped(check, "IMU", f"the car did not turn ({measured})")
    ratio = gyro / wheels
    if ratio < 0:
        advice = (
            "the IMU is upside down: mount it x forward, y left, z up"
            if car.gyro < 0
            else "mount the IMU z up; or both motors and both encoders are reversed"
        )
        return failed(check, "IMU's mounting", measured, advice)
    low, high = AGREE
    if not low < ratio < high and len(sides) == 2:
        advice = (
            "the wheels count a turn that was none: one runs backwards and counts backwards: swap "
            "its motor's leads and its encoder's A and B; or they have no grip"
            if abs(ratio) < NO_TURN
            else "they disagree: is it on the floor, with grip? patrol calibrate"
        )
        return failed(check, "IMU", measured, advice)
    return passed(check, "IMU", measured)


def judge_hand(turned_urad: int) -> Result:
    """The gyro's sign, by a person who turned the car clockwise."""
    check, measured = "gyro's sign", f"{turned_urad / 1e6:+.2f} rad"
    if abs(turned_urad) < CHASSIS_URAD:
        return skipped(check, "IMU", "nobody turned the car within 5 s")
    if turned_urad < 0:
        advice = "clockwise should be positive: mount the IMU x forward, y left, z up"
        return failed(check, "IMU's mounting", measured, advice)
    return passed(check, "IMU", measured)


def _name(spin: Spin) -> str:
    return f"{SIDES[spin.side]} wheel {'forwards' if spin.sign > 0 else 'backwards'}"


def _still(car: Car, spin: Spin) -> bool:
    return abs(spin.own) < STILL * car.counts and abs(spin.other) < STILL * car.counts


def _seen(car: Car, spin: Spin) -> int:
    """+1 where the gyro saw the wheel go as commanded, -1 the other way, 0 if it saw nothing."""
    # The left wheel forwards turns the car clockwise.
    turned = spin.turned_urad * car.gyro * spin.sign * (1 if spin.side == 0 else -1)
    return 0 if abs(turned) < CHASSIS_URAD else (1 if turned > 0 else -1)


def _judge(car: Car, spin: Spin, spins: list[Spin]) -> Result:
    side = SIDES[spin.side]
    motor, encoder = f"{side} motor", f"{side} encoder"
    key = f"_{side.upper()}"
    _, pwm, in1, in2, _ = car.board["MOTOR" + key]
    timer, a, b, _ = car.board["ENCODER" + key]
    speed = spin.late * car.nm_per_count / (SPIN_MS * 500)
    measured = f"{spin.own:+d} counts, {speed:+.0f} mm/s, {spin.rise_ma:+d} mA"
    name, seen = _name(spin), _seen(car, spin)
    moved = abs(spin.own) >= STILL * car.counts
    beside = abs(spin.other) >= max(STILL * car.counts, BESIDE * abs(spin.own))
    if beside and not moved:
        measured = f"{measured}; the other encoder {spin.other:+d}"
        if seen < 0:
            return failed(
                name,
                "motors",
                measured,
                "the other wheel turned: exchange the two motors' cables",
            )
        encoders = "the encoders' cables are exchanged"
        pins = f"left on {_encoder_pins(car.board, 0)}, right on {_encoder_pins(car.board, 1)}"
        other = "" if seen else "; or the motors' are"
        return failed(name, "encoders", measured, f"{encoders} ({pins}){other}")
    if not moved:
        if seen == 0 and spin.rise_ma < DRAWS_MA:
            back = next(s for s in spins if s.side == spin.side and s.sign != spin.sign)
            if back.rise_ma >= DRAWS_MA:
                pin = in1 if spin.sign > 0 else in2
                which = "IN1" if spin.sign > 0 else "IN2"
                return failed(name, motor, measured, f"no current this way: {which} at {pin}")
            return failed(
                name,
                motor,
                measured,
                f"no current: its two leads, VM at the driver, PWM {pwm}, IN1 {in1}, IN2 {in2}, "
                f"STBY {car.board['MOTOR_STANDBY']}",
            )
        if seen == 0 and spin.rise_ma >= BLOCKED * car.stall_ma:
            return failed(
                name,
                motor,
                measured,
                "it takes current and does not turn: wheel or gear is jammed",
            )
        return failed(
            name,
            encoder,
            measured,
            f"the wheel turns, nothing is counted: its 3.3 V, A {a}, B {b} (timer {timer})",
        )
    if beside:
        return failed(
            name,
            "encoders",
            f"{measured}; the other encoder {spin.other:+d}",
            "both count: is the other wheel dragged along, or do the encoders' cables touch?",
        )
    if (spin.own > 0) != (spin.sign > 0):
        leads = f"the motor's leads (or its sign in the board's file, MOTOR{key})"
        channels = f"the encoder's A {a} and B {b}"
        if seen > 0:
            return failed(name, encoder, measured, f"counts the wrong way: exchange {channels}")
        if seen < 0:
            return failed(name, motor, measured, f"turns the wrong way: exchange {leads}")
        return failed(
            name,
            f"{motor} or encoder",
            measured,
            f"watch the wheel: if it turned {'forwards' if spin.sign > 0 else 'backwards'}, "
            f"exchange {channels}, else {leads}; --floor tells which",
        )
    part = abs(speed) / car.mm_s
    if not SLOW < part < FAST:
        what = "slow: does the wheel rub?" if part < 1 else "too many counts: noise on A or B"
        return failed(name, f"{side} wheel", f"{measured} ({car.mm_s:.0f} expected)", what)
    return passed(name, f"{side} wheel", measured)


def _encoder_pins(board: Board, side: int) -> str:
    _, a, b, _ = board[f"ENCODER_{SIDES[side].upper()}"]
    return f"{a}, {b}"
