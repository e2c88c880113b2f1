"""The README's tables are those that the reading goes by, and its example can be run."""

from __future__ import annotations

from pathlib import Path

from patrolcar_sim.scenario.load import load_scenario
from patrolcar_sim.scenario.reference import renewed

README = Path(__file__).resolve().parents[3] / "sim/scenarios/README.md"


def test_the_tables_are_up_to_date() -> None:
    text = README.read_text()
    assert renewed(text) == text, f"run: python -m patrolcar_sim.scenario.reference {README}"


def test_the_example_can_be_run(tmp_path: Path) -> None:
    example = README.read_text().split("```toml\n")[1].split("```")[0]
    (tmp_path / "example.toml").write_text(example)
    assert load_scenario(tmp_path / "example.toml").seeds == (1, 2, 3, 4, 5)
