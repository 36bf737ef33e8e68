"""Who of the peers takes part: in which precision, and that who computes something else has to leave."""

from dataclasses import replace

import pytest

from benchmarks.harness import Settings
from benchmarks.networks import NETWORKS
from benchmarks.peers import crew as crews
from benchmarks.peers.crew import Crew
from benchmarks.peers.process import PeerFailed
from benchmarks.same import DifferentResults

CURVE = [(2.3, 0.1), (2.2, 0.2), (2.0, 0.4), (1.9, 0.5), (1.7, 0.6)]
FLAT = [(2.3, 0.1), (2.3, 0.1), (2.3, 0.1), (2.3, 0.1), (2.3, 0.1)]


@pytest.fixture
def crew(monkeypatch):
    """Makes a crew whose processes give these curves, and where ours does only these precisions."""

    def make(curves, precisions=("float32", "tf32", "mixed"), device="cpu", large=False):
        class Process:
            versions = {}

            def __init__(self, task):
                self.task = task
                self.left = iter(curves[task.peer])

            def ready(self):
                if self.task.peer == "torchkeras" and self.task.precision not in precisions:
                    raise PeerFailed("ValueError: not supported yet")
                return self

            def ask(self, do, **details):
                if do == "compile":
                    return {"result": None}
                found = next(self.left)
                if found is None:
                    raise PeerFailed("out of memory")
                return {"result": found}

            def close(self):
                pass

        monkeypatch.setattr(crews, "Process", Process)
        network = replace(NETWORKS["mlp"], large=large, predictions=1)
        made.append(Crew(network, Settings(device=device, steps=1), curves))
        return made[-1]

    made = []
    yield make
    for one in made:
        one.close()


def test_the_first_of_the_others_is_what_ratios_are_to(crew):
    assert list(crew({"torchkeras": CURVE, "raw": CURVE, "loader": CURVE}).processes) == ["raw", "torchkeras", "loader"]


def test_who_computes_something_else_leaves(crew):
    found = crew({"raw": CURVE, "torchkeras": CURVE, "keras-tf": FLAT, "tf-keras": [*CURVE[:2], None]})
    assert found.same_curves() == 0.0
    assert list(found.processes) == ["raw", "torchkeras"]
    assert found.missing["keras-tf"].startswith("computes something else: another loss curve: 2.3, 2.3")
    assert found.missing["tf-keras"] == "out of memory"


def test_ours_that_nobody_agrees_with_is_not_timed(crew):
    with pytest.raises(DifferentResults, match="no peer agrees with torchkeras"):
        crew({"raw": CURVE, "torchkeras": [(loss - 0.05 * i, a) for i, (loss, a) in enumerate(CURVE)]}).same_curves()


def test_ours_that_fails_is_not_passed_over(crew):
    with pytest.raises(PeerFailed, match="torchkeras: out of memory"):
        crew({"raw": CURVE, "torchkeras": [None]}).same_curves()


@pytest.mark.parametrize(
    ("device", "large", "wanted"), [("cpu", True, "float32"), ("cuda", False, "tf32"), ("cuda", True, "mixed")]
)
def test_all_have_the_precision_that_device_and_network_ask_for(crew, device, large, wanted):
    found = crew({"raw": CURVE, "torchkeras": CURVE}, device=device, large=large)
    assert {process.task.precision for process in found.processes.values()} == {wanted}
    assert found.notes == []


def test_where_ours_lacks_mixed_precision_nobody_has_it_and_it_is_said(crew):
    found = crew({"raw": CURVE, "torchkeras": CURVE}, precisions=("tf32",), device="cuda", large=True)
    assert {process.task.precision for process in found.processes.values()} == {"tf32"}
    assert found.notes == ["not in mixed precision, which torchkeras does not do: ValueError: not supported yet"]
    with pytest.raises(PeerFailed, match="torchkeras: ValueError: not supported yet"):
        crew({"raw": CURVE, "torchkeras": CURVE}, precisions=(), device="cuda")
