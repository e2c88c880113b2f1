"""`patrol view`: one connection watched in a window or, headless, in the terminal."""

import time
from pathlib import Path

from patrolcar.errors import PatrolError
from patrolcar.view.feed import Feed, no_frame
from patrolcar.view.live import LiveWindow, require_backend
from patrolcar.view.monitor import Monitor
from patrolcar.view.snapshot import check_writable, save_picture
from patrolcar.view.state import Telemetry

WAIT_S = 0.05


def watch(
    uri: str,
    *,
    headless: bool = False,
    snapshot: Path | None = None,
    duration_s: float | None = None,
    read_only: bool = False,
) -> None:
    """Shows a car until the window is closed, `duration_s` is over, or Ctrl-C.

    The snapshot is saved however it ends, a vanished port included; that is raised afterwards.
    """
    from patrolcar.link.connection import connect

    if not headless:
        require_backend()
    if snapshot is not None:
        check_writable(snapshot)
    link = connect(uri)
    telemetry = Telemetry()
    feed = Feed(link, telemetry, talk=not read_only)
    end = None if duration_s is None else time.monotonic() + duration_s

    def over() -> bool:
        return end is not None and time.monotonic() >= end

    try:
        if headless:
            with Monitor(telemetry) as monitor:
                while not over():
                    feed.poll(WAIT_S)
                    monitor.update()
        else:
            window = LiveWindow(feed, f"patrol view {uri}", read_only=read_only)
            try:
                window.run(over)
            finally:
                window.close()
    except KeyboardInterrupt:
        pass
    finally:
        link.close()
        if snapshot is not None:
            save_picture(telemetry, snapshot, now_s=time.monotonic())
    if telemetry.received == 0:
        raise PatrolError(no_frame(uri))
