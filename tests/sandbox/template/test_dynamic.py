"""Dynamic references are resolved wherever text is, and only there."""

from sandbox.template.dynamic import resolve_dynamic


def test_every_reference_in_a_text_is_resolved() -> None:
    given = {"A": ["{{resolve:ssm:/a:1}}-{{resolve:secretsmanager:arn:x:SecretString:k}}", 7], "B": "{{other:x}}"}
    asked: list[str] = []

    def lookup(reference: str) -> str:
        asked.append(reference)
        return "found"

    assert resolve_dynamic(given, lookup) == {"A": ["found-found", 7], "B": "{{other:x}}"}
    assert asked == ["ssm:/a:1", "secretsmanager:arn:x:SecretString:k"]
