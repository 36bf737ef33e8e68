"""Who a process is, by the variables that launchers and TensorFlow set."""

import json
import sys

import pytest

from torchkeras.distribute import place_by_launcher, place_by_tf_config
from torchkeras.distribute.interfaces import interface_towards
from torchkeras.distribute.processes import timeout

CHIEF = {"chief": ["a:1"], "worker": ["b:1", "c:1"]}
WORKERS = {"worker": ["a:1", "b:1"]}
ALL_KINDS = {"chief": ["a:1"], "worker": ["b:1"], "ps": ["p:1", "q:1"], "evaluator": ["e:1"]}
ONE_MACHINE = {"worker": ["a:1", "b:1", "a:2"]}

#: The numbers and how many there are, as TensorFlow 2.21's multi_worker_util.id_in_cluster and worker_count give them.
BY_TENSORFLOW = [
    (CHIEF, "chief", 0, 0, 3),
    (CHIEF, "worker", 0, 1, 3),
    (CHIEF, "worker", 1, 2, 3),
    (WORKERS, "worker", 0, 0, 2),
    (WORKERS, "worker", 1, 1, 2),
    (ALL_KINDS, "chief", 0, 0, 2),
    (ALL_KINDS, "worker", 0, 1, 2),
    ({"worker": {"1": "b:1", "0": "a:1"}}, "worker", 1, 1, 2),
]


def configured(monkeypatch, cluster, kind, index):
    monkeypatch.setenv("TF_CONFIG", json.dumps({"cluster": cluster, "task": {"type": kind, "index": index}}))


@pytest.mark.parametrize(("cluster", "kind", "index", "rank", "size"), BY_TENSORFLOW)
def test_numbered_as_tensorflow_does(monkeypatch, cluster, kind, index, rank, size):
    configured(monkeypatch, cluster, kind, index)
    place = place_by_tf_config()
    assert place[:3] == (rank, size, "a:1")
    assert place.named_by == "TF_CONFIG"


@pytest.mark.parametrize(("kind", "index"), [("ps", 1), ("evaluator", 0)])
def test_who_does_not_train_is_none_of_them(monkeypatch, kind, index):
    """TensorFlow has no number for a parameter server; an evaluator is one by itself."""
    configured(monkeypatch, ALL_KINDS, kind, index)
    assert place_by_tf_config() is None


def test_numbers_within_a_machine(monkeypatch):
    for index, local in enumerate([0, 0, 1]):
        configured(monkeypatch, ONE_MACHINE, "worker", str(index))
        assert place_by_tf_config().local_rank == local


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not what TensorFlow describes"),
        ('{"cluster": {"worker": 3}, "task": {}}', "not what TensorFlow describes"),
        (json.dumps({"cluster": WORKERS, "task": {"type": "worker", "index": 2}}), "worker 2, whom its cluster does"),
        (json.dumps({"cluster": WORKERS, "task": {"type": "chief", "index": 0}}), "chief 0, whom its cluster does"),
        ('{"cluster": {"worker": ["a", "b"]}, "task": {"type": "worker", "index": 0}}', "'host:port'"),
    ],
)
def test_a_tf_config_that_cannot_be(monkeypatch, text, said):
    monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(ValueError, match=said):
        place_by_tf_config()


@pytest.mark.parametrize("text", ["", "{}", '{"cluster": {"worker": ["a:1"]}, "task": {"type": "worker", "index": 0}}'])
def test_no_cluster_of_several(monkeypatch, text):
    monkeypatch.setenv("TF_CONFIG", text)
    assert place_by_tf_config() is None


def test_the_variables_of_launchers(monkeypatch):
    for name in ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT", "LOCAL_RANK"):
        monkeypatch.delenv(name, raising=False)
    assert place_by_launcher() is None
    monkeypatch.setenv("RANK", "3")
    monkeypatch.setenv("WORLD_SIZE", "4")
    with pytest.raises(RuntimeError, match="MASTER_ADDR, MASTER_PORT is not"):
        place_by_launcher()
    monkeypatch.setenv("MASTER_ADDR", "one.example")
    monkeypatch.setenv("MASTER_PORT", "29500")
    monkeypatch.setenv("LOCAL_RANK", "1")
    assert place_by_launcher() == (3, 4, "one.example:29500", 1, "RANK")
    monkeypatch.setenv("WORLD_SIZE", "3")
    with pytest.raises(ValueError, match="RANK=3, WORLD_SIZE=3"):
        place_by_launcher()
    monkeypatch.setenv("WORLD_SIZE", "three")
    with pytest.raises(ValueError, match="'three'"):
        place_by_launcher()


def test_how_long_to_wait(monkeypatch):
    monkeypatch.delenv("TORCHKERAS_TIMEOUT", raising=False)
    assert timeout() == 600
    monkeypatch.setenv("TORCHKERAS_TIMEOUT", "7.5")
    assert timeout() == 7.5
    assert timeout(2) == 2
    monkeypatch.setenv("TORCHKERAS_TIMEOUT", "soon")
    with pytest.raises(ValueError, match=r"TORCHKERAS_TIMEOUT must be a number of seconds above 0. Received: 'soon'"):
        timeout()
    with pytest.raises(ValueError, match="Received: 0"):
        timeout(0)


def test_the_interface_that_leads_to_an_address():
    expected = "lo" if sys.platform == "linux" else None
    assert interface_towards("127.0.0.1:80") == expected
