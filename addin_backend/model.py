"""The model of a process: loaded once, at start-up, in the background or at first use; asked for with `get`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from addin_backend.service_errors import ModelUnavailableError

if TYPE_CHECKING:
    from export.runtime.generator import Generator

G = TypeVar("G")


def load_generator(bundle: Path | None = None, *, threads: int = 2, providers: tuple[str, ...] | None = None) -> Generator:
    """The bundle's generator.

    Raises:
        ModelUnavailableError: the bundle is missing or damaged, or its runtime is not installed.
    """
    try:
        from export.runtime.errors import BundleError
        from export.runtime.generator import Generator
    except ImportError as error:
        raise ModelUnavailableError(f"The model's runtime is not installed: {error}.") from error
    try:
        return Generator.load(bundle, threads=threads, providers=providers)
    except BundleError as error:
        raise ModelUnavailableError(str(error)) from error


class Model(Generic[G]):
    """A generator that is loaded by `load` when it is wanted. Safe to be used by several threads."""

    def __init__(self, load: Callable[[], G]) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._generator: G | None = None
        self._failure: ModelUnavailableError | None = None

    @classmethod
    def of(cls, generator: G) -> Model[G]:
        """A model that is there already."""
        model = cls(lambda: generator)
        model.get()
        return model

    @property
    def state(self) -> str:
        """`ready`, `failed` or `loading`."""
        return "ready" if self._generator is not None else "failed" if self._failure is not None else "loading"

    @property
    def failure(self) -> str | None:
        """Why loading failed."""
        return None if self._failure is None else self._failure.detail

    def get(self) -> G:
        """The generator, loaded now if it was not; waits for a load that is under way.

        Raises:
            ModelUnavailableError: loading failed, now or before.
        """
        with self._lock:
            if self._failure is not None:
                raise self._failure
            if self._generator is None:
                try:
                    self._generator = self._load()
                except ModelUnavailableError as error:
                    self._failure = error
                    raise
            return self._generator

    def start(self) -> None:
        """Load in a thread of its own; a failure shows in `state` and in every `get`."""
        threading.Thread(target=self._try, name="model", daemon=True).start()

    def _try(self) -> None:
        try:
            self.get()
        except ModelUnavailableError:
            return
