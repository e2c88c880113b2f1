"""The strip charts of the viewer: ranges, wheel speeds, heading, battery and load over time."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from patrolcar.view.palette import BLUE, FAINT, GREY, INK, PURPLE, SENSOR_COLOURS, VERMILLION
from patrolcar.view.series import Floats, Series, break_wraps, decimate
from patrolcar.view.state import SENSORS, Telemetry

STRIP_PIXELS = 600  # about the width of a strip; more samples than two a pixel draw nothing new


@dataclass(frozen=True)
class Curve:
    """One line of a strip: which series and column, and how it looks."""

    label: str
    series: Callable[[Telemetry], Series]
    column: int
    colour: str
    style: str = "-"
    wraps: float | None = None  # half a turn, for an angle
    marker: str = ""


@dataclass(frozen=True)
class Strip:
    """One chart: its title with the unit, its limits (wider when they must be) and its curves."""

    title: str
    low: float
    high: float
    curves: tuple[Curve, ...]
    step: float  # limits widen by whole steps, so that a redraw of the axis stays rare


STRIPS = (
    Strip(
        "range (m)",
        0.0,
        4.0,
        tuple(
            Curve(name, lambda car, i=i: car.ranges[i], 0, SENSOR_COLOURS[i])  # type: ignore[misc]
            for i, name in enumerate(SENSORS)
        ),
        1.0,
    ),
    Strip(
        "wheel speed (m/s), dotted: setpoint",
        -0.2,
        0.6,
        (
            Curve("", lambda car: car.wheels, 2, BLUE, ":"),
            Curve("", lambda car: car.wheels, 3, VERMILLION, ":"),
            Curve("left", lambda car: car.wheels, 0, BLUE),
            Curve("right", lambda car: car.wheels, 1, VERMILLION),
        ),
        0.2,
    ),
    Strip(
        "heading (°)",
        -180.0,
        180.0,
        (Curve("", lambda car: car.heading, 0, INK, wraps=180.0),),
        180.0,
    ),
    Strip("battery (V)", 6.0, 8.4, (Curve("", lambda car: car.battery, 0, PURPLE),), 0.6),
    Strip("loop load (%)", 0.0, 100.0, (Curve("", lambda car: car.load, 0, INK),), 50.0),
)


class StripChart:
    """Draws one Strip into one axes; time runs up to now (`span_s`) or is the whole run's."""

    def __init__(
        self, axes: Any, strip: Strip, telemetry: Telemetry, span_s: float | None
    ) -> None:
        self.axes = axes
        self._strip = strip
        self._telemetry = telemetry
        self._span_s = span_s
        self._limits = (strip.low, strip.high)
        axes.set_ylim(*self._limits)
        axes.grid(color=FAINT, linewidth=0.5)
        axes.set_axisbelow(True)
        axes.tick_params(labelsize=8, colors=GREY, length=2)
        axes.set_title(strip.title, fontsize=9, color=INK, loc="left", pad=3)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        if span_s is not None:
            axes.set_xlim(-span_s, 0)
        if strip.low < 0 < strip.high:
            axes.axhline(0, color=GREY, linewidth=0.6)
        if strip.high == 180.0:
            axes.set_yticks((-180, -90, 0, 90, 180))
        self._lines = [
            axes.plot([], [], c.style, color=c.colour, linewidth=1.3, label=c.label or "_")[0]
            for c in strip.curves
        ]
        if any(curve.label for curve in strip.curves):
            axes.legend(
                loc="lower right",
                bbox_to_anchor=(1.0, 1.0),
                ncols=5,
                fontsize=8,
                frameon=False,
                handlelength=1.4,
                columnspacing=1.0,
                borderaxespad=0.0,
            )

    @property
    def artists(self) -> list[Any]:
        """The curves."""
        return list(self._lines)

    def update(self) -> bool:
        """Brings the curves up to date; True when the limits changed."""
        car = self._telemetry
        now = car.time_s
        if math.isnan(now):
            return False
        since = None if self._span_s is None else now - self._span_s
        origin = now if self._span_s is not None else car.first_time_s
        low, high = self._limits
        for curve, line in zip(self._strip.curves, self._lines, strict=True):
            time_s, values = curve.series(car).window(since)
            value: Floats = values[:, curve.column]
            if curve.wraps is not None:
                value = break_wraps(value, curve.wraps)
            time_s, value = decimate(time_s, value, STRIP_PIXELS)
            line.set_data(time_s - origin, value.copy())
            for number in (value[value < low], value[value > high]):
                if len(number):
                    step = self._strip.step
                    low = min(low, math.floor(float(number.min()) / step) * step)
                    high = max(high, math.ceil(float(number.max()) / step) * step)
        changed = (low, high) != self._limits
        if changed:
            self._limits = (low, high)
            self.axes.set_ylim(low, high)
        if self._span_s is None and now > origin:
            self.axes.set_xlim(0, now - origin)
        return changed
