"""Every intermediate value of the frame code fits the board: 32 bits in viper, else 31."""

import ast
import inspect
import random
import struct

import pytest
from patrol.link import frame, payload


class _Watch(ast.NodeTransformer):
    """Sends the result of every operation through `fits`."""

    def _wrap(self, node):
        self.generic_visit(node)
        call = ast.Call(func=ast.Name("fits", ast.Load()), args=[node], keywords=[])
        return ast.copy_location(call, node)

    visit_BinOp = visit_UnaryOp = _wrap

    def visit_AugAssign(self, node):
        self.generic_visit(node)
        if not isinstance(node.target, ast.Name):
            return node
        target = ast.Name(node.target.id, ast.Load())
        sum_ = ast.BinOp(left=target, op=node.op, right=node.value)
        call = ast.Call(func=ast.Name("fits", ast.Load()), args=[sum_], keywords=[])
        return ast.copy_location(ast.Assign(targets=[node.target], value=call), node)


def watched(function, bits):
    """The function again, failing when a value does not fit into `bits` with its sign."""
    source = inspect.getsource(function)
    tree = _Watch().visit(ast.parse(source[source.index("def ") :]))
    names = dict(function.__globals__)

    def fits(value):
        if isinstance(value, int) and not -(1 << (bits - 1)) <= value < 1 << (bits - 1):
            raise OverflowError(f"{value:#x} in {function.__name__}")
        return value

    names["fits"] = fits
    exec(compile(ast.fix_missing_locations(tree), function.__name__, "exec"), names)
    return names[function.__name__]


def test_the_watch_sees_an_overflow():
    with pytest.raises(OverflowError):
        watched(payload.put_product, 31)(bytearray(8), 0, 2**30 - 1, 2**23, 0)


def test_put_float_stays_inside_32_bits():
    put = watched(payload.put_float, 32)
    rng = random.Random(1)
    values = [2**k + d for k in range(30) for d in (-1, 0, 1)]
    values += [rng.randrange(2**30) for _ in range(500)]
    for value in values:
        for denominator in (1, 3, 10, 100, 1000, 1_000_000, 2**20):
            for signed in (value, -value):
                if abs(signed) < 2**30:
                    put(bytearray(4), 0, signed, denominator)


def test_get_scaled_stays_a_small_integer():
    get = watched(payload.get_scaled, 31)
    rng = random.Random(2)
    for exponent in range(256):
        for mantissa in (0, 1, 2**22, 2**23 - 1, rng.randrange(2**23)):
            for scale in (1, 3, 1000, 1_000_000, 2**20):
                for sign in (0, 1 << 31):
                    get(struct.pack("<I", sign | exponent << 23 | mantissa), 0, scale)


def test_put_product_stays_a_small_integer():
    put = watched(payload.put_product, 31)
    put(bytearray(8), 0, 2**30 - 1, 2**20, 2**29 - 1)


def test_frames_stay_inside_32_bits(sender, mav, drain, monkeypatch, uart):
    for name in ("_entry", "_trimmed", "_checksum", "copy", "clear"):
        monkeypatch.setattr(frame, name, watched(getattr(frame, name), 32))
    monkeypatch.setattr(frame.Parser, "next", watched(frame.Parser.next, 31))
    monkeypatch.setattr(frame.Writer, "end", watched(frame.Writer.end, 31))
    rng = random.Random(3)
    writer, parser = frame.Writer(), frame.Parser()
    for _ in range(30):
        at = writer.begin(mav.MAVLINK_MSG_ID_ATTITUDE)
        writer.buf[at : at + 28] = rng.randbytes(28)
        writer.end()
        writer.flush(uart)
    drain(parser, uart.data + rng.randbytes(2000) + b"\xfd\x09\x00" + b"\xff" * 300)
    assert parser.received == 30
