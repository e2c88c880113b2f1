"""What is drawn: the map, the strip charts and the state line, in one matplotlib figure.

The live window, a snapshot and the report are this same figure; only the span of time and the
way to the screen differ.
"""

import math
from typing import Any

from matplotlib.figure import Figure

from patrolcar.view.map import CarMap, Outline
from patrolcar.view.palette import GREEN, GREY, INK, PAPER, VERMILLION
from patrolcar.view.state import SEVERITIES, SILENT_S, Telemetry
from patrolcar.view.strips import STRIPS, StripChart

SIZE_INCHES = (12.0, 8.0)
DPI = 100  # so 1200 x 800 pixels
LIVE_SPAN_S = 10.0
LOG_LINES = 4

KEY_HELP = (
    "a arm   d disarm   1 hold   2 manual   3 auto   arrows drive (in manual)   "
    "space stop and disarm   q quit"
)


def new_figure() -> Figure:
    """A figure that belongs to no window, of the report's size."""
    return Figure(figsize=SIZE_INCHES, dpi=DPI)


class CarFigure:
    """Draws one Telemetry into a matplotlib figure.

    `span_s` is the strips' length up to now; None shows the whole run. `outline` are the world's
    walls, where they are known. `verdict` takes the place of the log; `keys` shows the keys.
    """

    def __init__(
        self,
        figure: Any,
        telemetry: Telemetry,
        *,
        span_s: float | None = LIVE_SPAN_S,
        outline: Outline | None = None,
        verdict: str | None = None,
        keys: bool = False,
    ) -> None:
        self.figure = figure
        self._telemetry = telemetry
        self._verdict = verdict
        self._whole_run = span_s is None
        figure.set_facecolor(PAPER)
        grid = figure.add_gridspec(
            len(STRIPS),
            2,
            left=0.05,
            right=0.98,
            top=0.875,
            bottom=0.15,
            wspace=0.11,
            hspace=0.48,
            width_ratios=(1.25, 1.0),
        )
        # Text lies in an axes of its own: a figure does not draw its own animated texts.
        self._words = figure.add_axes((0, 0, 1, 1), frameon=False)
        self._words.set_axis_off()
        self._words.set_zorder(-1)
        self._mode = self._text(0.012, 0.965, 15, weight="bold", color=PAPER)
        self._armed = self._text(0.115, 0.965, 15, weight="bold", color=PAPER)
        self._facts = self._text(0.25, 0.977, 11)
        self._link = self._text(0.25, 0.948, 11)
        lines = LOG_LINES - 1 if keys else LOG_LINES  # the keys' help is the last line
        self._log = [self._text(0.012, 0.086 - 0.0235 * i, 9) for i in range(lines)]
        if keys:
            self._words.text(0.988, 0.015, KEY_HELP, fontsize=9, color=GREY, ha="right")

        self.map = CarMap(figure.add_subplot(grid[:, 0]), telemetry, outline)
        self.strips = [
            StripChart(figure.add_subplot(grid[i, 1]), strip, telemetry, span_s)
            for i, strip in enumerate(STRIPS)
        ]
        for chart in self.strips[:-1]:
            chart.axes.tick_params(labelbottom=False)
        self.strips[-1].axes.set_xlabel(
            "time (s)" if self._whole_run else "time (s, 0 is now)",
            fontsize=8,
            color=GREY,
            labelpad=1,
        )

    def _text(self, x: float, y: float, size: int, **style: Any) -> Any:
        style.setdefault("color", INK)
        return self._words.text(x, y, "", fontsize=size, va="center", **style)

    @property
    def artists(self) -> list[Any]:
        """Every artist that changes from frame to frame."""
        found = [self._mode, self._armed, self._facts, self._link, *self._log]
        found += self.map.artists
        for chart in self.strips:
            found += chart.artists
        return found

    def update(self, now_s: float | None = None) -> bool:
        """Brings all artists up to date; True when an axis changed, so that all must be redrawn.

        `now_s` is the host clock by which the telemetry was taken; without it nothing is said
        about how long ago the last frame came (a recording has no now).
        """
        self._write_state(now_s)
        changed = [self.map.update(), *(chart.update() for chart in self.strips)]
        return any(changed)

    def _badge(self, text: Any, word: str, colour: str) -> None:
        text.set_text(f" {word} ")
        text.set_bbox({"boxstyle": "round,pad=0.25", "facecolor": colour, "edgecolor": "none"})

    def _origin_s(self) -> float:
        """What counts as 0 s: the start of a whole run, else the board's own."""
        first = self._telemetry.first_time_s
        return first if self._whole_run and not math.isnan(first) else 0.0

    def _write_state(self, now_s: float | None) -> None:
        car = self._telemetry
        self._badge(self._mode, car.mode, INK)
        fault = car.state == "FAULT"
        word = "FAULT" if fault else "ARMED" if car.armed else "DISARMED"
        self._badge(self._armed, word, VERMILLION if fault else GREEN if car.armed else GREY)
        time_s = car.time_s - self._origin_s()
        facts = (
            ("time", time_s, ".1f", "s"),
            ("driven", car.distance_m, ".1f", "m"),
            ("battery", car.volts, ".2f", "V"),
            ("", car.amperes, ".2f", "A"),
            ("load", car.load_percent, ".0f", "%"),
        )
        floor = car.floor_words()
        self._facts.set_text(
            "   ".join(
                f"{name} {'–' if math.isnan(value) else format(value, form)} {unit}".strip()
                for name, value, form, unit in facts
            )
            + f"   overruns {car.overruns}"
            + ("" if math.isnan(car.worst_ms) else f"   worst tick {car.worst_ms:.1f} ms")
            + (f"   {floor}" if floor else "")
        )
        lost = now_s is not None and car.silence_s(now_s) > SILENT_S
        if now_s is None:
            words = f"{car.received} received, {car.lost} lost"
        else:
            words = car.link_words(now_s)
        self._link.set_text(f"link   {words}   left out by the board {car.dropped}")
        self._link.set_color(VERMILLION if lost or car.lost else INK)
        self._write_log()

    def _write_log(self) -> None:
        car = self._telemetry
        lines: list[tuple[str, str]] = []
        if self._verdict is not None:
            lines += [(line, INK) for line in self._verdict.splitlines()]
        room = max(0, len(self._log) - len(lines))
        for entry in list(car.log)[len(car.log) - min(room, len(car.log)) :]:
            grave = entry.severity <= 4
            when_s = entry.time_s - self._origin_s()
            when = "" if math.isnan(when_s) else f"{when_s:8.1f} s  "
            word = SEVERITIES[entry.severity] if entry.severity < len(SEVERITIES) else "?"
            lines.append((f"{when}{word}: {entry.text}", VERMILLION if grave else INK))
        lines += [("", INK)] * (len(self._log) - len(lines))
        for text, (line, colour) in zip(self._log, lines, strict=True):
            text.set_text(line)
            text.set_color(colour)
