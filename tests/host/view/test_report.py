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


def test_the_tasks_of_a_recording_are_a_table_by_name(
    drive: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from patrolcar.commands.watch import report

    d = drive.dialect
    told = [(0, 100, 386, 390), (9, 100, 560, 1_654), (0, 100, 380, 400), (12, 0, 0, 0)]
    with TlogWriter(tmp_path / "run.tlog") as writer:
        for number, (task, runs, mean, worst) in enumerate(told):
            message = d.MAVLink_task_timing_message(1_000 + number, runs, mean, worst, task)
            writer.write(1_700_000_000_000_000 + number * 1000, drive.frame(message))
    report(tmp_path / "run.tlog", tmp_path / "run.png", tasks=True)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines[1:5]] == [
        ["task", "runs", "mean", "us", "worst", "us"],
        ["sense", "200", "380", "400"],
        ["telemetry", "100", "560", "1,654"],
        ["alive", "0", "0", "0"],
    ]


def test_a_missing_recording_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(PatrolError, match=r"no\.tlog does not exist") as caught:
        write_report(tmp_path / "no.tlog", tmp_path / "out.png")
    assert caught.value.code == 2


def test_an_empty_recording_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "run.tlog").write_bytes(b"")
    with pytest.raises(PatrolError, match="holds no frame"):
        write_report(tmp_path / "run.tlog", tmp_path / "out.png")
