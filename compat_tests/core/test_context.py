"""The state of a running call."""

import threading

from torchkeras.core.context import call_context


def test_each_thread_has_its_own_from_the_start():
    """In the object itself: torch.compile guards on what that has, and a first call must not add to it."""
    found = []
    thread = threading.Thread(target=lambda: found.append(dict(vars(call_context))))
    thread.start()
    thread.join()
    assert found == [{"training": None, "root": None, "scope": (), "autocast": None}]
