"""The pack holds every module, and is what the board's own loader reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrolcar.errors import PatrolError
from patrolcar.flash.pack import NAME, pack, packed, unpacked

names = st.from_regex(r"[a-z_]{1,8}(/[a-z_]{1,8}){1,2}\.(mpy|py|bin)", fullmatch=True)


@given(st.dictionaries(names, st.binary(max_size=3000), min_size=1, max_size=12))
def test_what_goes_in_comes_out(files: dict[str, bytes]) -> None:
    assert unpacked(pack(files)) == files


def test_the_same_modules_are_the_same_bytes_in_any_order() -> None:
    files = {"a/x.mpy": b"1" * 500, "a/b/y.mpy": b"2" * 500}
    assert pack(files) == pack(dict(reversed(files.items())))


def test_what_boots_the_board_stays_outside() -> None:
    made = packed({"boot.py": b"b", "main.py": b"m", "safe.mpy": b"s", "patrol/app.mpy": b"a"})
    assert set(made) == {"boot.py", "main.py", "safe.mpy", NAME}
    assert unpacked(made[NAME]) == {"patrol/app.mpy": b"a"}


def test_a_file_that_is_no_pack_is_refused() -> None:
    with pytest.raises(PatrolError, match="does not begin a pack"):
        unpacked(b"GIF89a....")


def test_more_modules_than_an_index_can_name_are_refused() -> None:
    with pytest.raises(PatrolError, match="1000 modules"):
        pack({f"folder/module_{i:05}.mpy": b"" for i in range(1000)})
