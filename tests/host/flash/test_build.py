"""The build: the real tree compiles for every target, the cache hits, bytecode drops viper."""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from patrolcar.errors import PatrolError
from patrolcar.flash import build as build_module
from patrolcar.flash import cache as cache_module
from patrolcar.flash.arch import decode
from patrolcar.flash.build import build, firmware_dir, require_tree, sources, without_native
from patrolcar.flash.constants import inline

STAND_INS = Path(__file__).parents[2] / "board" / "stand_ins"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    folder.mkdir()
    monkeypatch.setattr(cache_module, "cache_dir", lambda: folder)
    return folder


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    (folder / "patrol" / "__pycache__").mkdir(parents=True)
    (folder / "patrol" / "__pycache__" / "x.pyc").write_bytes(b"")
    (folder / "boot.py").write_text("pass\n")
    (folder / "main.py").write_text("import patrol.fast\n")
    (folder / "patrol" / "fast.py").write_text(
        "import micropython\n\n\n@micropython.viper\n"
        "def first(buf) -> int:\n    return int(ptr8(buf)[0])\n"
    )
    (folder / "patrol" / "model.bin").write_bytes(b"\x00\x01")
    return folder


@pytest.mark.parametrize("march", ["x64", "armv7emsp", None])
def test_the_firmware_compiles(tmp_path: Path, march: str | None) -> None:
    made = build(tmp_path / "build", march)
    not_boards = [path for path in sources(firmware_dir()) if path.parts[0] != "boards"]
    assert made.files == len(not_boards) + 1
    assert (tmp_path / "build" / "board.mpy").is_file()
    assert (tmp_path / "build" / "main.py").is_file()
    assert (tmp_path / "build" / "boot.py").is_file()
    sizes = [p.stat().st_size for p in (tmp_path / "build").rglob("*") if p.is_file()]
    assert sum(sizes) == made.size


def test_boot_and_main_stay_source_and_data_goes_as_it_is(
    tree: Path, tmp_path: Path, cache: Path
) -> None:
    build(tmp_path / "build", "x64", tree)
    made = sorted(p.relative_to(tmp_path / "build").as_posix() for p in _files(tmp_path / "build"))
    assert made == ["boot.py", "main.py", "patrol/fast.mpy", "patrol/model.bin"]


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_second_build_compiles_nothing_and_is_the_same(
    tree: Path, tmp_path: Path, cache: Path
) -> None:
    first = build(tmp_path / "build", "x64", tree)
    content = (tmp_path / "build" / "patrol" / "fast.mpy").read_bytes()
    second = build(tmp_path / "build", "x64", tree)
    assert (first.cached, second.cached) == (0, 1)
    assert (tmp_path / "build" / "patrol" / "fast.mpy").read_bytes() == content


def _half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _flipped(data: bytes) -> bytes:
    return data[:40] + bytes((data[40] ^ 0xFF,)) + data[41:]


@pytest.mark.parametrize("damage", [lambda _: b"", _half, _flipped, lambda _: b"null", None])
@pytest.mark.parametrize("kind", ["json", "mpy"])
def test_what_is_damaged_in_the_cache_is_made_anew(
    tree: Path, tmp_path: Path, cache: Path, kind: str, damage: Callable[[bytes], bytes] | None
) -> None:
    build(tmp_path / "first", "x64", tree)
    (kept,) = cache.glob(f"*.{kind}")
    good = kept.read_bytes()
    kept.unlink()
    if damage:
        kept.write_bytes(damage(good))
    else:
        kept.mkdir()
    build(tmp_path / "second", "x64", tree)
    assert _all(tmp_path / "second") == _all(tmp_path / "first")
    assert kept.is_dir() if damage is None else kept.read_bytes() == good
    assert not list(cache.glob("*.part"))


def _all(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in _files(folder)}


def test_without_a_cache_it_is_compiled_each_time_and_nothing_stays(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(cache_module, "cache_dir", lambda: tmp_path / "file" / "mpy")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    for _ in range(2):
        assert build(tmp_path / "build", "x64", tree).cached == 0
    assert not list((tmp_path / "temporary").iterdir())


def test_another_processor_is_another_file(tree: Path, tmp_path: Path, cache: Path) -> None:
    build(tmp_path / "one", "x64", tree)
    assert build(tmp_path / "two", "armv7emsp", tree).cached == 0


def test_an_old_build_is_replaced_whole(tree: Path, tmp_path: Path, cache: Path) -> None:
    build(tmp_path / "build", "x64", tree)
    (tree / "patrol" / "model.bin").unlink()
    build(tmp_path / "build", "x64", tree)
    assert not (tmp_path / "build" / "patrol" / "model.bin").exists()


def test_an_error_in_the_source_is_one_line_with_its_place(
    tree: Path, tmp_path: Path, cache: Path
) -> None:
    (tree / "patrol" / "broken.py").write_text("x = 1\nif x\n    pass\n")
    with pytest.raises(PatrolError, match=r"patrol/broken\.py.*line 2.*SyntaxError"):
        build(tmp_path / "build", "x64", tree)
    assert "\n" not in str(PatrolError("a\nb"))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"x = 1\ny = '\xe9'\n", "broken.py, line 2: byte 0xe9, which is no UTF-8"),
        (b"# coding: latin-1\ny = '\xe9'\n", "broken.py, line 2: byte 0xe9, which is no UTF-8"),
        (b"x = 1\n\0\n", "broken.py, line 2: a NUL byte"),
        (b"if x\r    y\r", "broken.py, line 1: SyntaxError"),
        (b"x = " + b"1 + " * 30_000 + b"1\n", "broken.py: an expression is nested too deeply"),
        (b"x = " + b"a + " * 600 + b"a\n", "broken.py: an expression is nested too deeply"),
        (b"x = " + b"-" * 3_000 + b"1\n", "broken.py: an expression is nested too deeply"),
        (b"x = " + b"(" * 1_000 + b")" * 1_000 + b"\n", "broken.py.*(nested|nesting)"),
    ],
)
@pytest.mark.parametrize("source", [False, True])
def test_what_is_no_program_is_one_line_with_its_place(
    tree: Path, tmp_path: Path, cache: Path, data: bytes, said: str, source: bool
) -> None:
    (tree / "patrol" / "broken.py").write_bytes(data)
    with pytest.raises(PatrolError, match=rf"^patrol/{said}"):
        build(tmp_path / "build", "x64", tree, source=source)


@pytest.mark.parametrize(
    "value", ["1 // 0", "1 << -1", "1 << 10**9", "9**9**9", "1 @ 2", "0x" + "f" * 9_000]
)
def test_a_constant_that_cannot_be_computed_here_is_the_boards_to_compute(value: str) -> None:
    text = f"X = {value}\n\n\ndef f():\n    return X\n"
    assert inline({"one.py": text}) == {"one.py": text}


def test_a_file_that_cannot_be_read_is_named(
    tree: Path, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = sources(tree)
    monkeypatch.setattr(build_module, "sources", lambda _: [*listed, Path("patrol/gone.py")])
    with pytest.raises(PatrolError, match=r"patrol/gone\.py cannot be read: No such file"):
        build(tmp_path / "build", "x64", tree)


@pytest.mark.parametrize("name", ["n" * 300, "d/" * 3_000])
def test_a_tree_with_an_over_long_name_is_wrong_usage(name: str) -> None:
    with pytest.raises(PatrolError, match="no firmware tree: File name too long") as caught:
        require_tree(Path(name))
    assert caught.value.code == 2
    assert len(str(caught.value)) < 200


def test_without_native_code_the_function_means_the_same_on_its_line() -> None:
    source = (
        "import micropython\n@micropython.viper\ndef first(buf) -> int:\n"
        "    return int(ptr8(buf)[0])\n"
    )
    plain = without_native(source)
    assert plain.splitlines()[2] == "def first(buf) -> int:"
    space: dict[str, object] = {}
    exec(plain.replace("import micropython", ""), space)
    assert space["first"](b"\x07") == 7  # type: ignore[operator]


def test_a_source_without_native_code_is_left_alone() -> None:
    assert without_native("x = 1\n") == "x = 1\n"


def test_plain_bytecode_computes_what_native_code_does(tmp_path: Path) -> None:
    program = (
        "import sys; sys.path[:0] = ['{}', '{}']; from patrol.link import payload\n"
        "b = bytearray(4)\n"
        "for v, d in ((12345, 1000), (-7, 10), (1, 1000000)): payload.put_float(b, 0, v, d);"
        " print(bytes(b), payload.get_scaled(b, 0, 1000))"
    )
    interpreter = Path(sys.executable).with_name("micropython")
    said = []
    for march in (None, decode(_mpy(interpreter))):
        build(tmp_path / str(march), march)
        said.append(_run(interpreter, program.format(tmp_path / str(march), STAND_INS)))
    assert said[0] == said[1]
    assert "12345" in said[0]


def _run(interpreter: Path, program: str) -> str:
    done = subprocess.run(
        [str(interpreter), "-c", program], capture_output=True, text=True, check=True
    )
    return done.stdout


def _mpy(interpreter: Path) -> int:
    return int(_run(interpreter, "import sys; print(sys.implementation._mpy)"))
