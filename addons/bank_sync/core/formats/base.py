"""What every format offers."""

from typing import BinaryIO, Protocol

from ..limits import Limits
from ..statement_file import StatementFile


class StatementFormat(Protocol):
    """One format of bank files; the package's docstring is its contract."""

    #: All values ``StatementFile.format`` may take, such as ``camt.052`` and ``camt.053``.
    names: tuple[str, ...]

    def recognises(self, head: bytes) -> bool:
        """Return whether a file with this beginning is of the format."""

    def read(self, stream: BinaryIO, limits: Limits) -> StatementFile:
        """Return what the file says.

        :raise StatementError: when the file is refused
        """
