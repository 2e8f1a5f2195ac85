"""The pages of the documentation: links lead somewhere, and every file that a page names is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "README.vi.md", *sorted((ROOT / "docs").rglob("*.md"))]
_LINK = re.compile(r"\]\(([^)\s]+)\)")
NAMED = re.compile(r"`((?:bot|summarizer|storage|config|tests|benchmarks|docs)/[\w/.-]*\w)(?:/?`|::)")


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as the usual viewers of Markdown make them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    for link in _LINK.findall(page.read_text(encoding="utf-8")):
        file, _, anchor = link.partition("#")
        if ":" in file:
            continue
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_that_a_page_names_are_there(page: Path) -> None:
    named = set(NAMED.findall(page.read_text(encoding="utf-8")))
    assert [
        name for name in sorted(named) if not list(ROOT.glob(name)) and not list(ROOT.glob(name + ".*"))
    ] == []


def figures_of_the_readme() -> str:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    return readme.split("\n## Figures\n")[1].split("\n## ")[0]


def test_figures_of_the_readme_are_those_of_the_page_that_they_name() -> None:
    rows = re.findall(r"^\| (?!what)(.+) \| (.+) \| \[.+\]\((.+?)#.+\) \|$", figures_of_the_readme(), re.M)
    assert len(rows) > 5
    for what, figure, page in rows:
        text = (ROOT / page).read_text(encoding="utf-8")
        for number in re.findall(r"\d*\.?\d+", figure):
            assert re.search(rf"(?<![\d.]){re.escape(number)}(?![\d])", text), f"{what}: {number}"


def test_both_readmes_name_the_same_commands_variables_and_pages() -> None:
    english, vietnamese = (
        set(re.findall(r"`(/[a-z]+|DIEMTIN_\w+|make \w+)|diemtin (\w+)|\]\((docs/[\w.#-]+)", text))
        for text in ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.vi.md"))
    )
    in_figures = {("", "", page) for page in re.findall(r"docs/[\w.#-]+", figures_of_the_readme())}
    assert english ^ vietnamese <= in_figures


def test_every_page_is_on_the_front_page() -> None:
    front = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert [page for page in sorted(pages) if f"]({page}" not in front] == []
