"""Clusters of processes on this machine, whose chief is the test."""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import os
import runpy
import socket

import torch

import torchkeras.tensorflow as tf

#: Processes come as copies of one that has imported everything already.
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["torchkeras.tensorflow"])


def addresses(count):
    """So many free addresses."""
    with contextlib.ExitStack() as held:
        free = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in free:
            one.bind(("127.0.0.1", 0))
        return [f"127.0.0.1:{one.getsockname()[1]}" for one in free]


def start_script(path, **environment):
    """A process that runs a script as its program."""
    process = _context.Process(target=_run, args=(str(path), environment), daemon=True)
    process.start()
    return process


def _run(path, environment):
    os.environ.update(environment)
    torch.set_num_threads(1)
    try:
        runpy.run_path(path, run_name="__main__")
    finally:
        atexit._run_exitfuncs()  # which processes of this kind leave out


class Tasks:
    """Workers and parameter servers as processes of their own."""

    def __init__(self, workers=2, servers=1):
        found = addresses(workers + servers)
        self.tasks = {"worker": found[:workers], "ps": found[workers:]}
        self.processes, self.made = {}, []
        for job, own in self.tasks.items():
            for index in range(len(own)):
                self.start(job, index)

    def start(self, job, index):
        process = _context.Process(target=_serve, args=(self.tasks, job, index), daemon=True)
        process.start()
        self.processes[job, index] = process

    def kill(self, job, index):
        self.processes[job, index].kill()
        self.processes[job, index].join()

    def resolver(self, **options):
        return tf.distribute.cluster_resolver.SimpleClusterResolver(tf.train.ClusterSpec(self.tasks), **options)

    def strategy(self, **options):
        self.made.append(tf.distribute.ParameterServerStrategy(self.resolver(), **options))
        return self.made[-1]

    def end(self):
        for strategy in self.made:
            strategy._replicas.elsewhere.close()
        for process in self.processes.values():
            process.kill()
            process.join()


def _serve(tasks, job, index):
    torch.set_num_threads(1)
    tf.distribute.Server(tf.train.ClusterSpec(tasks), job, index).join()
