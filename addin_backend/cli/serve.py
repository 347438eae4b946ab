"""`cf-assistant serve`: the HTTP service on this machine."""

from __future__ import annotations

import signal
import ssl
import threading
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from addin_backend.service_errors import SettingError

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.serving import BaseWSGIServer

    from addin_backend.settings import Settings


@click.command("serve", context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), help="Port to listen on; 0 takes a free one.")
@click.option("--certificate", type=click.Path(path_type=Path), help="Certificate (PEM) for HTTPS.")
@click.option("--key", type=click.Path(path_type=Path), help="Private key (PEM) of the certificate.")
@click.option("--bundle", type=click.Path(path_type=Path), help="Folder of the model; the one that is shipped if left out.")
def command(host: str | None, port: int | None, certificate: Path | None, key: Path | None, bundle: Path | None) -> None:
    """Run the HTTP service with the task pane. Settings come from the environment (docs/settings.md); options win over them."""
    from addin_backend.app import create_app
    from addin_backend.settings import Settings

    given: dict[str, Any] = {"host": host, "port": port, "certificate": certificate, "certificate_key": key, "bundle": bundle}
    settings = replace(Settings.from_environment(), **{name: value for name, value in given.items() if value is not None})
    server = make(create_app(settings), settings)
    scheme = "https" if settings.certificate else "http"
    address = f"{scheme}://{_shown(settings.host)}:{server.server_port}/"
    click.echo(f"cf-assistant: the task pane is at {address} (Ctrl+C ends)", err=True)
    _end_on_signals(server)
    try:
        server.serve_forever()
    finally:
        server.server_close()


def make(app: Flask, settings: Settings) -> BaseWSGIServer:
    """A threaded server bound to the address of the settings.

    Raises:
        SettingError: the address is taken or not of this machine, or the certificate cannot be used.
    """
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Handler(WSGIRequestHandler):
        timeout = settings.request_timeout  # a client that stops sending does not keep a thread

        def log_request(self, *_: object) -> None:  # the app has its own log line
            return

    context: Any = None
    if settings.certificate is not None:
        try:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(settings.certificate, settings.certificate_key)
        except (ssl.SSLError, OSError) as error:
            raise SettingError(f"The certificate {settings.certificate} cannot be used: {error}.") from error
    try:
        return make_server(settings.host, settings.port, app, threaded=True, ssl_context=context, request_handler=Handler)
    except (OSError, SystemExit) as error:  # werkzeug prints and exits where the port is taken
        raise SettingError(f"{settings.host}:{settings.port} cannot be listened on: is it taken? Give another port.") from error


def _end_on_signals(server: BaseWSGIServer) -> None:
    def end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001  # the signature of a signal handler
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)


def _shown(host: str) -> str:
    return "localhost" if host in ("127.0.0.1", "0.0.0.0", "::1", "::") else host  # noqa: S104  # compared, not bound
