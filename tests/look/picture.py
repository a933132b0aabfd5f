"""Take docs/pictures/home.png anew, from a running demo: python -m tests.look.picture

Give it the demo's address if it is not http://localhost:8000.
"""

import base64
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

PICTURE = Path(__file__).resolve().parents[2] / "docs/pictures/home.png"
PHONE, DESKTOP = {"width": 390, "height": 720}, {"width": 1080, "height": 760}
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PAGE = """
<style>
  body {{ margin: 0; background: #e9eef0; width: 1320px; height: 760px; position: relative; }}
  img {{ position: absolute; border-radius: 14px; box-shadow: 0 6px 30px #0003; }}
  .desktop {{ left: 30px; top: 40px; width: 960px; }}
  .phone {{ left: 948px; top: 82px; width: 326px; border: 7px solid #26323a; border-radius: 30px; }}
</style>
<img class="desktop" src="data:image/png;base64,{desktop}">
<img class="phone" src="data:image/png;base64,{phone}">
"""


def page_of(browser: Browser, site: str, role: str, size: dict[str, int]) -> str:
    """The first page of one of the demo's people, as it fits on their screen."""
    context = browser.new_context(viewport=size, color_scheme="light")
    page = context.new_page()
    page.goto(f"{site}/demo/")
    page.locator(f'form[action="/demo/as/{role}/"] button').click()
    page.goto(f"{site}/", wait_until="networkidle")
    shot = page.screenshot()
    context.close()
    return base64.b64encode(shot).decode()


def main(site: str = "http://localhost:8000") -> None:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        phone = page_of(browser, site, "member", PHONE)
        desktop = page_of(browser, site, "coordinator", DESKTOP)
        sheet = browser.new_page(viewport={"width": 1320, "height": 760})
        sheet.set_content(PAGE.format(phone=phone, desktop=desktop), wait_until="load")
        PICTURE.parent.mkdir(exist_ok=True)
        sheet.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
