"""axe-core looks at a page: what is wrong for somebody who cannot see, or not well."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

EVERY_RULE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# All rules are judged in full, but only what is wrong is written out and sent here: the list of
# all that is right takes longer than the judging.
ONLY_WRONG = {"preload": False, "resultTypes": ["violations"]}
RUN = """options => axe.run(options).then(found => found.violations.map(
  one => `${one.id}: ${one.nodes[0].html.slice(0, 120)}`
))"""


def violations(tab: Page, only: str = "") -> list[str]:
    """A line for each rule that the page breaks; `only` one rule is asked."""
    if not tab.evaluate("'axe' in window"):
        tab.evaluate(AXE_SCRIPT)
    asked = {"type": "rule", "values": [only]} if only else {"type": "tag", "values": EVERY_RULE}
    found: list[str] = tab.evaluate(RUN, ONLY_WRONG | {"runOnly": asked})
    return found
