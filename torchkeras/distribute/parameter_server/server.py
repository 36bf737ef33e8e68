"""The process of a worker or a parameter server: it does what the chief says, until that says goodbye."""

from __future__ import annotations

import random
import sys
import threading
import time
from typing import Any

import numpy as np
import torch

from torchkeras.core.op_errors import DeadlineExceededError, UnavailableError
from torchkeras.distribute.parameter_server.connections import Broken, Connection, Listener, secret_of
from torchkeras.distribute.parameter_server.parameters import Parameters
from torchkeras.distribute.parameter_server.told import told
from torchkeras.distribute.parameter_server.worker import Worker
from torchkeras.distribute.processes import TIMEOUT, timeout


class TaskServer:
    """Serves the chief, and the workers, as one task of a cluster.

    Args:
        cluster: the addresses of the tasks, by job.
        job: 'worker' or 'ps'.
        index: which of them it is.
    """

    def __init__(self, cluster: dict[str, list[str]], job: str, index: int) -> None:
        self.cluster, self.job, self.index = cluster, job, index
        self.address = cluster[job][index]
        self._name = f"{'Parameter server' if job == 'ps' else job.capitalize()} {index} ({self.address})"
        self._secret = secret_of(cluster)
        self._listener: Listener | None = None
        self._chiefs = 0  # connections of a chief that are open
        self._session = ""
        self._task: Any = None
        self._finished = threading.Event()
        self._lock = threading.Lock()
        self._alone = False  # whether the process is for this task only

    def start(self) -> None:
        if self._listener is None:
            self._listener = Listener(self.address, self._secret, self._serve)

    def join(self) -> None:
        """Serves until the chief has finished, then ends the process; an error if none comes in time."""
        self.start()
        self._alone = True
        seconds = timeout()
        alone_since = time.monotonic()
        while not self._finished.wait(0.2):
            if self._chiefs:
                alone_since = time.monotonic()
            elif time.monotonic() - alone_since > seconds:
                self.stop()
                raise DeadlineExceededError(
                    None,
                    None,
                    f"Task {self.index} of job {self.job!r} at {self.address} waited {seconds:.0f} s for the chief: "
                    f"none has come. Start the program that makes the ParameterServerStrategy with the same cluster "
                    f"description, or set {TIMEOUT} to wait longer.",
                )
        self.stop()
        sys.exit(0)

    def stop(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    # --- those who connect ---

    def _serve(self, connection: Connection) -> None:
        is_chief = False
        try:
            while True:
                what, *given = connection.receive()
                if what == "chief":
                    is_chief = self._welcome(connection, *given) or is_chief
                elif what == "goodbye":
                    connection.send((True, None))
                    if given[0] == self._session:
                        self._finished.set()
                else:
                    self._answer(connection, what, given)
        finally:
            if is_chief:
                with self._lock:
                    self._chiefs -= 1

    def _welcome(self, connection: Connection, session: str, seed: int, python: tuple[int, ...]) -> bool:
        """A chief that came: of a run that goes on, or of another, for which all begins anew."""
        if python != sys.version_info[:2]:
            ours = ".".join(map(str, sys.version_info[:2]))
            theirs = ".".join(map(str, python))
            problem = RuntimeError(f"Chief and {self.job} must run the same Python. The chief: {theirs}, here: {ours}.")
            connection.send((False, told(problem, self._name)))
            return False
        with self._lock:
            if session != self._session:
                if isinstance(self._task, Worker):
                    self._task.close()
                self._session, self._task = session, self._new_task()
                if self._alone:
                    self._seed(seed)
            self._chiefs += 1
        connection.send((True, None))
        return True

    def _new_task(self) -> Any:
        return Parameters() if self.job == "ps" else Worker(self.cluster["ps"], self._secret, self.index)

    def _seed(self, seed: int) -> None:
        """Random numbers of each worker's own: data is shuffled in another order by each."""
        own = (seed + 0x9E3779B97F4A7C15 * (self.index + 1)) % (1 << 63)
        torch.manual_seed(own)
        np.random.seed(own % (1 << 32))
        random.seed(own)

    def _answer(self, connection: Connection, what: str, given: list[Any]) -> None:
        try:
            if self._task is None:
                raise UnavailableError(None, None, f"{self._name} was started anew, and has lost what it had.")
            answer = True, self._task.answer(what, *given)
        except Broken:
            raise
        except Exception as error:
            answer = False, told(error, self._name)
        except BaseException as error:  # sys.exit() in a function must not look like a worker that was killed
            answer = False, told(RuntimeError(f"The function ended with {error!r}."), self._name)
        connection.send(answer)


__all__ = ["TaskServer"]
