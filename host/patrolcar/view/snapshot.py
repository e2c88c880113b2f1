"""Pictures: the figure as it is now, or over a whole recording, as a PNG file."""

import os
from pathlib import Path

from patrolcar.errors import PatrolError
from patrolcar.view.figure import LIVE_SPAN_S, CarFigure, new_figure
from patrolcar.view.map import Outline
from patrolcar.view.state import Telemetry


def check_writable(path: Path, kinds: tuple[str, ...] = (".png",)) -> None:
    """Raises PatrolError now when `path` cannot be written later: a long run must not end so."""
    folder = path.parent
    if path.is_dir():
        raise PatrolError(f"{path} is a folder: pass the name of a file", code=2)
    if path.suffix.lower() not in ("", *kinds):
        names = " or ".join(kinds)
        raise PatrolError(f"{path} is no name for a picture: let it end in {names}", code=2)
    if not folder.is_dir():
        raise PatrolError(f"folder {folder} does not exist: make it, or pass another path", code=2)
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise PatrolError(f"{path} cannot be written: no permission; pass another path")


def save_picture(
    telemetry: Telemetry,
    path: Path,
    *,
    span_s: float | None = LIVE_SPAN_S,
    now_s: float | None = None,
    outline: Outline | None = None,
    verdict: str | None = None,
) -> None:
    """Draws `telemetry` (the last `span_s` seconds, or the whole run for None) into a PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = new_figure()
    canvas = FigureCanvasAgg(figure)
    drawing = CarFigure(figure, telemetry, span_s=span_s, outline=outline, verdict=verdict)
    drawing.update(now_s)
    try:
        canvas.print_png(path)
    except OSError as error:
        raise PatrolError(f"{path} cannot be written: {error.strerror or error}") from error
