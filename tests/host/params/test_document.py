"""The document of the parameters is the table's, and not stale."""

import shutil
from pathlib import Path

import pytest

from patrolcar.made import checkout
from patrolcar.params.document import DOCUMENT, main
from patrolcar.params.table import known


def test_the_document_is_not_stale() -> None:
    assert main(["--check"]) == 0, "run `make parameters`"


def test_every_parameter_is_in_it_once() -> None:
    text = (checkout() / DOCUMENT).read_text(encoding="utf-8")
    for name, one in known().items():
        assert text.count(f"| `{name}` |") == 1
        assert (
            f"| {one.range} | {one.default} | {one.sentence.replace('|', chr(92) + '|')} |" in text
        )


def test_a_stale_one_is_told_and_mended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = Path("firmware/patrol/store/table.py")
    (tmp_path / table.parent).mkdir(parents=True)
    shutil.copy(checkout() / table, tmp_path / table)
    root = ["--root", str(tmp_path)]
    assert main([*root, "--check"]) == 1
    assert "stale: run `make parameters`" in capsys.readouterr().err
    assert main(root) == 0
    assert (tmp_path / DOCUMENT).read_text() == (checkout() / DOCUMENT).read_text()
    assert main([*root, "--check"]) == 0
