"""On boards whose settings share a sector with the filesystem, a flash keeps them."""

from __future__ import annotations

from pathlib import Path

import pytest

from patrolcar.flash.flash import Options, transfer
from patrolcar.flash.repl import Repl
from patrolcar_sim.board.models import find_model
from patrolcar_sim.firmware_image import flash_image
from patrolcar_sim.powered import Powered

SECTOR_4 = 0x10000
STORE = "import board\nfrom patrol.store.log import Log\nfrom patrol.store import settings\n"
SAVE = STORE + (
    "from patrol.store import mission\nlog = Log(board.SETTINGS)\n"
    "mission.save(log, bytes(range(64)) * 32)\nsettings.save(log, {'track': 13040})\n"
    "log.append(5, 1, bytes(480))"  # of an upload that was cut off
)
LOAD = STORE + (
    "from stm import mem16\nfrom patrol.store import mission\nlog = Log(board.SETTINGS)\n"
    "parts, count = mission.find(log)\n"
    "at = parts[-1] if parts else 0\n"
    "print((settings.load(log, lambda *said: None)['track'], count, at and mem16[at + 62]))"
)
KEPT = (13040, 64, 0x3F3E)


@pytest.mark.parametrize("name", ["blackpill_f411", "nucleo_f446re"])
def test_settings_and_mission_outlive_flashes_that_erase_their_sector(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    model = find_model(name)
    image = flash_image(tmp_path / "flash.img", model)
    with Powered(image, model) as board:
        with Repl(board.repl) as repl:
            repl.soft_reset()
            repl.run(SAVE)
        erases = board.board.erases
        flashes = [Options(source=True), Options(littlefs=True), Options()]
        # The filesystem chooses where it writes: more flashes, until one has met the sector.
        flashes += [Options(source=True), Options()] * 4
        for number, options in enumerate(flashes):
            if number >= 3 and erases[SECTOR_4]:
                break
            with Repl(board.repl) as repl:
                transfer(repl, options, lambda *_: None)
                repl.soft_reset()
                assert repl.value(LOAD) == KEPT
        assert erases[SECTOR_4] > 0
    assert not list((tmp_path / "state").rglob("*.json"))


def test_a_flash_makes_room_where_missions_have_filled_the_only_area(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    model = find_model("blackpill_f411")
    store = STORE + "from patrol.store import mission\nlog = Log(board.SETTINGS)\n"
    one = store + "print(mission.save(log, bytes(({},)) * 2048))"
    with Powered(flash_image(tmp_path / "flash.img", model), model) as board:
        with Repl(board.repl) as repl:
            repl.soft_reset()
            saved = 0
            while repl.value(one.format(saved + 1)):
                saved += 1
        assert 15 < saved < 24
        with Repl(board.repl) as repl:
            transfer(repl, Options(), lambda *_: None)
            repl.soft_reset()
            assert repl.value(store + "print(mission.find(log)[1])") == 64
            assert repl.value(one.format(saved + 1)) is True
