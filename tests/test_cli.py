"""The commands as a user types them."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from kamnb.cli import main
from kamnb.reports import printing
from kamnb.reports.limits import Limits
from kamnb.reports.making import Summary


def run(*arguments):
    return CliRunner().invoke(main, list(map(str, arguments)))


@pytest.mark.parametrize("language", ["en", "ja", "zh"])
def test_new_lays_down_a_folder_that_says_what_is_missing(tmp_path, language):
    made = run("new", "acme", "--at", tmp_path, "--lang", language)
    assert made.exit_code == 0 and Path(made.output.strip()).is_file()
    checked = run("check", tmp_path / "acme")
    assert checked.exit_code == 2 and "F01" in checked.output
    assert run("new", "acme", "--at", tmp_path).exit_code == 2


def test_check_tells_in_the_clients_language_what_does_not_tie(small):
    with (small / "sales.csv").open("a", encoding="utf-8") as stream:
        stream.write("2024-03-20,A1,P1,1,\"1,2OO\",5\n2024-03-21,A9,P1,1,100,5\n")
    checked = run("check", small)
    assert checked.exit_code == 1
    assert "行 50" in checked.output and "1,2OO" in checked.output and "A9" in checked.output
    assert (small / "check" / "faults.xlsx").is_file() and (small / "check" / "requests.ja.xlsx").is_file()


def test_check_of_a_clean_engagement_says_so(small):
    checked = run("check", small, "--lang", "en")
    assert checked.exit_code == 0, checked.output
    assert "every panel ties" in checked.output and "Market size" in checked.output


def test_a_wrong_folder_is_told_in_one_line(tmp_path):
    checked = run("report", tmp_path)
    assert checked.exit_code == 2 and "kamnb new" in checked.output and "Traceback" not in checked.output


def test_every_command_has_an_example():
    for name, command in main.commands.items():
        assert f"Example: kamnb {name}" in command.help


def test_what_a_report_may_take_is_what_was_asked(small, tmp_path):
    """Too little time ends the report, and the run says which option would allow more."""
    ended = run("report", small, "--stage", "channels", "--to", "html", "--report-limit", "1", "--out", tmp_path)
    assert ended.exit_code == 1 and "0 done" in ended.output
    assert "the report took longer than 1 s (--report-limit)" in ended.stderr


def test_every_limit_reaches_the_run(small, tmp_path, monkeypatch):
    asked = []

    def make_nothing(_, request, *, out, **__):
        asked.append(request)
        return Summary(out, [])

    monkeypatch.setattr(printing, "make_reports", make_nothing)
    run("report", small, "--out", tmp_path)
    run("report", small, "--cell-limit", "7", "--report-limit", "8", "--memory", "2.5", "--out", tmp_path)
    assert [request.limits for request in asked] == [Limits(), Limits(7, 8, memory=2_500_000_000)]
