"""The report: a whole recording in one picture, and its counts."""

from pathlib import Path

from patrolcar.errors import PatrolError
from patrolcar.view.map import Outline
from patrolcar.view.snapshot import check_writable, save_picture
from patrolcar.view.state import Telemetry


def read_run(path: Path) -> Telemetry:
    """A recording's telemetry, whole; PatrolError when there is no such file or nothing in it."""
    from patrolcar.link.tlog import read_tlog

    if not path.is_file():
        raise PatrolError(f"recording {path} does not exist: pass a .tlog file", code=2)
    telemetry = Telemetry(history_s=None)
    for time_us, message in read_tlog(path):
        telemetry.take(message, time_us / 1e6)
    if telemetry.received == 0:
        raise PatrolError(f"recording {path} holds no frame of a car: nothing to draw")
    return telemetry


def write_report(
    recording: Path, picture: Path, outline: Outline | None = None, verdict: str | None = None
) -> Telemetry:
    """Draws a recording into `picture`; returns its telemetry."""
    check_writable(picture)
    telemetry = read_run(recording)
    save_picture(telemetry, picture, span_s=None, outline=outline, verdict=verdict)
    return telemetry
