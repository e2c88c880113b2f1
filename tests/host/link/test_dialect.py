"""The host's generated module and its cache."""

import subprocess
import sys

import pytest

LOAD = """
import sys, platformdirs
platformdirs.user_cache_dir = lambda *a, **k: sys.argv[1]
from patrolcar.link import dialect
module = dialect.load()
print(module.__file__)
print(sys.modules["pymavlink.dialects.v20.patrol"] is module is dialect.load())
print(module.MAVLink_wheel_status_message.id)
"""


def load_elsewhere(cache):
    """Loads the dialect in a fresh process with this cache directory; its printed lines."""
    command = [sys.executable, "-c", LOAD, str(cache)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_it_is_made_once_and_then_taken_from_the_cache(tmp_path):
    first = load_elsewhere(tmp_path / "cache")
    made = next((tmp_path / "cache").glob("dialect-*/patrol.py"))
    assert first == [str(made), "True", "52100"]
    stamp = made.stat().st_mtime_ns
    assert load_elsewhere(tmp_path / "cache") == first
    assert made.stat().st_mtime_ns == stamp
    assert {p.name for p in made.parent.iterdir()} - {"__pycache__"} == {"patrol.py"}


def test_a_damaged_cache_is_made_again(tmp_path):
    load_elsewhere(tmp_path)
    made = next(tmp_path.glob("dialect-*/patrol.py"))
    made.write_text("def broken(:\n")
    assert load_elsewhere(tmp_path)[1:] == ["True", "52100"]
    assert "broken" not in made.read_text()


def test_a_cache_that_cannot_be_written_is_no_obstacle(tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert load_elsewhere(tmp_path / "file")[1:] == ["True", "52100"]


def test_mavutil_takes_the_dialect_by_name(dialect):
    mavutil = pytest.importorskip("pymavlink.mavutil")
    mavutil.set_dialect("patrol")
    assert mavutil.mavlink is dialect
