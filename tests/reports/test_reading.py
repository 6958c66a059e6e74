"""An executed notebook read as a report, and one that did not finish refused."""

import pytest

from kamnb.reports.reading import Note, Picture, Sentence, Table, UnfinishedError, read_report


def test_the_answer_comes_first(executed):
    report = read_report(executed)
    assert report.title == "Which accounts?"
    assert report.lead == "For the sales director."
    assert len(report.figures) == 4 and report.answers == ["Choose eight."]


def test_sections_hold_what_was_shown_in_order(executed):
    report = read_report(executed)
    assert [s.title for s in report.sections] == ["First question?", "Second question?"]
    kinds = [type(b) for s in report.sections for b in s.blocks]
    assert kinds[1:] == [Table, Picture, Sentence, Note, Table]
    assert [t.name for t in report.appendix] == ["appendix.sources"]


def test_a_cell_that_never_ran_is_no_success(executed):
    executed.cells[4].execution_count = None
    with pytest.raises(UnfinishedError, match="never run"):
        read_report(executed)


def test_a_notebook_without_its_end_is_no_success(executed):
    executed.cells = executed.cells[:-1]
    with pytest.raises(UnfinishedError, match="end"):
        read_report(executed)


def test_an_error_output_is_no_success(executed):
    from nbformat.v4 import new_output

    executed.cells[3].outputs.append(new_output("error", ename="ValueError", evalue="bad", traceback=[]))
    with pytest.raises(UnfinishedError, match="ValueError: bad"):
        read_report(executed)
