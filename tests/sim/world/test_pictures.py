"""The sensors' pictures: one for each, and the sheet that is kept."""

from __future__ import annotations

from pathlib import Path

from patrolcar_sim.world.pictures import SENSORS, main

SHEET = Path(__file__).parents[3] / ".github" / "sensors.png"
PNG = b"\x89PNG\r\n\x1a\n"


def test_each_sensor_has_a_picture_and_all_have_one_sheet(tmp_path: Path) -> None:
    main([str(tmp_path / "pictures")])
    made = {path.stem: path.read_bytes() for path in (tmp_path / "pictures").iterdir()}
    assert set(made) == {*SENSORS, "sensors"}
    assert all(data.startswith(PNG) and len(data) > 5000 for data in made.values())


def test_the_sheet_that_is_kept_is_small() -> None:
    assert SHEET.read_bytes().startswith(PNG)
    assert SHEET.stat().st_size < 200_000
