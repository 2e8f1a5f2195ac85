"""How fast to send: free up to thirty messages a second, declared as paid beyond."""

from tests.config.test_newsroom_file import EDITION, parse, problems_of


def test_more_than_thirty_messages_a_second_are_declared_as_paid() -> None:
    [problem] = problems_of(f"[sending]\nmessages_per_second = 200\n{EDITION}")
    assert (problem.key, problem.line) == ("sending.messages_per_second", 2)
    assert "0,1 Sao" in problem.message
    assert "paid = true" in problem.message
    assert problems_of(f"[sending]\nmessages_per_second = 1001\npaid = true\n{EDITION}")
    assert parse(f"[sending]\nmessages_per_second = 20\n{EDITION}").sending.messages_per_second == 20
    assert parse(f"[sending]\nmessages_per_second = 200\npaid = true\n{EDITION}").sending.paid
