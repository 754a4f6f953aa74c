from pathlib import Path

from tests.sandbox.conformance import table

PAGE = Path(__file__).parents[3] / "docs" / "sandbox.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == table.page(), (
        "run: python -m tests.sandbox.conformance.table > docs/sandbox.md"
    )


def test_every_list_has_rows() -> None:
    lists = table.page().split("\n## ")[1:]
    assert [text.splitlines()[0] for text in lists] == list(table.HEADINGS.values())
    assert all(text.count("\n| ") > 2 for text in lists)
