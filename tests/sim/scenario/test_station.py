"""The scripted ground station: what it sends, and when."""

from __future__ import annotations

from collections import Counter
from typing import Any

from patrolcar.link.framer import Framer
from patrolcar_sim.scenario.format import Step
from patrolcar_sim.scenario.station import MissionStation


def _sent(mission: tuple[Step, ...], until_s: float) -> tuple[list[tuple[float, Any]], list[Any]]:
    """(time, message) of what is sent, asked every 2 ms; and what was recorded."""
    recorded: list[Any] = []
    station = MissionStation(mission, lambda at_us, frame: recorded.append((at_us, frame)))
    framer, found = Framer(), []
    for now_us in range(0, int(until_s * 1e6), 2000):
        found += [(now_us / 1e6, message) for message in framer.feed(station.poll(now_us))]
    return found, recorded


def _s(seconds: float) -> int:
    return round(seconds * 1e6)


def test_a_heartbeat_a_second_and_each_step_at_its_time() -> None:
    mission = (
        Step("arm", _s(1.5), None, {}),
        Step("mode", _s(1.7), None, {"mode": "AUTO"}),
        Step("disarm", _s(2.5), None, {}),
    )
    sent, recorded = _sent(mission, 3.0)
    told = [(at, message.get_type()) for at, message in sent]
    assert [at for at, kind in told if kind == "HEARTBEAT"] == [0, 1, 2]
    commands = [(at, m.command, m.param1, m.param2) for at, m in sent if hasattr(m, "command")]
    assert commands == [(1.5, 400, 1, 0), (1.7, 176, 1, 10), (2.5, 400, 0, 0)]
    assert len(recorded) == len(sent)


def test_sticks_are_held_ten_times_a_second() -> None:
    mission = (Step("manual", _s(1), _s(2), {"forward": 500, "turn": -100}),)
    sent, _ = _sent(mission, 3.0)
    sticks = [(at, m.x, m.r) for at, m in sent if m.get_type() == "MANUAL_CONTROL"]
    assert len(sticks) == 10
    assert sticks[0] == (1.0, 500, -100)
    assert sticks[-1][0] == 1.9


def test_in_silence_neither_heartbeats_nor_sticks_are_sent() -> None:
    mission = (
        Step("manual", _s(0), _s(6), {"forward": 500, "turn": 0}),
        Step("silence", _s(1.5), _s(4.25), {}),
    )
    sent, _ = _sent(mission, 6.0)
    kinds = Counter(message.get_type() for at, message in sent if 1.5 <= at < 4.25)
    assert not kinds
    beats = [at for at, message in sent if message.get_type() == "HEARTBEAT"]
    assert beats == [0, 1, 4.25, 5.25]


def test_a_silence_without_end_lasts() -> None:
    sent, _ = _sent((Step("silence", _s(1.5), None, {}),), 9.0)
    assert [at for at, _ in sent] == [0, 1]


def test_raw_bytes_go_out_as_they_are_and_are_recorded_only_where_they_are_a_frame() -> None:
    frames: list[bytes] = []
    heart = MissionStation((), lambda at_us, frame: None).poll(0)
    mission = (
        Step("raw", 0, None, {"bytes": b"\xfd\x00garbage"}),
        Step("raw", 0, None, {"bytes": heart}),
    )
    station = MissionStation(mission, lambda at_us, frame: frames.append(frame))
    assert station.poll(0) == heart + b"\xfd\x00garbage" + heart
    assert frames == [heart, heart]


def test_frames_that_are_missing_are_counted_with_their_time() -> None:
    sender = MissionStation((), lambda at_us, frame: None)
    frames = [sender.poll(i * 1_000_000) for i in range(5)]
    station = MissionStation((), lambda at_us, frame: None)
    for i in (0, 1, 3, 4):
        station.receive(frames[i], i)
    assert station.lost == [3]
    station.anew()
    station.receive(frames[0], 9)
    assert station.lost == [3]
