"""What the boards look like: their header pins in physical order, as printed. Data only.

A pad is written `printed:cpu` or, where the print is the processor's name, `cpu`; `/name` adds the
Arduino name, and what is no pin of the processor has neither. Seen from above, USB at the top.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from patrolcar.errors import PatrolError


@dataclass(frozen=True)
class Pad:
    """One hole of a header."""

    label: str  # as it is printed or called
    cpu: str = ""  # PA0; empty for power and control
    arduino: str = ""
    place: str = ""  # connector and number, where there are such

    @property
    def in_full(self) -> str:
        """Every name of the pad, for the table."""
        others = [n for n in (self.cpu, self.arduino, self.place) if n and n != self.label]
        return f"{self.label} ({', '.join(others)})" if others else self.label


@dataclass(frozen=True)
class Header:
    """One board's pads: a column at each side, two pads deep on some, and a row at the bottom.

    In a pair the outer pad stands first. `bottom` has the places of its pads, counted from the
    left column, which `width` counts to the right one. `feed` is the pad that the car's 5 V goes
    to, in words `feed_text`; `diode` whether through a diode and a jumper.
    """

    name: str
    title: str
    left: tuple[tuple[Pad, ...], ...]
    right: tuple[tuple[Pad, ...], ...]
    bottom: tuple[tuple[int, Pad], ...]
    width: int
    feed: str
    feed_text: str
    diode: bool
    top: tuple[str, ...]  # what stands at the upper edge
    buses: dict[tuple[str, int], tuple[str, str]] = field(default_factory=dict)

    def pads(self) -> list[Pad]:
        """Every pad there is."""
        columns = [pad for column in (self.left, self.right) for row in column for pad in row]
        return columns + [pad for _, pad in self.bottom]

    def pad(self, name: str) -> Pad:
        """The pad that MicroPython calls `name`: the board's names come before the processor's."""
        for pad in self.pads():
            if name in (pad.label, pad.arduino):
                return pad
        for pad in self.pads():
            if pad.cpu and name in (pad.cpu, pad.cpu[1:]):
                return pad
        raise PatrolError(
            f"board {self.name}: pin {name} is on none of its headers: "
            "see patrolcar/wiring/headers.py"
        )

    def bus(self, kind: str, number: int) -> tuple[str, str]:
        """The two pins of a bus of MicroPython's build: TX and RX, or SCL and SDA."""
        try:
            return self.buses[kind, number]
        except KeyError:
            raise PatrolError(
                f"board {self.name}: no pins known for {kind} {number}: "
                "see patrolcar/wiring/headers.py"
            ) from None


def _pad(text: str, place: str = "") -> Pad:
    text, _, arduino = text.partition("/")
    label, _, cpu = text.partition(":")
    if not cpu and len(label) > 2 and label[0] == "P" and label[2:].isdigit():
        cpu = label
    return Pad(label, cpu, arduino, place)


def _column(text: str) -> tuple[tuple[Pad, ...], ...]:
    return tuple((_pad(word),) for word in text.split())


def _row(text: str) -> tuple[tuple[int, Pad], ...]:
    return tuple(enumerate(map(_pad, text.split()), 1))


def _morpho(connector: str, odd: str, even: str, outer_odd: bool) -> tuple[tuple[Pad, ...], ...]:
    rows = []
    for k, (one, two) in enumerate(zip(odd.split(), even.split(), strict=True)):
        pair = (_pad(one, f"{connector}-{2 * k + 1}"), _pad(two, f"{connector}-{2 * k + 2}"))
        rows.append(pair if outer_odd else pair[::-1])
    return tuple(rows)


# Order of the pads: pinout/pybv10b/pinout.py of the pyboard's hardware repository (v1.1 has the
# same headers); buses: MicroPython, ports/stm32/boards/PYBV11/mpconfigboard.h.
PYBOARD_V11 = Header(
    name="pyboard_v11",
    title="pyboard v1.1",
    left=_column(
        "Y1:PC6 Y2:PC7 Y3:PB8 Y4:PB9 Y5:PB12 Y6:PB13 Y7:PB14 Y8:PB15 "
        "X9:PB6 X10:PB7 X11:PC4 X12:PC5 RST GND 3V3 VIN"
    ),
    right=_column(
        "VIN 3V3 GND RST Y12:PB1 Y11:PB0 Y10:PB11 Y9:PB10 "
        "X8:PA7 X7:PA6 X6:PA5 X5:PA4 X4:PA3 X3:PA2 X2:PA1 X1:PA0"
    ),
    bottom=_row("X17:PB3 X18:PC13 X19:PC0 X20:PC1 X21:PC2 X22:PC3 A3V3 AGND"),
    width=11,
    feed="VIN",
    feed_text="VIN",
    diode=True,
    top=("SD card", "USB"),
    buses={
        ("UART", 1): ("X9", "X10"),
        ("UART", 2): ("X3", "X4"),
        ("UART", 3): ("Y9", "Y10"),
        ("UART", 4): ("X1", "X2"),
        ("UART", 6): ("Y1", "Y2"),
        ("I2C", 1): ("X9", "X10"),
        ("I2C", 2): ("Y9", "Y10"),
    },
)

# Order of the pads: WeAct's pinout of the STM32F4x1 v2.0+; STM32-base's data on the board. Buses:
# MicroPython, ports/stm32/boards/WEACT_F411_BLACKPILL/mpconfigboard.h.
BLACKPILL_F411 = Header(
    name="blackpill_f411",
    title="Black Pill F411",
    left=_column(
        "B12:PB12 B13:PB13 B14:PB14 B15:PB15 A8:PA8 A9:PA9 A10:PA10 A11:PA11 A12:PA12 A15:PA15 "
        "B3:PB3 B4:PB4 B5:PB5 B6:PB6 B7:PB7 B8:PB8 B9:PB9 5V GND 3V3"
    ),
    right=_column(
        "5V GND 3V3 B10:PB10 B2:PB2 B1:PB1 B0:PB0 A7:PA7 A6:PA6 A5:PA5 A4:PA4 A3:PA3 A2:PA2 "
        "A1:PA1 A0:PA0 RST C15:PC15 C14:PC14 C13:PC13 VBAT"
    ),
    bottom=(),
    width=6,
    feed="5V",
    feed_text="5V",
    diode=True,
    top=("USB-C",),
    buses={
        ("UART", 1): ("A9", "A10"),
        ("UART", 2): ("A2", "A3"),
        ("I2C", 1): ("B6", "B7"),
        ("I2C", 2): ("B10", "B9"),
        ("I2C", 3): ("A8", "B8"),
    },
)

# Order of the pads: ST, UM1724 "STM32 Nucleo-64 boards", table of the morpho connectors. Buses:
# MicroPython, ports/stm32/boards/NUCLEO_F446RE/mpconfigboard.h.
NUCLEO_F446RE = Header(
    name="nucleo_f446re",
    title="Nucleo-F446RE",
    left=_morpho(
        "CN7",
        "PC10 PC12 VDD BOOT0 - - PA13 PA14 PA15 GND PB7 PC13 PC14 PC15 PH0 PH1 VBAT PC2 PC3",
        "PC11 PD2 E5V GND - IOREF RST 3V3 5V GND GND VIN - PA0/A0 PA1/A1 PA4/A2 PB0/A3 PC1/A4 "
        "PC0/A5",
        outer_odd=True,
    ),
    right=_morpho(
        "CN10",
        "PC9 PB8/D15 PB9/D14 AVDD GND PA5/D13 PA6/D12 PA7/D11 PB6/D10 PC7/D9 PA9/D8 PA8/D7 "
        "PB10/D6 PB4/D5 PB5/D4 PB3/D3 PA10/D2 PA2/D1 PA3/D0",
        "PC8 PC6 PC5 U5V - PA12 PA11 PB12 - GND PB2 PB1 PB15 PB14 PB13 AGND PC4 - -",
        outer_odd=False,
    ),
    bottom=(),
    width=24,
    feed="E5V",
    feed_text="E5V (JP5)",
    diode=False,
    top=("ST-Link, USB",),
    buses={
        ("UART", 2): ("PA2", "PA3"),
        ("UART", 6): ("PC6", "PC7"),
        ("I2C", 1): ("PB6", "PB7"),
        ("I2C", 2): ("PB10", "PB3"),
        ("I2C", 3): ("PA8", "PC9"),
    },
)

HEADERS = {h.name: h for h in (PYBOARD_V11, BLACKPILL_F411, NUCLEO_F446RE)}


def header(board: str) -> Header:
    """A board's header; PatrolError for one that was not described here."""
    if board not in HEADERS:
        raise PatrolError(
            f"board {board}: no header known, there are {', '.join(sorted(HEADERS))}: "
            "describe it in patrolcar/wiring/headers.py",
            2,
        )
    return HEADERS[board]
