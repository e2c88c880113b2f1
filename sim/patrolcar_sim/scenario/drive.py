"""One run: the virtual car in its world does the mission, and everything is recorded."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from patrolcar.errors import PatrolError
from patrolcar_sim.board.lockstep import Cause
from patrolcar_sim.board.models import UNIQUE_ID_BYTES
from patrolcar_sim.car import VirtualCar
from patrolcar_sim.faults import Timeline
from patrolcar_sim.firmware_image import firmware_image
from patrolcar_sim.scenario.format import Scenario
from patrolcar_sim.scenario.parameters import changed_parts, store_settings
from patrolcar_sim.scenario.recording import SAMPLE_US, Recording, Sample
from patrolcar_sim.scenario.station import MissionStation
from patrolcar_sim.world.world import World

US = 1e-6


def make_world(scenario: Scenario, seed: int) -> World:
    """The scenario's world with the car at its start."""
    parts = changed_parts(scenario.parameters)
    world = World(scenario.world, seed, parts, props=scenario.all_props)
    if scenario.parameters.light is not None:
        world.light = scenario.parameters.light
    if scenario.start is not None:
        world.teleport(*scenario.start)
    return world


def drive(
    scenario: Scenario,
    seed: int,
    scratch: Path,
    on_frame: Callable[[int, bytes], None] = lambda at_us, frame: None,
) -> tuple[Recording, World]:
    """Runs it to its end; `scratch` is an empty folder for the flash.

    Returns what was recorded and the world as it is then. A board that cannot go on ends the run
    early, which the recording tells.
    """
    image = scratch / "flash.img"
    shutil.copyfile(firmware_image(scenario.board), image)
    store_settings(image, scenario.board, scenario.parameters.settings)
    world = make_world(scenario, seed)
    station = MissionStation(scenario.mission, on_frame)
    car = VirtualCar(image, world, board=scenario.board, station=station)
    # A chip's number comes from where its image lies; here it must not depend on a folder.
    chip = hashlib.sha256(f"{scenario.name} {seed}".encode()).digest()[:UNIQUE_ID_BYTES]
    car.board.model = replace(car.board.model, unique_id=chip)
    if scenario.faults:
        Timeline([one.fault for one in scenario.faults], seed).attach(car.board)
    recording = Recording()
    board = car.board

    def heard(data: bytes | bytearray) -> None:
        text = bytes(data).decode(errors="replace")
        recording.console.append((board.now_us * US, text))

    board.console.on_output = heard
    try:
        with car:
            _record(car, station, scenario.duration_us, recording)
    except PatrolError as error:
        recording.died = str(error)
    recording.end_s = board.now_us * US
    recording.contacts = list(world.contact_list)
    recording.messages = [(at * US, message) for at, message in station.messages]
    recording.lost = [at * US for at in station.lost]
    return recording, world


def _record(
    car: VirtualCar, station: MissionStation, duration_us: int, recording: Recording
) -> None:
    board, world = car.board, car.world
    known = 0
    while True:
        now_s = board.now_us * US
        x, y, yaw = world.pose()
        sample = Sample(now_s, x, y, yaw, world.distance_m, world.coverage.fraction)
        recording.samples.append(sample)
        if len(board.resets) > known:
            for cause in board.resets[max(1, known) :]:
                recording.resets.append((now_s, Cause(cause).name))
                station.anew()
            known = len(board.resets)
            recording.boots.append((now_s, x, y, yaw))
        if board.now_us >= duration_us:
            return
        board.run(min(duration_us, board.now_us - board.now_us % SAMPLE_US + SAMPLE_US))
