"""What shells offer while someone types."""

import json
import shutil

import pytest

from lightfield.cli import main as entry
from lightfield.cli.own import SHELLS


def offered(cli, *words, **environment):
    return cli.out("__complete", "--", *words, **environment).splitlines()


def test_words_are_offered_where_they_may_stand(cli):
    assert offered(cli, "acc") == ["account"]
    assert {"account", "profiles"} <= set(offered(cli, ""))
    assert offered(cli, "--form") == offered(cli, "account", "--form") == ["--format", "--format-error"]
    assert offered(cli, "account", "re") == ["retrieve", "restore"]
    assert offered(cli, "--format", "json", "account", "re") == ["retrieve", "restore"]
    assert offered(cli, "task", "create", "--fields.st") == ["--fields.status"]
    assert offered(cli, "task", "create", "--fields.status", "") == ["TODO", "IN_PROGRESS", "COMPLETE", "CANCELLED"]
    assert offered(cli, "account", "list", "--status", "tr") == ["trashed"]
    assert offered(cli, "account", "list", "--format", "js") == ["json", "jsonl"]
    assert offered(cli, "--format", "=", "ya") == ["yaml"]
    assert offered(cli, "profiles", "a") == ["add"]
    assert offered(cli, "help", "workfl") == ["workflow-run"]
    assert offered(cli, "help", "workflow-run", "") == ["status"]
    assert offered(cli, "completion", "z") == ["zsh"]
    assert offered(cli, "account", "nope", "") == []
    assert offered(cli, "account", "list", "--limit", "") == []


def test_files_are_offered_after_an_at_sign(cli, tmp_path, monkeypatch):
    (tmp_path / "notes.md").touch()
    (tmp_path / "more").mkdir()
    monkeypatch.chdir(tmp_path)
    assert offered(cli, "account", "create", "--fields", "@") == ["@more/", "@notes.md"]
    assert offered(cli, "account", "create", "--fields", "@no") == ["@notes.md"]
    assert offered(cli, "account", "create", "--fields", f"@{tmp_path}/no") == [f"@{tmp_path}/notes.md"]


def test_keys_and_types_are_offered_once_they_were_seen(cli, served):
    assert offered(cli, "account", "create", "--fields.$na") == []
    cli.out("account", "definitions")
    assert offered(cli, "account", "create", "--fields.$na") == ["--fields.$name"]
    assert offered(cli, "account", "create", "--relationships.$ow") == ["--relationships.$owner"]
    assert offered(cli, "account", "list", "--filter", "$na") == ["$name"]
    assert offered(cli, "account", "list", "--columns", "id,$na") == ["id,$name"]
    with served.client() as http:
        http.post("/v1/schema/objects", json={"slug": "boat", "label": "Boat"})
    cli.out("object", "list-definitions")
    assert "boat" in offered(cli, "object", "list", "")
    assert "boat" in offered(cli, "object", "create", "--entity-slug", "")
    assert offered(cli, "account", "create", "--fields.$na", LIGHTFIELD_API_KEY="another") == []


def test_profiles_are_offered(bare):
    bare.out("profiles", "add", "work", "--api-key", "k" * 30)
    assert offered(bare, "--profile", "w") == ["work"]
    assert offered(bare, "profiles", "use", "w") == ["work"]


def test_the_servers_commands_are_offered_where_it_is_installed(bare, monkeypatch):
    from importlib.metadata import EntryPoint

    offer = EntryPoint("server", "lightfield_server.commands:group", entry.OFFERS)
    monkeypatch.setattr(entry, "entry_points", lambda group: [offer])
    assert offered(bare, "ser") == ["serve"]
    assert offered(bare, "keys", "re") == ["revoke"]
    assert "--scope" in offered(bare, "keys", "create", "--s")
    monkeypatch.setattr(entry, "entry_points", lambda group: [])
    assert offered(bare, "ser") == []


@pytest.mark.parametrize(
    ("style", "line"), [("bash", "create"), ("fish", "create\tCreate a task."), ("zsh", "create:Create a task.")]
)
def test_each_shell_is_told_in_its_own_way(cli, style, line):
    assert offered(cli, "task", "cr", COMPLETION_STYLE=style) == [line]


@pytest.mark.parametrize("shell", SHELLS)
def test_there_is_a_script_for_every_shell(bare, shell):
    assert "lightfield __complete" in bare.out("completion", shell)
    assert bare.out("@completion", shell) == bare.out("completion", shell)


BASH = """
eval "$(lightfield completion bash)"
try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lightfield; printf '%s|' "${COMPREPLY[@]}"; echo; }
complete -p lightfield
try lightfield acc
try lightfield account create '--fields.\\$na'
try lightfield account list --filter "'\\$na"
try lightfield account list --format = js
"""


def test_bash_completes(cli, tmp_path):
    cli.out("account", "definitions")
    done = cli.shell(BASH, tmp_path)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "complete -F _lightfield lightfield", "account|", "--fields.\\$name|", "$name|", "json|jsonl|",
    ]  # fmt: skip


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_zsh_completes(cli, tmp_path):
    script = """zsh -f -c 'compdef() { }; _describe() { print -l -- ${(P)argv[-1]} }
        eval "$(lightfield completion zsh)"; words=(lightfield account cr); CURRENT=3; _lightfield'"""
    assert cli.shell(script, tmp_path).stdout == "create:Create an account.\n"


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_fish_completes(cli, tmp_path):
    script = "fish --no-config -c 'lightfield completion fish | source; complete -C \"lightfield account cr\"'"
    assert cli.shell(script, tmp_path).stdout == "create\tCreate an account.\n"


def test_the_manual_page_lists_every_command(bare, tmp_path):
    page = bare.out("@manpages")
    assert page.startswith(".TH LIGHTFIELD 1")
    assert ".B lightfield workflow\\-run status" in page
    assert "Usage: lightfield account create" in bare.out("@manpages", "--text")
    bare.out("@manpages", "-o", str(tmp_path / "man"), "--gzip")
    assert (tmp_path / "man" / "lightfield.1.gz").exists()
    bare.out("@manpages", "-o", str(tmp_path / "man"))
    assert (tmp_path / "man" / "lightfield.1").read_text().strip() == page
    assert json.dumps(str(tmp_path))[1:-1] in bare.refused("@manpages", "-o", str(tmp_path / "man" / "lightfield.1"))
