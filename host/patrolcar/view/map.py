"""The map of the viewer: trail, echoes, walls (where known), the car and its range rays.

North (NED x) is up and east (NED y) right, as on any map, so the car starts looking up.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.patches import Polygon

from patrolcar.view.palette import FAINT, GREY, INK, ORANGE, SENSOR_COLOURS, WALL
from patrolcar.view.series import Floats
from patrolcar.view.state import CHASSIS_RADIUS_M, SENSOR_REACH_M, SENSORS, Telemetry

Outline = Sequence[Sequence[Sequence[float]]]  # polygons of [x, y] points, metres, NED

RAY_FADE_S = 1.0  # a ray this old has faded to RAY_FAINT
RAY_GONE_S = 3.0
RAY_FAINT = 0.15
MARGIN_M = 0.5
FIRST_HALF_M = 2.0  # half of the shown height at first


class CarMap:
    """Draws a Telemetry's map into one axes."""

    def __init__(self, axes: Any, telemetry: Telemetry, outline: Outline | None = None) -> None:
        self.axes = axes
        self._telemetry = telemetry
        self._bounds = [0.0, 0.0, 0.0, 0.0]  # what must be seen: x low, x high, y low, y high
        self._counted = [0, 0]  # trail and echo points already inside the bounds
        axes.set_aspect("equal")
        axes.set_facecolor("#fbfbfb")
        axes.grid(color=FAINT, linewidth=0.5)
        axes.set_axisbelow(True)
        axes.tick_params(labelsize=8, colors=GREY)
        axes.set_xlabel("east y (m)", fontsize=8, color=GREY, labelpad=1)
        axes.set_ylabel("north x (m)", fontsize=8, color=GREY, labelpad=1)
        for polygon in outline or ():
            points = np.asarray(polygon, dtype=float)
            if len(points) == 0:
                continue
            axes.add_patch(
                Polygon(points[:, ::-1], closed=len(points) > 2, facecolor=WALL, edgecolor=GREY)
            )
            self._include(points[:, 0], points[:, 1])

        (self._echoes,) = axes.plot([], [], ".", color=GREY, markersize=3, label="echoes")
        (self._trail,) = axes.plot([], [], "-", color=INK, linewidth=1.4, label="trail")
        (self._start,) = axes.plot([], [], "s", color=ORANGE, markersize=6, label="start")
        self._rays = [
            axes.plot([], [], "-", color=colour, linewidth=1.8, label=name)[0]
            for name, colour in zip(SENSORS, SENSOR_COLOURS, strict=True)
        ]
        self._hits = [
            axes.plot([], [], "o", color=colour, markersize=5)[0] for colour in SENSOR_COLOURS
        ]
        self._body = Polygon(
            np.zeros((3, 2)), closed=True, facecolor="#ffffff", edgecolor=INK, linewidth=1.4
        )
        axes.add_patch(self._body)
        (self._nose,) = axes.plot([], [], "-", color=INK, linewidth=2)
        axes.legend(
            loc="lower left",
            bbox_to_anchor=(0.0, 1.0),
            ncols=8,
            fontsize=8,
            frameon=False,
            handlelength=1.2,
            handletextpad=0.5,
            columnspacing=0.9,
            borderaxespad=0.2,
        )
        for artist in self.artists:
            artist.set_zorder(3)
        self._echoes.set_zorder(2)
        self._body.set_zorder(4)
        self._nose.set_zorder(5)
        self.fit()

    @property
    def artists(self) -> list[Any]:
        """All that changes from frame to frame, in the order of drawing."""
        return [
            self._echoes,
            self._trail,
            self._start,
            *self._rays,
            *self._hits,
            self._body,
            self._nose,
        ]

    def _include(self, x: Floats, y: Floats) -> None:
        if len(x):
            low_x, high_x, low_y, high_y = self._bounds
            self._bounds = [
                min(low_x, float(x.min())),
                max(high_x, float(x.max())),
                min(low_y, float(y.min())),
                max(high_y, float(y.max())),
            ]

    def fit(self) -> bool:
        """Widens the limits, a metre at a time, to what must be seen; True when they changed."""
        low_x, high_x, low_y, high_y = self._bounds
        box = self.axes.get_window_extent()
        ratio = box.width / box.height if box.height else 1.0
        middle_x, middle_y = (low_x + high_x) / 2, (low_y + high_y) / 2
        half = max((high_x - low_x) / 2, (high_y - low_y) / 2 / ratio) + MARGIN_M
        half = max(FIRST_HALF_M, math.ceil(2 * half) / 2)
        # The middle moves in steps as well, or each new point would cost a full redraw.
        middle_x, middle_y = round(4 * middle_x) / 4, round(4 * middle_y) / 4
        wanted_y = (middle_x - half, middle_x + half)
        wanted_x = (middle_y - half * ratio, middle_y + half * ratio)
        if np.allclose(self.axes.get_ylim(), wanted_y) and np.allclose(
            self.axes.get_xlim(), wanted_x
        ):
            return False
        self.axes.set_xlim(*wanted_x)
        self.axes.set_ylim(*wanted_y)
        return True

    def update(self) -> bool:
        """Brings the artists up to date; True when the limits changed (so all must be redrawn)."""
        car = self._telemetry
        grown = False
        for index, series in enumerate((car.trail, car.echoes)):
            if len(series) != self._counted[index]:
                _, points = series.window()
                fresh = (
                    points[self._counted[index] :]
                    if len(points) > self._counted[index]
                    else points
                )
                self._counted[index] = len(series)
                self._include(fresh[:, 0], fresh[:, 1])
                line = (self._trail, self._echoes)[index]
                line.set_data(points[:, 1].copy(), points[:, 0].copy())
                if index == 0:
                    self._start.set_data(points[:1, 1].copy(), points[:1, 0].copy())
                grown = True
        self._draw_car()
        return grown and self.fit()

    def _draw_car(self) -> None:
        car = self._telemetry
        known = not (math.isnan(car.x) or math.isnan(car.yaw))
        self._body.set_visible(known)
        self._nose.set_visible(known)
        for sensor, (ray, hit) in enumerate(zip(self._rays, self._hits, strict=True)):
            age = car.time_s - car.echo[sensor].time_s
            seen = known and age < RAY_GONE_S
            ray.set_visible(seen)
            hit.set_visible(seen)
            if not seen:
                continue
            range_m = car.echo[sensor].range_m
            heard = not math.isnan(range_m)
            near, far = car.ray(sensor, range_m if heard else SENSOR_REACH_M[sensor])
            ray.set_data((near[1], far[1]), (near[0], far[0]))
            fresh = max(RAY_FAINT, 1 - age / RAY_FADE_S)
            ray.set_alpha(fresh if heard else RAY_FAINT)
            ray.set_linestyle("-" if heard else ":")
            hit.set_visible(heard)
            hit.set_data((far[1],), (far[0],))
            hit.set_alpha(fresh)
        if known:
            turn = np.linspace(0, 2 * math.pi, 25)
            self._body.set_xy(
                np.column_stack(
                    (
                        car.y + CHASSIS_RADIUS_M * np.sin(turn),
                        car.x + CHASSIS_RADIUS_M * np.cos(turn),
                    )
                )
            )
            self._nose.set_data(
                (car.y, car.y + CHASSIS_RADIUS_M * math.sin(car.yaw)),
                (car.x, car.x + CHASSIS_RADIUS_M * math.cos(car.yaw)),
            )
