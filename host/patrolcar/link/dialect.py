"""The host's side of the dialect: pymavlink's module for patrol.xml, generated once and cached."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import io
import os
import shutil
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import platformdirs

from patrolcar.errors import PatrolError
from patrolcar.link.definition import PATROL_XML, included_xml

MODULE = "pymavlink.dialects.v20.patrol"


def load() -> Any:
    """The generated module (MAVLink, MAVLink_*_message, constants), also for mavutil's `dialect=`.

    It is made in about a second when patrol.xml or pymavlink changed, and kept in the user's cache
    directory, or in a temporary one if that cannot be written. PatrolError if it cannot be made.
    """
    if MODULE in sys.modules:
        return sys.modules[MODULE]
    os.environ["MAVLINK20"] = "1"
    key = hashlib.sha256(PATROL_XML.read_bytes())
    key.update(importlib.metadata.version("pymavlink").encode())
    name = f"dialect-{key.hexdigest()[:16]}"
    path = Path(platformdirs.user_cache_dir("patrolcar")) / name / "patrol.py"
    if path.exists():
        with contextlib.suppress(Exception):  # a damaged one is made again
            return _import(path)
    try:
        _generate(path)
    except OSError:
        path = Path(tempfile.mkdtemp(prefix="patrolcar-")) / "patrol.py"
        try:
            _generate(path)
            return _import(path)
        except OSError as error:
            raise PatrolError(
                f"the MAVLink dialect cannot be written to {path.parent}: {error}"
            ) from None
        finally:
            shutil.rmtree(path.parent, ignore_errors=True)
    return _import(path)


def _import(path: Path) -> ModuleType:
    import pymavlink.dialects.v20 as package

    spec = importlib.util.spec_from_file_location(MODULE, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[MODULE] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[MODULE]
        raise
    package.patrol = module
    return module


def _generate(path: Path) -> None:
    """Runs mavgen beside copies of the included files; the finished module appears at once."""
    from pymavlink.generator import mavgen

    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        for source in (PATROL_XML, *included_xml()):
            shutil.copy(source, scratch)
        made = Path(scratch) / path.name
        options = mavgen.Opts(
            str(made), wire_protocol="2.0", language="Python3", validate=True, strict_units=False
        )
        said = io.StringIO()
        try:
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                done = mavgen.mavgen(options, [str(Path(scratch) / PATROL_XML.name)])
        except SystemExit as error:
            said.write(f" {error.code}")
            done = False
        if not done or not made.exists():
            last = (said.getvalue().strip().splitlines() or ["no reason given"])[-1]
            raise PatrolError(f"the MAVLink dialect {PATROL_XML} is refused by mavgen: {last}")
        os.replace(made, path)
