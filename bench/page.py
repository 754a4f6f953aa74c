"""How long report.html of a big update takes to render and to open: `python -m bench.page`.

Chromium opens it from a file and is asked, by the page's own clock, when it was loaded and when it was first painted.
"""

import sys
import tempfile
import time
from pathlib import Path

from reports import html
from reports.record import Record
from tests.reports.browser import started
from tests.reports.builders import made
from tests.reports.pages import SHA256, crowded

SIZES = ((125, 9), (250, 9), (500, 9), (1000, 9))
"""Resources, and how many events of each tell that it is in progress; the third is what a page must open within 2 s."""

TIMES = """
const opened = performance.getEntriesByType('navigation')[0];
const painted = performance.getEntriesByName('first-contentful-paint')[0];
return [opened.loadEventEnd / 1000, painted ? painted.startTime / 1000 : -1];
"""


def main() -> int:
    """One line a size."""
    print(f"{'resources':>9} {'events':>7} {'render s':>9} {'KB':>7} {'loaded s':>9} {'painted s':>9}")
    html.render(made(crowded(10)), SHA256)  # templates are compiled once
    with tempfile.TemporaryDirectory() as folder, started(Path(folder)) as browser:
        for resources, progress in SIZES:
            record = made(crowded(resources, progress))
            begun = time.perf_counter()
            page = html.render(record, SHA256)
            rendered = time.perf_counter() - begun
            browser.open(page)
            time_to_load, painted = browser.run(TIMES)
            _tell(record, rendered, len(page.encode()), time_to_load, painted)
    return 0


def _tell(record: Record, rendered: float, size: int, loaded: float, painted: float) -> None:
    events = len(record.operation.events) if record.operation else 0
    numbers = f"{len(record.actual):>9} {events:>7} {rendered:>9.2f} {size // 1024:>7}"
    print(f"{numbers} {loaded:>9.2f} {painted:>9.2f}")


if __name__ == "__main__":
    sys.exit(main())
