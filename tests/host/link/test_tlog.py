"""Recordings: written, cut, and read by us and by pymavlink."""

import struct
import subprocess
import sys
from pathlib import Path

import pytest

from patrolcar.errors import PatrolError
from patrolcar.link.tlog import TlogWriter, read_tlog

START_US = 1_790_000_000_000_000


@pytest.fixture
def frames(drive):
    return [drive.frame(message) for message in drive.messages(1.0)]


@pytest.fixture
def recording(tmp_path, frames):
    path = tmp_path / "run.tlog"
    with TlogWriter(path) as tlog:
        for k, frame in enumerate(frames):
            tlog.write(START_US + k * 1000, frame)
    assert tlog.records == len(frames)
    return path


def test_what_was_written_is_read(recording, frames):
    read = list(read_tlog(recording))
    assert [bytes(m.get_msgbuf()) for _, m in read] == frames
    assert [t for t, _ in read] == [START_US + k * 1000 for k in range(len(frames))]
    assert read[0][1]._timestamp == START_US / 1e6


def test_a_record_is_big_endian_microseconds_and_the_frame(recording, frames):
    assert recording.read_bytes().startswith(struct.pack(">Q", START_US) + frames[0])


def test_it_is_whole_after_every_record_without_a_close(tmp_path, frames):
    tlog = TlogWriter(tmp_path / "run.tlog")
    for k, frame in enumerate(frames[:3], 1):
        tlog.write(START_US, frame)
        assert len(list(read_tlog(tlog.path))) == k
    tlog.close()
    tlog.close()


def test_reading_ends_at_a_cut_wherever_it_is(recording, frames, tmp_path):
    data, cut = recording.read_bytes(), tmp_path / "cut.tlog"
    whole = 0
    ends = [0]
    for frame in frames[:3]:
        ends.append(ends[-1] + 8 + len(frame))
    for size in range(ends[-1] + 1):
        cut.write_bytes(data[:size])
        whole = sum(end <= size for end in ends[1:])
        assert len(list(read_tlog(cut))) == whole


def test_pymavlinks_reader_reads_it(recording, frames, dialect):
    mavutil = pytest.importorskip("pymavlink.mavutil")
    log = mavutil.mavlink_connection(str(recording), dialect="patrol")
    got = []
    while (message := log.recv_match()) is not None:
        got.append(message)
    log.close()
    assert [bytes(m.get_msgbuf()) for m in got] == frames
    assert got[1]._timestamp == pytest.approx(START_US / 1e6 + 0.001)


def test_mavlogdump_prints_it(recording):
    tool = Path(sys.executable).parent / "mavlogdump.py"
    done = subprocess.run(
        [sys.executable, tool, "--types=ATTITUDE,DISTANCE_SENSOR", recording],
        capture_output=True,
        text=True,
        check=True,
    )
    kinds = [m.get_type() for _, m in read_tlog(recording)]
    assert done.stdout.count("ATTITUDE {") == kinds.count("ATTITUDE")
    assert done.stdout.count("DISTANCE_SENSOR {") == kinds.count("DISTANCE_SENSOR")


def test_a_frame_of_another_dialect_or_with_a_wrong_checksum_is_left_out(tmp_path, frames):
    unknown = bytearray(frames[0])
    unknown[7:10] = (11030).to_bytes(3, "little")
    damaged = bytearray(frames[1])
    damaged[-1] ^= 1
    with TlogWriter(tmp_path / "run.tlog") as tlog:
        for frame in (bytes(unknown), bytes(damaged), frames[2]):
            tlog.write(START_US, frame)
    assert [bytes(m.get_msgbuf()) for _, m in read_tlog(tlog.path)] == [frames[2]]


def test_what_is_no_recording_is_said_with_the_place(tmp_path):
    path = tmp_path / "note.tlog"
    path.write_text("this is not a recording at all")
    with pytest.raises(PatrolError, match=r"note\.tlog is no recording at byte 0"):
        list(read_tlog(path))


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(PatrolError, match=r"cannot read .*: No such file"):
        list(read_tlog(tmp_path / "none.tlog"))


def test_a_place_that_cannot_be_written_is_one_line(tmp_path):
    with pytest.raises(PatrolError, match=r"cannot write .*: No such file"):
        TlogWriter(tmp_path / "no" / "run.tlog")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_line():
    tlog = TlogWriter("/dev/full")
    with pytest.raises(PatrolError, match="cannot write /dev/full: No space left"):
        tlog.write(START_US, b"\xfd")
