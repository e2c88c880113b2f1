"""The sensors' pictures: one for each, and the sheet that is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from patrolcar_sim.world.pictures import SENSORS, main

SHEET = Path(__file__).parents[3] / ".github" / "sensors.png"
PNG = b"\x89PNG\r\n\x1a\n"


def test_each_sensor_has_a_picture_and_all_have_one_sheet(tmp_path: Path) -> None:
    main([str(tmp_path / "pictures")])
    made = {path.stem: path.read_bytes() for path in (tmp_path / "pictures").iterdir()}
    assert set(made) == {*SENSORS, "sensors"}
    assert all(data.startswith(PNG) and len(data) > 5000 for data in made.values())


def test_a_folder_that_cannot_be_made_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit):
        main([str(tmp_path / "file")])
    assert f"{tmp_path / 'file'}: File exists: give another folder" in capsys.readouterr().err


def test_the_sheet_that_is_kept_is_small() -> None:
    assert SHEET.read_bytes().startswith(PNG)
    assert SHEET.stat().st_size < 200_000
