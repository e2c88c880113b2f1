"""The one error that a person sees: a line that names the thing, the value and what to do."""


class PatrolError(Exception):
    """A problem that its reader can mend.

    `str()` of it is one line; `code` is the process's exit code: 1 when something failed, 2 for
    wrong usage (an unknown name, a value that cannot be).
    """

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(" ".join(message.split()))
        self.code = code
