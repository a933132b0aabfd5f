"""Take every picture in docs/pictures anew, from a running demo: make pictures

Give it the demo's address if it is not http://localhost:8000. Needs a demo as it was made: what
somebody changed in it would be in the pictures.
"""

import base64
import io
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

PICTURES = Path(__file__).resolve().parents[2] / "docs/pictures"
PHONE, DESKTOP = {"width": 390, "height": 720}, {"width": 1080, "height": 760}
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
COLOURS = 96  # a page has few, and a picture of it weighs a third
# What it is called, who looks, from where, which links are followed, on what.
SHOTS = [
    ("session", "member", "/n/care/sessions/", [".rows a"], PHONE),
    ("thread", "member", "/n/care/talk/", ["text=How are you charging"], PHONE),
    ("run", "coordinator", "/n/care/run/", [], DESKTOP),
    ("programme", "funder", "/programmes/peer-networks-programme/", [], DESKTOP),
]
BOTH = """
<style>
  body {{ margin: 0; background: #e9eef0; width: 1320px; height: 760px; position: relative; }}
  img {{ position: absolute; border-radius: 14px; box-shadow: 0 6px 30px #0003; }}
  .desktop {{ left: 30px; top: 40px; width: 960px; }}
  .phone {{ left: 948px; top: 82px; width: 326px; border: 7px solid #26323a; border-radius: 30px; }}
</style>
<img class="desktop" src="data:image/png;base64,{desktop}">
<img class="phone" src="data:image/png;base64,{phone}">
"""


@contextmanager
def seen_by(browser: Browser, site: str, role: str, size: dict[str, int]) -> Iterator[Page]:
    """A page in which one of the demo's people is signed in."""
    context = browser.new_context(viewport=size, color_scheme="light")
    page = context.new_page()
    page.goto(f"{site}/demo/")
    page.locator(f'form[action="/demo/as/{role}/"] button').click()
    yield page
    context.close()


def home(browser: Browser, site: str, role: str, size: dict[str, int]) -> str:
    """The first page of one of the demo's people, as it fits on their screen."""
    with seen_by(browser, site, role, size) as page:
        page.goto(f"{site}/", wait_until="networkidle")
        return base64.b64encode(page.screenshot()).decode()


def keep(name: str, shot: bytes) -> None:
    plain = Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLOURS)
    plain.save(PICTURES / f"{name}.png", optimize=True)


def main(site: str = "http://localhost:8000") -> None:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        phone = home(browser, site, "member", PHONE)
        desktop = home(browser, site, "coordinator", DESKTOP)
        sheet = browser.new_page(viewport={"width": 1320, "height": 760})
        sheet.set_content(BOTH.format(phone=phone, desktop=desktop), wait_until="load")
        keep("home", sheet.screenshot())
        for name, role, path, steps, size in SHOTS:
            with seen_by(browser, site, role, size) as page:
                page.goto(site + path, wait_until="networkidle")
                for step in steps:
                    page.locator(f"main {step}" if step[0] == "." else step).first.click()
                    page.wait_for_load_state("networkidle")
                keep(name, page.screenshot())
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
