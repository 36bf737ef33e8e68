"""A process that is killed, stands still, fails, or is cut off: the others end with a LostReplica, and do not hang."""

import json
import os
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest

from compat_tests.distribute.launch.trainings import train_over_hosts, train_until_lost

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL and a fork server")


@pytest.mark.parametrize(
    ("number", "lost", "callback"),
    [(signal.SIGKILL, 1, False), (signal.SIGKILL, 0, True), (signal.SIGSTOP, 1, False), (None, 1, False)],
)
def test_the_others_end(processes, number, lost, callback):
    """At any moment: while gradients are computed, figures put together, or words exchanged."""
    fails = lost if number is None else None
    members = processes.run_ranks(3, train_until_lost, fails, callback, TORCHKERAS_TIMEOUT="3")
    for member in members:
        assert member.heard() == "trained"
    if number is not None:
        os.kill(members[lost].process.pid, number)
    for rank, member in enumerate(members):
        if rank != lost:
            outcome = member.outcome()
            lost_it = outcome.error.startswith(f"LostReplica: Process {rank} of 3 lost the others")
            told = outcome.error == "RuntimeError: process 1: ZeroDivisionError: of this process alone"
            assert lost_it or (number is None and told), outcome.trace
    if number is None:
        assert members[lost].outcome().error == "ZeroDivisionError: of this process alone"
    elif number == signal.SIGKILL:
        assert members[lost].outcome().error == "ended: -9"


@pytest.fixture
def hosts():
    """Two machines, as far as the network is concerned, with a cable in between; a function that pulls it."""
    if sys.platform != "linux" or os.geteuid() or shutil.which("ip") is None:
        pytest.skip("needs Linux, its administrator's rights and `ip`")
    names = [f"torchkeras-{os.getpid()}-{i}" for i in range(2)]

    def ip(*words):
        return subprocess.run(["ip", *words], capture_output=True, text=True, check=True, timeout=30)

    made = []
    try:
        try:
            for name in names:
                ip("netns", "add", name)
                made.append(name)
            ip("-n", names[0], "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", names[1])
        except subprocess.CalledProcessError as error:
            pytest.skip(f"no network namespaces here: {error.stderr}")
        for i, name in enumerate(names):
            ip("-n", name, "address", "add", f"10.81.7.{i + 1}/24", "dev", "cable")
            ip("-n", name, "link", "set", "cable", "up")
            ip("-n", name, "link", "set", "lo", "up")
        yield names, lambda: ip("-n", names[0], "link", "set", "cable", "down")
    finally:
        for name in made:
            ip("netns", "del", name)


def test_two_hosts_and_a_cut_cable(processes, hosts):
    """The weights are those of one process; without the cable, both end in time."""
    names, cut = hosts
    workers = ["10.81.7.1:4321", "10.81.7.2:4321"]
    members = [
        processes.start(
            train_over_hosts,
            host=name,
            TORCHKERAS_TIMEOUT="4",
            TF_CONFIG=json.dumps({"cluster": {"worker": workers}, "task": {"type": "worker", "index": i}}),
        )
        for i, name in enumerate(names)
    ]
    weights, history = train_over_hosts()
    for member in members:
        found = member.heard()
        assert isinstance(found, tuple), found
        for ours, expected in zip(found[0], weights, strict=True):
            np.testing.assert_allclose(ours, expected, atol=1e-5)
        np.testing.assert_allclose(found[1]["loss"], history["loss"], rtol=1e-5)
    cut()
    for rank, member in enumerate(members):
        outcome = member.outcome()
        assert outcome.error.startswith(f"LostReplica: Process {rank} of 2 lost the others"), outcome.trace
