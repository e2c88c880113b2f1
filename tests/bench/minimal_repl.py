"""A raw REPL with raw-paste and nothing else, for the plain interpreter: a peer to measure by."""

import sys

fin, fout = sys.stdin.buffer, sys.stdout.buffer


def paste():
    fout.write(b"R\x01\x80\x00\x01")
    source = bytearray()
    while True:
        c = fin.read(1)
        if c == b"\x04":
            fout.write(c)
            return bytes(source)
        source.extend(c)
        if len(source) % 128 == 0:
            fout.write(b"\x01")


line = b""
scope = {}
while True:
    c = fin.read(1)
    if c == b"\x01" and line == b"\x05A":
        source = paste()
        try:
            exec(source, scope)
            fout.write(b"\x04\x04>")
        except Exception as error:
            fout.write(b"\x04")
            sys.print_exception(error)
            fout.write(b"\x04>")
        line = b""
    elif c == b"\x01":
        fout.write(b"raw REPL; CTRL-B to exit\r\n>")
        line = b""
    elif c == b"\x04":
        fout.write(b"OK\r\nMPY: soft reboot\r\nraw REPL; CTRL-B to exit\r\n>")
        line = b""
    else:
        line = b"" if c in b"\r\x02\x03" else line + c
