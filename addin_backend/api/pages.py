"""`GET /`: the task pane, in Excel and in a browser; `/manifest.xml` for this server's address; `/docs`: the API's pages."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

blueprint = Blueprint("pages", __name__, static_folder="../static", static_url_path="/static", template_folder="../templates")

# Excel on the web shows the pane in a frame of its own hosts (Microsoft, "Requirements for running Office Add-ins").
_EXCEL_ONLINE = "https://*.office.com https://*.office365.com https://*.officeapps.live.com https://*.sharepoint.com https://*.cloud.microsoft"
_POLICY = "; ".join((
    "default-src 'self'",
    "script-src 'self' https://appsforoffice.microsoft.com https://ajax.aspnetcdn.com",
    "connect-src 'self' https://appsforoffice.microsoft.com https://*.officeapps.live.com https://*.office.net",
    "img-src 'self' data: blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    f"frame-ancestors 'self' {_EXCEL_ONLINE}",
))  # fmt: skip


@blueprint.get("/")
def taskpane() -> Response:
    """The task pane."""
    from addin_backend.version import version

    response = Response(render_template("taskpane.html", version=version()), mimetype="text/html")
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/manifest.xml")
def manifest() -> Response:
    """The add-in's manifest with this server's own address in it; Excel only takes https."""
    base = f"https://{request.host}"
    return Response(render_template("manifest.xml", base=base), mimetype="application/xml")


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """The icon browsers ask for."""
    return blueprint.send_static_file("icon-32.png")


@blueprint.get("/docs")
def docs() -> BaseResponse:
    """The pages where the API can be tried."""
    return redirect("/docs/swagger")
