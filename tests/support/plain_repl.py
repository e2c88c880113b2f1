# plain_repl.py: a raw REPL for the plain interpreter on a terminal, which has none of its own.
#
# It begins in raw mode and ends at a soft reset; whoever started it starts it again.

import sys

sys.path[0] = ""  # as at a prompt: this file's folder is none of the board's
fin, fout = sys.stdin.buffer, sys.stdout.buffer
scope = {"__name__": "__main__"}
fout.write(b"raw REPL; CTRL-B to exit\r\n>")
line = b""
while True:
    c = fin.read(1)
    if c == b"\x04" and not line:
        fout.write(b"OK\r\nMPY: soft reboot\r\n")
        break
    if c == b"\x04":
        fout.write(b"OK")
        source, line = line, b""
        try:
            exec(source, scope)
            fout.write(b"\x04")
        except BaseException as error:
            fout.write(b"\x04")
            sys.print_exception(error)
        fout.write(b"\x04>")
    elif c == b"\x05":
        fin.read(2)
        fout.write(b"R\x00")  # no raw-paste
    elif c == b"\x01":
        fout.write(b"raw REPL; CTRL-B to exit\r\n>")
        line = b""
    else:
        line = b"" if c in b"\r\x02\x03" else line + c
