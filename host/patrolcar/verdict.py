"""The demo's verdict: what the drive came to, in one line, and whether it worked."""

from dataclasses import dataclass
from typing import Any

from patrolcar.view.state import Telemetry

MOVED_M_PER_S = 0.02  # a car that moves less on average does not patrol


@dataclass(frozen=True)
class Verdict:
    """The drive's figures: distance, coverage and contacts are the world's truth."""

    patrolled_s: float
    distance_m: float
    cells_entered: int
    cells_reachable: int
    contacts: int
    sent: int
    lost: int
    overruns: int
    speed: float  # simulated seconds per second, as driven
    speed_possible: float  # the same without the throttle

    @property
    def failure(self) -> str | None:
        """Why the drive did not work; None when it did."""
        if self.contacts:
            return f"the car touched something {self.contacts} times"
        if self.distance_m < MOVED_M_PER_S * self.patrolled_s:
            return f"the car moved only {self.distance_m:.2f} m"
        return None

    def lines(self) -> tuple[str, str]:
        """The two halves of the verdict: the drive, the link."""
        share = 100 * self.cells_entered / self.cells_reachable if self.cells_reachable else 0
        return (
            f"{self.patrolled_s:.0f} s of patrol: {self.distance_m:.1f} m driven, "
            f"{share:.0f} % of the floor covered ({self.cells_entered} of {self.cells_reachable} "
            f"cells), {self.contacts} contacts",
            f"frames {self.sent} sent, {self.sent - self.lost} received, {self.lost} lost; "
            f"{self.overruns} overruns; {self.speed:.1f} simulated s per s "
            f"({self.speed_possible:.0f} possible)",
        )

    def line(self) -> str:
        """The verdict in one line."""
        return "; ".join(self.lines())


def judge(
    telemetry: Telemetry, summary: dict[str, Any], patrolled_s: float, speed: float
) -> Verdict:
    """Puts the car's telemetry and the simulator's summary together."""
    return Verdict(
        patrolled_s=patrolled_s,
        distance_m=float(summary.get("distance_m", 0.0)),
        cells_entered=int(summary.get("cells_entered", 0)),
        cells_reachable=int(summary.get("cells_reachable", 0)),
        contacts=int(summary.get("contacts", 0)),
        sent=telemetry.sent,
        lost=telemetry.lost,
        overruns=telemetry.overruns,
        speed=speed,
        speed_possible=float(summary.get("speed_possible", 0.0)),
    )
