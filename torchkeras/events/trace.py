"""Traces: the graph of the operations that run between two calls, and a profile of them."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

from torchkeras.events.messages import FunctionGraphs, RunMetadata
from torchkeras.events.op_graph import OperationGraph
from torchkeras.events.profile import Profile
from torchkeras.events.record import write
from torchkeras.events.state import has_default_writer, scoped, step_number
from torchkeras.events.summaries import metadata


@dataclass
class _Trace:
    graph: OperationGraph | None
    profile: Profile | None
    folder: Any


_running: list[_Trace] = []


def trace_on(graph: bool = True, profiler: bool = False, profiler_outdir: Any = None) -> None:
    """Starts to record what runs in this thread, until `trace_export` or `trace_off`.

    Args:
        graph: whether to record which operations run, as a graph.
        profiler: whether to record how long they take.
        profiler_outdir: the folder for the profile; it may be given to `trace_export` instead.
    """
    if _running:
        warnings.warn("Trace already enabled", stacklevel=2)
        return
    trace = _Trace(OperationGraph() if graph else None, Profile() if profiler else None, profiler_outdir)
    _running.append(trace)
    if trace.graph is not None:
        trace.graph.__enter__()


def trace_export(name: str, step: Any = None, profiler_outdir: Any = None) -> None:
    """Ends the trace, writes its graph to the default writer and its profile to the folder.

    Args:
        name: the tag of the graph.
        step: at which step; by default the one of `set_step` or of the writer.
        profiler_outdir: the folder for the profile, where `trace_on` was not given it.
    """
    if not _running:
        raise ValueError("Must enable trace before export through tf.summary.trace_on.")
    folder = _running[0].folder or profiler_outdir
    if _running[0].profile is not None and folder is None:
        raise ValueError("A trace with profiler=True needs a `profiler_outdir`, here or in tf.summary.trace_on.")
    number = step_number(step) if has_default_writer() else 0
    trace = _end(folder)
    if trace.graph is not None:
        found = RunMetadata(function_graphs=[FunctionGraphs(pre_optimization_graph=trace.graph.graph())])
        described = metadata("graph_run_metadata_graph", content=b"1")
        write(scoped(name), found.SerializeToString(), number, described)


def trace_off() -> None:
    """Ends the trace and forgets it."""
    if _running:
        _end(None)


def _end(folder: Any) -> _Trace:
    trace = _running.pop()
    if trace.graph is not None:
        trace.graph.__exit__(None, None, None)
    if trace.profile is not None:
        trace.profile.stop(folder)
    return trace
