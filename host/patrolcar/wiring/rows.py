"""From a board's file to the car's parts and the wires between them and the board.

The pins are the board file's; which bus has which pins is MicroPython's build's. Nothing here
knows where a part is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from patrolcar.wiring.headers import Header, Pad, header

# Wire colours by what they carry: names for the table, as one buys them.
MOTOR, ENCODER, SONAR, BUS, SERIAL, SENSE = "blue", "green", "sky blue", "purple", "grey", "white"

SIDES = ("left", "front", "right")  # of the sonars, in their order

PACK, FIVE, THREE, GROUND = "VM", "5V", "3V3", "GND"  # the nets that feed parts

PULL_DOWN = "pull-down"
ECHO_DIVIDER = "echo divider"
BATTERY_DIVIDER = "battery divider"


@dataclass(frozen=True)
class Wire:
    """One wire from a part's terminal to a pad of the board.

    `fit` names the resistors that belong to it. A reserved one is for a part that the firmware
    does not use yet. One that is joined to another part's wire to the same pad is drawn once.
    """

    part: str
    terminal: str
    pad: Pad
    colour: str
    note: str = ""
    fit: str = ""
    reserved: bool = False
    joined: str = ""


@dataclass(frozen=True)
class Part:
    """A part: what feeds it (terminal, net), what else it is tied to in words, and its wires."""

    title: str
    supplies: tuple[tuple[str, str], ...] = ()
    ties: tuple[str, ...] = ()
    wires: tuple[Wire, ...] = ()

    @property
    def reserved(self) -> bool:
        """True where the firmware does not use the part yet."""
        return bool(self.wires) and all(wire.reserved for wire in self.wires)


def _used(constant: str, tree: Path) -> bool:
    """True where the firmware reads that constant of the board's file."""
    text = f"board.{constant}"
    return any(
        text in path.read_text(encoding="utf-8")
        for path in sorted((tree / "patrol").rglob("*.py"))
    )


class _Maker:
    """Makes the wires of one board."""

    def __init__(self, data: dict[str, Any], shape: Header, tree: Path) -> None:
        self.data = data
        self.tree = tree
        self.shape = shape

    def wire(
        self, part: str, terminal: str, pin: str, colour: str, note: str = "", **more: Any
    ) -> Wire:
        return Wire(part, terminal, self.shape.pad(pin), colour, note, **more)

    def driver(self) -> Part:
        d, name = self.data, "Motor driver TB6612FNG"
        kilohertz = d["MOTOR_FREQ"] // 1000
        wires = []
        for side, letter in (("left", "A"), ("right", "B")):
            channel, pwm, in1, in2, _ = d[f"MOTOR_{side.upper()}"]
            timer = f"{kilohertz} kHz, timer {d['MOTOR_TIMER']} channel {channel}"
            for terminal, pin, note in (
                (f"PWM{letter}", pwm, timer),
                (f"{letter}IN1", in1, "high: forwards"),
                (f"{letter}IN2", in2, "high: backwards"),
            ):
                note = f"{note}; 10 kΩ to ground"
                wires.append(self.wire(name, terminal, pin, MOTOR, note, fit=PULL_DOWN))
        wires.append(
            self.wire(
                name, "STBY", d["MOTOR_STANDBY"], MOTOR,
                "low: no power to either motor; 10 kΩ to ground, never leave it out",
                fit=PULL_DOWN,
            )
        )  # fmt: skip
        return Part(
            name,
            (("VM", PACK), ("VCC", THREE), ("GND", GROUND)),
            ("AO1, AO2 → left motor", "BO1, BO2 → right motor"),
            tuple(wires),
        )

    def motor(self, side: str) -> Part:
        name = f"Motor {side}, with encoder"
        timer, a, b, _ = self.data[f"ENCODER_{side.upper()}"]
        letter = "A" if side == "left" else "B"
        return Part(
            name,
            (("VCC", THREE), ("GND", GROUND)),
            (f"M1, M2 → driver {letter}O1, {letter}O2",),
            (
                self.wire(name, "A", a, ENCODER, f"timer {timer} channel 1"),
                self.wire(name, "B", b, ENCODER, f"timer {timer} channel 2"),
            ),
        )

    def sonar(self, number: int, side: str) -> Part:
        trigger, echo = self.data["SONARS"][number]
        name = f"Sonar {side} HC-SR04"
        before = [one for one, _ in self.data["SONARS"][:number]]
        joined = SIDES[before.index(trigger)] if trigger in before else ""
        note = f"joined to TRIG of the {joined} sonar: fired together" if joined else ""
        return Part(
            name,
            (("VCC", FIVE), ("GND", GROUND)),
            (),
            (
                self.wire(name, "TRIG", trigger, SONAR, note, joined=joined),
                self.wire(
                    name, "ECHO", echo, SONAR,
                    "5 V: through the echo divider", fit=ECHO_DIVIDER,
                ),
            ),
        )  # fmt: skip

    def bus(self) -> Part:
        d, name = self.data, "IMU MPU-6050 (GY-521)"
        scl, sda = self.shape.bus("I2C", d["I2C"])
        low = d["IMU_ADDRESS"] & 1 == 0
        return Part(
            name,
            (("VCC", THREE), ("GND", GROUND)),
            (f"AD0 → {GROUND if low else THREE}: address 0x{d['IMU_ADDRESS']:02x}",),
            (
                self.wire(
                    name, "SCL", scl, BUS,
                    f"I2C {d['I2C']}, {d['I2C_FREQ'] // 1000} kHz; the module has the pull-ups",
                ),
                self.wire(name, "SDA", sda, BUS, f"I2C {d['I2C']}"),
            ),
        )  # fmt: skip

    def telemetry(self) -> Part:
        d, name = self.data, "Telemetry radio or adapter"
        tx, rx = self.shape.bus("UART", d["UART"])
        speed = f"UART {d['UART']}, {d['UART_BAUD']} baud, 3.3 V levels"
        return Part(
            name,
            (("GND", GROUND),),
            ("VCC → 5V for a radio, else open",),
            (
                self.wire(name, "RX", tx, SERIAL, f"TX of {speed}"),
                self.wire(name, "TX", rx, SERIAL, f"RX of {speed}"),
            ),
        )

    def battery(self) -> list[Part]:
        voltage, current = "Battery voltage", "Battery current, INA180A1"
        return [
            Part(
                voltage, (), ("100 nF across the 10k",),
                (self.wire(
                    voltage, "VM", self.data["BATTERY_VOLTAGE"], SENSE,
                    "33 kΩ over 10 kΩ, 100 nF across the 10 kΩ", fit=BATTERY_DIVIDER,
                ),),
            ),
            Part(
                current,
                (("V+", THREE), ("GND", GROUND)),
                ("IN+ → 50 mΩ, the pack's end", "IN- → 50 mΩ, the VM end"),
                (self.wire(
                    current, "OUT", self.data["BATTERY_CURRENT"], SENSE,
                    "20 V/V over 50 mΩ: 1 V per ampere",
                ),),
            ),
        ]  # fmt: skip

    def switches(self) -> list[Part]:
        parts = []
        for name, constant, note in (
            ("Bumper switch", "BUMPER", "closes to ground; pulled up inside the chip"),
            ("Start button", "BUTTON", "on the board already; a second one in parallel to ground"),
        ):
            wire = self.wire(name, "NO", self.data[constant], SENSE, note)
            parts.append(Part(name, (("COM", GROUND),), (), (wire,)))
        return parts

    def _reserved(
        self, title: str, constant: str, names: tuple[str, ...], **how: Any
    ) -> list[Part]:
        pins = self.data[constant] or ()
        pins = (pins,) if isinstance(pins, str) else pins
        if not pins:
            return []
        later = not _used(constant, self.tree)
        wires = tuple(
            self.wire(
                title, how["terminal"].format(side), pin, how["colour"],
                how["note"] + ("; not used by this firmware yet" if later else ""), reserved=later,
            )
            for side, pin in zip(names, pins, strict=True)
        )  # fmt: skip
        return [Part(title, (("VCC", THREE), ("GND", GROUND)), how.get("ties", ()), wires)]

    def later(self) -> list[Part]:
        sides = ("left", "right")
        analog: dict[str, Any] = {"colour": SENSE, "terminal": "{}"}
        return [
            *self._reserved(
                "Cliff sensors", "CLIFFS", sides, note="reflectance, 0 to 3.3 V", **analog
            ),
            *self._reserved(
                "Line sensors", "LINES", ("left", "middle", "right"),
                note="reflectance, 0 to 3.3 V", **analog,
            ),
            *self._reserved(
                "ToF sensors VL53L0X", "TOF_XSHUT", ("right",), terminal="{} XSHUT", colour=BUS,
                note="low: off the bus, while the left one gets another address",
                ties=("SCL, SDA → those of the IMU", "left XSHUT → open: pulled up"),
            ),
            *self._reserved(
                "Buzzer, active, 3.3 V", "BUZZER", ("I/O",),
                note="high: sounds; a module with its own transistor", **analog,
            ),
        ]  # fmt: skip


def parts(board: str, tree: Path | None = None) -> list[Part]:
    """Every part of the car on that board. PatrolError for an unknown board or pin."""
    from patrolcar.flash.build import board_data, firmware_dir

    tree = tree or firmware_dir()
    maker = _Maker(board_data(board, tree), header(board), tree)
    return [
        maker.driver(),
        maker.motor("left"),
        maker.motor("right"),
        *(maker.sonar(k, side) for k, side in enumerate(SIDES)),
        maker.bus(),
        maker.telemetry(),
        *maker.battery(),
        *maker.switches(),
        *maker.later(),
    ]


def wires(board: str, tree: Path | None = None) -> list[Wire]:
    """Every wire of that board, in the order of the table."""
    return [wire for part in parts(board, tree) for wire in part.wires]
