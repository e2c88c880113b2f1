"""The viewer's keyboard: which key asks the car for what, and driving by held arrow keys."""

from patrolcar.view.feed import Feed

SEND_PERIOD_S = 0.1  # a fifth of the car's deadman of 500 ms
FULL_FORWARD = 600  # of 1000: a walking pace that a person at the keyboard can follow
FULL_TURN = 450
# X11 repeats a held key as release and press: a release counts only when no press follows.
RELEASE_S = 0.08

MODE_KEYS = {"1": 4, "2": 0, "3": 10}  # HOLD, MANUAL, AUTO
ARROWS = {"up": (1, 0), "down": (-1, 0), "left": (0, -1), "right": (0, 1)}


class Keyboard:
    """Turns key presses and releases into commands; `tick` must be called a few times a second."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._held: dict[str, float | None] = {}  # arrow -> when released, None while held
        self._next_send = 0.0
        self._driving = False
        self.quit = False

    def press(self, key: str | None) -> None:
        """A key went down (matplotlib's name of it)."""
        if key in ARROWS:
            self._held[key] = None
        elif key == "a":
            self._feed.arm(True)
        elif key == "d":
            self._feed.arm(False)
        elif key in (" ", "space"):
            self._held.clear()
            self._feed.drive(0, 0)
            self._feed.arm(False)
        elif key in MODE_KEYS:
            self._feed.set_mode(MODE_KEYS[key])
        elif key in ("q", "escape"):
            self.quit = True

    def release(self, key: str | None, now_s: float) -> None:
        """A key went up."""
        if key in self._held:
            self._held[key] = now_s

    def let_go(self) -> None:
        """Takes all keys for released: a window without the focus hears of no release."""
        self._held.clear()

    def tick(self, now_s: float) -> None:
        """Sends what the held arrows say, in MANUAL only; one last zero when all are let go."""
        for key, released in list(self._held.items()):
            if released is not None and now_s - released > RELEASE_S:
                del self._held[key]
        if now_s < self._next_send or self._feed.telemetry.mode != "MANUAL":
            return
        if self._held or self._driving:
            forward = sum(ARROWS[key][0] for key in self._held)
            right = sum(ARROWS[key][1] for key in self._held)
            self._feed.drive(forward * FULL_FORWARD, right * FULL_TURN)
            self._driving = bool(self._held)
            self._next_send = now_s + SEND_PERIOD_S
