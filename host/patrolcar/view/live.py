"""The live window: the figure on the screen by blitting, with the keyboard to drive the car.

A full redraw of the figure costs over 100 ms, a blitted frame about a tenth (tests/bench/
bench_view.py measures both): the axes, labels and grids are drawn once and kept as a picture, and
each frame puts that picture back and draws the moving artists over it.
"""

import importlib
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from patrolcar.errors import PatrolError
from patrolcar.view.feed import Feed
from patrolcar.view.figure import DPI, SIZE_INCHES, CarFigure
from patrolcar.view.keys import Keyboard

FRAME_S = 0.05
# A window toolkit and the module whose import shows that it is there.
BACKENDS = (("TkAgg", "tkinter"), ("QtAgg", "PySide6"), ("QtAgg", "PyQt6"), ("QtAgg", "PyQt5"))


def has_display() -> bool:
    """Whether a window could be shown: an X or Wayland display on Unix, always elsewhere."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def window_backend() -> str | None:
    """The matplotlib backend for a window: TkAgg or QtAgg, whichever imports; None without one."""
    if not has_display():
        return None
    for backend, module in BACKENDS:
        try:
            importlib.import_module(module)
        except ImportError:
            continue
        return backend
    return None


def require_backend() -> str:
    """`window_backend`, or the PatrolError that says what to do."""
    backend = window_backend()
    if backend is not None:
        return backend
    if not has_display():
        raise PatrolError(
            "no display for a window (DISPLAY and WAYLAND_DISPLAY are empty): "
            "add --headless --snapshot out.png, or open a desktop session",
            code=2,
        )
    raise PatrolError(
        "no window toolkit: install Python's tkinter (python3-tk), or pip install "
        "'patrolcar[qt]', or add --headless --snapshot out.png",
        code=2,
    )


class Blitter:
    """Keeps the still part of a figure as a picture and draws only what moves."""

    def __init__(self, canvas: Any, artists: list[Any]) -> None:
        self._canvas = canvas
        self._artists = artists
        self._background: Any = None
        for artist in artists:
            artist.set_animated(True)
        # A full draw happens on resize and when the window is uncovered, too: take it anew.
        canvas.mpl_connect("draw_event", self._captured)

    def _captured(self, _event: object) -> None:
        self._background = self._canvas.copy_from_bbox(self._canvas.figure.bbox)
        self._draw_artists()

    def _draw_artists(self) -> None:
        figure = self._canvas.figure
        for artist in self._artists:
            figure.draw_artist(artist)

    def frame(self, full: bool) -> None:
        """Shows the artists as they are now; `full` draws the axes anew as well."""
        if full or self._background is None:
            self._canvas.draw()
        else:
            self._canvas.restore_region(self._background)
            self._draw_artists()
        if hasattr(self._canvas, "blit"):  # plain Agg has nothing to copy to
            self._canvas.blit(self._canvas.figure.bbox)


def _on_focus_lost(canvas: Any, callback: Callable[[], None]) -> None:
    """Calls back when the window loses the keyboard; matplotlib has no event of its own for it."""
    if hasattr(canvas, "get_tk_widget"):
        canvas.get_tk_widget().bind("<FocusOut>", lambda event: callback(), add="+")
    else:
        from matplotlib.backends.qt_compat import QtWidgets

        application = QtWidgets.QApplication.instance()
        application.focusChanged.connect(lambda old, new: callback() if new is None else None)


class LiveWindow:
    """A window that shows a Feed's telemetry, until it is closed or `run`'s `until` is true."""

    def __init__(self, feed: Feed, title: str, *, read_only: bool = False) -> None:
        import matplotlib

        backend = require_backend()
        # Our keys, not matplotlib's: its "s" saves, its arrows browse views.
        matplotlib.rcParams["toolbar"] = "None"
        try:
            matplotlib.use(backend)
            import matplotlib.pyplot as plt

            self._figure = plt.figure(title, figsize=SIZE_INCHES, dpi=DPI)
        except (
            Exception
        ) as error:  # each toolkit has errors of its own for a display it cannot open
            raise PatrolError(
                f"no window by {backend}: {error}: add --headless --snapshot out.png"
            ) from error
        self._plt = plt
        self._feed = feed
        self._canvas: Any = self._figure.canvas
        manager = self._canvas.manager
        if manager is not None and manager.key_press_handler_id is not None:
            self._canvas.mpl_disconnect(manager.key_press_handler_id)
        self.drawing = CarFigure(self._figure, feed.telemetry, keys=not read_only)
        self._blitter = Blitter(self._canvas, self.drawing.artists)
        self._closed = False
        self._resized = False
        self._canvas.mpl_connect("close_event", self._on_close)
        self._canvas.mpl_connect("resize_event", self._on_resize)
        self._keyboard = None if read_only else Keyboard(feed)
        if self._keyboard is not None:
            self._canvas.mpl_connect("key_press_event", self._on_press)
            self._canvas.mpl_connect("key_release_event", self._on_release)
            _on_focus_lost(self._canvas, self._keyboard.let_go)

    def _on_close(self, _event: object) -> None:
        self._closed = True

    def _on_resize(self, _event: object) -> None:
        self._resized = True

    def _on_press(self, event: Any) -> None:
        if self._keyboard is not None:
            self._keyboard.press(event.key)

    def _on_release(self, event: Any) -> None:
        if self._keyboard is not None:
            self._keyboard.release(event.key, time.monotonic())

    def step(self) -> bool:
        """Takes what came, draws one frame, handles the window's events; False once closed."""
        now = time.monotonic()
        self._feed.poll()
        if self._keyboard is not None:
            self._keyboard.tick(now)
            if self._keyboard.quit:
                self._closed = True
        if not self._closed:
            if self._resized:
                self._resized = False
                self.drawing.map.fit()
                full = True
            else:
                full = False
            full = self.drawing.update(now) or full
            self._blitter.frame(full)
            self._canvas.flush_events()
        return not self._closed

    def run(self, until: Callable[[], bool] = lambda: False) -> None:
        """Shows frames until the window is closed or `until()` is true."""
        self._plt.show(block=False)
        while not until():
            started = time.monotonic()
            if not self.step():
                break
            time.sleep(max(0.0, FRAME_S - (time.monotonic() - started)))

    def close(self) -> None:
        """Closes the window."""
        self._plt.close(self._figure)
