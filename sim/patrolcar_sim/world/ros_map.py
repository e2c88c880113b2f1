"""Worlds from maps as ROS's map_server has them: a YAML file and an image of the floor.

Keys: image (a path beside the YAML file), resolution (m per cell), origin [x, y, yaw] (of the
lower left corner); and, with these defaults, negate: 0, occupied_thresh: 0.65, free_thresh: 0.196,
mode: trinary (or scale, raw). Ours: start [x, y, yaw] in the map's axes; without it the car
starts at 0, 0 if it fits there, else where it has most room. The image is PGM (P5 or P2) or PNG;
dark is occupied. As in map_server a cell's occupancy is (255 - grey) / 255, or grey / 255 with
negate; with mode raw it is grey in percent, and grey over 100 is unknown. Over occupied_thresh a
cell is a wall, under free_thresh it is floor; all else, transparent cells too, is unknown, and
nothing that a car drives on.

Only what the car could touch or see becomes geoms: the cells around the floor that can be reached
from the start, merged into boxes `wall N` and `unknown N`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml
from PIL import Image

from patrolcar.errors import PatrolError
from patrolcar_sim.world.cells import Cells, flood, rectangles

Grey = npt.NDArray[np.float32]

SUFFIXES = (".yaml", ".yml")
MAX_BOXES = 6000
"""More would make a step of the physics slower than the board needs it."""
MAX_CELLS = 25_000_000
_HEIGHT = 0.3
_MODES = ("trinary", "scale", "raw")
_NEEDED = ("image", "resolution", "origin")
_KNOWN = (*_NEEDED, "negate", "occupied_thresh", "free_thresh", "mode", "start")
# What ROS's map_saver writes: its grey 205 for unknown is just above the lower one.
_OCCUPIED, _FREE = 0.65, 0.196
_FINEST, _COARSEST = 0.001, 1.0
# Unknown cells so deep behind the floor's rim may be taken into a box.
_DEPTH = 4
_MOST_ROOM = 60


@dataclass(frozen=True)
class _Header:
    """What the YAML file says; lengths in m, angles in rad."""

    image: Path
    resolution: float
    origin: tuple[float, float, float]
    negate: bool
    occupied: float
    free: float
    mode: str
    start: tuple[float, float, float] | None


def map_mjcf(path: Path, room: float) -> str:
    """The MJCF of a map in which a car needs `room` metres around its centre.

    Raises PatrolError with the reason for every kind of file that cannot be used.
    """
    header = _read_header(path)
    occupied, free = _cells(header)
    if not free.any():
        raise PatrolError(f"image {header.image} has no free cell: check negate and free_thresh")
    start, cell = _start(header, free, room)
    reached = flood(free, cell)
    beside = _grown(reached) & ~free
    unknown = ~free & ~occupied
    near = beside
    for _ in range(_DEPTH):
        near = _grown(near)
    walls = rectangles(beside & occupied, occupied)
    blanks = rectangles(beside & unknown, unknown & near)
    if len(walls) + len(blanks) > MAX_BOXES:
        raise PatrolError(
            f"its walls come to {len(walls) + len(blanks)} boxes, over {MAX_BOXES}: smooth the "
            "image, or save it with a coarser resolution"
        )
    boxes = [_box(f"wall {n}", "wall", r, header.resolution) for n, r in enumerate(walls)]
    boxes += [_box(f"unknown {n}", "plain", r, header.resolution) for n, r in enumerate(blanks)]
    x, y, yaw = header.origin
    body = "\n      ".join(boxes)
    return f"""<mujoco model="map">
  <asset>
    <material name="wall" rgba="0.82 0.80 0.76 1"/>
    <material name="plain" rgba="0.6 0.6 0.6 1"/>
  </asset>
  <worldbody>
    <light pos="{start[0]} {start[1]} 5" dir="0 0 -1"/>
    <geom name="floor" type="plane" size="0 0 0.1" rgba="0.9 0.9 0.88 1"/>
    <site name="start" pos="{start[0]!r} {start[1]!r} 0" quat="{_quat(start[2])}"/>
    <frame pos="{x!r} {y!r} 0" quat="{_quat(yaw)}">
      {body}
    </frame>
  </worldbody>
</mujoco>"""


# -- The YAML file ----------------------------------------------------------------------------


def _read_header(path: Path) -> _Header:
    try:
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
    except RecursionError:
        raise PatrolError("not YAML of a map: it is nested too deeply") from None
    except (yaml.YAMLError, ValueError) as error:  # a date, or a number, that cannot be
        raise PatrolError(f"not YAML: {error!s:.300}") from None
    if not isinstance(table, dict):
        raise PatrolError(f"not a map: a map's YAML file has the keys {', '.join(_NEEDED)}")
    for key in _NEEDED:
        if key not in table:
            raise PatrolError(f"key {key} is missing: a map has {', '.join(_NEEDED)}")
    for key in table:
        if key not in _KNOWN:
            raise PatrolError(f"unknown key {key!r}: use {', '.join(_KNOWN)}")
    image = table["image"]
    if not isinstance(image, str) or not image:
        raise PatrolError(f"image {image!r} is not a file's name")
    resolution = _number(table, "resolution", 0.05)
    if not _FINEST <= resolution <= _COARSEST:
        raise PatrolError(
            f"resolution {resolution} cannot be: give {_FINEST} to {_COARSEST} m per cell"
        )
    occupied, free = (
        _number(table, "occupied_thresh", _OCCUPIED),
        _number(table, "free_thresh", _FREE),
    )
    if not 0 <= free <= occupied <= 1:
        raise PatrolError(
            f"free_thresh {free} and occupied_thresh {occupied} cannot be: give 0 <= free <= "
            "occupied <= 1"
        )
    negate = table.get("negate", 0)
    if negate not in (0, 1):
        raise PatrolError(f"negate {negate!r} cannot be: give 0 or 1")
    mode = table.get("mode", "trinary")
    if mode not in _MODES:
        raise PatrolError(f"mode {mode!r} cannot be: use {', '.join(_MODES)}")
    start = _pose(table, "start") if "start" in table else None
    origin = _pose(table, "origin")
    return _Header(
        path.parent / image, resolution, origin, bool(negate), occupied, free, mode, start
    )


def _number(table: dict[Any, Any], key: str, default: float) -> float:
    value = table.get(key, default)
    try:
        # A text as well: map_server reads 5e-2 and -.03 as numbers, YAML 1.1 does not.
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    except OverflowError:
        raise PatrolError(f"{key} is a number of hundreds of digits: make it smaller") from None
    if not math.isfinite(number):
        raise PatrolError(f"{key} {value!r:.60} is not a number")
    return number


def _pose(table: dict[Any, Any], key: str) -> tuple[float, float, float]:
    """[x, y, yaw], or [x, y]."""
    value = table[key]
    if not isinstance(value, list) or len(value) not in (2, 3):
        raise PatrolError(f"{key} {value!r} is not [x, y, yaw]")
    x, y, yaw = (_number({key: v}, key, 0.0) for v in [*value, 0.0][:3])
    if not max(abs(x), abs(y)) < 1e6:
        raise PatrolError(f"{key} {value!r} is farther away than 1000 km")
    return x, y, yaw


# -- The image --------------------------------------------------------------------------------


def _cells(header: _Header) -> tuple[Cells, Cells]:
    """Occupied and free cells, [along x, along y], in a frame of one unknown cell."""
    grey, seen = _read_image(header.image)
    if header.negate:
        grey = 255 - grey
    if header.mode == "raw":
        occupancy, seen = grey / 100, seen & (grey <= 100)
    else:
        occupancy = (255 - grey) / 255
    occupied = seen & (occupancy > header.occupied)
    free = seen & (occupancy < header.free)
    return np.pad(occupied[::-1].T, 1), np.pad(free[::-1].T, 1)


def _read_image(path: Path) -> tuple[Grey, Cells]:
    """Grey values from 0 to 255 by rows from the top, and which cells are not transparent."""
    if not path.is_file():
        raise PatrolError(f"image {path} is not there")
    try:
        with Image.open(path) as image:
            columns, rows = image.size
            if columns * rows > MAX_CELLS:
                raise PatrolError(
                    f"image {path} has {columns} x {rows} cells, over {MAX_CELLS}: cut out the "
                    "part that the car is to drive in"
                )
            image.load()
            if image.mode.startswith("I"):
                grey = np.asarray(image, np.float32) * np.float32(255 / 65535)
                return grey, np.ones(grey.shape, bool)
            if image.mode in ("1", "L"):
                grey = np.asarray(image.convert("L"), np.float32)
                return grey, np.ones(grey.shape, bool)
            colours = np.asarray(image.convert("RGBA"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PatrolError(f"image {path} cannot be read: {error}") from None
    return colours[..., :3].mean(axis=2, dtype=np.float32), colours[..., 3] == 255


# -- The start --------------------------------------------------------------------------------


def _start(
    header: _Header, free: Cells, room: float
) -> tuple[tuple[float, float, float], tuple[int, int]]:
    """The start's pose in the map's axes, and its cell."""
    if header.start is not None:
        cell = _fit(header, free, header.start, room)
        if cell is None:
            x, y, _ = header.start
            raise PatrolError(
                f"the car (radius {room * 1000:.0f} mm) does not fit at start ({x:.2f}, {y:.2f}):"
                " change the key start"
            )
        return header.start, cell
    middle = (0.0, 0.0, 0.0)
    cell = _fit(header, free, middle, room)
    if cell is not None:
        return middle, cell
    best = _roomiest(header, free)
    x, y = _to_map(header, best[0] - 0.5, best[1] - 0.5)
    if _fit(header, free, (x, y, 0.0), room) is None:
        raise PatrolError(
            f"the car (radius {room * 1000:.0f} mm) does not fit anywhere on its free cells: "
            "check resolution and the thresholds"
        )
    return (x, y, 0.0), best


def _fit(
    header: _Header, free: Cells, pose: tuple[float, float, float], room: float
) -> tuple[int, int] | None:
    """The cell of a pose around which `room` metres are free, else None."""
    dx, dy = pose[0] - header.origin[0], pose[1] - header.origin[1]
    c, s = math.cos(header.origin[2]), math.sin(header.origin[2])
    # In cells; the frame of one cell around the image shifts by 1.
    u = (c * dx + s * dy) / header.resolution + 1
    v = (-s * dx + c * dy) / header.resolution + 1
    i, j = math.floor(u), math.floor(v)
    if not (0 <= i < free.shape[0] and 0 <= j < free.shape[1] and free[i, j]):
        return None
    reach = math.ceil(room / header.resolution) + 1
    low_i, low_j = max(i - reach, 0), max(j - reach, 0)
    for a, b in np.argwhere(~free[low_i : i + reach + 1, low_j : j + reach + 1]).tolist():
        near_u = min(max(u, low_i + a), low_i + a + 1)
        near_v = min(max(v, low_j + b), low_j + b + 1)
        if math.hypot(near_u - u, near_v - v) * header.resolution <= room:
            return None
    return i, j


def _roomiest(header: _Header, free: Cells) -> tuple[int, int]:
    """The free cell farthest from all that is not (up to some metres), nearest to 0, 0."""
    at = np.argwhere(free)
    low, high = at.min(axis=0) - 1, at.max(axis=0) + 2
    left = free[low[0] : high[0], low[1] : high[1]]
    for turn in range(_MOST_ROOM):
        # Four and eight neighbours in turn: an octagon is nearly a circle.
        smaller = ~_grown(~left, corners=bool(turn % 2))
        if not smaller.any():
            break
        left = smaller
    at = np.argwhere(left) + low
    x, y = _to_map(header, at[:, 0] - 0.5, at[:, 1] - 0.5)
    best = at[int(np.argmin(x * x + y * y))]
    return int(best[0]), int(best[1])


def _to_map(header: _Header, u: Any, v: Any) -> tuple[Any, Any]:
    """The place in the map's axes of a point given in the image's cells."""
    x0, y0, yaw = header.origin
    along, up = u * header.resolution, v * header.resolution
    c, s = math.cos(yaw), math.sin(yaw)
    return x0 + c * along - s * up, y0 + s * along + c * up


def _grown(cells: Cells, corners: bool = True) -> Cells:
    """Cells and their four neighbours, or eight."""
    out: Cells = cells.copy()
    out[1:] |= cells[:-1]
    out[:-1] |= cells[1:]
    sideways = out if corners else cells
    grown: Cells = out.copy()
    grown[:, 1:] |= sideways[:, :-1]
    grown[:, :-1] |= sideways[:, 1:]
    return grown


# -- MJCF -------------------------------------------------------------------------------------


def _box(name: str, material: str, cells: tuple[int, int, int, int], size: float) -> str:
    i0, j0, i1, j1 = (n - 1 for n in cells)
    return (
        f'<geom name="{name}" type="box" material="{material}" '
        f'pos="{(i0 + i1) / 2 * size:.5f} {(j0 + j1) / 2 * size:.5f} {_HEIGHT / 2}" '
        f'size="{(i1 - i0) / 2 * size:.5f} {(j1 - j0) / 2 * size:.5f} {_HEIGHT / 2}"/>'
    )


def _quat(yaw: float) -> str:
    return f"{math.cos(yaw / 2)!r} 0 0 {math.sin(yaw / 2)!r}"
