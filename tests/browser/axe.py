"""axe-core on a page as it stands: which of its rules are broken, and where."""

from importlib import resources
from typing import Any

from playwright.sync_api import Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice")
_RUN = """async ([only, without]) => {
  const rules = Object.fromEntries(without.map(rule => [rule, { enabled: false }]));
  const found = await axe.run(document, { runOnly: only, rules });
  const words = node => [...node.any, ...node.all, ...node.none].map(one => one.message).join('; ');
  return found.violations.flatMap(rule => rule.nodes.map(
    node => `${rule.id}: ${node.target.join(' ')} (${words(node)})`));
}"""


def faults(page: Page, *only: str, without: tuple[str, ...] = ()) -> list[str]:
    """What axe-core finds in the page, one line a place; of the named rules, else of all for WCAG 2.2 AA and habits."""
    if not page.evaluate("'axe' in window"):
        page.evaluate((resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    found: list[Any] = page.evaluate(_RUN, [[*(only or TAGS)], [*without]])
    return [str(one) for one in found]


def faults_in_both_lights(page: Page) -> list[str]:
    """What is found in the light, and what of its colours is found in the dark."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found = faults(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found += [f"dark {one}" for one in faults(page, "color-contrast")]
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return found
