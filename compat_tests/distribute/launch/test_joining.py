"""Joining: who is missing, who is there twice, and what is there already."""

import os
import sys
from pathlib import Path

import pytest
import torch
import torch.distributed as dist

from compat_tests.distribute.launch import leavings
from compat_tests.distribute.launch.commands import finished
from compat_tests.distribute.launch.started import free_port, ranked
from torchkeras.core.replicas import Replicas
from torchkeras.distribute import Place, join, joined, leave, place_by_launcher
from torchkeras.distribute.processes import check_gpus


def joins(patience=None):
    replicas = join(place_by_launcher(), patience)
    return replicas.gather(os.getpid())


def test_who_is_missing_or_twice_there(processes):
    """All of it at once, since it is a matter of waiting."""
    variables = {"TORCHKERAS_TIMEOUT": "2.5"}
    port = free_port()
    one_missing = [processes.start(joins, **ranked(rank, 4, port), **variables) for rank in (0, 2)]
    first_missing = processes.start(joins, 2.0, **ranked(1, 2, free_port()))
    port = free_port()
    twice = [processes.start(joins, **ranked(rank, 3, port)) for rank in (0, 1, 1)]
    port = free_port()
    two_firsts = [processes.start(joins, **ranked(0, 2, port), **variables) for _ in range(2)]
    port = free_port()
    sizes = [processes.start(joins, **ranked(rank, size, port)) for rank, size in ((0, 2), (1, 3))]

    for rank, member in zip((0, 2), one_missing):
        error = member.outcome().error
        assert error.startswith(f"LostReplica: Process {rank} of 4, so numbered by RANK, waited 2.5 s")
        assert "127.0.0.1:" in error
        assert "2 of 4 have come, missing: 1, 3" in error
        assert "TORCHKERAS_TIMEOUT" in error
    error = first_missing.outcome().error
    assert error.startswith("LostReplica: Process 1 of 2")
    assert "process 0 is missing" in error
    for member in twice:
        assert member.outcome().error.startswith("RuntimeError: Two processes at 127.0.0.1:"), member.outcome()
    errors = sorted(member.outcome().error for member in two_firsts)
    assert "1 of 2 have come, missing: 1" in errors[0]
    assert errors[1].startswith("RuntimeError: Process 0 of 2 cannot listen at 127.0.0.1:")
    for member in sizes:
        assert "do not agree on how many they are" in member.outcome().error


def comes_in_all_ways(port):
    """Joins what the script has connected, twice; then what it joins itself."""
    place = place_by_launcher()
    dist.init_process_group("gloo", init_method="env://")
    replicas = join(None)
    assert join(place) is replicas is joined()
    assert replicas.gather(replicas.rank) == [0, 1]
    with pytest.raises(RuntimeError, match=f"number {place.rank} of 2 that have joined, and TF_CONFIG calls it number"):
        join(Place(1 - place.rank, 2, "a:1", 0, "TF_CONFIG"))
    leave()
    assert dist.is_initialized()  # it is the script's
    assert joined().size == 1
    dist.destroy_process_group()

    replicas = join(place._replace(address=f"127.0.0.1:{port}"), 20)
    assert join(place) is replicas
    total = torch.ones(3) * (place.rank + 1)
    replicas.add_up([total])
    replicas.wait()
    leave()
    assert not dist.is_initialized()
    return total.tolist()


def test_joining_twice_and_what_the_script_has_connected(processes):
    members = processes.run_ranks(2, comes_in_all_ways, free_port())
    for member in members:
        found = member.outcome()
        assert found.value == [3.0, 3.0, 3.0], found.trace


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's list of threads")
def test_leaving_ends_the_threads_of_connections():
    """Else they would run on while the interpreter ends, and the other processes with it.

    In processes of their own, which import what they need when they need it.
    """
    run = [sys.executable, "-m", "torchkeras", "run", "--nproc", "2", "--all-output", leavings.__file__]
    done = finished(run)
    assert done.returncode == 0, done.stderr
    assert sorted(done.stdout.splitlines()) == ["[0] threads left: []", "[1] threads left: []"]


def test_a_process_that_fails_does_not_wait_for_what_never_ends():
    """A word of it is under way, that the first will not answer: it would wait as long as one waits for others."""
    run = [sys.executable, "-m", "torchkeras", "run", "--nproc", "2", leavings.__file__, "fails"]
    done = finished(run, TORCHKERAS_TIMEOUT="500")  # and gives up long before that
    assert done.returncode == 1
    assert "ZeroDivisionError: of this process alone" in done.stderr
    assert "process 1 of 2 has ended with exit status 1" in done.stderr


def test_a_process_alone(monkeypatch):
    monkeypatch.delenv("RANK", raising=False)
    assert join(place_by_launcher()).size == 1
    assert join(Place(0, 1, "nowhere:1", 0, "RANK")).size == 1
    assert joined().size == 1


class FourGpus(Replicas):
    """Processes of which each has a GPU."""

    def __init__(self, *names):
        super().__init__(0, len(names))
        self.names = names

    def gather(self, value):
        return list(self.names)


def test_each_process_has_a_gpu_of_its_own():
    check_gpus(FourGpus("a", "b", "c", "d"), "a")
    with pytest.raises(RuntimeError, match="Processes 0, 3 of 4 share a GPU"):
        check_gpus(FourGpus("a", "b", "c", "a"), "a")
