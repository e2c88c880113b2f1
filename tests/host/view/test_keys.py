"""The keyboard: which key sends what, and that held arrows drive only in MANUAL."""

from typing import Any

import pytest

from patrolcar.view.keys import RELEASE_S, SEND_PERIOD_S, Keyboard
from patrolcar.view.state import Telemetry


class Spy:
    """A Feed that notes what it is asked to send."""

    def __init__(self) -> None:
        self.telemetry = Telemetry()
        self.telemetry.mode = "MANUAL"
        self.sent: list[Any] = []

    def arm(self, armed: bool) -> None:
        self.sent.append(("arm", armed))

    def set_mode(self, number: int) -> None:
        self.sent.append(("mode", number))

    def drive(self, forward: int, right: int) -> None:
        self.sent.append((forward, right))


@pytest.fixture
def spy() -> Spy:
    return Spy()


@pytest.fixture
def keyboard(spy: Spy) -> Keyboard:
    return Keyboard(spy)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("key", "sent"),
    [
        ("a", [("arm", True)]),
        ("d", [("arm", False)]),
        ("1", [("mode", 4)]),
        ("2", [("mode", 0)]),
        ("3", [("mode", 10)]),
        (" ", [(0, 0), ("arm", False)]),
        ("x", []),
        (None, []),
    ],
)
def test_each_key_sends_its_command(
    spy: Spy, keyboard: Keyboard, key: str | None, sent: list[Any]
) -> None:
    keyboard.press(key)
    assert spy.sent == sent


def test_a_held_arrow_is_sent_again_and_again_and_then_one_zero(
    spy: Spy, keyboard: Keyboard
) -> None:
    keyboard.press("up")
    for i in range(5):
        keyboard.tick(10 + i * SEND_PERIOD_S * 1.01)
    assert len(spy.sent) == 5
    assert all(forward > 0 and right == 0 for forward, right in spy.sent)
    keyboard.release("up", 11.0)
    for i in range(5):
        keyboard.tick(11.5 + i)
    assert spy.sent[5:] == [(0, 0)]


def test_the_key_repeat_of_x11_does_not_let_go(spy: Spy, keyboard: Keyboard) -> None:
    keyboard.press("left")
    keyboard.release("left", 1.0)
    keyboard.press("left")
    keyboard.tick(1.0 + 2 * RELEASE_S)
    assert len(spy.sent) == 1
    assert spy.sent[0][1] < 0


def test_arrows_send_nothing_outside_manual(spy: Spy, keyboard: Keyboard) -> None:
    spy.telemetry.mode = "AUTO"
    keyboard.press("up")
    keyboard.tick(1.0)
    assert spy.sent == []


def test_a_window_that_loses_the_focus_stops_the_car(spy: Spy, keyboard: Keyboard) -> None:
    keyboard.press("up")
    keyboard.tick(1.0)
    keyboard.let_go()
    keyboard.tick(2.0)
    keyboard.tick(3.0)
    assert spy.sent[1:] == [(0, 0)]


def test_q_quits(keyboard: Keyboard) -> None:
    keyboard.press("q")
    assert keyboard.quit
