"""What holds for the reading of every file: which errors come out of it, how large a model may become."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torchkeras.core.allowance import AllowanceExceeded, weights_up_to
from torchkeras.core.errors import UnsafeConfig
from torchkeras.saving.configs.saved import parsed
from torchkeras.saving.errors import UnreadableFile, UnsafeFile

#: A layer may have weights that its file does not hold, such as the state of a random generator.
_SLACK = 1 << 24
#: The warning for a model that is to be compiled as it was, where the file does not say how.
NOT_COMPILED = "No training configuration found in the save file, so the model was *not* compiled. Compile it manually."


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


def json_dict(text: Any, part: str, file: str) -> dict[str, Any]:
    """The dict that a JSON text in a file holds.

    Args:
        text: what the file has there.
        part: what messages call it.
        file: what messages call the file.
    """
    if not isinstance(text, (str, bytes)):
        raise UnreadableFile(f"Cannot read {file}: its {part} is not JSON, but of {type(text).__name__}.")
    try:
        found = parsed(text)
    except UnsafeConfig as error:
        raise UnsafeFile(f"Cannot read {file}: its {part} cannot be read: {error}") from None
    except ValueError as error:
        raise UnreadableFile(f"Cannot read {file}: its {part} cannot be read: {error}") from None
    if not isinstance(found, dict):
        raise UnreadableFile(f"Cannot read {file}: its {part} holds a {type(found).__name__}, not a dict.")
    return found


def _unexpected(path: str, error: Exception) -> UnreadableFile:
    first = (str(error).splitlines() or [""])[0][:200]
    return UnreadableFile(
        f"Cannot read {path!r}: what it says of the model is not in the expected form ({type(error).__name__}: "
        f"{first})."
    )
