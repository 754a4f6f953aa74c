"""The shipped dates are whole and in order."""

from datetime import date

from upgrade.rules.runtimes import runtimes


def test_they_say_where_they_come_from() -> None:
    assert runtimes().source.startswith("https://docs.aws.amazon.com/lambda/")
    assert runtimes().age(date(2026, 12, 6)) == "dates compiled on 2026-11-26, 10 days ago"


def test_what_runs_today_is_among_them() -> None:
    assert {"python3.10", "python3.12", "nodejs22.x", "java21", "provided.al2023"} <= runtimes().lifecycles.keys()


def test_functions_can_be_updated_at_least_as_long_as_made() -> None:
    odd = [
        name
        for name, each in runtimes().lifecycles.items()
        if each.create is not None and (each.update is None or each.update < each.create)
    ]
    assert odd == []
