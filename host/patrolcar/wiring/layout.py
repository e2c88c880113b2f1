"""Where the parts stand beside the board, and by which way each wire goes.

Parts stand in two columns. A wire from a pad at the side of its part goes out, along a track of
its own, and in again; one from the bottom goes down and out; one from the other side is not drawn
through: it ends at the board in a name, and begins there at the part. One that is joined to
another wire only begins there.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product

from patrolcar.wiring.headers import Header
from patrolcar.wiring.rows import BATTERY_DIVIDER, ECHO_DIVIDER, Part, Wire

WIDTH = 1280
PART_WIDTH = 212
MARGIN = 14
ROW = 22  # from one terminal to the next
TITLE = 26
SUPPLY = 24  # a line of supplies or ties
GAP = 13
TOP = 88  # of the board
HEAD = 50  # of the board, above its first pad
CLEAR = 8  # between two wires side by side
CHIP = 40  # width of the pad's name at a part
DIVIDER = 58  # room for a divider's resistors between that name and the part


@dataclass
class Pin:
    """A pad as it is drawn: where it is, and where its wire leaves the board."""

    side: str  # left, right, bottom
    x: float
    y: float
    exit_x: float
    exit_y: float


@dataclass
class Box:
    """A part as it is placed: its frame, and the height of each wire's terminal in it."""

    part: Part
    side: str
    x: float
    y: float
    height: float
    rows: list[tuple[Wire, float]]

    @property
    def edge(self) -> float:
        """The side that looks to the board."""
        return self.x + PART_WIDTH if self.side == "left" else self.x


@dataclass
class Route:
    """A wire's way, from the pad to the part; two pieces where it is not drawn through, the last
    one alone where it is joined to another."""

    wire: Wire
    box: Box
    pieces: list[tuple[tuple[float, float], ...]]


@dataclass
class Plan:
    """The whole picture's geometry."""

    height: float
    board: tuple[float, float, float, float]  # x, y, width, height
    pins: list[tuple[object, Pin]]
    boxes: list[Box]
    routes: list[Route]


def divided(wire: Wire) -> bool:
    """True where a divider stands between the wire's end and the part."""
    return wire.fit in (ECHO_DIVIDER, BATTERY_DIVIDER)


def chip_gap(wire: Wire) -> float:
    """From the part's edge to the pad's name at the wire's end."""
    return 8 + (DIVIDER if divided(wire) else 0)


def _rows_height(wires: tuple[Wire, ...] | list[Wire]) -> float:
    # A divider's lower half hangs below its row.
    return sum(ROW + (22 if divided(wire) else 0) for wire in wires)


def _height(part: Part) -> float:
    lines = bool(part.supplies) + len(part.ties)
    return TITLE + SUPPLY * lines + _rows_height(part.wires) + 6


def _board(shape: Header) -> tuple[tuple[float, float, float, float], dict[int, Pin]]:
    rows = max(len(shape.left), len(shape.right))
    deep = max(len(row) for row in (*shape.left, *shape.right)) > 1
    width, pitch = (440, 44) if deep else (350, 38)
    x = (WIDTH - width) / 2
    height = rows * pitch + HEAD + (72 if shape.bottom else 14)
    pins: dict[int, Pin] = {}
    for side, column in (("left", shape.left), ("right", shape.right)):
        out = -1 if side == "left" else 1
        edge = x if side == "left" else x + width
        for k, row in enumerate(column):
            y = TOP + HEAD + pitch * (k + 0.5)
            for depth, pad in enumerate(row):
                # The inner pad's wire goes out between two rows.
                pin_y = y - 8 if deep else y
                exit_y = pin_y + (25 if depth else 0)
                pin_x = edge - out * (12 + 104 * depth)
                pins[id(pad)] = Pin(side, pin_x, pin_y, edge, exit_y)
    for place, pad in shape.bottom:
        pin_x = x + 12 + (width - 24) * place / shape.width
        pins[id(pad)] = Pin("bottom", pin_x, TOP + height - 12, pin_x, TOP + height)
    return (x, TOP, width, height), pins


def _cost(order: list[int], ends: list[tuple[float, float]]) -> int:
    """How badly wires with these (board, part) heights meet, for tracks in this order outwards.

    One for each crossing; more where two would lie upon each other.
    """
    total = 0
    for a, b in combinations(order, 2):
        near, far = ends[a], ends[b]
        low, high = sorted(near)
        total += low < far[0] < high  # the far one's way from the board
        low, high = sorted(far)
        total += low < near[1] < high  # the near one's way to its part
        total += 5 * (abs(far[0] - near[1]) < CLEAR)
    return total


def _tracks(ends: list[tuple[float, float]]) -> list[int]:
    """The wires in the order of their tracks from the board, improved move by move."""
    order = sorted(range(len(ends)), key=lambda k: (ends[k][1] > ends[k][0], ends[k][0]))
    best = _cost(order, ends)
    better = True
    while better:
        better = False
        for wire, place in product(range(len(order)), repeat=2):
            moved = [k for k in order if k != wire]
            moved.insert(place, wire)
            cost = _cost(moved, ends)
            if cost < best:
                order, best, better = moved, cost, True
    return order


def _levels(order: list[int], ends: list[tuple[float, float]]) -> list[int]:
    """Tracks by number for the wires in that order: wires that never meet share one."""
    levels: list[int] = []
    for k, wire in enumerate(order):
        low, high = sorted(ends[wire])
        level = 0
        for other, taken in zip(order[:k], levels, strict=True):
            other_low, other_high = sorted(ends[other])
            if low < other_high + CLEAR and other_low < high + CLEAR:
                level = max(level, taken + 1)
        levels.append(level)
    return levels


def plan(parts: list[Part], shape: Header) -> Plan:
    """Places everything; the same parts give the same plan."""
    board, pins = _board(shape)
    where = {id(wire): pins[id(wire.pad)] for part in parts for wire in part.wires}

    groups: dict[str, list[tuple[float, Part]]] = {"left": [], "right": []}
    below: dict[str, list[tuple[float, Part]]] = {"left": [], "right": []}
    middle = board[0] + board[2] / 2
    for part in parts:
        sides = [where[id(wire)].side for wire in part.wires]
        side = max(("left", "right", "bottom"), key=sides.count)
        at = [where[id(wire)] for wire in part.wires if where[id(wire)].side == side]
        if side == "bottom":
            x = sum(pin.x for pin in at) / len(at)
            # Outer pads end above inner ones, so that no two cross.
            if x < middle:
                below["left"].append((x, part))
            else:
                below["right"].append((-x, part))
        else:
            groups[side].append((sum(pin.exit_y for pin in at) / len(at), part))
    _balance(groups, below)

    boxes: list[Box] = []
    bottom = board[1] + board[3]
    for side in ("left", "right"):
        x = MARGIN if side == "left" else WIDTH - MARGIN - PART_WIDTH
        y = float(TOP - 60)
        leaving = {
            id(wire): where[id(wire)].exit_y
            for _, part in groups[side]
            for wire in part.wires
            if where[id(wire)].side == side and not wire.joined
        }
        for _, part in sorted(groups[side], key=lambda item: item[0]):
            choices = [_place(part, side, x, y + down, where) for down in range(2 * CLEAR)]
            boxes.append(min(choices, key=lambda box: _touching(box, leaving)))
            y = boxes[-1].y + boxes[-1].height + GAP
        y = max(y, bottom + 14 if below[side] else y)
        for _, part in sorted(below[side], key=lambda item: item[0]):
            boxes.append(_place(part, side, x, y, where))
            y += boxes[-1].height + GAP
    height = max([bottom + 20, *(box.y + box.height for box in boxes)])
    return Plan(height, board, _named(shape, pins), boxes, _routes(boxes, where, board))


def _touching(box: Box, leaving: dict[int, float]) -> int:
    """How many of the part's terminals lie as high as another part's wire leaves the board."""
    return sum(
        abs(y - other) < CLEAR
        for wire, y in box.rows
        for name, other in leaving.items()
        if name != id(wire)
    )


def _balance(
    groups: dict[str, list[tuple[float, Part]]], below: dict[str, list[tuple[float, Part]]]
) -> None:
    """Moves bottom parts to the shorter column as long as that evens the two out."""

    def tall(side: str) -> float:
        return sum(_height(part) + GAP for _, part in groups[side] + below[side])

    for source, target in (("left", "right"), ("right", "left")):
        for item in sorted(below[source], key=lambda item: -abs(item[0])):
            if tall(source) - tall(target) > 2 * _height(item[1]):
                below[source].remove(item)
                below[target].append((-item[0], item[1]))


def _named(shape: Header, pins: dict[int, Pin]) -> list[tuple[object, Pin]]:
    return [(pad, pins[id(pad)]) for pad in shape.pads()]


def _place(part: Part, side: str, x: float, y: float, where: dict[int, Pin]) -> Box:
    def height(wire: Wire) -> float:
        pin = where[id(wire)]
        if pin.side == "bottom":
            return pin.x if side == "left" else -pin.x
        return pin.exit_y if pin.side == side else 1e6

    rows = []
    row_y = y + TITLE + SUPPLY * (bool(part.supplies) + len(part.ties))
    for wire in sorted(part.wires, key=height):
        rows.append((wire, row_y + ROW / 2))
        row_y += _rows_height([wire])
    return Box(part, side, x, y, _height(part), rows)


def _routes(
    boxes: list[Box], where: dict[int, Pin], board: tuple[float, float, float, float]
) -> list[Route]:
    routes = []
    for side in ("left", "right"):
        out = -1 if side == "left" else 1
        edge = board[0] if side == "left" else board[0] + board[2]
        through = [
            (wire, box, y)
            for box in boxes
            if box.side == side
            for wire, y in box.rows
            if where[id(wire)].side == side and not wire.joined
        ]
        ends = [(where[id(wire)].exit_y, y) for wire, _, y in through]
        order = _tracks(ends)
        levels = _levels(order, ends)
        part_edge = MARGIN + PART_WIDTH if side == "left" else WIDTH - MARGIN - PART_WIDTH
        first = edge + out * 16
        last = part_edge - out * (8 + DIVIDER + CHIP + 8)
        for level, k in zip(levels, order, strict=True):
            wire, box, y = through[k]
            pin = where[id(wire)]
            x = first + (last - first) * (level + 0.5) / (max(levels) + 1)
            end = part_edge - out * (chip_gap(wire) + CHIP)
            path = ((pin.x, pin.y), (pin.x, pin.exit_y), (x, pin.exit_y), (x, y), (end, y))
            routes.append(Route(wire, box, [path]))
    for box in boxes:
        for wire, y in box.rows:
            pin = where[id(wire)]
            out = 1 if box.side == "left" else -1
            end = box.edge + out * (chip_gap(wire) + CHIP)
            if wire.joined:
                routes.append(Route(wire, box, [((end + out * 12, y), (end, y))]))
            elif pin.side == "bottom":
                routes.append(Route(wire, box, [((pin.x, pin.y), (pin.x, y), (end, y))]))
            elif pin.side != box.side:
                away = -1 if pin.side == "left" else 1
                stub = ((pin.x, pin.y), (pin.x, pin.exit_y), (pin.exit_x + away * 10, pin.exit_y))
                routes.append(Route(wire, box, [stub, ((end + out * 12, y), (end, y))]))
    return routes
