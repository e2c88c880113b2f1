"""The pack and the two H-bridges: voltages, currents, and the state of charge.

The bridges switch at 20 kHz, far above the winding's time constant, so the pack feels a motor's
current times its duty (average of the current that it carries while the bridge is on).
"""

from __future__ import annotations

import math
from collections.abc import Callable

from patrolcar_sim.world.parts import Parts

# Open-circuit voltage of one Li-ion cell by state of charge, 0 to 100 % in steps of 5 %
# (typical NMC 18650 at rest, recalled).
CELL_VOLTS = (
    3.00, 3.30, 3.45, 3.53, 3.58, 3.61, 3.64, 3.66, 3.68, 3.71, 3.74,
    3.78, 3.82, 3.86, 3.90, 3.94, 3.98, 4.03, 4.07, 4.12, 4.20,
)  # fmt: skip


class Battery:
    """The pack under the load of two motors and the electronics."""

    def __init__(self, parts: Parts, charge: float) -> None:
        self.charge = charge
        self._spec = parts.battery
        self.resistance = parts.battery.resistance
        self.lowest = -math.inf  # V: below it `on_low` is called
        self.on_low: Callable[[], None] | None = None
        self._ke = parts.motor.ke
        self._bridge = 1 / (parts.motor.resistance + parts.driver.resistance)
        self.volts = 0.0
        self.amps = 0.0
        self.load(0.0, 0.0, 0.0, 0.0)

    def open_volts(self) -> float:
        """Voltage without load, V."""
        place = min(max(self.charge, 0.0), 1.0) * (len(CELL_VOLTS) - 1)
        at = min(int(place), len(CELL_VOLTS) - 2)
        low = CELL_VOLTS[at]
        return self._spec.cells * (low + (place - at) * (CELL_VOLTS[at + 1] - low))

    def load(self, duty_left: float, duty_right: float, w_left: float, w_right: float) -> None:
        """Set `volts` and `amps` for signed duties (0 = braked or free) and speeds in rad/s.

        Solves pack = open - R (electronics + sum duty_i I_i), I_i = (duty_i pack - ke w_i) / R_i.
        """
        r, bridge = self.resistance, self._bridge
        back = (duty_left * w_left + duty_right * w_right) * self._ke * bridge
        pull = (duty_left * duty_left + duty_right * duty_right) * bridge
        open_volts = self.open_volts()
        self.volts = (open_volts - r * (self._spec.electronics - back)) / (1 + r * pull)
        self.amps = self._spec.electronics + pull * self.volts - back
        if self.volts < self.lowest and self.on_low is not None:
            self.on_low()

    def draw(self, seconds: float) -> None:
        """Let the present current flow for a time; regeneration charges."""
        self.charge -= self.amps * seconds / self._spec.capacity
