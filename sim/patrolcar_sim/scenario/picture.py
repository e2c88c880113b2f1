"""The picture of a run: the viewer's report, with the true trail, the props and the faults."""

from __future__ import annotations

import copy
import math
from pathlib import Path
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg

from patrolcar.view.figure import CarFigure, new_figure
from patrolcar.view.palette import GREEN, PURPLE, VERMILLION
from patrolcar.view.state import Telemetry
from patrolcar_sim.faults import CATALOGUE
from patrolcar_sim.scenario.format import Scenario
from patrolcar_sim.scenario.recording import Recording
from patrolcar_sim.scenario.result import Result
from patrolcar_sim.world.world import World

TRAIL_SAMPLES = 5  # of the truth's 10 ms, for each point of the trail
MARK_S = 0.1  # the width of a fault that is over at once
LABEL_ROWS = 4  # labels of faults that begin at nearly the same time, one below the other
LINE = 150  # letters of the verdict that fit


def save(scenario: Scenario, result: Result, run: Recording, world: World, path: Path) -> None:
    """Draws a whole run into a PNG."""
    telemetry = Telemetry(history_s=None, from_boot=True)
    telemetry.first_time_s = 0.0  # the scenario's clock
    for at, message in run.messages:
        telemetry.take(_since_power_on(message, at), at)
    telemetry.lost = len(run.lost)  # the board's own count begins anew with each reset
    outline = [[run.in_car_frame(x, y, 0.0) for x, y in polygon] for polygon in world.outline()]
    figure = new_figure()
    canvas = FigureCanvasAgg(figure)
    verdict = f"{result.title_line}: {result.verdict.value}. {scenario.title}"[:LINE]
    if result.reason:
        verdict += f"\n{result.reason}"[:LINE]
    drawing = CarFigure(figure, telemetry, span_s=None, outline=outline, verdict=verdict)
    drawing.update()
    _draw_truth(drawing.map.axes, run)
    _draw_props(drawing.map.axes, world, run)
    _draw_faults(drawing, scenario, run)
    canvas.print_png(path)


def _since_power_on(message: Any, at: float) -> Any:
    """The message with the time since power-on: a reset does not begin the picture anew."""
    if not hasattr(message, "time_boot_ms"):
        return message
    dated = copy.copy(message)
    dated.time_boot_ms = round(at * 1000)
    return dated


def _draw_truth(axes: Any, run: Recording) -> None:
    points = [run.in_car_frame(s.x, s.y, 0.0) for s in run.samples[::TRAIL_SAMPLES]]
    axes.plot(
        [y for _, y in points], [x for x, _ in points], "-", color=GREEN, linewidth=3.0, zorder=2.5
    )
    places = [run.at(at) for at, _ in run.contacts]
    hits = [run.in_car_frame(s.x, s.y, 0.0) for s in places]
    axes.plot([y for _, y in hits], [x for x, _ in hits], "x", color=VERMILLION, zorder=6)
    axes.text(0.99, 0.01, "green: the truth", transform=axes.transAxes, ha="right", fontsize=8)


def _draw_props(axes: Any, world: World, run: Recording) -> None:
    for prop in world.info.props:
        path = [tuple(prop.pose[:2])] if prop.pose is not None else []
        path += [tuple(point[:2]) for point in prop.path]
        points = [run.in_car_frame(x, y, 0.0) for x, y in path]
        if points:
            east, north = [y for _, y in points], [x for x, _ in points]
            axes.plot(east, north, ":o", color=PURPLE, markersize=4, zorder=2.4)
            axes.annotate(prop.name, (east[0], north[0]), fontsize=8, color=PURPLE)


def _draw_faults(drawing: CarFigure, scenario: Scenario, run: Recording) -> None:
    """Shades each fault's time in all strips."""
    for number, happening in enumerate(scenario.faults):
        fault = happening.fault
        begin = fault.at_us / 1e6
        lasts = math.inf if CATALOGUE[fault.kind].lasts else MARK_S
        if fault.for_us is not None:
            lasts = fault.for_us / 1e6
        end = max(begin + MARK_S, min(begin + lasts, run.end_s))
        name = happening.label or fault.kind
        for chart in drawing.strips:
            chart.axes.axvspan(begin, end, color=VERMILLION, alpha=0.15, linewidth=0)
            chart.axes.axvline(begin, color=VERMILLION, alpha=0.6, linewidth=0.8)
        top = drawing.strips[0].axes
        height = 1.0 - 0.12 * (number % LABEL_ROWS)
        top.text(
            begin,
            height,
            f"{name} ({fault.where})" if fault.where else name,
            transform=top.get_xaxis_transform(),
            fontsize=7,
            color=VERMILLION,
            va="top",
            bbox={"facecolor": "white", "alpha": 0.7, "edgecolor": "none", "pad": 0.5},
        )
