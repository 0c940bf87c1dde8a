"""`pipedeck review`: the effects of a change in git."""

from __future__ import annotations

import argparse
import sys

from core.review import review_change, without_index
from tui.cli.knowledge import with_knowledge, with_runs
from tui.cli.parsers import Commands, add_output_options, add_tree_options, epilog, read_report
from tui.cli.stored_checks import add_offline_option
from tui.reports.text_output import TextOutput


def add_review(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "review",
        help="the effects of a change in git",
        description="Compare the tree at a revision with the work tree, or with another revision: names that die, come"
        " alive or end elsewhere, prices, lost capabilities, problems added and removed. Without REV from where the"
        " branch left its upstream, or else the main branch. The objects of git are read: nothing is checked out, and"
        " nothing of the repository is executed. The policy of each side is judged, and what it ignores is left out.",
        epilog=epilog(
            ("pipedeck review", "this branch and the changes not committed"),
            ("pipedeck review HEAD", "the changes not committed"),
            ("pipedeck review main..feature", "two revisions; with ... from their merge base"),
            ("pipedeck review --format markdown", "for a comment in a pull request"),
            ("pipedeck review --format github", "annotations of the problems that are added"),
            status="0, 1 it adds errors, 2 wrong usage, no tree or no such revision",
        ),
    )
    parser.add_argument("revision", nargs="?", metavar="REV", default="", help="REV, REV..REV or REV...REV")
    parser.add_argument(
        "--fail", action="store_true", help="exit with 1 also when a name dies, is refused, lacks more or costs more"
    )
    add_offline_option(parser)
    add_tree_options(parser)
    add_output_options(parser, formats=True, more=("markdown",))
    parser.set_defaults(run=run_review)


def run_review(options: argparse.Namespace) -> int:
    """Print the review."""
    report, _ = with_knowledge(read_report(options).read_methods(), options)
    report = with_runs(report, options)
    review = review_change(report, options.revision)
    if report.knowledge is None:
        review = without_index(review)
    output = TextOutput(sys.stdout)
    if options.json:
        from core.json.review_document import ReviewDocument

        output.json(ReviewDocument(review))
    elif options.format == "markdown":
        from tui.reports.review import markdown

        sys.stdout.write(markdown(review))
    elif options.format:
        from core.formats import FORMATS

        sys.stdout.write(FORMATS[options.format](review.added))
    else:
        from tui.reports.review import print_review

        print_review(review, output)
    return 1 if review.errors or (options.fail and review.losses) else 0
