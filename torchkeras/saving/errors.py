"""What can be wrong with a file.

    ValueError, OSError
    └── UnreadableFile    truncated, foreign, damaged, of a newer version, or of sizes that cannot be
        ├── UnsafeFile    asks for what opening a file must never do: run code, reach another file, take all memory
        └── MissingFile   is not there, or a file that belongs to it is not; FileNotFoundError too

Keras raises ValueError for some of these and OSError for others: both `except` clauses catch them.
"""

from __future__ import annotations


class UnreadableFile(OSError, ValueError):
    """A file that is not what its name or its beginning says. The message names the path and what was found."""


class UnsafeFile(UnreadableFile):
    """A file that was refused for what it asks for. The message names the path and what to do if it is trusted."""


class MissingFile(UnreadableFile, FileNotFoundError):
    """Nothing at a path that was to be read. The message names the path."""
