"""The report: a recording becomes a picture and the figures of its drive."""

from pathlib import Path
from typing import Any

import pytest
from matplotlib.image import imread

from patrolcar.errors import PatrolError
from patrolcar.link.tlog import TlogWriter
from patrolcar.view.report import write_report


def test_a_whole_recording_is_drawn(drive: Any, tmp_path: Path) -> None:
    with TlogWriter(tmp_path / "run.tlog") as writer:
        for number, message in enumerate(drive.messages(30)):
            writer.write(1_700_000_000_000_000 + number * 1000, drive.frame(message))
    telemetry = write_report(tmp_path / "run.tlog", tmp_path / "run.png", verdict="it\nworked")
    assert telemetry.received == drive.sent
    assert imread(tmp_path / "run.png").shape[:2] == (800, 1200)


def test_a_missing_recording_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(PatrolError, match=r"no\.tlog does not exist") as caught:
        write_report(tmp_path / "no.tlog", tmp_path / "out.png")
    assert caught.value.code == 2


def test_an_empty_recording_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "run.tlog").write_bytes(b"")
    with pytest.raises(PatrolError, match="holds no frame"):
        write_report(tmp_path / "run.tlog", tmp_path / "out.png")
