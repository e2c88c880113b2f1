"""What stands still, judged: board, loop, pins, battery, switches, LEDs, sonars, IMU.

Each function takes what the board-side half returned and the board's file; `board` is the dict of
its constants. Limits stand beside the check with their reason.
"""

from __future__ import annotations

from statistics import median
from typing import Any

from patrolcar.doctor.result import Result, failed, passed, skipped

Board = dict[str, Any]

FREE_HEAP = 12 * 1024  # bytes: a mode that is loaded when it is chosen, and the REPL
FREE_FLASH = 2 * 1024  # bytes: main.py is written anew beside the old one
LOAD_PERMILLE = 900

# Two Li-ion cells: 3.0 V a cell is empty, 4.2 V full; the divider's resistors are 1 % ones.
PACK_MV = (6_000, 8_650)
NO_PACK_MV = 1_000
REST_MA = (5, 500)  # board and sensors take 100 to 200 mA

STUCK = 5  # of ten pings, with the echo pin high before
NOISY_MM = 100  # median deviation; the HC-SR04's data sheet says 3 mm

MRAD = 1000  # urad
# MPU-6050 (PS-MPU-6000A 6.1, 6.2): zero-rate output +-20 degrees/s; noise 0.05 degrees/s rms in
# 42 Hz, ten times that for a table that shakes; zero-g output within 80 mg on z.
GYRO_BIAS_URAD_S = 349 * MRAD
GYRO_NOISE_URAD_S = 9 * MRAD
ONE_G = 8192
UPRIGHT = (0.85, 1.15)  # g on z
LEVEL = 0.35  # g on x and y: 20 degrees

SIDES = ("left", "front", "right")


def output_names(board: Board) -> list[tuple[str, str]]:
    """(pin, what it is) of every output, STBY first."""
    names = [(board["MOTOR_STANDBY"], "STBY")]
    for side in ("LEFT", "RIGHT"):
        _, pwm, in1, in2, _ = board[f"MOTOR_{side}"]
        names += [(pwm, f"PWM {side.lower()}"), (in1, f"IN1 {side.lower()}")]
        names.append((in2, f"IN2 {side.lower()}"))
    for side, (trigger, _) in zip(SIDES, board["SONARS"], strict=True):
        names.append((trigger, f"trigger {side}"))
    return names


def judge_board(told: dict[str, Any]) -> list[Result]:
    """Board, MicroPython, firmware and flash."""
    version = ".".join(map(str, told["version"]))
    firmware = ".".join(map(str, told["firmware"]))
    build = f" build {told['build']}" if told["build"] else ""
    expected = told["board"].get("MACHINE", told["machine"])
    free = told["free"]
    left = f"{free // 1024} of {told['flash'] // 1024} KB free"
    return [
        passed("MicroPython", "board", version),
        passed("firmware", "board", f"{firmware}{build}"),
        passed("board", "board", told["machine"])
        if told["machine"] == expected
        else failed(
            "board",
            "board",
            told["machine"],
            f"its firmware is wired for {expected}: patrol flash with another --board",
        ),
        passed("flash", "flash", left)
        if free >= FREE_FLASH
        else failed("flash", "flash", left, "remove files of your own from the board"),
    ]


def judge_loop(told: tuple[int, int, int, int, int]) -> list[Result]:
    """Two seconds of the whole car at rest: load, overruns, heap."""
    load, worst_us, overruns, free, failures = told
    measured = f"{load / 10:.0f} % load, worst tick {worst_us / 1000:.1f} ms, {overruns} overruns"
    heap = f"{free // 1024} KB free with the car running"
    if failures:
        loop = failed("loop", "firmware", measured, f"{failures} exceptions: patrol crash tells")
    elif load > LOAD_PERMILLE or overruns:
        loop = failed("loop", "firmware", measured, "another program on the board? patrol flash")
    else:
        loop = passed("loop", "firmware", measured)
    return [
        loop,
        passed("heap", "heap", heap)
        if free >= FREE_HEAP
        else failed("heap", "heap", heap, "a file of your own is loaded at boot: remove it"),
    ]


def judge_pins(board: Board, read: list[tuple[int, int]]) -> Result:
    """Whether each output follows."""
    wrong = [
        f"{pin} ({what}) stays {'low' if not high else 'high'}"
        for (pin, what), (high, low) in zip(output_names(board), read, strict=True)
        if (high, low) != (1, 0)
    ]
    measured = f"{len(read) - len(wrong)} of {len(read)} outputs follow"
    if wrong:
        return failed("pins", "pins", measured, f"a short: {', '.join(wrong)}")
    return passed("pins", "pins", measured)


def judge_battery(board: Board, mv: int, ma: int) -> list[Result]:
    """Voltage and current at rest."""
    pin, volts = board["BATTERY_VOLTAGE"], f"{mv / 1000:.2f} V"
    low, high = PACK_MV
    check = "battery voltage"
    if mv < NO_PACK_MV:
        advice = f"nothing at {pin}: battery switch, fuse, the divider's upper resistor"
        voltage = failed(check, "battery voltage", volts, advice)
    elif mv > high:
        advice = f"too much at {pin}: the divider's lower resistor (10 kohm to ground)"
        voltage = failed(check, "battery voltage", volts, advice)
    elif mv < low:
        advice = f"charge it; if a meter says more than {low / 1000:.1f} V: the divider at {pin}"
        voltage = failed(check, "battery voltage", volts, advice)
    else:
        voltage = passed(check, "battery voltage", volts)
    pin, check = board["BATTERY_CURRENT"], "current at rest"
    if ma > REST_MA[1]:
        advice = f"too much: a short, a motor that is driven, or the sensor at {pin}"
        return [voltage, failed(check, "battery current", f"{ma} mA", advice)]
    if ma < REST_MA[0]:
        advice = f"none: the current sensor's output at {pin}, its supply"
        return [voltage, failed(check, "battery current", f"{ma} mA", advice)]
    return [voltage, passed(check, "battery current", f"{ma} mA")]


def judge_switches(board: Board, pressed: list[bool]) -> list[Result]:
    """Bumper and button, which nobody presses."""
    results = []
    for name, key, down in zip(("bumper", "button"), ("BUMPER", "BUTTON"), pressed, strict=True):
        if down:
            advice = f"{board[key]} is at ground: let go of it, or look for a short"
            results.append(failed(name, name, "pressed", advice))
        else:
            results.append(passed(name, name, "not pressed"))
    return results


def judge_sonar(board: Board, number: int, told: tuple[int, bool, list[int]]) -> Result:
    """Ten pings of one sonar."""
    high, alive, ranges = told
    name = f"{SIDES[number]} sonar"
    trigger, echo = board["SONARS"][number]
    if high >= STUCK:
        advice = f"echo {echo} is high all the time: a short, or 5 V without the divider"
        return failed(name, name, f"echo high before {high} of {len(ranges)} pings", advice)
    if not alive:
        advice = f"check 5 V at its VCC, trigger {trigger}, echo {echo} behind its divider"
        return failed(name, name, "no echo pulse", advice)
    advice = f"noisy: decouple its 5 V, look for a loose wire at {trigger}, {echo}"
    return judge_spread(name, ranges, len(ranges), "pings heard", "4 m", NOISY_MM, advice)


def judge_spread(
    name: str, ranges: list[int], tries: int, told: str, reach: str, noisy_mm: int, advice: str
) -> Result:
    """What a range sensor that answers has measured (mm, 0 for nothing) in so many tries."""
    seen = [mm for mm in ranges if mm]
    if not seen:
        return passed(name, name, f"nothing within {reach}")
    middle = median(seen)
    spread = median(abs(mm - middle) for mm in seen)
    measured = f"{middle:.0f} mm, +-{spread:.0f} mm, {len(seen)} of {tries} {told}"
    if spread > noisy_mm:
        return failed(name, name, measured, advice)
    return passed(name, name, measured)


def judge_bus(board: Board, found: list[int], identity: int | None) -> list[Result]:
    """I2C scan, and what the IMU says it is."""
    address = board["IMU_ADDRESS"]
    shown = ", ".join(f"0x{one:02x}" for one in found) or "nothing answers"
    scan, who = f"I2C {board['I2C']} scan", "IMU's identity"
    if address not in found:
        advice = (
            f"no IMU at 0x{address:02x}: check its 3.3 V, SCL and SDA of I2C {board['I2C']} "
            "and their pull-ups, AD0 to ground"
        )
        return [failed(scan, "IMU", shown, advice), skipped(who, "IMU", "no IMU answers")]
    bus = passed(scan, "IMU", shown)
    if identity != 0x68:
        told = "no answer" if identity is None else f"0x{identity:02x}"
        advice = "not an MPU-6050 (0x68): the car drives by its wheels alone with it"
        return [bus, failed(who, "IMU", told, advice)]
    return [bus, passed(who, "IMU", "0x68, an MPU-6050")]


def judge_rest(told: tuple[int, int, int, int, int]) -> list[Result]:
    """The IMU at rest: which way is up, and what the gyro says of no motion."""
    bias, spread, x, y, z = told
    gx, gy, gz = x / ONE_G, y / ONE_G, z / ONE_G
    measured = f"x {gx:+.2f} g, y {gy:+.2f} g, z {gz:+.2f} g"
    low, high = UPRIGHT
    check = "accelerometer"
    if low < -gz < high:
        advice = "upside down: mount the IMU x forward, y left, z up"
        upright = failed(check, "IMU's mounting", measured, advice)
    elif not low < gz < high or abs(gx) > LEVEL or abs(gy) > LEVEL:
        advice = "z should be 1 g: set the car level, mount the IMU x forward, y left, z up"
        upright = failed(check, "IMU's mounting", measured, advice)
    else:
        upright = passed(check, "IMU", measured)
    measured = f"bias {bias / MRAD:.0f} mrad/s, noise {spread / MRAD:.1f} mrad/s"
    check = "gyro at rest"
    if spread == 0:
        gyro = failed(check, "IMU", measured, "its value never changes: another IMU")
    elif abs(bias) > GYRO_BIAS_URAD_S:
        gyro = failed(
            check, "IMU", measured, "more than 349 mrad/s: another IMU, if it is at rest"
        )
    elif spread > GYRO_NOISE_URAD_S:
        gyro = failed(
            check, "IMU", measured, "it moves or shakes: let it rest, screw the IMU down"
        )
    else:
        gyro = passed(check, "IMU", measured)
    return [upright, gyro]
