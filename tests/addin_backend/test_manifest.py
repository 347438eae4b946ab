"""manifest.xml: what Office demands of a task pane add-in (Microsoft, "Office Add-ins XML manifest", schema 1.1)."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

import pytest
from lxml import etree

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "addin_backend" / "static"
NS = {
    "o": "http://schemas.microsoft.com/office/appforoffice/1.1",
    "v": "http://schemas.microsoft.com/office/taskpaneappversionoverrides",
    "bt": "http://schemas.microsoft.com/office/officeappbasictypes/1.0",
}
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
# the order is that of the schema's sequence (CT_OfficeApp)
ORDER = [
    "Id", "Version", "ProviderName", "DefaultLocale", "DisplayName", "Description", "IconUrl", "HighResolutionIconUrl",
    "SupportUrl", "AppDomains", "Hosts", "Requirements", "DefaultSettings", "Permissions", "VersionOverrides",
]  # fmt: skip


@pytest.fixture(scope="module")
def manifest():
    return etree.parse(ROOT / "manifest.xml").getroot()


def test_it_is_a_task_pane_for_excel(manifest):
    assert manifest.tag == f"{{{NS['o']}}}OfficeApp"
    assert manifest.get(TYPE) == "TaskPaneApp"
    assert manifest.xpath("o:Hosts/o:Host/@Name", namespaces=NS) == ["Workbook"]
    assert manifest.findtext("o:Permissions", namespaces=NS) == "ReadWriteDocument"


def test_the_parts_stand_in_the_schemas_order(manifest):
    assert [etree.QName(child).localname for child in manifest if isinstance(child.tag, str)] == ORDER


def test_identity(manifest):
    uuid.UUID(manifest.findtext("o:Id", namespaces=NS))
    assert re.fullmatch(r"\d+(\.\d+){3}", manifest.findtext("o:Version", namespaces=NS))
    assert len(manifest.find("o:DisplayName", NS).get("DefaultValue")) <= 125
    assert len(manifest.find("o:Description", NS).get("DefaultValue")) <= 250


def test_every_address_is_https_and_of_one_server(manifest):
    addresses = [value for value in manifest.xpath("//@DefaultValue") if "://" in value]
    addresses += manifest.xpath("//o:AppDomain/text()", namespaces=NS)
    assert len(addresses) >= 8
    assert all(re.match(r"https://localhost:3000(/|$)", address) for address in addresses)


def test_the_pane_is_told_that_it_is_in_excel(manifest):
    assert manifest.find("o:DefaultSettings/o:SourceLocation", NS).get("DefaultValue").endswith("/?host=excel")


def test_every_picture_is_there_and_of_its_size(manifest):
    for name, size in re.findall(r"/static/(icon-(\d+)\.png)", etree.tostring(manifest).decode()):
        header = (STATIC / name).read_bytes()[:24]
        assert header[:8] == b"\x89PNG\r\n\x1a\n"
        assert int.from_bytes(header[16:20]) == int.from_bytes(header[20:24]) == int(size)


def test_every_resource_is_defined_once_and_used(manifest):
    defined = manifest.xpath("//v:Resources//@id", namespaces=NS)
    used = set(manifest.xpath("//@resid"))
    assert len(defined) == len(set(defined))
    assert set(defined) == used
    assert all(len(each) <= 32 for each in defined)


def test_short_strings_are_short(manifest):
    for text in manifest.xpath("//bt:ShortStrings/bt:String/@DefaultValue", namespaces=NS):
        assert len(text) <= 125
    for text in manifest.xpath("//bt:LongStrings/bt:String/@DefaultValue", namespaces=NS):
        assert len(text) <= 250


def test_a_button_opens_the_pane(manifest):
    actions = manifest.xpath("//v:Control/v:Action", namespaces=NS)
    assert [action.get(TYPE) for action in actions] == ["ShowTaskpane"]


def test_it_is_the_servers_own_with_its_usual_address():
    template = (ROOT / "addin_backend" / "templates" / "manifest.xml").read_text(encoding="utf-8")
    assert (ROOT / "manifest.xml").read_text(encoding="utf-8") == template.replace("{{ base }}", "https://localhost:3000")
