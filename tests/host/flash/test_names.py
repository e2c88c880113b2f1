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
        self._b = a_.pulse_width
        self._a = b_

    def drive(self, a_):
        self.duty = a_ if a_ < self._a else self._a
        self._turn(a_)

    def _turn(self, a_):
        self._b(a_)
"""


def _shortened(**files: str) -> str:
    tree = {f"{name}.py": text for name, text in files.items()}
    return shorten(tree, ("main.py",))["motor.py"]


def test_parameters_and_private_attributes_become_short_and_functions_stay() -> None:
    assert _shortened(motor=MOTOR) == SHORT


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
