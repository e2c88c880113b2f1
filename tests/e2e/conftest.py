"""The whole car: firmware flashed once by `patrol flash`, then a copy of the image a test."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from patrolcar_sim.car import VirtualCar
from patrolcar_sim.firmware_image import firmware_image as kept_image
from patrolcar_sim.powered import Powered

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def firmware_image() -> Path:
    """The image that all copy."""
    return kept_image()


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as it is installed."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "-w", folder, ROOT], check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture
def image(firmware_image: Path, tmp_path: Path) -> Path:
    """A copy of the flashed image, the test's own."""
    copied = tmp_path / "flash.img"
    shutil.copyfile(firmware_image, copied)
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


@pytest.fixture(scope="module")
def uart(firmware_image: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The telemetry port of a car that the tests of a file share."""
    image = tmp_path_factory.mktemp("shared") / "flash.img"
    shutil.copyfile(firmware_image, image)
    with Powered(image) as board:
        yield board.uart
