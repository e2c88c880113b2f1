"""A world's plan as a picture: what stands where by material, paint, where people walk, where the
car starts and what of the floor it can reach.
"""

from __future__ import annotations

import math
from pathlib import Path as File
from typing import Any

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Polygon

from patrolcar_sim.world.coverage import STEP
from patrolcar_sim.world.loader import CLEARANCE, WorldInfo
from patrolcar_sim.world.parts import load_parts
from patrolcar_sim.world.paths import Path

# Materials told apart by hue and lightness; what is not listed is drawn as `plain`.
COLOURS = {
    "wall": "#8a8a8a",
    "plain": "#b9b2a8",
    "furniture": "#c08a4f",
    "post": "#5b6670",
    "metal": "#39424a",
    "cloth": "#5a68a5",
    "glass": "#7fd0dd",
    "skin": "#e0a98c",
    "tape": "#111111",
}
_REACHED = "#dff0df"
_UNREACHED = "#f4f4f4"
_VOID = "#40303a"
_INK = "#222222"
_CAR = "#0072B2"
_WALK = "#D55E00"
_MARGIN = 0.3
_LONG_SIDE = 9.0


def draw_world(info: WorldInfo, out: File) -> None:
    """Write the plan as PNG, or what else the file's ending says."""
    radius = load_parts().chassis.radius
    low, high = _bounds(info, radius)
    wide, tall = high - low
    scale = _LONG_SIDE / max(wide, tall)
    figure = Figure((max(wide * scale, 4) + 2.6, max(tall * scale, 3) + 1.0), dpi=110)
    axes = figure.add_subplot()
    axes.set_aspect("equal")
    axes.set_facecolor(_UNREACHED)
    axes.tick_params(labelsize=8, colors="#7a7a7a")
    axes.set_xlabel("x (m)", fontsize=8)
    axes.set_ylabel("y (m)", fontsize=8)
    reached = info.grid.flood(info.start[:2], radius + CLEARANCE)
    axes.set_title(
        f"{info.name}: the car's centre can be on {np.count_nonzero(reached) * STEP**2:.1f} m²",
        fontsize=10,
    )
    _draw_reached(axes, info, reached)
    axes.set_xlim(low[0], high[0])
    axes.set_ylim(low[1], high[1])
    keys: dict[str, Any] = {"reachable": Patch(facecolor=_REACHED, edgecolor="#b0c8b0")}
    for polygon in info.edges:
        axes.add_patch(Polygon(polygon, facecolor=_VOID, edgecolor="none", zorder=1))
        keys["no floor"] = Patch(facecolor=_VOID)
    for piece in info.floors:
        axes.add_patch(
            Polygon(piece.polygon, fill=False, edgecolor=_INK, linestyle=":", zorder=1.5)
        )
        keys["floor that is no plane"] = Line2D([], [], color=_INK, linestyle=":")
    for things, layer, edge in ((info.paint, 2, "none"), (info.obstacles, 3, _INK)):
        for material in sorted({thing.material for thing in things}):
            colour = COLOURS.get(material, COLOURS["plain"])
            look: dict[str, Any] = {"facecolor": colour, "edgecolor": edge, "linewidth": 0.5}
            outlines = [thing.polygon for thing in things if thing.material == material]
            axes.add_collection(PolyCollection(outlines, zorder=layer, **look))
            keys[material] = Patch(**look)
    for name, path in _paths(info).items():
        xs, ys = zip(*path.points, strict=True)
        axes.plot(xs, ys, "--", color=_WALK, linewidth=1.2, zorder=4)
        axes.plot(xs[0], ys[0], "o", color=_WALK, markersize=6, zorder=4)
        axes.annotate(name, (xs[0], ys[0]), (5, 5), textcoords="offset points", fontsize=8)
        keys["walks"] = Line2D([], [], color=_WALK, linestyle="--", marker="o")
    x, y, yaw = info.start
    turn = np.linspace(0, math.tau, 40)
    circle = np.stack([x + radius * np.cos(turn), y + radius * np.sin(turn)], axis=1)
    axes.add_patch(Polygon(circle, facecolor="white", edgecolor=_CAR, linewidth=1.6, zorder=5))
    nose = (x + 2 * radius * math.cos(yaw), y + 2 * radius * math.sin(yaw))
    axes.annotate("", nose, (x, y), arrowprops={"arrowstyle": "->", "color": _CAR}, zorder=6)
    keys["car"] = Line2D([], [], color=_CAR, marker="o", markerfacecolor="white", linestyle="")
    axes.legend(
        keys.values(), keys.keys(), fontsize=8, frameon=False, loc="upper left",
        bbox_to_anchor=(1.01, 1.0),
    )  # fmt: skip
    figure.savefig(out, bbox_inches="tight")


def _bounds(info: WorldInfo, radius: float) -> tuple[Any, Any]:
    grid = info.grid
    points = [o.polygon for o in (*info.obstacles, *info.paint)]
    points += [np.array(path.points) for path in _paths(info).values()]
    x, y, _ = info.start
    points.append(np.array([[x - radius, y - radius], [x + radius, y + radius]]))
    at = np.argwhere(grid.flood(info.start[:2], radius + CLEARANCE))
    if len(at):
        origin = np.array([grid.x0, grid.y0])
        points.append(np.array([at.min(axis=0) * STEP - radius + origin]))
        points.append(np.array([(at.max(axis=0) + 1) * STEP + radius + origin]))
    all_ = np.concatenate(points)
    # A barrier plane or a map may go on for ever.
    low = np.maximum(all_.min(axis=0), [grid.x0, grid.y0])
    high = np.minimum(all_.max(axis=0), [grid.x0 + grid.nx * STEP, grid.y0 + grid.ny * STEP])
    return low - _MARGIN, high + _MARGIN


def _draw_reached(axes: Any, info: WorldInfo, reached: Any) -> None:
    grid = info.grid
    extent = (grid.x0, grid.x0 + grid.nx * STEP, grid.y0, grid.y0 + grid.ny * STEP)
    axes.imshow(
        np.ma.masked_equal(reached.T, False),
        extent=extent,
        origin="lower",
        cmap=ListedColormap([_REACHED]),
        interpolation="nearest",
        zorder=0.5,
    )


def _paths(info: WorldInfo) -> dict[str, Path]:
    paths = {p.name: Path(p.path) for p in info.props if p.path and p.speed}
    return paths | {name: Path(walk.points) for name, walk in info.walks.items()}
