"""Recording: every frame that a port receives, with the host's time, into a tlog."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from patrolcar.errors import PatrolError
from patrolcar.files import check_target
from patrolcar.view.feed import Link, arrival_us

if TYPE_CHECKING:
    from patrolcar.link.tlog import TlogWriter


RECEIVE_TIMEOUT_S = 0.2


class Recording:
    """Receives from a link into a tlog until told to stop; `frames` counts what was written."""

    def __init__(self, link: Link, writer: "TlogWriter") -> None:
        self._link = link
        self._writer = writer
        self.frames = 0

    def run(
        self,
        duration_s: float | None = None,
        progress: Callable[[int], object] = lambda frames: None,
    ) -> None:
        """Records for `duration_s`, or for ever; PatrolError when the port vanishes."""
        end = None if duration_s is None else time.monotonic() + duration_s
        while end is None or time.monotonic() < end:
            wait = RECEIVE_TIMEOUT_S if end is None else max(0.0, end - time.monotonic())
            message = self._link.recv(timeout=min(wait, RECEIVE_TIMEOUT_S))
            if message is None or message.get_type() == "BAD_DATA":
                continue
            self._writer.write(arrival_us(message), bytes(message.get_msgbuf()))
            self.frames += 1
            progress(self.frames)


def record(
    uri: str,
    path: Path,
    duration_s: float | None = None,
    *,
    force: bool = False,
    progress: Callable[[int], object] = lambda frames: None,
) -> tuple[int, PatrolError | None]:
    """Records a port to `path`; returns the frames in the file and why it ended early, if it did.

    Ctrl-C is an ordinary end. The file is whole in every case.
    """
    from patrolcar.link.connection import connect
    from patrolcar.link.tlog import TlogWriter

    check_target(path, force)
    link = connect(uri)
    ended: PatrolError | None = None
    try:
        with TlogWriter(path) as writer:
            recording = Recording(link, writer)
            try:
                recording.run(duration_s, progress)
            except KeyboardInterrupt:
                pass
            except PatrolError as error:
                ended = error
    finally:
        link.close()
    return recording.frames, ended
