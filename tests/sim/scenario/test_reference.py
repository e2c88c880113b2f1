"""The README's tables are those that the reading goes by, and its example can be run."""

from __future__ import annotations

from pathlib import Path

import pytest

from patrolcar_sim.scenario.load import load_scenario
from patrolcar_sim.scenario.reference import BEGIN, END, main, renewed

README = Path(__file__).resolve().parents[3] / "sim/scenarios/README.md"


def test_the_tables_are_up_to_date() -> None:
    text = README.read_text()
    assert renewed(text) == text, f"run: python -m patrolcar_sim.scenario.reference {README}"


def test_the_examples_can_be_run(tmp_path: Path) -> None:
    whole, more = (part.split("```")[0] for part in README.read_text().split("```toml\n")[1:3])
    (tmp_path / "example.toml").write_text(whole + more)
    scenario = load_scenario(tmp_path / "example.toml")
    assert scenario.seeds == (1, 2, 3, 4, 5)
    assert "visitor" in {prop.name for prop in scenario.all_props}


@pytest.mark.parametrize("text", ["# no tables\n", BEGIN, (BEGIN + END) * 2, "\udcff"])
def test_another_document_is_told_and_stays_as_it_is(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "other.md"
    path.write_text(text, errors="surrogateescape")
    before = path.read_bytes()
    with pytest.raises(SystemExit) as caught:
        main([str(path)])
    assert caught.value.code == 2
    assert f"{path} stays as it is: " in capsys.readouterr().err
    assert path.read_bytes() == before
