"""`patrol view --headless` and the feed, against a car on a TCP port."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from matplotlib.image import imread

from patrolcar.errors import PatrolError
from patrolcar.link.connection import connect
from patrolcar.view.feed import Feed
from patrolcar.view.live import require_backend, window_backend
from patrolcar.view.session import watch
from patrolcar.view.state import Telemetry


def test_a_port_that_vanishes_while_viewing_leaves_the_snapshot_and_one_line(
    car: Callable[..., Any], tmp_path: Path
) -> None:
    picture = tmp_path / "out.png"
    with pytest.raises(PatrolError, match="vanished"):
        watch(car(seconds=2).uri, headless=True, snapshot=picture)
    assert imread(picture).shape[:2] == (800, 1200)


def test_a_duration_ends_the_view(car: Callable[..., Any], tmp_path: Path) -> None:
    watch(
        car(seconds=60, pace=1).uri,
        headless=True,
        snapshot=tmp_path / "out.png",
        duration_s=0.5,
    )
    assert (tmp_path / "out.png").is_file()


def test_a_read_only_view_sends_nothing(car: Callable[..., Any]) -> None:
    quiet = car(seconds=1, pace=2)
    with pytest.raises(PatrolError, match="vanished"):
        watch(quiet.uri, headless=True, read_only=True)
    assert quiet.asked == []


def test_commands_of_the_feed_arrive_as_the_protocol_has_them(car: Callable[..., Any]) -> None:
    asked = car(seconds=2, pace=4)
    link = connect(asked.uri)
    feed = Feed(link, Telemetry(), talk=True)
    feed.poll(0.5)
    feed.arm(True)
    feed.set_mode(10)
    feed.drive(500, -200)
    with contextlib.suppress(PatrolError):  # it vanishes when the drive is over
        while True:
            feed.poll(0.2)
    link.close()
    kinds = [message.get_type() for message in asked.asked]
    assert kinds[:4] == ["HEARTBEAT", "COMMAND_LONG", "COMMAND_LONG", "MANUAL_CONTROL"]
    arm, mode, drive = asked.asked[1:4]
    assert (arm.command, arm.param1, arm.target_system) == (400, 1.0, 1)
    assert (mode.command, mode.param1, mode.param2) == (176, 1.0, 10.0)
    assert (drive.x, drive.r) == (500, -200)
    assert feed.telemetry.received == asked.frames


def test_without_a_display_the_line_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert window_backend() is None
    with pytest.raises(PatrolError, match="--headless --snapshot") as caught:
        require_backend()
    assert caught.value.code == 2
