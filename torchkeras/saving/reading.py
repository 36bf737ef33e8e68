"""What holds for the reading of every file: which errors come out of it, how large a model may become."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from torchkeras.core.allowance import AllowanceExceeded, weights_up_to
from torchkeras.core.errors import UnsafeConfig
from torchkeras.saving.errors import UnreadableFile, UnsafeFile

#: A layer may have weights that its file does not hold, such as the state of a random generator.
_SLACK = 1 << 24


@contextmanager
def reading(path: str, values: int | None = None) -> Iterator[None]:
    """A block that makes a model of what a file holds.

    ValueErrors (of a missing custom object, of a model that differs) pass; all others, which only content of another
    form than expected leads to, become `UnreadableFile`, and weights that the file cannot hold `UnsafeFile`.

    Args:
        path: the file, for messages.
        values: how many bytes of values the file holds; None where weights are not made.
    """
    try:
        if values is None:
            yield
        else:
            with weights_up_to(2 * values + _SLACK):
                yield
    except AllowanceExceeded as error:
        raise UnsafeFile(
            f"Cannot read {path!r}: {error} The file holds {values} bytes of values in all, so it does not say the "
            f"truth about its weights."
        ) from None
    except UnsafeConfig as error:
        raise UnsafeFile(f"Cannot read {path!r}: {error}") from error
    except (json.JSONDecodeError, UnicodeError) as error:
        raise _unexpected(path, error) from error
    except (ValueError, OSError, Warning):
        raise
    except Exception as error:
        raise _unexpected(path, error) from error


def _unexpected(path: str, error: Exception) -> UnreadableFile:
    first = (str(error).splitlines() or [""])[0][:200]
    return UnreadableFile(
        f"Cannot read {path!r}: what it says of the model is not in the expected form ({type(error).__name__}: "
        f"{first})."
    )
