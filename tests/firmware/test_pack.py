"""The pack is mounted by the board's own loader, in a real MicroPython."""

import subprocess
import sys
from pathlib import Path

from patrolcar.flash.build import firmware_dir
from patrolcar.flash.pack import pack

PROGRAM = """
import sys
sys.path.insert(0, {firmware!r})
import pack
pack._FILE = {file!r}
for taken in {files!r}:
    if taken:
        with open(pack._FILE, 'wb') as file:
            file.write(taken)
    try:
        pack.mount()
        sys.modules.pop('folder.one', None)
        from folder.one import X
        print(X)
    except OSError as error:
        print(error.errno)
print(sys.path.count('/pack'))
"""


def _said(folder: Path, *files: bytes, program: str = PROGRAM) -> list[str]:
    program = program.format(
        firmware=str(firmware_dir()), file=str(folder / "a.pack"), files=files
    )
    interpreter = Path(sys.executable).with_name("micropython")
    done = subprocess.run(
        [str(interpreter), "-c", program], capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_a_board_that_booted_without_a_pack_mounts_one_that_has_come(tmp_path: Path) -> None:
    made = pack({"folder/one.py": b"X = 'found'\n", "folder/__init__.py": b""})
    assert _said(tmp_path, b"", b"", made) == ["2", "2", "found", "1"]


def test_another_pack_takes_the_place_of_the_first(tmp_path: Path) -> None:
    first, second = (
        pack({"folder/one.py": b"X = %d\n" % i, "folder/__init__.py": b""}) for i in (7, 8)
    )
    assert _said(tmp_path, first, second) == ["7", "8", "1"]


def test_modules_are_found_after_the_index_was_forgotten(tmp_path: Path) -> None:
    program = PROGRAM.replace("pack.mount()\n", "pack.mount()\n        pack.forget()\n")
    assert program != PROGRAM
    made = pack({"folder/one.py": b"X = 'found'\n"})
    assert _said(tmp_path, made, program=program) == ["found", "1"]
