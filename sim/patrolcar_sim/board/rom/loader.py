# loader.py: parts of this ROM that come into memory when they are needed, and only then.

import sys

_host = None
_folder = ""
_own = {}


def start(host, folder, own):
    """Where the parts are, and the ROM's modules, which a part may import.

    `host` is a filesystem object of the host's, which the firmware never sees.
    """
    global _host, _folder
    _host, _folder = host, folder
    _own.update(own)


def load(name):
    """The names that the file defines; the caller keeps what it wants to keep."""
    path = _folder + "/" + name + ".py"
    with _host.open(path, "r") as f:
        code = compile(f.read(), path, "exec")
    scope = {"__name__": name}
    hidden = {}  # the firmware may have modules of the same name
    for own in _own:
        if own in sys.modules:
            hidden[own] = sys.modules.pop(own)
    sys.modules.update(_own)
    try:
        exec(code, scope)
    finally:
        for own in _own:
            del sys.modules[own]
        sys.modules.update(hidden)
    return scope
