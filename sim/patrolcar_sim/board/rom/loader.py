# loader.py: parts of this ROM that come into memory when they are needed, and only then.

_host = None
_folder = ""


def start(host, folder):
    """`host` is a filesystem object of the host's, which the firmware never sees."""
    global _host, _folder
    _host = host
    _folder = folder


def load(name):
    """The names that the file defines; the caller keeps what it wants to keep."""
    path = _folder + "/" + name + ".py"
    with _host.open(path, "r") as f:
        code = compile(f.read(), path, "exec")
    scope = {"__name__": name}
    exec(code, scope)
    return scope
