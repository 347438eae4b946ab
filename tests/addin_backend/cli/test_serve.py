"""cf-assistant serve."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

PROGRAM = [sys.executable, "-c", "from addin_backend.cli import main; main()", "serve"]


def start(*options, **environment):
    variables = {**os.environ, "CF_ASSISTANT_LOAD_MODEL": "first-use", **environment}
    return subprocess.Popen([*PROGRAM, *options], stderr=subprocess.PIPE, text=True, env=variables)


def test_it_works():
    started = time.perf_counter()
    with start("--port", "0") as server:
        try:
            address = re.search(r"http://localhost:\d+/", server.stderr.readline())[0]
            took = time.perf_counter() - started
            with urllib.request.urlopen(f"{address}healthz", timeout=20) as response:
                assert response.status == 200
            with urllib.request.urlopen(address, timeout=20) as response:
                assert b"What should be formatted?" in response.read()
        finally:
            server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0
    assert took < 20  # 1 to 2 s on an idle machine; benchmarks/ measures it


def test_a_port_that_is_taken():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with start("--port", str(taken.getsockname()[1])) as server:
            _, errors = server.communicate(timeout=60)
    assert server.returncode == 2
    assert "is it taken?" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("environment", "said"),
    [({"CF_ASSISTANT_PORT": "http"}, "CF_ASSISTANT_PORT"), ({"CF_ASSISTANT_COLOUR": "red"}, "no setting CF_ASSISTANT_COLOUR")],
)
def test_wrong_settings_stop_it(run, monkeypatch, environment, said):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    result = run("serve")
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_certificate_that_is_none(run, tmp_path):
    (tmp_path / "c.pem").write_text("not a certificate")
    result = run("serve", "--port", "0", "--certificate", tmp_path / "c.pem", "--key", tmp_path / "c.pem")
    assert result.exit_code == 2
    assert "certificate" in result.stderr
