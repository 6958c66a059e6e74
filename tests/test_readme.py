"""The README's commands do what it says, as a new user would type them."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [line.split("#")[0].strip() for block in re.findall(r"```\n(.*?)```", README, flags=re.S) for line in block.splitlines()]


def run(command, **options):
    return subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, timeout=590, **options)


def test_readme_is_short_and_names_real_things():
    assert len(README.splitlines()) <= 110
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
    for name in re.findall(r"`((?:notebooks|kamnb|text|data|reports)/[\w./]*)`", README):
        assert (ROOT / name).exists() or name.startswith(("data/acme", "reports/sample", "data/", "reports/")), name


def test_every_make_command_of_the_readme_exists():
    listed = run("make").stdout
    for command in (c for c in COMMANDS if c.startswith("make ")):
        assert f"\n  {command} " in f"\n{listed}", command


def test_make_test_is_what_continuous_integration_calls():
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").rstrip().endswith("make test")
    assert "make test" in COMMANDS and "pytest" in run("make -n test").stdout


def test_make_report_renders_the_sample_and_a_second_run_does_nothing():
    first = run("make report")
    assert first.returncode == 0, first.stdout + first.stderr[-3000:]
    assert re.search(r" 0 failed$", first.stdout, flags=re.M)
    index = ROOT / re.search(r"reports/sample/.*index\.html", first.stdout).group()
    page = index.read_text(encoding="utf-8")
    linked = re.findall(r'href="([^"#]+)"', page)
    assert len(linked) > 40 and all((index.parent / link).stat().st_size > 2000 for link in linked)
    second = run("make report")
    assert second.returncode == 0 and "nothing had changed" in second.stdout


def test_the_commands_for_a_client_of_ones_own(tmp_path):
    named = [c for c in COMMANDS if c.startswith(".venv/bin/kamnb")]
    assert [c.split()[1] for c in named] == ["new", "check", "lab", "report", "why", "diff"]
    made = run(f"{named[0]} --at {tmp_path}")
    assert made.returncode == 0 and (tmp_path / "acme" / "engagement.toml").is_file()
    checked = run(named[1].replace("data/acme", str(tmp_path / "acme")))
    assert checked.returncode == 2 and "F01" in checked.stdout + checked.stderr
    assert all(run(f"{command.replace('RUN_A RUN_B', '')} --help").returncode == 0 for command in named[2:])


def test_the_commands_for_a_cluster_have_the_options_that_they_name():
    shown = README[README.index("dask scheduler"):].split("```")[0].replace("\\\n", " ").splitlines()
    asked = {line.split()[1]: set(re.findall(r"--[a-z-]+", line.split("#")[0])) for line in shown if line.strip()}
    assert set(asked) == {"scheduler", "worker", "report"} and "--shared" in asked["report"]
    for name, options in asked.items():
        helped = run(f".venv/bin/{'kamnb' if name == 'report' else 'dask'} {name} --help").stdout
        assert not [option for option in options if option not in helped], name
