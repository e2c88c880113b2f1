"""The drawing: pictures come out, grow with the drive, and a blitted frame is a full one."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.image import imread

from patrolcar.errors import PatrolError
from patrolcar.view.figure import CarFigure, new_figure
from patrolcar.view.live import Blitter
from patrolcar.view.snapshot import check_writable, save_picture
from patrolcar.view.state import Telemetry


def test_a_picture_of_nothing_can_be_drawn(tmp_path: Path) -> None:
    save_picture(Telemetry(), tmp_path / "empty.png", now_s=0.0)
    assert imread(tmp_path / "empty.png").shape == (800, 1200, 4)


def test_a_blitted_frame_is_pixel_for_pixel_the_full_redraw(drive: Any) -> None:
    telemetry = Telemetry()
    figure = new_figure()
    canvas = FigureCanvasAgg(figure)
    drawing = CarFigure(figure, telemetry, keys=True)
    blitter = Blitter(canvas, drawing.artists)
    now = 0.0
    for number, message in enumerate(drive.messages(25)):
        decoded = drive.receive(message)
        now = getattr(decoded, "time_boot_ms", 1000 * now) / 1000
        telemetry.take(decoded, now)
        if number % 200 == 0:
            blitter.frame(drawing.update(now))
    blitter.frame(drawing.update(now))
    blitter.frame(full=False)
    blitted = np.asarray(canvas.buffer_rgba()).copy()
    canvas.draw()
    assert np.array_equal(blitted, np.asarray(canvas.buffer_rgba()))


def test_the_map_grows_to_hold_the_trail_and_the_walls(drive: Any) -> None:
    telemetry = Telemetry(history_s=None)
    drive.feed(telemetry, 30)
    figure = new_figure()
    FigureCanvasAgg(figure)
    drawing = CarFigure(figure, telemetry, span_s=None, outline=[[[-5, -3], [6, -3], [6, 4]]])
    drawing.update()
    x_low, x_high = drawing.map.axes.get_xlim()
    y_low, y_high = drawing.map.axes.get_ylim()
    assert x_low < -3
    assert x_high > 4
    assert y_low < -5
    assert y_high > 6


def test_limits_rest_while_the_car_stays_inside_them(drive: Any) -> None:
    telemetry = Telemetry()
    figure = new_figure()
    FigureCanvasAgg(figure)
    drawing = CarFigure(figure, telemetry)
    redraws = 0
    for message in drive.messages(60):
        telemetry.take(drive.receive(message), 0.0)
        redraws += drawing.update(0.0)
    assert redraws < 20  # of several thousand frames


def test_a_strip_widens_when_a_value_leaves_it(drive: Any) -> None:
    telemetry = Telemetry()
    drive.feed(telemetry, 1)
    telemetry.wheels.append(telemetry.time_s, 1.1, 0, 0, 0)
    figure = new_figure()
    FigureCanvasAgg(figure)
    drawing = CarFigure(figure, telemetry)
    assert drawing.update(0.0)
    assert drawing.strips[1].axes.get_ylim()[1] == pytest.approx(1.2)


def test_a_snapshot_into_a_missing_folder_is_refused_before_the_run(tmp_path: Path) -> None:
    with pytest.raises(PatrolError, match="does not exist") as caught:
        check_writable(tmp_path / "no" / "out.png")
    assert caught.value.code == 2
    with pytest.raises(PatrolError, match="is a folder"):
        check_writable(tmp_path)
