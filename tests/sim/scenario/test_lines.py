"""The line of every key, however the file is laid out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrolcar_sim.scenario.lines import KeyPath, key_lines
from patrolcar_sim.world.parts import _tomllib

TEXT = '''# a comment = 1
title = "an = sign # and no comment"

[a."b.c".'d']
e = """
f = 1
"""
g = [
  1,  # ]
  { h = 2, i.j = 3 },
]

[[k]]
l = 1
[k.m]
n = 1979-05-27T07:32:00Z
[[k]]
o . p = 'q'
"\\u0072" = true
'''


def test_keys_of_all_kinds_are_found_on_their_lines() -> None:
    assert key_lines(TEXT) == {
        ("title",): 2,
        ("a",): 4,
        ("a", "b.c"): 4,
        ("a", "b.c", "d"): 4,
        ("a", "b.c", "d", "e"): 5,
        ("a", "b.c", "d", "g"): 8,
        ("a", "b.c", "d", "g", 0): 9,
        ("a", "b.c", "d", "g", 1): 10,
        ("a", "b.c", "d", "g", 1, "h"): 10,
        ("a", "b.c", "d", "g", 1, "i"): 10,
        ("a", "b.c", "d", "g", 1, "i", "j"): 10,
        ("k",): 13,
        ("k", 0): 13,
        ("k", 0, "l"): 14,
        ("k", 0, "m"): 15,
        ("k", 0, "m", "n"): 16,
        ("k", 1): 17,
        ("k", 1, "o"): 18,
        ("k", 1, "o", "p"): 18,
        ("k", 1, "r"): 19,
    }


def _paths(value: Any, path: KeyPath = ()) -> set[KeyPath]:
    """Every place in data that was read."""
    found = {path} if path else set()
    if isinstance(value, dict):
        for key, inner in value.items():
            found |= _paths(inner, (*path, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            found |= _paths(inner, (*path, i))
    return found


_WORDS = st.sampled_from(
    ["[a]", "[[a]]", "[a.b]", "[[c]]", "x = 1", "y = [1, [2, {z = 3}]]", 'z = "[q]"', "", "# [n]",
     "'w' = '''\n[a]\n'''", "b.c = {d = [\n1,\n]}", '"v\\"" = """\\\n"a"""" # c', "t = 07:32:00"]
)  # fmt: skip


@given(st.lists(_WORDS, max_size=12).map("\n".join))
def test_what_python_reads_is_found_and_nothing_else(text: str) -> None:
    try:
        data = _tomllib.loads(text)
    except _tomllib.TOMLDecodeError:
        return
    assert set(key_lines(text)) == _paths(data)


@pytest.mark.parametrize("text", ["", "\n", "# nothing", "a = 1"])
def test_the_shortest_files_do(text: str) -> None:
    assert set(key_lines(text)) == _paths(_tomllib.loads(text))
