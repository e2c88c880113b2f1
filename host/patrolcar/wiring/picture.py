"""The wiring's picture: the board in the middle, the parts around it, the supply below."""

from __future__ import annotations

from pathlib import Path

from patrolcar.view.palette import FAINT, GREY, INK, PAPER, PURPLE
from patrolcar.wiring import rows as r
from patrolcar.wiring import values
from patrolcar.wiring.canvas import Box as Rect
from patrolcar.wiring.canvas import Canvas, Dot, Group, Line, Shape, Text
from patrolcar.wiring.headers import Header, Pad, header
from patrolcar.wiring.layout import (
    CHIP,
    PART_WIDTH,
    SUPPLY,
    TITLE,
    WIDTH,
    Box,
    Pin,
    Plan,
    Route,
    chip_gap,
    plan,
)
from patrolcar.wiring.signs import NET_COLOURS, SIGN, SKY, WIRE_COLOURS, ground, net_sign, stroke
from patrolcar.wiring.supply import SUPPLY_HEIGHT, draw_supply

BOARD = "#eef1f4"


def _chip(x: float, y: float, pad: Pad, colour: str) -> list[Shape]:
    ink = INK if colour in (PAPER, SKY, PURPLE) else PAPER
    edge = INK if colour == PAPER else colour
    return [
        Rect(x, y - 8.5, CHIP, 17, colour, edge, radius=8, line=1.2),
        Text(x + CHIP / 2, y, pad.label, 11.5, ink, "middle", bold=True),
    ]


def _divider(box: Box, y: float, wire: r.Wire) -> list[Shape]:
    """A divider from the part's edge to the pad's name: top in the line, bottom to ground."""
    top, bottom = values.DIVIDERS[wire.fit]
    out = 1 if box.side == "left" else -1
    end = box.edge + out * chip_gap(wire)
    knee = end - out * 9
    x = box.edge + out * 25
    shapes: list[Shape] = [
        Line(((box.edge, y), (end, y)), INK, 1.6),
        Line(((knee, y), (knee, y + 25)), INK, 1.6),
        Rect(x - 14, y - 7, 28, 14, PAPER, INK, line=1.4),
        Text(x, y, values.short(top), 10.5, INK, "middle"),
        Dot(knee, y, 3, INK),
        Rect(knee - 7, y + 6, 14, 14, PAPER, INK, line=1.4),
        Text(
            knee - out * 10, y + 14, values.short(bottom), 10.5, INK, "end" if out > 0 else "start"
        ),
    ]
    return shapes + ground(knee, y + 25)


def _part(box: Box) -> list[Shape]:
    part, x, y = box.part, box.x, box.y
    left = box.side == "left"
    shapes: list[Shape] = [
        Rect(
            x,
            y,
            PART_WIDTH,
            box.height,
            PAPER,
            GREY if part.reserved else INK,
            5,
            1.5,
            part.reserved,
        ),
        Text(x + 9, y + 14, part.title, 12.5, INK, bold=True),
    ]
    line = y + TITLE + SUPPLY / 2 - 2
    if part.supplies:
        at = x + 9
        for terminal, net in part.supplies:
            shapes.append(Text(at, line, terminal, 11.5, INK))
            at += 9.0 * len(terminal) + 4
            shapes += net_sign(at, line, net)
            at += SIGN + 5
        line += SUPPLY
    for tie in part.ties:
        shapes.append(Text(x + 9, line, tie, 11.5, INK))
        line += SUPPLY
    if part.reserved:
        shapes.append(Text(x + PART_WIDTH - 9, y + 14, "later", 11, GREY, "end"))
    anchor, inset = ("end", -9) if left else ("start", 9)
    for wire, row in box.rows:
        shapes.append(Text(box.edge + inset, row, wire.terminal, 12, INK, anchor))
        if wire.fit == r.PULL_DOWN:
            shapes += _pull_down(box, row)
    return shapes


def _pull_down(box: Box, y: float) -> list[Shape]:
    out = 1 if box.side == "left" else -1
    # Beyond the longest terminal's name.
    start = box.edge - out * 52
    x = start - out * 40
    low = min(x, start)
    end = x - out * 14
    return [
        Line(((start, y), (end, y)), INK, 1.4),
        Rect(low + 5, y - 7, 30, 14, PAPER, INK, line=1.4),
        Text(low + 20, y, values.short(values.PULL_DOWN), 10.5, INK, "middle"),
        *(
            Line(((end - out * k, y - half), (end - out * k, y + half)), INK, 1.6)
            for half, k in ((7, 0), (4.5, 3.5), (2, 7))
        ),
    ]


def _board(sheet: Canvas, shape: Header, drawn: Plan, used: dict[int, list[r.Wire]]) -> None:
    x, y, width, height = drawn.board
    sheet.add(Rect(x, y, width, height, BOARD, INK, 8, 2))
    for k, name in enumerate(shape.top):
        place = x + width * (k + 1) / (len(shape.top) + 1)
        sheet.add(
            Rect(place - 45, y - 12, 90, 26, FAINT, INK, 3),
            Text(place, y + 1, name, 11.5, INK, "middle"),
        )
    sheet.add(Text(x + width / 2, y + 33, f"{shape.title}, from above", 14, INK, "middle", True))
    for pad, pin in drawn.pins:
        assert isinstance(pad, Pad)
        sheet.add(*_pad(shape, pad, pin, used.get(id(pad), []), len(shape.left[0]) > 1))


def _pad(shape: Header, pad: Pad, pin: Pin, wires: list[r.Wire], deep: bool) -> list[Shape]:
    if pad.label == "-":
        return [Dot(pin.x, pin.y, 3, FAINT, GREY)]
    feed = pad.label == shape.feed
    net = {"GND": r.GROUND, "AGND": r.GROUND, "3V3": r.THREE}.get(pad.label, "")
    net = r.FIVE if feed else net
    ink = INK if wires or net else GREY
    bold = bool(wires)
    fill = INK if wires else (NET_COLOURS[net][0] if net else PAPER)
    dot = Dot(pin.x, pin.y, 4.5, fill, INK)
    if pin.side == "bottom":
        shapes: list[Shape] = [
            dot,
            Text(pin.x, pin.y - 15, pad.label, 10 if not wires else 11, ink, "middle", bold),
        ]
        if wires:
            # Two heights, for these words are longer than it is from pad to pad.
            place = next(place for place, one in shape.bottom if one is pad)
            up = 29 + 13 * (place % 2)
            shapes.append(Text(pin.x, pin.y - up, _shortly(wires), 10.5, INK, "middle"))
        return shapes
    out = -1 if pin.side == "left" else 1
    anchor = "start" if out < 0 else "end"
    x = pin.x - out * 10
    name = pad.label if not pad.arduino or not wires else f"{pad.label} {pad.arduino}"
    shapes = [dot]
    if net and not wires:
        shapes += net_sign(x if out < 0 else x - SIGN, pin.y, net, pad.label)
    else:
        shapes.append(Text(x, pin.y, name, 12, ink, anchor, bold))
    if wires:
        what = _shortly(wires)
        if deep:
            shapes.append(Text(x, pin.y + 14, what, 10, INK, anchor))
        else:
            shapes.append(Text(x - out * 34, pin.y, what, 11, INK, anchor))
    return shapes


def _shortly(wires: list[r.Wire]) -> str:
    """What stands at the pad: the part in a word and the terminal; more parts of one terminal."""
    drawn = min(wires, key=lambda wire: bool(wire.joined))
    first, _, rest = _short(drawn).partition(" ")
    return " ".join(
        [", ".join([first, *(_short(one).split()[0] for one in wires if one.joined)]), rest]
    )


def _short(wire: r.Wire) -> str:
    """What stands at the pad: the part in a word, and the terminal."""
    words = wire.part.split()
    kind = words[0].lower()
    if wire.fit == r.PULL_DOWN:
        return f"driver {wire.terminal}"
    if kind == "motor":
        return f"{words[1].rstrip(',')} enc. {wire.terminal}"
    if kind == "sonar":
        return f"{words[1]} {wire.terminal}"
    if kind in ("battery", "bumper", "start"):
        return words[1].rstrip(",") if kind == "battery" else kind
    return f"{'radio' if kind == 'telemetry' else words[0]} {wire.terminal}"


def _route(route: Route) -> Group:
    wire, box = route.wire, route.box
    colour = WIRE_COLOURS[wire.colour]
    y = dict((id(one), row) for one, row in box.rows)[id(wire)]
    shapes: list[Shape] = []
    for piece in route.pieces:
        shapes += stroke(piece, colour, wire.reserved)
    out = 1 if box.side == "left" else -1
    gap = chip_gap(wire)
    start = box.edge + out * gap
    if gap > 8:
        shapes += _divider(box, y, wire)
    else:
        shapes += stroke(((box.edge, y), (start, y)), colour, False)
    shapes += _chip(start if out > 0 else start - CHIP, y, wire.pad, colour)
    return Group(f"{wire.part}, {wire.terminal}: {wire.pad.in_full}", tuple(shapes))


def draw(board: str, tree: Path | None = None) -> Canvas:
    """The picture of a board's wiring. PatrolError for an unknown board."""
    shape = header(board)
    parts = r.parts(board, tree)
    drawn = plan(parts, shape)
    sheet = Canvas(WIDTH, drawn.height + SUPPLY_HEIGHT + 30, PAPER)
    sheet.add(
        Text(WIDTH / 2, 26, f"patrolcar on the {shape.title}", 18, INK, "middle", bold=True),
        Text(WIDTH / 2, 48, f"pins as in firmware/boards/{board}.py", 12, GREY, "middle"),
    )
    used: dict[int, list[r.Wire]] = {}
    for route in drawn.routes:
        used.setdefault(id(route.wire.pad), []).append(route.wire)
    _board(sheet, shape, drawn, used)
    sheet.add(*(_route(route) for route in drawn.routes))
    for pad, pin in drawn.pins:
        if id(pad) in used:
            sheet.add(Dot(pin.x, pin.y, 4.5, INK, INK))
    for box in drawn.boxes:
        sheet.add(*_part(box))
    draw_supply(sheet, shape, drawn.height + 18, any(part.reserved for part in parts))
    return sheet
