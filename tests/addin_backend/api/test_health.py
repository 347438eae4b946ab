"""GET /healthz and GET /readyz."""

from __future__ import annotations

import threading

import pytest

from addin_backend.app import create_app
from addin_backend.service_errors import ModelUnavailableError
from addin_backend.settings import Settings
from tests.addin_backend.api.conftest import problem_of
from tests.addin_backend.fakes import FakeGenerator


def test_it_works(client):
    assert client.get("/healthz").get_json() == {"status": "ok"}
    assert client.get("/readyz").get_json() == {"status": "ready", "model": "fake"}


def test_not_ready_while_the_model_loads(monkeypatch):
    gate = threading.Event()

    def load(*_, **__):
        gate.wait(20)
        return FakeGenerator()

    monkeypatch.setattr("addin_backend.app.load_generator", load)
    client = create_app(Settings(log_level="error")).test_client()
    assert client.get("/healthz").status_code == 200
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert problem_of(response)["state"] == "loading"
    gate.set()
    for _ in range(200):
        if client.get("/readyz").status_code == 200:
            break
        threading.Event().wait(0.02)
    assert client.get("/readyz").get_json()["model"] == "fake"


def test_a_missing_bundle_is_said(monkeypatch, tmp_path):
    client = create_app(Settings(log_level="error", bundle=tmp_path, load_model="first-use")).test_client()
    assert client.get("/readyz").status_code == 200
    response = client.post("/v1/suggestions", json={"utterance": "over 5", "table": [["a"], [1]]})
    assert response.status_code == 503
    assert "bundle.json" in problem_of(response)["detail"]
    assert problem_of(client.get("/readyz"))["state"] == "failed"


def test_a_missing_bundle_stops_a_start_that_waits_for_it(tmp_path):
    with pytest.raises(ModelUnavailableError, match=r"bundle\.json"):
        create_app(Settings(log_level="error", bundle=tmp_path, load_model="startup"))
