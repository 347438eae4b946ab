"""What the blueprints share: the settings, the model, the pool of work; kept in `app.extensions`."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from addin_backend.api.work import WorkPool
from addin_backend.model import Model
from addin_backend.settings import Settings
from addin_backend.suggest import Proposes

KEY = "cf_assistant"


@dataclass(frozen=True, slots=True)
class Service:
    """One app's parts."""

    settings: Settings
    model: Model[Proposes]
    pool: WorkPool


def service() -> Service:
    """The running app's parts."""
    found = current_app.extensions[KEY]
    assert isinstance(found, Service)
    return found
