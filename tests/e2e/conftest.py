"""The whole car: firmware flashed once by the real mpremote, then a copy of the image a test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flashed import flash
from patrolcar_sim.car import VirtualCar


@pytest.fixture(scope="session")
def firmware_image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return flash(tmp_path_factory.mktemp("flash"))


@pytest.fixture
def image(firmware_image: Path, tmp_path: Path) -> Path:
    """A copy of the flashed image, the test's own."""
    copied = tmp_path / "flash.img"
    shutil.copy(firmware_image, copied)
    return copied


@pytest.fixture
def make_car(image: Path) -> Iterator[Callable[..., VirtualCar]]:
    """A function that powers a car on: make_car(world="office", seed=1, ...)."""
    cars: list[VirtualCar] = []

    def make(**settings: object) -> VirtualCar:
        car = VirtualCar(image, **settings)  # type: ignore[arg-type]
        cars.append(car)
        car.__enter__()
        return car

    yield make
    for car in cars:
        car.__exit__()
