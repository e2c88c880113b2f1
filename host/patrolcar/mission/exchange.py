"""Missions over a link that loses and damages frames: sent, fetched and cleared for certain.

mavlink.io/en/services/mission.html. In an upload the car asks for one item after the other, and
again every 0.5 s; after 5 s without an item it gives up. As in params/exchange.py no heartbeat is
sent: a ground station that is heard once and then gone stops a car that drives.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NoReturn

from patrolcar.errors import PatrolError
from patrolcar.mission.item import Item
from patrolcar.mission.results import ACCEPTED, CANCELLED, refusal
from patrolcar.params.exchange import ANSWER_S, ATTEMPTS, Link
from patrolcar.view.feed import no_frame

Progress = Callable[[int, int], object]  # so many are over, of so many

QUIET_S = 0.8  # longer than the car takes to ask again, and its answer to come
GONE = 8  # silences after which the car has given up: the upload begins anew
PATIENCE_S = 20.0  # without a new item for that long, it is given up
MOST_S = 120.0  # for all of them, however slowly they go
REASON_S = 0.5  # for the text of a refusal
_KEEPS = "the car keeps the mission that it had"
_UNKNOWN = "whether it has stored them is not known"


class Exchange:
    """Sends missions to the car at the other end of a link, and fetches what it has."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._said = ""  # the car's last text of its mission

    def upload(
        self,
        items: Sequence[Item],
        first: int | None = None,
        progress: Progress = lambda done, of: None,
    ) -> None:
        """Replaces the car's mission; with `first`, only as many items of it from that one on.

        Returns when the car has stored them. PatrolError when it refuses, with its reason, or
        does not answer; then it has the mission that it had.
        """
        begin = first or 0
        last = begin + len(items) - 1
        asked: set[int] = set()
        latest = begin
        silences = most = 0
        start = news = time.monotonic()
        self._open(len(items), first)
        while True:
            message = self._next(("MISSION_REQUEST_INT", "MISSION_REQUEST", "MISSION_ACK"))
            now = time.monotonic()
            if now - news > PATIENCE_S or now - start > MOST_S:
                self._give_up(
                    f"took {most} of {len(items)} items",
                    "" if not most else _KEEPS if most < len(items) else _UNKNOWN,
                )
            if message is None:
                silences += 1
                if not asked or silences >= GONE:
                    silences = 0
                    asked.clear()
                    self._open(len(items), first)
                elif last in asked:  # its acknowledgement was lost: the car repeats it for this
                    self._send(last, items[last - begin])
                continue
            silences = 0
            if message.get_type() == "MISSION_ACK":
                if message.type == CANCELLED:  # it may have lost patience: ours ends it
                    asked.clear()
                    self._open(len(items), first)
                elif message.type != ACCEPTED:
                    raise PatrolError(refusal(message.type, latest, self._reason()))
                elif last in asked:
                    return
            elif begin <= message.seq <= last:
                latest = message.seq
                if latest not in asked:
                    asked.add(latest)
                    most = max(most, len(asked))
                    news = now
                    progress(len(asked), len(items))
                self._send(latest, items[latest - begin])

    def download(self, progress: Progress = lambda done, of: None) -> list[Item]:
        """The car's mission. PatrolError when it does not come."""
        count = self.count()
        items = self.fetch(range(count), progress)
        m = self._link.module
        self._link.mav.mission_ack_send(
            *self._target(), m.MAV_MISSION_ACCEPTED, m.MAV_MISSION_TYPE_MISSION
        )
        return items

    def count(self) -> int:
        """How many items the car has."""

        def ask() -> None:
            self._link.mav.mission_request_list_send(*self._target(), 0)

        return int(self._ask(ask, "MISSION_COUNT", "tells no mission").count)

    def fetch(
        self, numbers: Sequence[int], progress: Progress = lambda done, of: None
    ) -> list[Item]:
        """Some of its items. PatrolError when one does not come, or is not there (any more)."""
        found: list[Item] = []
        for number in numbers:
            found.append(self._item(number, f"told {len(found)} of {len(numbers)} items"))
            progress(len(found), len(numbers))
        return found

    def clear(self) -> None:
        """Empties the car's mission. PatrolError when it refuses, or does not answer."""

        def ask() -> None:
            self._link.mav.mission_clear_all_send(*self._target(), 0)

        self._ask(ask, "MISSION_ACK", "does not say whether its mission is cleared")

    # Inside.

    def _target(self) -> tuple[int, int]:
        return self._link.target_system, self._link.target_component

    def _open(self, count: int, first: int | None) -> None:
        """Says what will be sent."""
        mav = self._link.mav
        self._said = ""
        if first is None:
            mav.mission_count_send(*self._target(), count, 0)
        else:
            mav.mission_write_partial_list_send(*self._target(), first, first + count - 1, 0)

    def _send(self, number: int, item: Item) -> None:
        self._link.mav.mission_item_int_send(
            *self._target(),
            number,
            item.frame,
            item.command,
            0,
            int(item.autocontinue),
            *item.params,
            item.x,
            item.y,
            item.z,
            0,
        )

    def _item(self, number: int, failed: str) -> Item:
        def ask() -> None:
            self._link.mav.mission_request_int_send(*self._target(), number, 0)

        told = self._ask(ask, "MISSION_ITEM_INT", failed, number)
        return Item(
            told.command,
            told.frame,
            (told.param1, told.param2, told.param3, told.param4),
            told.x,
            told.y,
            told.z,
            bool(told.autocontinue),
        )

    def _ask(
        self, send: Callable[[], object], kind: str, failed: str, number: int | None = None
    ) -> Any:
        """The answer to a question, which is repeated until it comes; `number` is its item's.

        PatrolError when the car refuses, and with the text `failed` when it does not answer.
        """
        self._said = ""
        for _ in range(ATTEMPTS):
            send()
            for message in self._messages((kind, "MISSION_ACK"), ANSWER_S):
                if message.get_type() == "MISSION_ACK":
                    if message.type == ACCEPTED and kind == "MISSION_ACK":
                        return message
                    if message.type not in (ACCEPTED, CANCELLED):  # those end an older upload
                        raise PatrolError(refusal(message.type, number or 0, self._reason()))
                elif number is None or message.seq == number:
                    return message
        self._give_up(failed)

    def _messages(self, kinds: tuple[str, ...], seconds: float) -> Iterator[Any]:
        """Those of the mission for this program that come from the car within that time."""
        link = self._link
        own = link.mav.srcSystem
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            message = link.recv(left)
            if message is None or message.get_srcSystem() != link.target_system:
                continue
            kind = message.get_type()
            if kind == "STATUSTEXT":
                if message.text.startswith("mission "):
                    self._said = message.text
            elif (
                kind in kinds
                and message.target_system == own
                and getattr(message, "mission_type", 0) == 0
            ):
                yield message

    def _next(self, kinds: tuple[str, ...]) -> Any:
        """The next one; None when there is none for QUIET_S."""
        return next(self._messages(kinds, QUIET_S), None)

    def _reason(self) -> str:
        """What the car said of a refusal: before it or, for REASON_S, after it."""
        end = time.monotonic() + REASON_S
        while not self._said and (left := end - time.monotonic()) > 0:
            for _ in self._messages((), min(left, 0.05)):
                pass
        return self._said

    def _give_up(self, what: str, state: str = "") -> NoReturn:
        link = self._link
        if not link.received:
            raise PatrolError(no_frame(link.name))
        if state:
            raise PatrolError(
                f"the car at {link.name} {what} and then said no more; {state}: check the line "
                "or the radio, and send it again"
            )
        raise PatrolError(
            f"the car at {link.name} {what}: check the line or the radio; it may be in safe mode, "
            "or its firmware older (patrol flash)"
        )
