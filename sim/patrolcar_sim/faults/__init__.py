"""Faults: what goes wrong with a car, when, for how long and with which seed.

faults = [parse("sonar.silent@10+5:front"), Fault("interpreter.kill", 20_000_000)]
Timeline(faults, seed=1).attach(board)   # before board.start()
"""

from patrolcar_sim.faults.catalogue import CATALOGUE, check, props_of
from patrolcar_sim.faults.fault import Fault, FaultError, Kind, Parameter
from patrolcar_sim.faults.notation import parse
from patrolcar_sim.faults.timeline import Timeline

__all__ = [
    "CATALOGUE",
    "Fault",
    "FaultError",
    "Kind",
    "Parameter",
    "Timeline",
    "check",
    "parse",
    "props_of",
]
