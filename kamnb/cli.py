"""The command line: kamnb new, check, lab, report, why, diff."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import click

from kamnb.errors import InputError
from kamnb.reports import skip_grammar

LANGUAGES = click.Choice(["en", "ja", "zh"])
STAGES = click.Choice(["channels", "selection", "strategy", "actions", "review"])
FORMATS = click.Choice(["html", "xlsx", "pptx", "pdf"])
FOLDER = click.Path(file_okay=False, path_type=Path)
NOTES = {"same": " (as it was)", "kept": " (you changed it: kept; rename it to get a fresh one)"}


class Plain(click.Group):
    """Commands whose mendable errors are told in words, with exit code 2, and whose interruption is 130."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except InputError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(2)
        except KeyboardInterrupt:
            click.echo("Interrupted. Run the same command again to go on.", err=True)
            ctx.exit(130)


@click.group(cls=Plain)
@click.version_option(package_name="kamnb")
def main() -> None:
    """Key account management workbook: from a raw sales ledger to signed key account plans.

    Example: kamnb report data/sample --lang ja
    """
    skip_grammar()


def what_is_asked(command: Callable) -> Callable:
    """Give `command` the options that say which reports are meant."""
    options = (
        click.argument("engagement", type=FOLDER),
        click.option("--stage", "stages", type=STAGES, multiple=True, help="Only these notebooks."),
        click.option("--account", "accounts", multiple=True, help="Only these accounts (default: the key accounts)."),
        click.option("--lang", "languages", type=LANGUAGES, multiple=True, help="Languages (default: the engagement's)."),
        click.option("--to", "formats", type=FORMATS, multiple=True, help="Formats (default: html and xlsx)."),
        click.option("--edition", type=click.Choice(["internal", "joint"]), default="internal", show_default=True,
                     help="joint: what the account itself may see."),
        click.option("--out", type=FOLDER, default=Path("reports"), show_default=True, help="Where reports are filed."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@main.command()
@click.argument("name")
@click.option("--at", type=FOLDER, default=Path("data"), show_default=True, help="Where the folder is made.")
@click.option("--lang", type=LANGUAGES, default="ja", show_default=True, help="Language of the comments.")
def new(name: str, at: Path, lang: str) -> None:
    """Lay down a commented engagement folder.

    Example: kamnb new acme --lang en
    """
    from kamnb.starting import new_engagement

    file = new_engagement(name, at=at, language=lang)
    click.echo(f"{file}")


@main.command()
@click.argument("engagement", type=FOLDER)
@click.option("--lang", type=LANGUAGES, help="Language of the answer (default: the engagement's).")
def check(engagement: Path, lang: str | None) -> None:
    """Read every file, say what does not tie and why, and list what to ask the client for.

    Example: kamnb check data/sample --lang en
    """
    from kamnb.checking import check_engagement

    text, code = check_engagement(engagement, language=lang)
    click.echo(text)
    sys.exit(code)


@main.command()
@click.argument("engagement", type=FOLDER)
@click.option("--lang", type=LANGUAGES, help="Language of the notebooks (default: the engagement's).")
@click.option("--account", help="Account of notebooks 3 and 4 (default: the first key account).")
@click.option("--no-browser", is_flag=True, help="Do not open a browser (servers).")
@click.argument("jupyter", nargs=-1, type=click.UNPROCESSED)
def lab(engagement: Path, lang: str | None, account: str | None, **serving: object) -> None:
    """Write the five notebooks for this engagement and open JupyterLab on them. Ctrl-C ends it.

    A notebook that you have changed is never written over.  What follows -- goes to JupyterLab, as in -- --port=9000.

    Example: kamnb lab data/sample --lang ja
    """
    from kamnb.editions.opened import serve
    from kamnb.editions.working import write_working
    from kamnb.engagement import open_engagement
    from kamnb.reports.jobs import NOTEBOOKS, check_accounts, key_accounts, master_file

    os.umask(0o077)
    opened = open_engagement(engagement, language=lang)
    codes = opened.raw_table("accounts")["account"]
    first = check_accounts(opened, (account,)) if account else key_accounts(opened) or [str(codes.iloc[0])]
    folder = opened.path / "notebooks" / opened.language
    values = {"engagement": "../..", "language": opened.language, "edition": "internal", "account": first[0]}
    written = write_working([master_file(stage) for stage in NOTEBOOKS], folder, values=values)
    click.echo("\n".join(f"{file}{NOTES.get(state, '')}" for file, state in written.items()))
    serve(folder, next(iter(written)).name, browser=not serving["no_browser"], options=serving["jupyter"])


@main.command()
@what_is_asked
@click.option("--jobs", type=click.IntRange(min=1), default=2, show_default=True, help="Reports made side by side.")
@click.option("--engine", type=click.Choice(["warm", "kernel"]), help="How notebooks run (default: warm where processes can be forked).")
@click.option("--dask", metavar="ADDRESS", help="Send the jobs to the dask cluster whose scheduler is at ADDRESS (tcp://host:8786).")
@click.option("--shared", metavar="PLACE", help="Folder or address (s3://...) that you and every worker reach (default: the --out folder).")
@click.option("--cell-limit", type=click.IntRange(min=1), default=300, show_default=True, help="Seconds that a cell may take.")
@click.option("--report-limit", type=click.IntRange(min=1), default=900, show_default=True, help="Seconds that a report may take.")
@click.option("--memory", type=click.FloatRange(min=0.1), default=4.0, show_default=True, help="Gigabytes that a report may take.")
def report(engagement: Path, out: Path, jobs: int, **asked: object) -> None:
    """Run the notebooks and print them: one page and one workbook each. Only what changed is made again.

    Example: kamnb report data/sample --lang ja --lang en
    """
    from kamnb.reports.printing import print_reports

    sys.exit(print_reports(engagement, out, workers=jobs, asked=asked))


@main.command()
@what_is_asked
def why(engagement: Path, out: Path, **asked: object) -> None:
    """Say which reports would be made again and which part changed: data, settings, notebook, words, code. Nothing is run.

    Ask as you would ask kamnb report.

    Example: kamnb why data/sample --lang ja
    """
    from kamnb.reports.why import print_why

    click.echo(print_why(engagement, out, asked=asked))


@main.command()
@click.argument("run_a", type=FOLDER)
@click.argument("run_b", type=FOLDER, required=False)
@click.option("--lang", "language", type=LANGUAGES, help="Language of the answer (default: one that both runs have).")
@click.option("--out", "outs", type=click.Path(dir_okay=False, path_type=Path), multiple=True,
              help="Also write all of it: FILE.html a page, FILE.xlsx a workbook.")
def diff(run_a: Path, run_b: Path | None, language: str | None, outs: tuple[Path, ...]) -> None:
    """Say what moved between two runs, account by account and figure by figure, and whether data, method, plan or words caused it.

    RUN_A and RUN_B are folders that kamnb report has filled. RUN_A alone is compared with the state before its last change.

    Example: kamnb diff reports/sample/2025-11-30 reports/sample/2025-12-31 --out week.html
    """
    from kamnb.reports.diff import print_diff

    click.echo(print_diff(run_a, run_b, language=language, outs=outs))


if __name__ == "__main__":
    main()
