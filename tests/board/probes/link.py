# link.py: frames out of the firmware's Writer, into its Parser, and floats both ways.

from patrol.link import payload
from patrol.link.frame import Parser, Writer


class _Sink:
    def write(self, buffer, offset, count):
        self.taken = bytes(buffer[offset : offset + count])


def written(message, sequence, content):
    """The frame of a message with that payload, sent after so many others."""
    writer = Writer()
    writer.sent = sequence
    sink = _Sink()
    at = writer.begin(message)
    for i in range(len(content)):
        writer.buf[at + i] = content[i]
    writer.end()
    writer.flush(sink)
    return sink.taken


def parsed(stream):
    """[(id, system, component, sequence, payload)] and the counts of what was not taken."""
    parser = Parser()
    found = []
    for at in range(0, len(stream), 64):
        piece = stream[at : at + 64]
        parser.feed(piece, len(piece))
        message = parser.next()
        while message >= 0:
            head = (message, parser.system, parser.component, parser.sequence)
            found.append(head + (bytes(parser.payload[:40]),))
            message = parser.next()
    return found, (parser.bad_crc, parser.unknown, parser.lost)


def put(values):
    """Each (value, denominator) as the four bytes of a single."""
    found = []
    for value, denominator in values:
        buffer = bytearray(4)
        payload.put_float(buffer, 0, value, denominator)
        found.append(bytes(buffer))
    return found


def get(values):
    """Each (four bytes, scale) as an integer."""
    return [payload.get_scaled(single, 0, scale) for single, scale in values]
