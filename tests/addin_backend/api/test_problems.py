"""One shape for every error, whatever its source."""

from __future__ import annotations

import json
import threading

import pytest
from flask import abort
from pydantic import TypeAdapter

from addin_backend import errors, service_errors
from addin_backend.app import create_app
from addin_backend.errors import AddinError, NoSuchSheetError
from addin_backend.settings import Settings
from grammar.errors import RuleSyntaxError
from tests.addin_backend.api.conftest import problem_of


def raising(error):
    def view():
        raise error

    return view


def all_errors():
    found, waiting = [], [AddinError]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__ in (errors.__name__, service_errors.__name__):
            found.append(kind)
    return found


def test_every_error_of_ours(app):
    for number, kind in enumerate(all_errors()):
        app.add_url_rule(f"/raise/{number}", f"raise{number}", raising(kind("What is wrong here.")))
    client = app.test_client()
    for number, kind in enumerate(all_errors()):
        response = client.get(f"/raise/{number}")
        assert response.status_code == kind.status
        body = problem_of(response)
        assert (body["code"], body["title"], body["detail"]) == (kind.code, kind.title, "What is wrong here.")


def test_codes_are_of_one_error_only():
    codes = [kind.code for kind in all_errors()]
    assert len(codes) == len(set(codes))


def test_what_an_error_knows_beside_its_words(app):
    app.add_url_rule("/raise", "raise", raising(NoSuchSheetError("No sheet.", sheets=["A"])))
    assert problem_of(app.test_client().get("/raise"))["sheets"] == ["A"]


def test_the_grammars_errors(app):
    app.add_url_rule("/raise", "raise", raising(RuleSyntaxError("Not a rule.", 1, 7, "      ^")))
    body = problem_of(app.test_client().get("/raise"))
    assert (body["code"], body["column"]) == ("bad-rule", 7)


def test_pydantics_errors(app):
    app.add_url_rule("/raise", "raise", lambda: TypeAdapter(int).validate_python("secret"))
    body = problem_of(app.test_client().get("/raise"))
    assert body["code"] == "invalid-request"
    assert "secret" not in json.dumps(body)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 408, 410, 413, 415, 418, 429, 500, 503])
def test_http_errors(app, status):
    app.add_url_rule("/raise", "raise", lambda: abort(status))
    response = app.test_client().get("/raise")
    assert response.status_code == status
    problem_of(response)


def test_405_names_the_methods(client):
    response = client.get("/v1/suggestions")
    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]
    problem_of(response)


def test_the_unforeseen_gives_nothing_away(capfd, app):
    app.add_url_rule("/raise", "raise", raising(RuntimeError("password=hunter2")))
    response = app.test_client().get("/raise")
    assert response.status_code == 500
    body = problem_of(response)
    assert "hunter2" not in json.dumps(body)
    assert "hunter2" in capfd.readouterr().err  # but the log has it


def test_the_request_id(client):
    assert client.get("/healthz", headers={"X-Request-ID": "abc-1"}).headers["X-Request-ID"] == "abc-1"
    assert len(client.get("/healthz", headers={"X-Request-ID": "no good\x01"}).headers["X-Request-ID"]) == 32
    assert problem_of(client.get("/nothing", headers={"X-Request-ID": "abc-2"}))["request_id"] == "abc-2"


def test_the_log_line(generator, capfd):
    client = create_app(Settings(log_level="info"), generator=generator).test_client()
    client.post("/v1/suggestions", json={"utterance": "confidential words", "table": [["a"]]})
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    (line,) = [line for line in lines if line["event"] == "request"]
    assert (line["method"], line["path"], line["status"], line["problem"]) == ("POST", "/v1/suggestions", 422, "empty-table")
    assert line["request_id"]
    assert "confidential" not in json.dumps(lines)


def test_a_request_past_its_time(generator):
    gate = threading.Event()
    generator.before = lambda: gate.wait(20)
    app = create_app(Settings(log_level="error", request_timeout=0.1), generator=generator)
    response = app.test_client().post("/v1/suggestions", json={"utterance": "over 5", "table": [["a", "b"], [1, 2]]})
    gate.set()
    assert response.status_code == 504
    assert "0.1 seconds" in problem_of(response)["detail"]


def test_more_requests_than_there_is_room_for(generator):
    gate, begun = threading.Event(), threading.Event()

    def before():
        begun.set()
        gate.wait(20)

    generator.before = before
    app = create_app(Settings(log_level="error", workers=1, waiting=0), generator=generator)
    body = {"utterance": "over 5", "table": [["a", "b"], [1, 2]]}
    first = threading.Thread(target=lambda: app.test_client().post("/v1/suggestions", json=body))
    first.start()
    assert begun.wait(20)
    response = app.test_client().post("/v1/suggestions", json=body)
    gate.set()
    first.join()
    assert response.status_code == 503
    assert problem_of(response)["code"] == "busy"
    assert response.headers["Retry-After"]
