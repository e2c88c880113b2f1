"""Materials (materials.toml): what a surface does to sound and infrared, by the MJCF's names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from patrolcar_sim.world.parts import _tomllib

MATERIALS_FILE = Path(__file__).parent / "materials.toml"
DEFAULT = "plain"


@dataclass(frozen=True)
class Material:
    """A surface.

    Attributes:
        loss_db, slant_db: an echo's loss head-on and the further loss at 10 degrees of slant (dB).
        reflectance: share of infrared (940 nm) that comes back scattered.
        mirror: share that comes back as from a mirror.
        clear: share that one face lets through.
    """

    name: str
    loss_db: float
    slant_db: float
    reflectance: float
    mirror: float
    clear: float


@cache
def load_materials() -> dict[str, Material]:
    """The table by name; `plain` is in it."""
    table = _tomllib.loads(MATERIALS_FILE.read_text(encoding="utf-8"))
    return {name: Material(name, **values) for name, values in table.items()}


def material_of(geom_name: str, mjcf_material: str) -> Material:
    """The material of a geom, from its MJCF material's name, else its own name's beginning."""
    table = load_materials()
    if mjcf_material in table:
        return table[mjcf_material]
    for name, material in table.items():
        if geom_name.startswith(name):
            return material
    return table[DEFAULT]
