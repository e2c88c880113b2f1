"""The ground station of a scenario: it does the mission's steps and keeps what goes both ways."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from patrolcar.link.framer import Framer
from patrolcar_sim.ground_station import ScriptedStation
from patrolcar_sim.scenario.format import Step

STICKS_US = 100_000  # between two MANUAL_CONTROLs

Frame = Callable[[int, bytes], None]


class MissionStation(ScriptedStation):
    """Every frame, of the car and its own, goes to `on_frame` with its virtual time.

    Attributes:
        messages: what the car sent, decoded, each with the time at which it had come.
        lost: the time at which each frame was missed.
    """

    def __init__(self, mission: tuple[Step, ...], on_frame: Frame) -> None:
        super().__init__(decode=False)
        self.lost: list[int] = []
        self._framer = Framer()
        self._on_frame = on_frame
        self._silences = [
            (step.at_us, 1 << 60 if step.until_us is None else step.until_us)
            for step in mission
            if step.do == "silence"
        ]
        self._script = [entry for step in mission for entry in self._entries(step)]
        self._script.sort(key=lambda entry: entry[0])

    def _entries(self, step: Step) -> list[tuple[int, Callable[[], bytes]]]:
        """What that step sends, each with its time; packed when it is sent, in order."""
        if step.do == "silence":
            return []
        if step.do == "manual":
            assert step.until_us is not None
            times = range(step.at_us, step.until_us, STICKS_US)
            return [(at, lambda: self._frames(step)) for at in times if not self._silent(at)]
        return [(step.at_us, lambda: self._frames(step))]

    def _frames(self, step: Step) -> bytes:
        if step.do == "raw":
            data: bytes = step.values["bytes"]
            return data
        due, self._due = self._due, []
        values = step.values
        if step.do == "manual":
            self.manual(values["forward"], values["turn"])
        elif step.do == "mode":
            self.mode(values["mode"])
        elif step.do == "param":
            self.send(self._parameter(values["name"], values["value"]))
        else:
            getattr(self, step.do)()
        sent = b"".join(data for _, data in self._due)
        self._due = due
        return sent

    def _parameter(self, name: str, value: float) -> Any:
        real32 = self._mavlink.MAV_PARAM_TYPE_REAL32
        return self._mavlink.MAVLink_param_set_message(1, 1, name.encode(), value, real32)

    def _silent(self, at_us: int) -> bool:
        return any(begin <= at_us < end for begin, end in self._silences)

    def receive(self, data: bytes, at_us: int) -> None:
        """Takes in what the car sent."""
        lost = self._framer.lost
        for message in self._framer.feed(data):
            self.messages.append((at_us, message))
            self._on_frame(at_us, bytes(message.get_msgbuf()))
        self.lost += [at_us] * (self._framer.lost - lost)

    def anew(self) -> None:
        """The board was reset: its frames are numbered from 0 again."""
        self._framer = Framer()

    def poll(self, now_us: int) -> bytes:
        """What it sends by now."""
        data = b""
        if now_us >= self._next_heartbeat:
            if self._silent(now_us):
                self._next_heartbeat = max(end for begin, end in self._silences if begin <= now_us)
            else:
                data = self._sent(super().poll(now_us), now_us)
        while self._script and self._script[0][0] <= now_us:
            data += self._sent(self._script.pop(0)[1](), now_us)
        return data

    def _sent(self, data: bytes, now_us: int) -> bytes:
        if len(data) > 2 and self._framer.decode(data) is not None:  # raw bytes may be anything
            self._on_frame(now_us, data)
        return data
