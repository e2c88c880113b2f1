"""The firmware's tables and patrol.xml agree."""

import importlib.util
import struct

import pytest

from patrolcar.link import generate
from patrolcar.link.definition import messages
from patrolcar.made import checkout


@pytest.fixture(scope="module")
def tables():
    """The firmware's dialect.py as a module of its own."""
    spec = importlib.util.spec_from_file_location(
        "firmware_dialect", *generate.outputs(checkout())
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_firmwares_dialect_is_not_stale(capsys):
    assert generate.main(["--check"]) == 0, capsys.readouterr().err


def test_a_stale_file_is_told_and_left_alone(tmp_path, capsys):
    (path,) = generate.outputs(tmp_path)
    path.parent.mkdir(parents=True)
    path.write_text("ATTITUDE = 31\n")
    assert generate.main(["--check", "--root", str(tmp_path)]) == 1
    assert "is stale: run `make dialect`" in capsys.readouterr().err
    assert path.read_text() == "ATTITUDE = 31\n"


def test_writing_makes_it_fresh(tmp_path):
    (path,) = generate.outputs(tmp_path)
    path.parent.mkdir(parents=True)
    assert generate.main(["--root", str(tmp_path)]) == 0
    assert generate.main(["--check", "--root", str(tmp_path)]) == 0


def test_the_table_has_pymavlinks_ids_and_seeds(dialect, tables):
    names = list(dict.fromkeys(generate.SENDS + generate.ACCEPTS))
    assert len(tables.MESSAGES) == 5 * len(names)
    for k, name in enumerate(names):
        low, high, length, seed, target = tables.MESSAGES[5 * k : 5 * k + 5]
        kind = dialect.mavlink_map[low | high << 8]
        assert kind.msgname == name == kind.msgname
        assert getattr(tables, name) == kind.id
        assert seed == kind.crc_extra
        assert length <= kind.unpacker.size
        if name in generate.ACCEPTS:
            assert length == min(kind.unpacker.size, generate.LONGEST)
        assert (target != 255) == any(f in kind.fieldnames for f in ("target_system", "target"))


def test_offsets_are_where_pymavlink_puts_the_fields(dialect, tables):
    for name, fields in generate.OFFSETS.items():
        kind = dialect.mavlink_map[getattr(tables, name)]
        for field in fields:
            offset = getattr(tables, f"{name}_{field.upper()}")
            assert offset == messages()[name].field_offsets[field], (name, field)
            assert offset < kind.unpacker.size


def test_formats_cover_the_base_fields(tables):
    for name, extensions in generate.FORMATS.items():
        size = struct.calcsize(getattr(tables, f"{name}_FORMAT"))
        message = messages()[name]
        assert size == message.wire_min_length + sum(
            f.wire_length for f in message.ordered_fields if f.name in extensions
        )


def test_our_messages_have_the_agreed_ids(dialect):
    assert dialect.MAVLINK_MSG_ID_WHEEL_STATUS == 52100
    assert dialect.MAVLINK_MSG_ID_LOOP_TIMING == 52101
