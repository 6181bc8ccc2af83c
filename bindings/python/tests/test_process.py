"""Living in a process: fork, threads, handles, pickling, the library that is not there."""

from __future__ import annotations

import copy
import gc
import os
import pickle
import subprocess
import sys
import threading

import pytest

import lake
from lake.testing import handshake, sessions


def test_fork() -> None:
    """In a child, calls raise ForkedError at once; strings work, and objects go away quietly."""
    script = """
import gc, os, sys, lake, lake.testing
initiator, responder = lake.testing.sessions()
child = os.fork()
if child == 0:
    try:
        initiator.step()
    except lake.ForkedError as error:
        assert isinstance(error, RuntimeError) and error.status.name == 'ERR_FORKED'
        assert all(name in str(error) for name in ('preload_app', 'lazy-apps', 'spawn')), error
        del initiator, responder
        gc.collect()
        assert lake.version() and lake.status_text(-3)
        os._exit(7)
    os._exit(1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
assert len(initiator.step()) == 37
print('done')
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("done\n", "")


def test_fork_before_the_first_use() -> None:
    script = """
import os, lake, lake.testing
child = os.fork()
lake.testing.handshake()
if child:
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_nothing_is_left_at_the_end_of_a_process() -> None:
    script = "import lake.testing; keep = lake.testing.handshake(); lake.set_log(print)"
    done = subprocess.run([sys.executable, "-X", "dev", "-c", script], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_threads() -> None:
    """Many threads, sessions of their own, one config."""
    failed: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(20):
                initiator, responder = handshake()
                assert initiator.export(32768, 16) == responder.export(32768, 16)
        except BaseException as error:  # noqa: BLE001
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failed


def test_signals() -> None:
    """Handlers of Python run while liblake works, whose runtime has handlers of its own."""
    script = """
import signal, lake.testing
seen = []
signal.signal(signal.SIGALRM, lambda *_: seen.append(1))
signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
while len(seen) < 20:
    lake.testing.handshake()
signal.setitimer(signal.ITIMER_REAL, 0)
signal.raise_signal(signal.SIGINT)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stderr.endswith("KeyboardInterrupt\n")


def test_handles() -> None:
    gc.collect()
    before = lake.live_handles()
    kept = [sessions() for _ in range(10)]
    assert lake.live_handles() > before
    for initiator, responder in kept:
        initiator.close()
        initiator.close()  # again: nothing
        responder.close()
    del kept, initiator, responder
    gc.collect()
    assert lake.live_handles() == before


def test_no_copies() -> None:
    initiator, _ = sessions()
    for attempt in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            attempt(initiator)


@pytest.mark.parametrize("data", [bytearray, memoryview])
def test_any_bytes(data: type) -> None:
    initiator, responder = sessions()
    assert responder.step(data(initiator.step()))


def test_a_session_takes_attributes() -> None:
    initiator, _ = sessions()
    initiator.device = "sensor 5"  # type: ignore[attr-defined]


def test_library_not_there() -> None:
    environment = {**os.environ, "LAKE_LIBRARY": "/no/such/liblake.so"}
    done = subprocess.run(
        [sys.executable, "-c", "import lake; lake.version()"],
        env=environment, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert "/no/such/liblake.so" in done.stderr
