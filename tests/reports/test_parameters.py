"""What a run is told: codes pass through unchanged whatever they hold, and what can not be meant is refused before any job (C01 to C10)."""

import csv
import json
import pickle

import pandas as pd
import papermill
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from kamnb.cli import main
from kamnb.engagement import open_engagement, safe_name
from kamnb.errors import InputError
from kamnb.reports.jobs import Job, Order
from kamnb.settings import read_settings
from tests.reports.planted import Planted, notebook, plant, published

CODES = ["007", "1_000", "1e5", "NO", "None", "NaN", "２４", 'quote"', "quote'", '"""', "'''", "back\\slash\\n", "brace{x}",
         "{0}", "%s", "$HOME", "emoji😀", "髙①", "line\u2028break", "../../up", "/root", "C:\\x", "CON", "dot.", "a/b", "*",
         "<b>&amp;", "=1+1", "x" * 300, '"); open("MARK", "w").write("x") #', "x = __import__('os').system('touch MARK')",
         "\\\"; open('MARK','w') #", "{{account}}", "`id`"]


def test_c04_c05_t8_codes_pass_through_unchanged_and_nothing_in_them_runs(tmp_path, make_small):
    home, mark, told = make_small(tmp_path), tmp_path / "mark", tmp_path / "told"
    codes = [code.replace("MARK", str(mark)) for code in CODES]
    with (home / "accounts.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["account", "name", "channel"], ["A1", "One", "C1"], ["A2", "Two", "C1"],
                                      *([code, f"Name of {code}", "C1"] for code in codes)])
    run = Planted(home, tmp_path / "out")
    jobs = [Job("strategy", "en", account=code, formats=("html",)) for code in codes]
    plant(run.frozen, jobs[0], f"import json\nknown = bool((e.table('accounts')['account'] == account).any())\n"
                               f"open({str(told)!r}, 'a').write(json.dumps([account, known]) + '\\n')\n"
                               "b = begin(engagement, language=language, edition=edition, account=account)")
    try:
        results = run.run_all(jobs)
    finally:
        run.close()
    assert [r.detail for r in results if r.status != "done"] == []
    assert {tuple(json.loads(line)) for line in told.read_text(encoding="utf-8").splitlines()} == {(code, True) for code in codes}
    assert not mark.exists()
    names = published(run.out)
    assert len(names) == len(codes) == len({name.lower() for name in names}) and all(name.startswith("3_strategy/") for name in names)
    assert not [name for name in names if len(name) > 100]


@given(st.text(alphabet=st.characters(exclude_categories=[])))
@settings(max_examples=100, deadline=None)
def test_c04_any_text_is_the_same_in_the_notebook(text):
    made = papermill.execute_notebook(notebook(), None, {"account": text}, prepare_only=True)
    space = {}
    exec(next(cell.source for cell in made.cells if "injected-parameters" in cell.metadata.get("tags", [])), space)
    assert space["account"] == text
    order = Order(Job("strategy", "en", account=text), "f", "h", "s")
    assert Order.from_json(order.to_json()) == order and "\n" not in order.to_json()


def test_names_of_files_are_safe_short_and_unlike():
    names = [safe_name(code) for code in CODES]
    assert len(set(names)) == len(CODES) and all(len(name) <= 50 and not set(name) & set('/\\:*?"<>|.\n') for name in names)


def ask(home, *options):
    """kamnb report, as a person would type it."""
    return CliRunner().invoke(main, ["report", str(home), "--out", str(home.parent / "out"), *options])


REFUSED = {
    ("--acount", "A1"): "--account",
    ("--account", "A11"): "did you mean 'A1'?",
    ("--account", "A1", "--account", "A1"): "named twice",
    ("--account", "A1\0"): "not in the account master",
    ("--account", ""): "not in the account master",
    ("--stage", "chanels"): "channels",
    ("--to", "docx"): "'html', 'xlsx', 'pptx', 'pdf'",
    ("--lang", "jp"): "'en', 'ja', 'zh'",
    ("--jobs", "0"): "x>=1",
    ("--edition", "Joint"): "'internal', 'joint'",
}


@pytest.mark.parametrize("options", REFUSED, ids=" ".join)
def test_c01_c02_c08_what_can_not_be_meant_is_refused_before_any_job(small, options):
    told = ask(small, *options)
    assert told.exit_code == 2 and REFUSED[options] in told.output, told.output
    assert "Traceback" not in told.output and published(small.parent / "out") == {}


TOML = {
    'client = "X"\nclient = "Y"': "line 3",
    "client = NO": "line 2",
    "client = 0123": "line 2",
    "client = 12:30": "line 2",
    "client = 7": "client",
    'client = "X"\nas_of = "yesterday"': "as_of",
    'client = "X"\nas_of = 2024-13-01': "line 3",
    'client = "X"\ncurrency = "JPYY"': "JPYY",
    'client = "X"\nschema = 9': "'schema' is not a setting",
    'client = "X"\n[engagment]': "did you mean 'engagement'",
    'client = "X"\n[tables.sales]\npath = "s.csv"\nread = "!!python/object"': "'read' is not a setting",
    'client = "X"\n[selection]\nmust_have = "A1"': "must_have",
}


@pytest.mark.parametrize("text", TOML)
def test_c02_c06_c07_c09_settings_are_typed_and_told_with_their_place(tmp_path, text):
    rest = "" if "as_of" in text else "as_of = 2024-03-31\n"
    (tmp_path / "engagement.toml").write_text(f'[engagement]\n{text.partition("[")[0]}\nname = "x"\n{rest}' + "".join(
        text.partition("[")[1:]), encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_settings(tmp_path)
    assert TOML[text] in str(error.value), str(error.value)


class Evil:
    """What runs when it is unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return open, (self.mark, "w")


@pytest.mark.parametrize("name", ["sales.pkl", "sales.joblib", "sales.parquet", "sales.csv", "sales.xlsx"])
def test_c10_a_pickle_is_never_read_whatever_it_is_called(small, name):
    mark = small.parent / "mark"
    (small / "sales.csv").unlink()
    (small / name).write_bytes(pickle.dumps(Evil(str(mark))))
    toml = (small / "engagement.toml").read_text(encoding="utf-8")
    (small / "engagement.toml").write_text(toml.replace("sales.csv", name), encoding="utf-8")
    with pytest.raises(InputError, match="sales"):
        open_engagement(small)
    assert not mark.exists()


def test_c08_c10_a_pattern_without_files_and_a_parquet_without_our_columns_are_refused(small):
    toml = (small / "engagement.toml").read_text(encoding="utf-8")
    (small / "engagement.toml").write_text(toml.replace("sales.csv", "nothing_*.csv"), encoding="utf-8")
    with pytest.raises(InputError, match=r"nothing_\*\.csv"):
        open_engagement(small)
    pd.DataFrame({"datum": ["2024-01-01"], "account": ["A1"]}).to_parquet(small / "sales.parquet")
    (small / "engagement.toml").write_text(toml.replace("sales.csv", "sales.parquet"), encoding="utf-8")
    with pytest.raises(InputError, match="date"):
        open_engagement(small)
