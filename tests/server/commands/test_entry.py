"""The `lightfield` command itself: it finds what is installed, and says what is not."""

import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from lightfield.cli import main as entry

SRC = Path(__file__).parents[3] / "src"
SERVER = EntryPoint("server", "lightfield_server.commands:group", entry.OFFERS)


def offering(monkeypatch, *offers):
    monkeypatch.setattr(entry, "entry_points", lambda group: [each for each in offers if each.group == group])


def test_it_offers_the_servers_commands(monkeypatch, capsys):
    offering(monkeypatch, SERVER)
    with pytest.raises(SystemExit) as done:
        entry.main(["--help"])
    assert done.value.code == 0
    assert "serve" in capsys.readouterr().out


def test_help_tells_the_servers_commands_from_those_that_talk_to_one(monkeypatch, capsys):
    offering(monkeypatch, SERVER)
    with pytest.raises(SystemExit):
        entry.main(["--help"])
    resources, _, server = capsys.readouterr().out.partition("The server:")
    assert "  account " in resources
    assert "  keys " in server
    assert "Start the server." in server
    with pytest.raises(SystemExit):
        entry.main(["help", "keys"])
    assert "revoke" in capsys.readouterr().out


def test_where_the_server_is_not_installed_its_commands_are_not_listed(monkeypatch, capsys):
    offering(monkeypatch)
    with pytest.raises(SystemExit) as done:
        entry.main([])
    assert done.value.code == 0
    shown = capsys.readouterr().out
    assert "serve " not in shown
    assert "pip install 'openlightfield[server]'" in shown


def test_a_mistyped_command_is_not_taken_for_one_of_the_servers(monkeypatch, capsys):
    for offers in ((), (SERVER,)):
        offering(monkeypatch, *offers)
        with pytest.raises(SystemExit) as done:
            entry.main(["acount", "list"])
        assert done.value.code == 1
        assert capsys.readouterr().err.startswith('Unknown command "acount". Did you mean "account"?')
    with pytest.raises(SystemExit):
        entry.main(["srve"])
    assert 'Did you mean "serve"?' in capsys.readouterr().err


def test_it_joins_the_commands_of_several_distributions(monkeypatch, capsys):
    offering(monkeypatch, SERVER, EntryPoint("upkeep", "lightfield_server.commands.keys:keys", entry.OFFERS))
    with pytest.raises(SystemExit):
        entry.main(["--help"])
    shown = capsys.readouterr().out
    assert "serve" in shown
    assert "revoke" in shown


def test_without_the_server_it_says_what_to_install(monkeypatch, capsys):
    offering(monkeypatch)
    with pytest.raises(SystemExit) as done:
        entry.main(["serve"])
    assert done.value.code == 1
    assert "pip install 'openlightfield[server]'" in capsys.readouterr().err


@pytest.mark.parametrize("missing", ["click", "msgspec"])
def test_a_package_that_is_missing_is_named(missing):
    program = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        "from importlib.metadata import EntryPoint\n"
        "from lightfield.cli import main as entry\n"
        "offer = EntryPoint('server', 'lightfield_server.commands:group', entry.OFFERS)\n"
        "entry.entry_points = lambda group: [offer]\n"
        "entry.main(['keys', 'list'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": str(SRC)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "pip install 'openlightfield[server]'" in done.stderr
    assert missing in done.stderr
    assert "Traceback" not in done.stderr


def test_it_does_not_import_the_server_itself():
    program = "import sys, lightfield.cli.main\nprint([m for m in sys.modules if m.startswith('lightfield_server')])"
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": str(SRC)}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
