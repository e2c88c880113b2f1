"""Parameters reach the firmware and the world."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from patrolcar.flash.build import board_data
from patrolcar.flash.preserve import records
from patrolcar_sim.board.image import BASE
from patrolcar_sim.board.models import MODELS, find_model
from patrolcar_sim.scenario.drive import drive, make_world
from patrolcar_sim.scenario.format import Parameters, Scenario
from patrolcar_sim.scenario.parameters import changed_parts, settings_table, store_settings


def _scenario(parameters: Parameters, board: str = "pyboard_v11") -> Scenario:
    return Scenario("x", "x", "x", "empty", (1,), board, 2_000_000, parameters=parameters)


@pytest.mark.parametrize("board", sorted(MODELS))
def test_settings_lie_in_the_flash_as_the_firmware_would_store_them(
    board: str, tmp_path: Path
) -> None:
    image = tmp_path / "flash.img"
    image.write_bytes(b"\xff" * find_model(board).flash.size)
    store_settings(image, board, {"track": 12345})
    address, size = board_data(board)["SETTINGS"][0]
    (record,) = records(image.read_bytes()[address - BASE :][:size])
    layout, table = settings_table()
    assert (record.kind, record.layout) == (1, layout)
    values = struct.unpack(f"<{len(table)}i", bytes.fromhex(record.payload))
    stored = dict(zip(table, values, strict=True))
    assert stored == {name: row[3] for name, row in table.items()} | {"track": 12345}


def test_a_running_car_goes_by_its_settings(tmp_path: Path) -> None:
    """Half the battery's full scale is half the voltage that it reports."""
    volts = []
    for settings in ({}, {"battery_full": 12_000}):
        folder = tmp_path / str(len(settings))
        folder.mkdir()
        run, _ = drive(_scenario(Parameters(settings)), 1, folder)
        assert not [text for text in run.texts() if "refused" in text.text]
        (first, *_) = run.said_by("SYS_STATUS", 0.5, 2)
        volts.append(first[1].voltage_battery)
    assert volts[1] / volts[0] == pytest.approx(
        12_000 / settings_table()[1]["battery_full"][3], abs=0.01
    )


def test_parts_and_light_are_the_worlds() -> None:
    parameters = Parameters(
        parts={("battery", "charge"): 0.3, ("battery", "charge_spread"): 0.0}, light=0.5
    )
    assert changed_parts(parameters).battery.charge == 0.3
    world = make_world(_scenario(parameters), 1)
    assert world.battery.charge == pytest.approx(0.3, abs=1e-3)
    assert world.light == 0.5
