"""The supply's drawing, from the cells to every net, and the legend. From left to right."""

from __future__ import annotations

from patrolcar.view.palette import GREY, INK, PAPER
from patrolcar.wiring import rows as r
from patrolcar.wiring import values
from patrolcar.wiring.canvas import Box, Canvas, Dot, Line, Text
from patrolcar.wiring.headers import Header
from patrolcar.wiring.signs import WIRE_COLOURS, ground, net_sign, stroke

SUPPLY_HEIGHT = 192
_LEFT = 14
_BOX = 42  # height of a part of the chain


def _box(sheet: Canvas, x: float, y: float, width: float, *lines: str) -> float:
    """A part in the line; returns where the line goes on."""
    sheet.add(Box(x, y - _BOX / 2, width, _BOX, PAPER, INK, 4))
    for k, line in enumerate(lines):
        at = y + (k - (len(lines) - 1) / 2) * 15
        sheet.add(Text(x + width / 2, at, line, 11.5, INK, "middle", bold=k == 0))
    return x + width


def _line(sheet: Canvas, x: float, y: float, length: float) -> float:
    sheet.add(Line(((x, y), (x + length, y)), INK, 2.4))
    return x + length


def _node(sheet: Canvas, x: float, y: float, net: str, capacitor: str) -> None:
    """A net's sign above the line, and a capacitor from the line to ground."""
    sheet.add(Line(((x, y - 30), (x, y)), INK, 2.4), *net_sign(x - 17, y - 38, net))
    sheet.add(
        Dot(x, y, 3.5, INK),
        Line(((x, y), (x, y + 26)), INK, 1.6),
        Line(((x - 10, y + 26), (x + 10, y + 26)), INK, 2.4),
        Line(((x - 10, y + 32), (x + 10, y + 32)), INK, 2.4),
        Line(((x, y + 32), (x, y + 42)), INK, 1.6),
        *ground(x, y + 42),
        Text(x + 15, y + 29, capacitor, 11, INK),
    )


def draw_supply(sheet: Canvas, shape: Header, top: float, later: bool) -> None:
    """Draws the chain from the pack to the board's pad, below it the notes and the colours.

    `later`: some wires are dashed.
    """
    sheet.add(
        Line(((_LEFT, top - 8), (sheet.width - _LEFT, top - 8)), GREY, 1),
        Text(_LEFT, top + 8, "Supply", 14, INK, bold=True),
    )
    y = top + 68
    x = _box(sheet, _LEFT, y, 136, "2 Li-ion cells", "in series, 7.4 V")
    sheet.add(Line(((_LEFT + 20, y + _BOX / 2), (_LEFT + 20, y + 42)), INK, 1.6))
    sheet.add(*ground(_LEFT + 20, y + 42), Text(_LEFT + 34, y + 36, "minus", 11, INK))
    x = _line(sheet, x, y, 20)
    x = _box(sheet, x, y, 62, "fuse", values.FUSE)
    x = _line(sheet, x, y, 20)
    x = _box(sheet, x, y, 66, "switch", values.SWITCH)
    x = _line(sheet, x, y, 44)
    sheet.add(Text(x - 22, y - 12, "IN+", 11, INK, "middle"))
    x = _box(sheet, x, y, 82, f"{values.SHUNT * 1000:g} mΩ", "1 W, 1 %")
    sheet.add(Text(x + 22, y - 12, "IN-", 11, INK, "middle"))
    x = _line(sheet, x, y, 60)
    _node(sheet, x, y, r.PACK, values.BULK)
    x = _line(sheet, x, y, 76)
    x = _box(sheet, x, y, 116, "buck converter", values.BUCK)
    x = _line(sheet, x, y, 40)
    _node(sheet, x, y, r.FIVE, values.FIVE_BULK)
    x = _line(sheet, x, y, 76)
    if shape.diode:
        x = _box(sheet, x, y, 84, "Schottky", values.DIODE)
        x = _line(sheet, x, y, 20)
        x = _box(sheet, x, y, 66, "jumper", "J1")
        x = _line(sheet, x, y, 20)
    x = _box(sheet, x, y, 150, "board", f"{shape.feed_text} in, 3V3 out")
    x = _line(sheet, x, y, 24)
    sheet.add(*net_sign(x, y, r.THREE))
    _notes(sheet, top + 136, later)


def _notes(sheet: Canvas, y: float, later: bool) -> None:
    for k, note in enumerate(
        (
            "All grounds are one net: pack, driver, converter and board meet in one point, at the "
            "driver's GND. What bears the same sign is connected.",
            "100 nF at VCC of the driver and of every sensor, and across the terminals of each "
            "motor. A wire with a short end goes to the pad of that name.",
        )
    ):
        sheet.add(Text(_LEFT, y + 18 * k, note, 11.5, INK))
    x = float(_LEFT)
    for name, what in (
        (r.MOTOR, "motor driver"),
        (r.ENCODER, "encoders"),
        (r.SONAR, "sonars"),
        (r.BUS, "I2C"),
        (r.SERIAL, "telemetry"),
        (r.SENSE, "switches and analog"),
    ):
        sheet.add(*stroke(((x, y + 44), (x + 28, y + 44)), WIRE_COLOURS[name], False))
        sheet.add(Text(x + 36, y + 44, f"{name}: {what}", 11.5, INK))
        x += 62 + 6.6 * len(f"{name}: {what}")
    if later:
        sheet.add(*stroke(((x, y + 44), (x + 28, y + 44)), INK, True))
        sheet.add(Text(x + 36, y + 44, "dashed: for later", 11.5, INK))
