"""GET /openapi.json."""

from __future__ import annotations


def test_it_works(client):
    document = client.get("/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) == {
        "/v1/suggestions",
        "/v1/workbooks/table",
        "/v1/workbooks/apply",
        "/v1/code",
        "/healthz",
        "/readyz",
    }


def test_every_route_of_the_api_is_in_it(app, client):
    documented = set(client.get("/openapi.json").get_json()["paths"])
    routes = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/v1/")}
    assert routes <= documented


def test_every_reference_leads_somewhere(client):
    document = client.get("/openapi.json").get_json()
    schemas = document["components"]["schemas"]
    found = list(_references(document))
    assert found
    for reference in found:
        assert reference.removeprefix("#/components/schemas/") in schemas


def test_both_kinds_of_body_are_described(client):
    document = client.get("/openapi.json").get_json()
    content = document["paths"]["/v1/suggestions"]["post"]["requestBody"]["content"]
    assert set(content) == {"application/json", "multipart/form-data"}
    assert set(document["components"]["schemas"]["SuggestionForm"]["required"]) == {"file", "utterance"}


def test_errors_are_problems(client):
    for path in client.get("/openapi.json").get_json()["paths"].values():
        for operation in path.values():
            assert "application/problem+json" in operation["responses"]["default"]["content"]


def _references(value):
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "$ref":
                yield item
            else:
                yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)
