"""Lean source is the same program, line for line."""

import ast

import pytest

from patrolcar.flash.build import firmware_dir, sources
from patrolcar.flash.lean import lean

FILES = [path for path in sources(firmware_dir()) if path.suffix == ".py"]


def _bare(source: str) -> list[tuple[str, int]]:
    """Every node but docstrings and lone passes, with its line."""
    return [
        (type(node).__name__, node.lineno)
        for node in ast.walk(ast.parse(source))
        if hasattr(node, "lineno")
        and not isinstance(node, ast.Pass)
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        and not (isinstance(node, ast.Constant) and isinstance(node.value, str))
    ]


@pytest.mark.parametrize("path", FILES, ids=str)
def test_the_firmwares_files_keep_their_nodes_and_lines(path: object) -> None:
    source = (firmware_dir() / str(path)).read_text()
    assert _bare(lean(source)) == _bare(source)
    assert len(lean(source)) <= len(source)


def test_text_in_strings_stays_as_it_is() -> None:
    source = 'def f():\n    """Doc."""\n    return """a\n    # b\n        c"""  # d\n'
    scope: dict[str, object] = {}
    exec(source.replace('"""Doc."""', "pass"), scope)
    wanted = scope["f"]()  # type: ignore[operator]
    exec(lean(source), scope)
    assert scope["f"]() == wanted  # type: ignore[operator]
    assert "Doc" not in lean(source)
    assert "# d" not in lean(source)


def test_spaces_between_words_stay_and_others_go() -> None:
    source = (
        "x = [1 if  a else 'b c' , -1]  # d\nif not  x :\n    y = x [ 0 ] if 1 in x else ( 2 , )\n"
    )
    assert lean(source) == "x=[1 if  a else 'b c',-1]\nif not  x:\n y=x[0]if 1 in x else(2,)\n"


def test_a_body_that_was_only_a_docstring_is_still_one() -> None:
    assert lean('class A:\n    """Nothing."""\n') == "class A:\n pass\n"
