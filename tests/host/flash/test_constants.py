"""Constants become literals where they are read, and go where nobody reads them."""

from patrolcar.flash.build import BOARDS, PLAIN, firmware_dir, sources
from patrolcar.flash.constants import inline

RULES = """\
from patrol.portable import const

ON = const(1)
OFF = const(ON - 2)  # why
TEXT = b'on'
"""


def _inlined(**files: str) -> dict[str, str]:
    tree = {"patrol/rules.py": RULES}
    tree |= {f"{name}.py": text for name, text in files.items()}
    return inline(tree, ("main.py",))


def test_a_constant_of_another_file_becomes_a_literal() -> None:
    text = _inlined(user="from patrol.rules import OFF, ON\nx = ON + OFF\n")["user.py"]
    assert text == "pass\nx = 1 + (-1)\n"


def test_so_does_one_of_a_module_under_another_name() -> None:
    text = _inlined(user="from patrol import rules as r\n\n\ndef f():\n    return r.ON\n")
    assert text["user.py"] == "pass\n\n\ndef f():\n    return 1\n"


def test_what_is_no_constant_is_still_imported() -> None:
    text = _inlined(user="from patrol.rules import (\n    ON,\n    TEXT,\n)\nprint(ON, TEXT)\n")
    assert text["user.py"] == "from patrol.rules import TEXT\n\n\n\nprint(1, TEXT)\n"


def test_a_definition_that_nobody_reads_goes_and_lines_stay() -> None:
    rules = _inlined()["patrol/rules.py"]
    assert rules == "pass\n\npass\npass  # why\nTEXT = b'on'\n"


def test_a_definition_stays_where_an_object_is_asked_for_that_name() -> None:
    rules = _inlined(user="def f(limits):\n    return limits.ON\n")["patrol/rules.py"]
    assert "ON = const(1)" in rules
    assert "OFF" not in rules


def test_a_file_that_must_stay_keeps_its_names_and_what_it_imports() -> None:
    made = _inlined(main="from patrol.rules import ON\nprint(ON)\n")
    assert made["main.py"] == "from patrol.rules import ON\nprint(ON)\n"
    assert "ON = const(1)" in made["patrol/rules.py"]


def test_a_name_that_is_bound_again_is_left_alone() -> None:
    source = "from patrol.rules import ON\n\n\ndef f(ON):\n    return ON\n"
    assert _inlined(user=source)["user.py"] == source


def test_decorators_and_const_need_no_import() -> None:
    source = "from patrol.portable import const, micropython\n\n_A = const(3)\n\n\n"
    source += "@micropython.viper\ndef f(x: int) -> int:\n    return x + _A\n"
    assert _inlined(user=source)["user.py"] == source.replace(source.split("\n")[0], "pass")


def test_every_line_of_the_firmware_keeps_its_number() -> None:
    tree = firmware_dir()
    texts = {
        path.as_posix(): (tree / path).read_text()
        for path in sources(tree)
        if path.suffix == ".py" and path.parts[0] != BOARDS
    }
    made = inline(texts, PLAIN)
    for name, text in texts.items():
        before, after = text.split("\n"), made[name].split("\n")
        assert len(before) == len(after), name
        for old, new in zip(before, after, strict=True):
            assert new == old or not old.lstrip().startswith(("def ", "class ", "#")), old
