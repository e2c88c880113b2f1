"""The unmodified mpremote command takes the virtual board for a real one."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from served import Served


@pytest.fixture(scope="module")
def sim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    image = tmp_path_factory.mktemp("empty board") / "flash image.img"  # a path with a space
    with Served("--flash", image, "--world", "empty") as served:
        yield served


def mpremote(sim: Served, *words: str | Path, port: str = "") -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mpremote", "connect", port or sim.repl, *map(str, words)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_exec_and_eval(sim: Served) -> None:
    assert mpremote(sim, "exec", "print(6 * 7)") == "42\n"
    assert mpremote(sim, "eval", "2 ** 10") == "1024\n"


def test_exec_over_tcp(sim: Served) -> None:
    assert mpremote(sim, "exec", "print('tcp')", port=sim.repl_url) == "tcp\n"


def test_a_tree_is_copied_listed_and_hashed(sim: Served, tmp_path: Path) -> None:
    tree = tmp_path / "my tree"
    (tree / "inner").mkdir(parents=True)
    data = bytes(range(256)) * 100
    (tree / "inner" / "data.bin").write_bytes(data)
    (tree / "hello.py").write_text("print('hello')\n")
    mpremote(sim, "cp", "-r", tree, ":")
    assert "hello.py" in mpremote(sim, "ls", ":my tree")
    told = mpremote(sim, "sha256sum", ":my tree/inner/data.bin")
    assert hashlib.sha256(data).hexdigest() in told
    back = tmp_path / "back.bin"
    mpremote(sim, "cp", ":my tree/inner/data.bin", back)
    assert back.read_bytes() == data
    mpremote(sim, "rm", "-r", ":my tree")
    assert "my tree" not in mpremote(sim, "ls")


def test_a_hundred_kilobytes_fit_onto_an_enlarged_filesystem(tmp_path: Path) -> None:
    data = bytes(range(256)) * 400
    big = tmp_path / "big.bin"
    big.write_bytes(data)
    with Served("--filesystem-kb", "300", "--world", "empty") as enlarged:
        mpremote(enlarged, "cp", big, ":")
        told = mpremote(enlarged, "sha256sum", ":big.bin")
    assert hashlib.sha256(data).hexdigest() in told


def test_run_executes_a_local_file(sim: Served, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("import sys\nprint(sys.implementation.name)\n")
    assert mpremote(sim, "run", script) == "micropython\n"


def test_mount_shows_a_local_folder(sim: Served, tmp_path: Path) -> None:
    (tmp_path / "far.py").write_text("answer = 7\n")
    out = mpremote(sim, "mount", tmp_path, "exec", "import far; print(far.answer)")
    assert out.endswith("7\n")


def test_soft_reset_runs_boot_and_main_afresh(sim: Served, tmp_path: Path) -> None:
    script = tmp_path / "boot.py"
    script.write_text("import machine\nbooted = machine.reset_cause()\n")
    mpremote(sim, "cp", script, ":boot.py")
    mpremote(sim, "exec", "left_over = 1")
    mpremote(sim, "soft-reset")
    assert mpremote(sim, "resume", "exec", "print(booted)") == "0\n"
    out = mpremote(sim, "resume", "exec", "print('left_over' in globals())")
    assert out == "False\n"
    mpremote(sim, "rm", ":boot.py")


def test_reset_is_a_hard_reset(sim: Served) -> None:
    mpremote(sim, "reset")
    assert mpremote(sim, "resume", "exec", "import machine; print(machine.reset_cause())") == "2\n"


def test_df_tells_the_size_of_a_new_pyboards_filesystem(sim: Served) -> None:
    # 190 clusters of a FAT on 112 KB: a root directory of 512 entries takes 16 KB of them.
    flash = next(line for line in mpremote(sim, "df").splitlines() if line.endswith("/flash"))
    kind, size, used, available, *_ = flash.split()
    assert (kind, int(size)) == ("<VfsFat>", 190 * 512)
    assert int(used) + int(available) == int(size)
