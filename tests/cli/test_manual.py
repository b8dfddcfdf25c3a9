"""What the manual shows is carried out, and what there is stands in the manual."""

import re

from lightfield.cli.catalogue import GLOBAL
from lightfield.cli.formats import FORMATS
from lightfield.cli.own import OWN
from lightfield.cli.refusals import EXIT_CODES
from tests.serving import ROOT

PAGE = (ROOT / "docs" / "cli.md").read_text("utf-8")


def test_the_examples_run_one_after_another(cli, tmp_path):
    blocks = re.findall(r"^```sh run\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 5
    done = cli.shell("set -euo pipefail\n" + "\n".join(blocks), tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "accounts.csv").read_text().startswith("id,$name\n")
    assert '["Byron"]' in done.stdout.replace("\n", "").replace(" ", "")


def test_every_flag_format_command_and_exit_code_is_there():
    for word in (*(f"--{flag.name}" for flag in GLOBAL if flag.name != "version"), *(f"`{name}`" for name in FORMATS)):
        assert word in PAGE, word
    assert all(f"lightfield {name}" in PAGE for name in OWN if name != "help")
    assert all(f"| {code} | {says}" in PAGE for code, says in EXIT_CODES.items() if 1 < code < 100)
