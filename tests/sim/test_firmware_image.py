"""The image with the firmware on it: made once, whole, for each content."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from patrolcar.errors import PatrolError
from patrolcar.flash.build import firmware_dir
from patrolcar_sim import firmware_image as images
from patrolcar_sim.firmware_image import firmware_image

Trees = list[dict[str, str]]
PRINT = "from patrolcar_sim.firmware_image import firmware_image; print(firmware_image())"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's cache of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Trees:
    """The programs of the images that were made: each is a few bytes, and no board runs for it."""
    trees: list[dict[str, str]] = []

    def flash_image(image: Path, model: object, tree: Path) -> Path:
        image.write_bytes(f"image {len(trees)}".encode())
        programs = tree.rglob("*.py")
        trees.append({path.relative_to(tree).as_posix(): path.read_text() for path in programs})
        return image

    monkeypatch.setattr(images, "flash_image", flash_image)
    return trees


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    copied = tmp_path / "firmware"
    shutil.copytree(firmware_dir(), copied)
    return copied


def test_it_is_made_once(cache: Path, made: Trees) -> None:
    first = firmware_image()
    assert first.is_relative_to(cache)
    assert firmware_image() == first
    assert len(made) == 1


def test_each_board_and_each_content_has_its_own(cache: Path, made: Trees, tree: Path) -> None:
    first = firmware_image(tree=tree)
    assert firmware_image("blackpill_f411", tree) != first
    with (tree / "patrol" / "version.py").open("a") as file:
        file.write("# another one\n")
    assert firmware_image(tree=tree) != first
    assert len(made) == 3


def test_changes_take_the_place_of_files_and_come_beside_them(
    cache: Path, made: Trees, tmp_path: Path
) -> None:
    changes = tmp_path / "changes"
    (changes / "patrol" / "behaviour").mkdir(parents=True)
    (changes / "patrol" / "behaviour" / "manual.py").write_text("import patrol.mine\n")
    (changes / "patrol" / "mine.py").write_text("ANSWER = 42\n")
    assert firmware_image(changes=changes) != firmware_image()
    changed, shipped = made
    assert changed["patrol/behaviour/manual.py"] == "import patrol.mine\n"
    assert changed.keys() - shipped.keys() == {"patrol/mine.py"}
    assert changed["main.py"] == shipped["main.py"]


def test_changes_that_nothing_imports_are_refused(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "manual.py").write_text("")
    with pytest.raises(PatrolError, match="changes nothing: none of its 1 files"):
        firmware_image(changes=tmp_path)
    with pytest.raises(PatrolError, match="there is no such folder"):
        firmware_image(changes=tmp_path / "away")


def test_a_damaged_one_is_made_anew(cache: Path, made: Trees) -> None:
    first = firmware_image()
    first.write_bytes(b"torn")
    again = firmware_image()
    assert len(made) == 2
    assert again.stem.endswith(hashlib.sha256(again.read_bytes()).hexdigest())


def test_the_cache_does_not_grow_without_end(cache: Path, made: Trees, tree: Path) -> None:
    for i in range(images.KEPT + 2):
        (tree / "data.txt").write_text(str(i))
        last = firmware_image(tree=tree)
    assert len(list(last.parent.glob("*.img"))) == images.KEPT
    assert last.exists()


def test_a_cache_that_cannot_be_written_is_done_without(cache: Path, made: Trees) -> None:
    cache.write_text("no folder")
    assert firmware_image().read_bytes() == b"image 0"


def test_what_is_no_firmware_is_refused(cache: Path, tmp_path: Path) -> None:
    with pytest.raises(PatrolError, match=r"no main\.py"):
        firmware_image(tree=tmp_path)
    with pytest.raises(PatrolError, match="board toaster: pass one of"):
        firmware_image("toaster")


@pytest.mark.acceptance
def test_two_processes_at_once_make_one_image_that_is_whole(cache: Path) -> None:
    command = [sys.executable, "-c", PRINT]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    first, second = (process.communicate(timeout=120)[0].strip() for process in both)
    assert first == second
    assert Path(first).stem.endswith(hashlib.sha256(Path(first).read_bytes()).hexdigest())
    assert list(Path(first).parent.glob("*.img")) == [Path(first)]
