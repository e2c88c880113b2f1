"""The telemetry port as pymavlink sees it, from another process, in real time."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from pymavlink import mavutil

from patrolcar.link import dialect
from served import Served

BURN = "while True: pass"


def _drive_and_count(port: str, seconds: float) -> tuple[int, int, int]:
    """Arms, patrols; (frames received, the board's count of frames sent, frames damaged).

    Received and sent are counted from one LOOP_TIMING to the last one, each included in both.
    """
    dialect.load()
    link = mavutil.mavlink_connection(port, baud=921600, dialect="patrol", source_system=255)
    try:
        assert link.wait_heartbeat(timeout=10) is not None
        link.mav.heartbeat_send(6, 8, 0, 0, 0)
        link.arducopter_arm()
        link.set_mode_apm(10)
        received = first = sent = 0
        end = time.monotonic() + seconds
        beat = 0.0
        while time.monotonic() < end:
            if time.monotonic() > beat:
                link.mav.heartbeat_send(6, 8, 0, 0, 0)
                beat = time.monotonic() + 1
            message = link.recv_match(blocking=True, timeout=1)
            if message is None or message.get_type() == "BAD_DATA":
                continue
            received += 1
            if message.get_type() == "LOOP_TIMING":
                if not first:
                    first = message.frames_sent
                    received = 0
                sent = message.frames_sent - first
                at_last = received
        return at_last, sent, link.mav.total_receive_errors
    finally:
        link.close()


@pytest.mark.parametrize(
    "seconds", [10.0, pytest.param(60.0, marks=pytest.mark.acceptance)], ids=["10s", "60s"]
)
def test_every_frame_arrives_though_both_cores_are_busy(image: Path, seconds: float) -> None:
    burners = [subprocess.Popen([sys.executable, "-c", BURN]) for _ in range(2)]
    try:
        with Served("--flash", image, "--speed", "1") as sim:
            received, sent, damaged = _drive_and_count(sim.uart, seconds)
            code, complaint = sim.stop()
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()
    assert code == 0, complaint
    assert sent > 70 * (seconds - 2)
    assert received == sent
    assert damaged == 0


def test_the_tcp_end_carries_the_same_telemetry(image: Path) -> None:
    with Served("--flash", image, "--speed", "1") as sim:
        host = sim.uart_url.removeprefix("socket://")
        received, sent, _ = _drive_and_count(f"tcp:{host}", 4.0)
    assert received == sent > 100


def test_the_next_client_meets_no_stale_bytes(image: Path) -> None:
    with Served("--flash", image, "--speed", "1") as sim:
        for _ in range(3):
            _, _, damaged = _drive_and_count(sim.uart, 2.0)
            assert damaged == 0
            time.sleep(0.3)
