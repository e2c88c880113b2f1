"""The one shim that lets the firmware's plain logic also run on CPython, for unit tests.

On the board this is `from micropython import const` and no more. On CPython the decorators do
nothing and viper's pointer types hand back the buffer itself, so a viper function that only uses
`ptr8` and masks its integers means the same on CPython, on 64 bits and on 32 bits.
"""

try:
    import micropython
    from micropython import const
except ImportError:
    import builtins

    class micropython:  # type: ignore[no-redef]
        """What `micropython` has that the firmware uses."""

        @staticmethod
        def viper(function):
            return function

        native = viper

        @staticmethod
        def alloc_emergency_exception_buf(size):
            pass

    def const(value):  # type: ignore[misc]
        return value

    def _identity(value):
        return value

    for _name in ("ptr8", "ptr16", "ptr32", "uint"):
        setattr(builtins, _name, _identity)
