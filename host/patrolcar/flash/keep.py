"""A person's files of a board, kept on this machine while the board's filesystem is made anew.

They are in one archive, named after the chip, which is there whole or not at all. So one that is
there is from a run that was cut off when the board may have had none of them any more.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from patrolcar.errors import PatrolError
from patrolcar.files import write_whole


@dataclass
class Files:
    """Files by their name on the board, and the folders there."""

    files: dict[str, bytes] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.files or self.folders)


class Kept:
    """The archive of the chip with that id, in a folder for all of them.

    PatrolError where it cannot be read, written or removed.
    """

    def __init__(self, folder: Path, unique_id: str) -> None:
        self.path = folder / f"{unique_id}.zip"

    @property
    def there(self) -> bool:
        """Whether a run was cut off that had kept something."""
        return self.path.exists()

    def read(self) -> Files:
        """What an earlier run has kept, if any."""
        if not self.there:
            return Files()
        try:
            with zipfile.ZipFile(self.path) as archive:
                names = archive.namelist()
                return Files(
                    {name: archive.read(name) for name in names if not name.endswith("/")},
                    {name[:-1] for name in names if name.endswith("/")},
                )
        except OSError as error:
            raise self._error("read", error) from None
        except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, RuntimeError) as error:
            raise PatrolError(
                f"{self.path} holds no files of a board ({error}): mend it, or move it away, and "
                "run again"
            ) from None

    def save(self, kept: Files) -> None:
        """Keeps them, and nothing else."""
        whole = io.BytesIO()
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in sorted(kept.folders):
                archive.writestr(f"{name}/", b"")
            for name, data in kept.files.items():
                archive.writestr(name, data)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.path, whole.getvalue())
        except OSError as error:
            raise self._error("written", error) from None

    def drop(self) -> None:
        """Keeps them no longer."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise self._error("removed", error) from None

    def _error(self, done: str, error: OSError) -> PatrolError:
        return PatrolError(
            f"{self.path} cannot be {done} ({error.strerror}): a board's files are kept there "
            "while its filesystem is made anew"
        )
