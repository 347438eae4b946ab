"""Work within limits: so many requests at once, so many waiting, and none for longer than its time.

A thread cannot be stopped, so work that is past its time ends in the background; its place is taken until then.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import ParamSpec, TypeVar

from addin_backend.service_errors import BusyError, DeadlineError

P = ParamSpec("P")
T = TypeVar("T")


class WorkPool:
    """`workers` calls at a time, `waiting` more in line, `seconds` for each, waiting included."""

    def __init__(self, workers: int, waiting: int, seconds: float) -> None:
        self.seconds = seconds
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="work")
        self._places = threading.BoundedSemaphore(workers + waiting)

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The function's result, or its exception.

        Raises:
            BusyError: no place is free.
            DeadlineError: no result in time.
        """
        if not self._places.acquire(blocking=False):
            raise BusyError("More requests are waiting than this server takes. Repeat in a moment.")
        context = contextvars.copy_context()
        future: Future[T] = self._pool.submit(context.run, lambda: function(*args, **kwargs))
        future.add_done_callback(lambda _: self._places.release())
        try:
            return future.result(self.seconds)
        except FutureTimeoutError:
            if future.done():  # the function's own TimeoutError (the same class since Python 3.11)
                raise
            future.cancel()
            raise DeadlineError(f"No answer within {self.seconds:g} seconds. Send a smaller table, or a part of it.") from None
