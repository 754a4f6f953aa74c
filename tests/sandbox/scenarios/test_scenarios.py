from pathlib import Path

from sandbox.scenarios import scenarios


def test_every_scenario_is_tested_beside_this() -> None:
    tested = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py") if path != Path(__file__))

    assert [known.name for known in scenarios() if f'"{known.name}"' not in tested] == ["empty"]
