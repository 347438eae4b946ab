"""The pool of work."""

from __future__ import annotations

import threading

import pytest

from addin_backend.api.work import WorkPool
from addin_backend.service_errors import BusyError, DeadlineError


def test_it_works():
    assert WorkPool(1, 0, 5).run(lambda a, b: a + b, 1, b=2) == 3


def test_errors_come_through():
    pool = WorkPool(1, 0, 5)
    for error in (ValueError("x"), TimeoutError("its own")):

        def fail(error=error):
            raise error

        with pytest.raises(type(error), match=str(error)):
            pool.run(fail)


def test_late_work_keeps_its_place_until_it_ends():
    pool, gate = WorkPool(1, 0, 0.05), threading.Event()
    with pytest.raises(DeadlineError):
        pool.run(gate.wait, 20)
    with pytest.raises(BusyError):
        pool.run(lambda: 1)
    gate.set()
    for _ in range(100):
        try:
            assert pool.run(lambda: 1) == 1
            break
        except (BusyError, DeadlineError):
            threading.Event().wait(0.02)
    else:
        pytest.fail("the place was never given back")
