"""The drawn table is the firmware's, and the document in the checkout is not stale."""

import shutil

import pytest

from patrolcar import states
from patrolcar.errors import PatrolError
from patrolcar.flash.build import firmware_dir
from patrolcar.made import checkout

TREE = firmware_dir()


def test_the_readme_is_not_stale(capsys):
    assert states.main(["--check"]) == 0, capsys.readouterr().err


def test_every_row_that_leads_elsewhere_is_in_the_diagram():
    drawn = "\n".join(states.diagram(TREE))
    for row in states.transitions(TREE):
        lines = [one for one in drawn.splitlines() if f"{row.state} --> {row.to}:" in one]
        assert len(lines) == (row.state != row.to)
        assert all(row.event in line.partition(": ")[2].split(", ") for line in lines)


def test_every_row_is_a_cell_of_the_table():
    lines = states.table(TREE)
    cells = {
        (state, line.split("`")[1]): cell.strip()
        for line in lines[2:]
        for state, cell in zip(states.STATES, line.split("|")[2:], strict=False)
    }
    rows = {(row.state, row.event): row for row in states.transitions(TREE)}
    assert {place for place, cell in cells.items() if cell not in ("–", "refused")} == set(rows)
    for place, row in rows.items():
        assert (f"→ {row.to}" in cells[place]) == (row.state != row.to)


def test_every_failsafe_is_told_with_its_settings():
    text = "\n".join(states.failsafes(TREE))
    names = [name for name in states.settings(TREE) if name.startswith("fs_")]
    assert names
    for name in names:
        assert f"`{name}`" in text


def test_another_table_makes_another_document_and_check_writes_nothing(tmp_path, capsys):
    shutil.copytree(checkout() / "firmware", tmp_path / "firmware")
    readme = tmp_path / "firmware/README.md"
    table = tmp_path / "firmware/patrol/behaviour/transitions.py"
    text = table.read_text()
    table.write_text(text.replace("(AUTO, STUCK, HOLD, STOP)", "(AUTO, STUCK, FAULT, POWER_OFF)"))
    before = readme.read_text()
    root = ["--root", str(tmp_path)]
    assert states.main([*root, "--check"]) == 1
    assert "stale" in capsys.readouterr().err
    assert readme.read_text() == before
    assert states.main(root) == 0
    assert states.main([*root, "--check"]) == 0
    assert "AUTO --> FAULT: STUCK," in readme.read_text()


def test_an_unknown_block_is_refused_by_name():
    with pytest.raises(PatrolError, match="states: moods"):
        states.filled("<!-- states: moods -->\n<!-- end of moods -->\n", TREE)
