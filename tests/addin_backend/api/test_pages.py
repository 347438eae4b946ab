"""The task pane's page, its files, the manifest and the API's pages."""

from __future__ import annotations

import re

from lxml import etree

from tests.addin_backend.api.conftest import problem_of


def fetch(client, path):
    """Status and type of a file, which is closed again."""
    with client.get(path) as response:
        assert response.data
        return response.status_code, response.mimetype


def test_it_works(client):
    response = client.get("/")
    assert response.status_code == 200
    assert b"What should be formatted?" in response.data
    assert "frame-ancestors" in response.headers["Content-Security-Policy"]


def test_every_file_the_page_names_is_there(client):
    page = client.get("/").get_data(as_text=True)
    paths = re.findall(r'(?:src|href)="(/[^"]+)"', page)
    assert len(paths) >= 4
    for path in paths:
        assert fetch(client, path)[0] == 200, path
    for name in ("cells.js", "cards.js", "grid.js", "excel.js"):
        assert fetch(client, f"/static/{name}") == (200, "text/javascript")


def test_the_page_needs_no_other_host(client):
    page = client.get("/").get_data(as_text=True)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


def test_every_field_has_a_label(client):
    from lxml import html

    page = html.fromstring(client.get("/").get_data(as_text=True))
    labelled = {label.get("for") for label in page.iter("label")}
    for field in page.xpath("//input[@id] | //textarea | //select"):
        assert field.get("id") in labelled or any(parent.tag == "label" for parent in field.iterancestors()), field.get("id")
    assert page.get("lang") == "en"
    assert page.xpath("//*[@aria-live]")


def test_the_manifest_has_the_servers_address(client):
    response = client.get("/manifest.xml", headers={"Host": "formats.example:8443"})
    root = etree.fromstring(response.data)
    found = [value for value in root.xpath("//@DefaultValue") if value.startswith("http")]
    assert found
    assert all(value.startswith("https://formats.example:8443/") for value in found)


def test_a_host_that_is_markup_is_not_put_in(client):
    response = client.get("/manifest.xml", headers={"Host": 'x"/><evil/>'})
    assert b"<evil" not in response.data


def test_the_docs_work_offline(client):
    assert client.get("/docs").headers["Location"] == "/docs/swagger"
    page = client.get("/docs/swagger").get_data(as_text=True)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    for path in re.findall(r'(?:src|href)="(swagger/[^"]+)"', page):
        assert fetch(client, f"/docs/{path}")[0] == 200, path


def test_the_icon(client):
    assert fetch(client, "/favicon.ico") == (200, "image/png")


def test_other_addresses(client):
    for path in ("/nothing", "/static/nothing.js", "/static/../settings.py", "/v1/"):
        response = client.get(path)
        assert response.status_code == 404
        problem_of(response)
