"""The signs of the drawing: wires by colour, nets, ground."""

from __future__ import annotations

from patrolcar.view.palette import BLUE, GREEN, GREY, INK, ORANGE, PAPER, PURPLE, VERMILLION
from patrolcar.wiring import rows as r
from patrolcar.wiring.canvas import Box, Line, Shape, Text

SKY = "#56B4E9"  # these two are Okabe and Ito's as well
YELLOW = "#F0E442"

WIRE_COLOURS = {
    r.MOTOR: BLUE,
    r.ENCODER: GREEN,
    r.SONAR: SKY,
    r.BUS: PURPLE,
    r.SERIAL: GREY,
    r.SENSE: PAPER,
}
"""What a wire's colour is on the sheet; white gets a dark outline."""

NET_COLOURS = {
    r.PACK: (VERMILLION, PAPER),
    r.FIVE: (ORANGE, INK),
    r.THREE: (YELLOW, INK),
    r.GROUND: (INK, PAPER),
}
"""A net's sign: its fill and its letters."""

SIGN = 32  # width of a net's sign


def stroke(points: tuple[tuple[float, float], ...], colour: str, dashed: bool) -> list[Shape]:
    """A wire, with a pale edge that tells where it crosses another."""
    edge = Line(points, PAPER, 7)
    if colour == PAPER:
        return [edge, Line(points, INK, 4.2, dashed), Line(points, PAPER, 2.2, dashed)]
    return [edge, Line(points, colour, 3, dashed)]


def net_sign(x: float, y: float, net: str, text: str = "") -> list[Shape]:
    """A net's sign with its left edge at x."""
    fill, ink = NET_COLOURS[net]
    text = text or net
    return [
        Box(x, y - 8, SIGN, 16, fill, radius=3),
        Text(x + SIGN / 2, y, text, 11 if len(text) < 4 else 9.5, ink, "middle", bold=True),
    ]


def ground(x: float, y: float) -> list[Shape]:
    """The sign of ground, hanging from (x, y)."""
    return [
        Line(((x - half, y + down), (x + half, y + down)), INK, 1.6)
        for half, down in ((7, 0), (4.5, 3.5), (2, 7))
    ]
