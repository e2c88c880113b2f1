"""A ground station's side of missions, in steps of a virtual car's time."""

from __future__ import annotations

import math
import struct
from typing import Any

from patrolcar.link import dialect
from patrolcar_sim.car import VirtualCar

MAV = dialect.load()
Item = tuple[Any, ...]  # frame, command, autocontinue, four parameters, x, y, z
NAN = math.nan


def waypoint(number: int) -> Item:
    return (3, 16, 1, 2.5, 0.0, 0.0, NAN, 523_000_000 + number, -1_799_000_000 - number, 1.25)


def messages(car: VirtualCar, kind: str, since: int = 0) -> list[Any]:
    return [m for _, m in car.station.messages[since:] if m.get_type() == kind]


def say(car: VirtualCar, kind: str, *fields: Any) -> None:
    car.station.send(getattr(MAV, f"MAVLink_{kind}_message")(1, 1, *fields), car.board.now_us)


class Sender:
    """A ground station that answers each request for an item."""

    def __init__(self, car: VirtualCar, items: dict[int, Item], kind: str = "mission_item_int"):
        self.car = car
        self.items = items
        self.kind = kind
        self.answers = {"MISSION_REQUEST"}  # and the new way, where it knows that
        if kind == "mission_item_int":
            self.answers.add("MISSION_REQUEST_INT")
        self.asked: list[int] = []
        self._seen = len(car.station.messages)

    def item(self, number: int) -> None:
        frame, command, goes_on, *rest = self.items[number]
        say(self.car, self.kind, number, frame, command, 0, goes_on, *rest)

    def step(self) -> Any | None:
        """10 ms; the acknowledgement when it has come."""
        self.car.run(0.01)
        new = self.car.station.messages[self._seen :]
        self._seen += len(new)
        for _, message in new:
            if message.get_type() in ("MISSION_REQUEST_INT", "MISSION_REQUEST"):
                assert (message.target_system, message.target_component) == (255, 190)
                self.asked.append(message.seq)
                if message.get_type() in self.answers:
                    self.item(message.seq)
            elif message.get_type() == "MISSION_ACK":
                return message
        return None

    def until_acknowledged(self, most_s: float = 10.0) -> int:
        end = self.car.now_s + most_s
        while self.car.now_s < end:
            ack = self.step()
            if ack is not None:
                return int(ack.type)
        raise TimeoutError(f"no MISSION_ACK; asked for {self.asked}; {self.car.station.texts}")


def upload(car: VirtualCar, items: list[Item], kind: str = "mission_item_int") -> int:
    sender = Sender(car, dict(enumerate(items)), kind)
    say(car, "mission_count", len(items))
    return sender.until_acknowledged()


def write_partially(car: VirtualCar, first: int, last: int, items: dict[int, Item]) -> int:
    sender = Sender(car, items)
    say(car, "mission_write_partial_list", first, last)
    return sender.until_acknowledged()


def count(car: VirtualCar) -> int:
    since = len(car.station.messages)
    say(car, "mission_request_list")
    car.until(lambda: bool(messages(car, "MISSION_COUNT", since)))
    return int(messages(car, "MISSION_COUNT", since)[-1].count)


def item(car: VirtualCar, number: int, kind: str = "MISSION_ITEM_INT") -> Item:
    since = len(car.station.messages)
    asked = "mission_request_int" if kind == "MISSION_ITEM_INT" else "mission_request"
    say(car, asked, number)
    car.until(lambda: bool(messages(car, kind, since)))
    m = messages(car, kind, since)[-1]
    assert (m.seq, m.target_system, m.mission_type) == (number, 255, 0)
    params = (m.param1, m.param2, m.param3, m.param4)
    return (m.frame, m.command, m.autocontinue, *params, m.x, m.y, m.z)


def download(car: VirtualCar) -> list[Item]:
    return [item(car, number) for number in range(count(car))]


def same(one: Item, other: Item) -> bool:
    """Bit for bit, since a NaN is not equal to itself."""
    return struct.pack("<BHB4fiif", *one) == struct.pack("<BHB4fiif", *other)
