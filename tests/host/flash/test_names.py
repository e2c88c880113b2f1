"""Names that only one place knows become short; all others stay."""

from patrolcar.flash.names import shorten

MOTOR = """
class Motor:
    def __init__(self, channel, limit=1000):
        self.duty = 0
        self._width = channel.pulse_width
        self._limit = limit

    def drive(self, duty):
        self.duty = duty if duty < self._limit else self._limit
        self._turn(duty)

    def _turn(self, duty):
        self._width(duty)
"""
SHORT = """
class Motor:
    def __init__(self, a_, b_=1000):
        self.duty = 0
        self._c = a_.pulse_width
        self._a = b_

    def drive(self, a_):
        self.duty = a_ if a_ < self._a else self._a
        self._b(a_)

    def _b(self, a_):
        self._c(a_)
"""
TWO = """
_MOST = 7
_FEW = const(3)


def _clamped(value):
    return value if value < _MOST else _FEW


class Sonar:
    def __init__(self):
        self.range_mm = 0


class Motor:
    def __init__(self):
        self._width = _clamped(9)

    def width(self, most=_MOST):
        return self._width
"""


def _shortened(**files: str) -> str:
    tree = {f"{name}.py": text for name, text in files.items()}
    return shorten(tree, ("main.py",))["motor.py"]


def test_parameters_and_what_is_private_to_a_class_become_short() -> None:
    assert _shortened(motor=MOTOR) == SHORT


def test_what_the_board_has_met_anyway_stands_for_what_is_private() -> None:
    text = _shortened(motor=TWO)
    assert "_MOST" not in text
    assert "_clamped" not in text
    assert "self._width" not in text
    assert text.count("range_mm") > 2
    assert "_b = const(3)" in text  # which the compiler drops by its _
    scope: dict = {"const": int}
    exec(text, scope)
    assert scope["Motor"]().width() == 3


def test_what_another_module_asks_for_keeps_its_name() -> None:
    assert "def _clamped" in _shortened(motor=TWO, app="from motor import _clamped\n")


def test_a_base_takes_no_name_that_a_class_made_of_it_may_have() -> None:
    base = "class Base:\n    def __init__(self):\n        self._x = 1\n"
    made = "class Made(Base):\n    def __init__(self):\n        self.range_mm = 2\n"
    assert "self.range_mm = 1" not in _shortened(motor=base + made)


def test_the_program_does_the_same() -> None:
    for text in (MOTOR, _shortened(motor=MOTOR)):
        scope: dict = {}
        exec(text, scope)
        widths: list[int] = []
        motor = scope["Motor"](type("Channel", (), {"pulse_width": widths.append}), 500)
        motor.drive(300)
        motor.drive(900)
        assert (motor.duty, widths) == (500, [300, 900])


def test_what_is_passed_by_keyword_keeps_its_name() -> None:
    assert "b_, limit=1000" not in _shortened(motor=MOTOR)
    assert "limit=1000" in _shortened(motor=MOTOR, app="Motor(0, limit=3)\n")


def test_what_is_reached_from_outside_keeps_its_name() -> None:
    text = _shortened(motor=MOTOR, main="motor._limit = 3\n")
    assert "self._limit" in text
    assert "self._width" not in text


def test_a_closure_s_names_are_left_alone() -> None:
    source = "def f(a):\n    def g(b):\n        return a + b\n\n    return g\n"
    assert _shortened(motor=source) == source.replace("(b)", "(a_)").replace("a + b", "a + a_")


def test_a_short_name_means_nothing_else() -> None:
    text = _shortened(motor="def f(x):\n    return x + a_\n", other="b_ = 3\n")
    assert text == "def f(c_):\n    return c_ + a_\n"
