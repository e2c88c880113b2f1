"""Same seed, same bytes; another seed, another drive."""

import shutil
from pathlib import Path

from patrolcar_sim.car import VirtualCar


def _telemetry(image: Path, seed: int) -> bytes:
    with VirtualCar(image, "office", seed) as car:
        car.patrol(20)
        return bytes(car.station.raw)


def test_two_runs_with_one_seed_give_identical_telemetry(
    firmware_image: Path, tmp_path: Path
) -> None:
    images = [tmp_path / f"{i}.img" for i in range(3)]
    for image in images:
        shutil.copy(firmware_image, image)
    first = _telemetry(images[0], 3)
    assert len(first) > 40_000
    assert _telemetry(images[1], 3) == first
    assert _telemetry(images[2], 4) != first
