"""Where worlds come from: the project's own by name, random rooms, MJCF files, ROS's maps.

- `office` and the others of `world_names()`.
- `room:SEED`, a random room, and with extras `room:SEED+people+paint+edge`: one to three people
  who walk, tape and patches on the floor, an edge in place of a wall. The room is the same with
  and without them.
- The path of an MJCF file; see loader.py.
- The path of a map_server map's YAML file; see ros_map.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mujoco

from patrolcar.errors import PatrolError
from patrolcar_sim.world.room_extras import EXTRAS
from patrolcar_sim.world.rooms import room_mjcf
from patrolcar_sim.world.ros_map import SUFFIXES, map_mjcf

# By default MuJoCo prints its warnings and writes them into a file where one happens to be. Those
# that matter come as errors too, or are looked for after a step.
mujoco.set_mju_user_warning(lambda text: None)

WORLDS_DIR = Path(__file__).parent / "worlds"


def world_names() -> list[str]:
    """The worlds that come with the project."""
    return sorted(p.stem for p in WORLDS_DIR.glob("*.xml"))


def world_summaries() -> dict[str, str]:
    """What each of them is, in a sentence: the first of the comment in its file."""
    out = {}
    for name in world_names():
        text = (WORLDS_DIR / f"{name}.xml").read_text(encoding="utf-8")
        comment = text.split("<!--", 1)[1].split("-->", 1)[0]
        out[name] = " ".join(comment.split()).split(". ")[0].rstrip(".")
    return out


def open_world(name_or_path: str, room: float) -> tuple[Any, str]:
    """A world as an MjSpec, and what to call it in messages; the car needs `room` m around it.

    Raises PatrolError: code 2 for an unknown world, code 1 for a file that cannot be read.
    """
    known = world_names()
    path = Path(name_or_path)
    if name_or_path in known:
        path = WORLDS_DIR / f"{name_or_path}.xml"
    elif name_or_path.startswith("room:"):
        return mujoco.MjSpec.from_string(_room(name_or_path)), f"world {name_or_path}"
    elif not path.is_file() and path.suffix in (".xml", *SUFFIXES):
        raise PatrolError(f"world {name_or_path!r}: there is no such file", 2)
    elif not path.is_file():
        raise PatrolError(
            f"unknown world {name_or_path!r}: use {', '.join(known)}, room:SEED, "
            "or the path of an MJCF file or of a ROS map's YAML file",
            2,
        )
    elif path.suffix in SUFFIXES:
        label = f"map {path}"
        try:
            text = map_mjcf(path, room)
            return mujoco.MjSpec.from_string(text), label
        except (PatrolError, ValueError) as error:
            raise PatrolError(f"{label}: {error}") from None
        except OSError as error:
            raise PatrolError(f"{label}: {error.strerror}: {error.filename!s:.80}") from None
    label = f"world file {path}"
    try:
        return mujoco.MjSpec.from_file(str(path)), label
    except (ValueError, OSError, mujoco.FatalError) as error:
        raise PatrolError(f"{label}: {error}") from None


def _room(name: str) -> str:
    """The MJCF of `room:SEED` or `room:SEED+EXTRA+EXTRA`."""
    seed, *extras = name.removeprefix("room:").split("+")
    if not (seed.isascii() and seed.isdecimal() and len(seed) < 19):
        raise PatrolError(
            f"world {name!r}: the room's seed is no whole number from 0 on: try room:7", 2
        )
    for extra in extras:
        if extra not in EXTRAS:
            raise PatrolError(
                f"world {name!r}: a room has no {extra!r}: use {', '.join(EXTRAS)}, "
                "as in room:7+people+edge",
                2,
            )
    return room_mjcf(int(seed), set(extras))
