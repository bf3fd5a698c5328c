"""The built pages, at the paths of the app's pages and nowhere else."""

from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from center.routes import static
from tests.center import running


@pytest.fixture
def app(tmp_path: Path) -> httpx.AsyncClient:
    """A client of the built pages alone, with no gate before them."""
    made = Starlette(routes=static.pages(running.pages(tmp_path)))
    return httpx.AsyncClient(transport=httpx.ASGITransport(made), base_url="http://room.example")


@pytest.mark.parametrize("path", ["/", "/checkin", "/checkin/", "/people", "/people/0190-a", "/events/0190-a", "/welcome/cong_chinh-1"])
async def test_every_page_of_the_app_is_its_document_never_kept(app: httpx.AsyncClient, path: str) -> None:
    answer = await app.get(path)

    assert (answer.status_code, answer.text) == (200, "<title>app</title>")
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/nothing", "/welcome", "/welcome/cổng", "/welcome/a/b", "/checkins", "/people/a/b", "/assets/checkin"])
async def test_no_other_path_is_a_page(app: httpx.AsyncClient, path: str) -> None:
    assert (await app.get(path)).status_code == 404


async def test_assets_are_kept_for_good(app: httpx.AsyncClient) -> None:
    assert "immutable" in (await app.get("/assets/a.js")).headers["cache-control"]
