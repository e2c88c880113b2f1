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
SAVE = STORE + "settings.save(Log(board.SETTINGS), {'track': 13040})"
LOAD = STORE + "print(settings.load(Log(board.SETTINGS), lambda *said: None)['track'])"


@pytest.mark.parametrize("name", ["blackpill_f411", "nucleo_f446re"])
def test_settings_outlive_flashes_that_erase_their_sector(
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
                assert repl.value(LOAD) == 13040
        assert erases[SECTOR_4] > 0
    assert not list((tmp_path / "state").rglob("*.json"))
