"""A TOML table that is read key by key: types, units and unknown keys are seen to here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from patrolcar_sim.scenario.lines import KeyPath
from patrolcar_sim.scenario.problems import Problems
from patrolcar_sim.scenario.units import UnitError, in_unit, quantity, said
from patrolcar_sim.words import nearest

T = TypeVar("T")


def _several(units: Sequence[str]) -> str:
    return ", ".join(f"1 {unit}" for unit in units)


class Table:
    """One table; every getter returns None where the key is missing or was refused.

    `done()` at the end refuses the keys that nobody asked for.
    """

    def __init__(self, problems: Problems, data: dict[str, Any], path: KeyPath = ()) -> None:
        self.problems = problems
        self.data = data
        self.path = path
        self._asked: list[str] = []

    def refuse(self, key: str, reason: str) -> None:
        """That key cannot be; an empty one stands for the whole table."""
        self.problems.add((*self.path, key) if key else self.path, reason)

    def has(self, key: str) -> bool:
        """Whether the file says it."""
        return key in self.data

    def known(self, key: str) -> None:
        """That key may be there."""
        if key not in self._asked:
            self._asked.append(key)

    def raw(self, key: str) -> Any:
        """A key's value as it is."""
        return self._get(key, False)

    def _get(self, key: str, required: bool) -> Any:
        self.known(key)
        if key not in self.data and required:
            self.refuse("", f"{key} is missing")
        return self.data.get(key)

    def typed(self, key: str, kind: type[T], word: str, required: bool = False) -> T | None:
        """A value of that type, which `word` names."""
        value = self._get(key, required)
        if value is None:
            return None
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.refuse(key, f"{key} = {said(value)} is no {word}")
            return None
        return value

    def text(self, key: str, required: bool = False) -> str | None:
        """A text that is not empty."""
        value = self.typed(key, str, "text in quotes", required)
        if value is not None and not value.strip():
            self.refuse(key, f"{key} is empty")
            return None
        return value

    def integer(self, key: str, lowest: int, highest: int, required: bool = False) -> int | None:
        """A whole number within bounds."""
        value = self.typed(key, int, "whole number", required)
        if value is not None and not lowest <= value <= highest:
            self.refuse(key, f"{key} = {said(value)} is not within {lowest} .. {highest}")
            return None
        return value

    def choice(
        self, key: str, known: Iterable[str], required: bool = False, word: str = ""
    ) -> str | None:
        """One of the known names."""
        value = self.text(key, required)
        names = list(known)
        if value is None or value in names:
            return value
        what = f"{word or key} {said(value)}"
        self.refuse(key, f"{what} is not known: {nearest(value, names)}")
        return None

    def quantity(
        self,
        key: str,
        unit: str,
        lowest: float | None = None,
        highest: float | None = None,
        required: bool = False,
    ) -> float | None:
        """A quantity in that unit, within bounds."""
        value = self._get(key, required)
        if value is None:
            return None
        return self.as_quantity(key, value, unit, lowest, highest)

    def as_quantity(
        self,
        key: str,
        value: Any,
        unit: str,
        lowest: float | None = None,
        highest: float | None = None,
    ) -> float | None:
        """The same, of a value that is there already."""
        try:
            number = quantity(value, unit)
        except UnitError as error:
            self.refuse(key, f"{key} = {error}")
            return None
        if lowest is not None and number < lowest:
            self.refuse(key, f"{key} = {said(value)} is less than {in_unit(lowest, unit)}")
            return None
        if highest is not None and number > highest:
            self.refuse(key, f"{key} = {said(value)} is more than {in_unit(highest, unit)}")
            return None
        return number

    def quantities(
        self, key: str, units: Sequence[str], required: bool = False
    ) -> tuple[float, ...] | None:
        """Several in one text, `"1 m, 0.5 m, 90 deg"`, a unit for each."""
        value = self.typed(key, str, f'text such as "{_several(units)}"', required)
        return None if value is None else self.as_quantities(key, value, units)

    def as_quantities(
        self, key: str, value: str, units: Sequence[str]
    ) -> tuple[float, ...] | None:
        """The same, of a value that is there already."""
        parts = value.split(",")
        if len(parts) != len(units):
            self.refuse(key, f'{key} = {said(value)} has to be like "{_several(units)}"')
            return None
        found = [
            self.as_quantity(key, part.strip(), unit)
            for part, unit in zip(parts, units, strict=True)
        ]
        return None if None in found else tuple(number for number in found if number is not None)

    def time_us(self, key: str, required: bool = False) -> int | None:
        """A time in microseconds, not negative."""
        seconds = self.quantity(key, "s", 0.0, None, required)
        return None if seconds is None else round(seconds * 1e6)

    def table(self, key: str) -> Table | None:
        """A table inside it."""
        value = self.typed(key, dict, "table")
        return None if value is None else Table(self.problems, value, (*self.path, key))

    def tables(self, key: str) -> list[Table]:
        """An array of tables, `[[key]]`; empty without it."""
        value = self._get(key, False)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.refuse(key, f"{key} is no list of tables: write [[{key}]]")
            return []
        return [Table(self.problems, one, (*self.path, key, i)) for i, one in enumerate(value)]

    def texts(self, key: str) -> tuple[str, ...] | None:
        """A list of texts; one text alone does as well."""
        value = self._get(key, False)
        if value is None:
            return None
        value = [value] if isinstance(value, str) else value
        if (
            not isinstance(value, list)
            or not value
            or not all(isinstance(one, str) and one.strip() for one in value)
        ):
            self.refuse(key, f'{key} is no list of texts: write ["one", "two"]')
            return None
        return tuple(value)

    def done(self) -> None:
        """Refuses what nobody asked for."""
        for key in self.data:
            if key not in self._asked:
                self.refuse(key, f"unknown key {key}: {nearest(key, self._asked)}")

    def forget_rest(self) -> None:
        """The rest of it cannot be judged, since something else is wrong."""
        self._asked += [key for key in self.data if key not in self._asked]
