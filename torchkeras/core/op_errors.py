"""The exceptions of tf.errors, which what lies below the tf namespace raises too.

OpError
├── CancelledError, UnknownError, InvalidArgumentError, DeadlineExceededError, NotFoundError, AlreadyExistsError
├── PermissionDeniedError, UnauthenticatedError, ResourceExhaustedError, FailedPreconditionError, AbortedError
└── OutOfRangeError, UnimplementedError, InternalError, UnavailableError, DataLossError
"""

from __future__ import annotations

from typing import Any, ClassVar


class OpError(Exception):
    """An error in a tensor operation.

    Args:
        node_def, op: accepted as TensorFlow has them, and kept.
        message: what went wrong.
    """

    code: ClassVar[int] = 2

    def __init__(self, node_def: Any = None, op: Any = None, message: str | None = None, *args: Any) -> None:
        if message is None and isinstance(node_def, str):
            node_def, message = None, node_def
        super().__init__(message or "")
        self.node_def, self.op, self.message = node_def, op, message or ""

    @property
    def error_code(self) -> int:
        return self.code

    @property
    def experimental_payloads(self) -> dict[str, bytes]:
        return {}

    def __reduce__(self) -> Any:
        return type(self), (None, None, self.message)

    def __str__(self) -> str:
        return self.message


class CancelledError(OpError):
    """What ran was cancelled."""

    code = 1


class UnknownError(OpError):
    """Of no known kind."""

    code = 2


class InvalidArgumentError(OpError):
    """An operation was given tensors it cannot take: wrong types, shapes or values."""

    code = 3


class DeadlineExceededError(OpError):
    """It took too long."""

    code = 4


class NotFoundError(OpError):
    """A file or key that was asked for is not there."""

    code = 5


class AlreadyExistsError(OpError):
    """What was to be made is there already."""

    code = 6


class PermissionDeniedError(OpError):
    """Not allowed."""

    code = 7


class ResourceExhaustedError(OpError):
    """Memory or disk is full."""

    code = 8


class FailedPreconditionError(OpError):
    """The system is not in the state the operation needs."""

    code = 9


class AbortedError(OpError):
    """Given up, for another that ran meanwhile."""

    code = 10


class OutOfRangeError(OpError):
    """Past the end, as of a data set."""

    code = 11


class UnimplementedError(OpError):
    """There is no such operation for these arguments."""

    code = 12


class InternalError(OpError):
    """Something that must hold did not."""

    code = 13


class UnavailableError(OpError):
    """A service cannot be reached."""

    code = 14


class DataLossError(OpError):
    """Data is damaged or cut short."""

    code = 15


class UnauthenticatedError(OpError):
    """Who asks is not known."""

    code = 16
