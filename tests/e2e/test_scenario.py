"""`patrol scenario`: the real command, real boards, what it leaves and what it says."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from patrolcar.link.tlog import read_tlog

ROOT = Path(__file__).resolve().parents[2]
OWN = ROOT / "sim/scenarios"
Done = subprocess.CompletedProcess[str]

DRIVE = """title = "A short drive by hand"
world = "empty"
seeds = "1..2"
duration = "6 s"
mission = [
  { at = "1.5 s", do = "arm" },
  { at = "1.7 s", do = "mode", mode = "MANUAL" },
  { at = "2 s", do = "manual", forward = "50 %", until = "4 s" },
]
"""
GOOD = DRIVE + '[expect]\ndistance = ">= 0.3 m"\nfinal_mode = "MANUAL"\n'
BAD = DRIVE + '[expect]\ndistance = ">= 3 m"\n'


def patrol(*words: str | Path, cwd: Path | None = None) -> Done:
    return subprocess.run(
        [sys.executable, "-m", "patrolcar", "scenario", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
        cwd=cwd,
    )


def test_good_runs_leave_their_artifacts_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    (tmp_path / "good.toml").write_text(GOOD)
    folders = [tmp_path / "a", tmp_path / "b"]
    for jobs, folder in enumerate(folders, 1):
        done = patrol(
            "run", tmp_path, "--jobs", str(jobs), "--artifacts", folder,
            "--junit", folder / "out.xml",
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert re.search(r"^2 passed: 12 simulated s", done.stdout, re.M), done.stdout
    names = sorted(path.name for path in (tmp_path / "a/good-seed1").iterdir())
    assert names == ["console.txt", "picture.png", "result.json", "run.tlog", "truth.csv"]
    for seed in (1, 2):
        for name in names:
            first, second = ((f / f"good-seed{seed}" / name).read_bytes() for f in folders)
            assert first == second, name
    tlogs = [(tmp_path / f"a/good-seed{seed}/run.tlog").read_bytes() for seed in (1, 2)]
    assert tlogs[0] != tlogs[1]
    result = json.loads((tmp_path / "a/good-seed2/result.json").read_text())
    assert result["verdict"] == "passed"
    assert result["truth"]["distance_m"] >= 0.3
    assert result["repeat"].endswith("good.toml --seed 2")
    recorded = list(read_tlog(tmp_path / "a/good-seed1/run.tlog"))
    assert {message.get_srcSystem() for _, message in recorded} == {1, 255}
    assert 5_900_000 < recorded[-1][0] <= 6_000_000
    assert len(ET.parse(tmp_path / "b/out.xml").getroot()[0]) == 2


def test_a_failure_is_told_with_a_report_and_the_command_that_repeats_it(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(BAD)
    first = patrol("run", "bad.toml", "--artifacts", "a", "--junit", "a.xml", cwd=tmp_path)
    assert first.returncode == 1
    assert "line 11: distance >= 3 m: 0." in first.stdout
    (command, _) = re.findall(
        r"^repeat: patrol scenario (.*?); report in (.*)$", first.stdout, re.M
    )[0]
    report = (tmp_path / "a/bad-seed1/report.md").read_text()
    for part in (f"patrol scenario {command}", "**not so**", "manual", "LOCAL_POSITION_NED"):
        assert part in report
    again = patrol(*command.split(), "--artifacts", "b", cwd=tmp_path)
    assert again.returncode == 1
    assert "1 failed" in again.stdout
    same = [(tmp_path / f / "bad-seed1/run.tlog").read_bytes() for f in ("a", "b")]
    assert same[0] == same[1]
    assert ET.parse(tmp_path / "a.xml").getroot().attrib["failures"] == "2"


FAULTY = (
    DRIVE
    + """
[[fault]]
kind = "uart.drop"
at = "2 s"
for = "1 s"
where = "from"
rate = "2 %"
[[fault]]
name = "kidnap"
kind = "world.kidnap"
at = "3 s"
[[fault]]
kind = "interpreter.kill"
at = "5 s"
[[expect]]
frames_lost = "> 0"
resets = "== 1"
[[expect]]
from = "kidnap"
until = "4.9 s"
position_error = "> 0.2 m"
[[expect]]
until = "1.9 s"
frames_lost = "== 0"
resets = "== 0"
"""
)


def test_faults_happen_at_their_times_and_the_same_ones_again(tmp_path: Path) -> None:
    (tmp_path / "faulty.toml").write_text(FAULTY)
    for folder in ("a", "b"):
        done = patrol("run", "faulty.toml", "--artifacts", folder, "--seed", "3", cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
    first, second = (tmp_path / f / "faulty-seed3" for f in ("a", "b"))
    for path in first.iterdir():
        assert path.read_bytes() == (second / path.name).read_bytes(), path.name


def test_a_known_gap_is_no_failure_until_it_is_closed(tmp_path: Path) -> None:
    (tmp_path / "gap.toml").write_text('not_yet = "too slow"\n' + BAD)
    done = patrol("run", tmp_path, "--artifacts", tmp_path / "a", "--seed", "1")
    assert done.returncode == 0, done.stdout
    assert "not mastered yet" in done.stdout
    assert "too slow" in done.stdout
    (tmp_path / "gap.toml").write_text('not_yet = "too slow"\n' + GOOD)
    done = patrol("run", tmp_path, "--artifacts", tmp_path / "a", "--seed", "1")
    assert done.returncode == 1
    assert "mastered now" in done.stdout
    assert "take not_yet out of the file" in done.stdout


def test_a_broken_file_is_refused_before_anything_runs(tmp_path: Path) -> None:
    (tmp_path / "good.toml").write_text(GOOD)
    broken = tmp_path / "broken.toml"
    broken.write_text(GOOD.replace('"6 s"', '"6 m"') + 'coverage = "> 100 %"\ncontacts = 0\n')
    for words in (
        ("run", tmp_path, "--artifacts", tmp_path / "a"),
        ("check", tmp_path),
        ("list", tmp_path),
    ):
        done = patrol(*words)
        assert done.returncode == 2
        lines = done.stderr.splitlines()
        assert [line.split(": ")[0] for line in lines] == [f"{broken}:{n}" for n in (4, 13, 14)]
        assert done.stdout == ""
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "no.toml"), "no.toml does not exist"),
        (("run", "."), "holds no scenario"),
        (("run", str(OWN), "--filter", "nothing"), "--filter nothing fits no scenario"),
        (("run", str(OWN), "--jobs", "0"), "--jobs"),
        (("run", str(OWN), "--junit", "."), "is a folder"),
        (("run", str(OWN), "--junit", str(OWN / "table_edges.toml")), "is one of the scenarios"),
        (("fly",), "fly"),
    ],
)
def test_wrong_usage_is_one_line(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = patrol(*words, cwd=tmp_path)
    assert done.returncode == 2, done.stdout
    (line,) = done.stderr.splitlines()
    assert said in line
    assert not list(tmp_path.iterdir())


def test_a_filter_chooses_and_a_list_only_lists(tmp_path: Path) -> None:
    done = patrol("run", OWN, "--filter", "office*", "--list", cwd=tmp_path)
    assert done.returncode == 0
    assert "office_patrol" in done.stdout
    assert "corridor" not in done.stdout
    done = patrol("check", OWN, cwd=tmp_path)
    assert done.returncode == 0
    assert "nothing is wrong with them" in done.stdout
    assert not list(tmp_path.iterdir())


def test_fail_fast_stops_at_the_first(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(BAD)
    done = patrol("run", tmp_path, "--artifacts", tmp_path / "a", "--fail-fast")
    assert done.returncode == 1
    assert "1 failed, 1 not run" in done.stdout


LONG = GOOD.replace('"1..2"', '"1..3"').replace('"6 s"', '"120 s"')


def _children(parent: int) -> list[int]:
    """Processes whose parent that is, and theirs."""
    listed = subprocess.run(
        ["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout
    pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
    found, todo = [], [parent]
    while todo:
        at = todo.pop()
        below = [pid for pid, ppid in pairs if ppid == at]
        found += below
        todo += below
    return found


def _alive(pid: int) -> bool:
    """Whether that process runs; an orphan that nobody has buried yet does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def _started(folder: Path, *words: str) -> subprocess.Popen[str]:
    """The command with a quick and a long scenario, when the quick one is done."""
    (folder / "a_quick.toml").write_text(GOOD.replace('"1..2"', '"1"'))
    (folder / "long.toml").write_text(LONG)
    process = subprocess.Popen(
        [sys.executable, "-m", "patrolcar", "scenario", "run", str(folder),
         "--artifacts", str(folder / "out"), "--junit", str(folder / "out.xml"), *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert "a_quick seed 1: passed" in process.stdout.readline()
    return process


def _all_end(pids: list[int]) -> None:
    end = time.monotonic() + 10  # Python's own tracker of resources ends after its parent
    while any(map(_alive, pids)) and time.monotonic() < end:
        time.sleep(0.05)
    assert [pid for pid in pids if _alive(pid)] == []


def test_what_it_has_started_ends_with_it_when_it_is_killed(tmp_path: Path) -> None:
    process = _started(tmp_path)
    time.sleep(0.5)
    below = _children(process.pid)
    process.kill()
    process.communicate(timeout=30)
    _all_end(below)


def test_ctrl_c_ends_it_with_what_is_done_and_no_process_left(tmp_path: Path) -> None:
    process = _started(tmp_path)
    time.sleep(0.5)
    below = _children(process.pid)
    assert len(below) >= 2  # a worker and its interpreter
    for _ in range(2):  # an impatient hand
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.1)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == ""
    assert "1 passed, 3 not run" in out
    assert len(ET.parse(tmp_path / "out.xml").getroot()[0]) == 1
    _all_end(below)


def test_a_worker_that_dies_takes_only_its_own_run_along(tmp_path: Path) -> None:
    process = _started(tmp_path)
    time.sleep(0.5)
    (worker,) = (
        pid
        for pid in _children(process.pid)
        if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )
    os.kill(worker, signal.SIGKILL)
    out, err = process.communicate(timeout=100)
    assert process.returncode == 1
    assert err == ""
    assert "long seed 1: failed: the process that ran it died (signal 9)" in out
    assert "3 passed, 1 failed" in out


@pytest.mark.acceptance
def test_the_projects_own_scenarios_come_out_as_expected(tmp_path: Path) -> None:
    done = patrol("run", OWN, "--jobs", "2", "--artifacts", tmp_path)
    assert done.returncode == 0, done.stdout
