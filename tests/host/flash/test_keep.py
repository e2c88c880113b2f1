"""A board's files are kept on this machine whole, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from patrolcar.errors import PatrolError
from patrolcar.flash.keep import Files, Kept


def test_files_of_any_name_and_empty_folders_come_back_as_they_were(tmp_path: Path) -> None:
    files = {"a\nb.txt": b"\0\xff", "lib/é/m.py": b"x = 1\n", "../up": b"", "C:\\x": b"c" * 5000}
    Kept(tmp_path / "state", "12ab").save(Files(dict(files), {"lib", "lib/é", "empty"}))
    found = Kept(tmp_path / "state", "12ab").read()
    assert found.files == files
    assert found.folders == {"lib", "lib/é", "empty"}
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["12ab.zip"]


def test_another_chips_files_are_not_this_ones(tmp_path: Path) -> None:
    Kept(tmp_path, "12ab").save(Files({"a": b"a"}))
    other = Kept(tmp_path, "34cd")
    assert not other.there
    assert not other.read()
    other.drop()
    assert Kept(tmp_path, "12ab").there


def test_what_is_dropped_is_gone(tmp_path: Path) -> None:
    kept = Kept(tmp_path, "12ab")
    kept.save(Files({"a": b"a"}))
    assert kept.there
    kept.drop()
    assert not kept.there


@pytest.mark.parametrize("harm", ["cut", "flipped", "text"])
def test_a_damaged_archive_is_named_and_stays(harm: str, tmp_path: Path) -> None:
    kept = Kept(tmp_path, "12ab")
    kept.save(Files({"a": bytes(range(256)) * 20}))
    data = bytearray(kept.path.read_bytes())
    data[50] ^= 0xFF
    kept.path.write_bytes({"cut": data[:-30], "flipped": data, "text": b"hello"}[harm])
    with pytest.raises(PatrolError, match=r"12ab\.zip holds no files of a board .*: mend it"):
        kept.read()
    assert kept.there


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(PatrolError, match=r"12ab\.zip cannot be written .*kept there"):
        Kept(tmp_path / "state", "12ab").save(Files({"a": b"a"}))
