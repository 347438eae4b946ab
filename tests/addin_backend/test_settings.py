"""Settings: read from the environment, refused by name, documented."""

from __future__ import annotations

from pathlib import Path

import pytest

from addin_backend.service_errors import SettingError
from addin_backend.settings import PREFIX, Settings, document, rows

ROOT = Path(__file__).parents[2]


def test_defaults_need_no_environment():
    assert Settings.from_environment({}) == Settings()


def test_it_reads_every_kind(tmp_path):
    certificate = tmp_path / "cert.pem"
    certificate.write_text("x")
    found = Settings.from_environment(
        {
            "CF_ASSISTANT_PORT": "8080",
            "CF_ASSISTANT_REQUEST_TIMEOUT": "2.5",
            "CF_ASSISTANT_PROVIDERS": "CUDA, cpu",
            "CF_ASSISTANT_LOG_LEVEL": "Debug",
            "CF_ASSISTANT_CERTIFICATE": str(certificate),
            "CF_ASSISTANT_CERTIFICATE_KEY": str(certificate),
            "CF_ASSISTANT_BUNDLE": str(tmp_path),
            "CF_ASSISTANT_HOST": "",
            "CF_ASSISTANT_DATA": "elsewhere",
            "OTHER": "x",
        }
    )
    assert (found.port, found.request_timeout, found.log_level) == (8080, 2.5, "debug")
    assert found.providers == ("CUDAExecutionProvider", "CPUExecutionProvider")
    assert (found.bundle, found.certificate, found.host) == (tmp_path, certificate, "127.0.0.1")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "80x"),
        ("PORT", "70000"),
        ("PORT", "-1"),
        ("THREADS", "0"),
        ("REQUEST_TIMEOUT", "soon"),
        ("REQUEST_TIMEOUT", "nan"),
        ("PROVIDERS", "tpu"),
        ("LOG_LEVEL", "loud"),
        ("LOAD_MODEL", "never"),
        ("BUNDLE", "/no/such/folder"),
        ("CERTIFICATE", "/no/such/file"),
        ("HOST", "http://x/"),
        ("MAX_REQUEST_MB", "1e3"),
    ],
)
def test_a_wrong_value_is_refused_by_name(name, value):
    with pytest.raises(SettingError, match=f"{PREFIX}{name} is .*has to be"):
        Settings.from_environment({PREFIX + name: value})


def test_an_unknown_name_is_refused():
    with pytest.raises(SettingError, match="no setting CF_ASSISTANT_PROT"):
        Settings.from_environment({"CF_ASSISTANT_PROT": "1"})


def test_half_a_certificate_is_refused(tmp_path):
    (tmp_path / "c.pem").write_text("x")
    with pytest.raises(SettingError, match="belong together"):
        Settings.from_environment({"CF_ASSISTANT_CERTIFICATE": str(tmp_path / "c.pem")})


def test_every_setting_is_documented():
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for name in rows():
        assert f"`{PREFIX}{name.upper()}`" in page
    assert page == document(), "run: python -m addin_backend.settings > docs/settings.md"


def test_a_bad_setting_stops_the_app(monkeypatch):
    from addin_backend.app import create_app

    monkeypatch.setenv("CF_ASSISTANT_PORT", "many")
    with pytest.raises(SettingError, match="CF_ASSISTANT_PORT"):
        create_app()
