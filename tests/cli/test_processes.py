"""The command as a process: pipes, interruption, and what it loads."""

import json
import signal
import subprocess
import sys

import pytest

from tests.cli.conftest import PROGRAM
from tests.serving import PATIENCE


def test_a_list_is_changed_on_its_way_into_updates(cli, tmp_path):
    """The pipe that the command line exists for."""
    done = cli.shell(
        """
        set -euo pipefail
        for name in Ann Bob Cy; do lightfield account create --fields "{\\$name: Pipe $name}" > /dev/null; done
        lightfield account list --filter '$name[startsWith]=Pipe' --format jsonl \\
          | python3 -c '
import json, sys
for record in json.load(sys.stdin)["data"]:
    print(json.dumps({"id": record["id"], "fields": {"$name": record["fields"]["$name"]["value"].upper()}}))
' | lightfield account update --stdin --transform 'fields.$name.value' -r | sort
        lightfield account list --all --filter '$name[startsWith]=PIPE' --transform '{id,fields:{"$revenue":!5}}' \\
          | lightfield account update --stdin --concurrency 3 --transform 'fields.$revenue.value'
        """,
        tmp_path,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["PIPE ANN", "PIPE BOB", "PIPE CY", "5", "5", "5"]


def test_a_body_is_piped_or_redirected(cli, tmp_path):
    (tmp_path / "body.yaml").write_text("fields:\n  $name: From a file\n")
    done = cli.shell(
        """
        lightfield account create --transform 'fields.$name.value' -r < body.yaml
        cat body.yaml | lightfield account create --transform 'fields.$name.value' -r
        (lightfield -v > /dev/null; cat body.yaml) | lightfield account create --transform 'fields.$name.value' -r
        lightfield account list --limit 1 --transform object -r < body.yaml
        lightfield account create --fields '{$name: Flag}' --transform 'fields.$name.value' -r < /dev/null
        """,
        tmp_path,
    )
    assert done.stdout.splitlines() == ["From a file"] * 3 + ["list", "Flag"], done.stderr


def test_a_reader_that_leaves_is_no_failure(cli, tmp_path):
    lines = "".join(json.dumps({"fields": {"$name": f"Left {n}"}}) + "\n" for n in range(40))
    assert cli("account", "create", "--stdin", "--concurrency", "8", stdin=lines).code == 0
    done = cli.shell(
        "lightfield account list --all | head -n 1 | cut -c 1-6; echo ${PIPESTATUS[0]}; lightfield --help | true",
        tmp_path,
    )
    assert done.stdout.splitlines() == ['{"id":', "0"]
    assert done.stderr == ""


def test_a_batch_whose_answers_nobody_reads_stops_and_says_so(cli, account, tmp_path):
    batch = f"yes {account} | lightfield account retrieve --stdin --transform id -r"
    done = cli.shell(f"{batch} | head -n 1; echo ${{PIPESTATUS[1]}}", tmp_path)
    assert done.stdout.splitlines() == [account, "1"]
    assert "Nobody reads the answers. Stopped after" in done.stderr


def test_an_interruption_is_quiet_and_told_apart(cli):
    with cli.process(
        "account", "create", "--stdin", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdin.write('{"fields": {"$name": "Interrupted"}}\n')
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"], "the first line is answered while the second is awaited"
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert said == "Interrupted.\n"


def modules(words, environment):
    """What a command imports. That it is little is why it starts at once."""
    told = "print(*sys.modules, file=sys.stderr)"
    program = f"import sys; sys.argv[1:] = {words!r}\ntry:\n    {PROGRAM}\nfinally:\n    {told}"
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    return set(done.stderr.split())


@pytest.mark.parametrize("words", [["--help"], ["task", "create", "--help"], ["-v"], ["__complete", "--", "acc"]])
def test_what_needs_no_server_loads_neither_http_nor_models_nor_yaml(bare, words):
    loaded = modules(words, bare.outside)
    assert not loaded & {"httpx2", "pydantic", "yaml", "ssl", "asyncio", "lightfield._client"}


def test_a_call_loads_no_models(cli):
    assert not modules(["account", "list"], cli.outside) & {"pydantic", "yaml", "click"}
