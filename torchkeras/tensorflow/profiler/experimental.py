"""tf.profiler.experimental: profiles by torch.profiler."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, NamedTuple, NoReturn

import torch

from torchkeras.events.profile import Profile as _Recording
from torchkeras.tensorflow.errors import AlreadyExistsError, UnavailableError


class ProfilerOptions(NamedTuple):
    """Accepted: torch.profiler records the CPU and, where there is one, the GPU."""

    host_tracer_level: int = 2
    python_tracer_level: int = 0
    device_tracer_level: int = 1
    delay_ms: int | None = None


class _Running:
    recording: _Recording | None = None
    folder: str | None = None


def start(logdir: str, options: Any = None) -> None:
    """Starts a profile, which `stop` writes to a folder."""
    if _Running.recording is not None:
        raise AlreadyExistsError(None, None, "Another profiler is running.")
    _Running.recording, _Running.folder = _Recording(), logdir


def stop(save: bool = True) -> None:
    """Ends the profile, and writes it."""
    if _Running.recording is None:
        raise UnavailableError(None, None, "Cannot export profiling results. No profiler is running.")
    recording, _Running.recording = _Running.recording, None
    recording.stop(_Running.folder if save else None)


class Profile:
    """A profile of what runs within it.

    Args:
        logdir: the folder to write it to.
        options: accepted.
    """

    def __init__(self, logdir: str, options: Any = None) -> None:
        self._logdir, self._options = logdir, options

    def __enter__(self) -> None:
        start(self._logdir, self._options)

    def __exit__(self, *raised: Any) -> None:
        stop()


class Trace:
    """Names what runs within it in the profile.

    Args:
        name: of the stretch.
        kwargs: further facts, which become part of the name.
    """

    def __init__(self, name: str, **kwargs: Any) -> None:
        self._facts = dict(kwargs)
        self._name, self._range = name, None

    def set_metadata(self, **kwargs: Any) -> None:
        """Accepted: a name stands from its beginning."""
        self._facts |= kwargs

    def __enter__(self) -> Trace:
        shown = {key: value for key, value in self._facts.items() if not key.startswith("_")}
        label = self._name + ("#" + ",".join(f"{k}={v}" for k, v in shown.items()) + "#" if shown else "")
        self._range = torch.profiler.record_function(label)  # type: ignore[assignment]
        self._range.__enter__()  # type: ignore[attr-defined]
        return self

    def __exit__(self, *raised: Any) -> None:
        self._range.__exit__(*raised)  # type: ignore[attr-defined]


def _no_servers(*args: Any, **kwargs: Any) -> NoReturn:
    raise NotImplementedError(
        "tf.profiler.experimental.server and .client: there are no servers of profiles. Use "
        "tf.profiler.experimental.start and stop, or torch.profiler."
    )


server = SimpleNamespace(start=_no_servers)
client = SimpleNamespace(trace=_no_servers, monitor=_no_servers)

__all__ = ["Profile", "ProfilerOptions", "Trace", "client", "server", "start", "stop"]
