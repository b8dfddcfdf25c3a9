"""Settings: where they come from, which wins, and what is refused."""

import re
from pathlib import Path

import pytest

from lightfield_server.configuration import SETTINGS, Refused, Settings, settings

DOCS = Path(__file__).parents[3] / "docs"


def file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "given.toml"
    path.write_text(text)
    return path


def test_a_server_told_nothing_has_these_settings():
    told = settings({}, {})
    assert told == Settings()
    assert (told.host, told.port, told.workers, told.rate_limit) == ("127.0.0.1", 8000, 1, 1000)
    assert (told.demo, told.log_level) == (False, "warning")
    assert told.path == Path("lightfield-data/lightfield.db")


def test_a_flag_wins_over_the_environment_and_that_over_a_file(tmp_path):
    given = file(tmp_path, "port = 1\nhost = '0.0.0.0'\nrate_limit = 5\n")
    told = settings({"port": "3"}, {"LIGHTFIELD_PORT": "2", "LIGHTFIELD_RATE_LIMIT": "off"}, given)
    assert (told.port, told.host, told.rate_limit) == (3, "0.0.0.0", None)


def test_a_file_in_the_data_folder_is_read_unless_another_is_named(tmp_path):
    (tmp_path / "lightfield.toml").write_text("port = 4\n")
    assert settings({"data": str(tmp_path)}, {}).port == 4
    assert settings({}, {"LIGHTFIELD_DATA": str(tmp_path)}).port == 4
    assert settings({"data": str(tmp_path)}, {}, file(tmp_path, "demo = true")).port == 8000


def test_a_named_file_may_say_where_the_data_is(tmp_path):
    assert settings({}, {}, file(tmp_path, "data = '/srv/crm'")).path == Path("/srv/crm/lightfield.db")


def test_an_empty_variable_says_nothing():
    assert settings({}, {"LIGHTFIELD_PORT": "", "LIGHTFIELD_HOST": ""}) == Settings()


def test_a_database_may_lie_elsewhere_than_the_data_folder():
    assert settings({"database": "sqlite:///crm.db"}, {}).path == Path("crm.db")
    assert settings({"database": "sqlite:////srv/crm.db"}, {}).path == Path("/srv/crm.db")


@pytest.mark.parametrize("url", ["postgresql://localhost/crm", "postgres://ann:secret@db.example.com:5433/crm"])
def test_a_database_may_be_on_a_server(url):
    assert settings({"database": url}, {}).postgres == url


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgresql://ann:secret@db/crm?sslmode=require", "postgresql://ann@db/crm?sslmode=require"),
        (
            "postgresql://db/crm?user=ann&password=secret&sslmode=require",
            "postgresql://db/crm?user=ann&password=&sslmode=require",
        ),
        ("postgresql:///crm?host=/run/postgresql", "postgresql:///crm?host=/run/postgresql"),
    ],
)
def test_a_password_is_told_to_nobody(url, place):
    assert settings({"database": url}, {}).place == place


@pytest.mark.parametrize(
    ("text", "value"), [("off", None), ("OFF", None), ("1", 1), ("25", 25), (" 10 ", 10), ("1000000", 1_000_000)]
)
def test_a_rate_is_a_number_or_off(text, value):
    assert settings({"rate_limit": text}, {}).rate_limit == value


@pytest.mark.parametrize("text", ["true", "on", "1", "Yes"])
def test_a_switch_is_written_in_many_ways(text):
    assert settings({}, {"LIGHTFIELD_DEMO": text}).demo is True


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "localhost", "::1", "[::1]", "crm.example.com"])
def test_a_host_is_an_address_or_a_name(host):
    assert settings({"host": host}, {}).host == host.strip("[]")


@pytest.mark.parametrize(
    ("name", "sent", "says"),
    [
        ("port", "abc", "from 0 (any free one) to 65535"),
        ("port", "65536", "from 0 (any free one) to 65535"),
        ("port", "-1", "from 0 (any free one) to 65535"),
        ("port", "8000.0", "from 0 (any free one) to 65535"),
        ("port", "٣", "from 0 (any free one) to 65535"),
        ("workers", "0", "at least 1"),
        ("workers", "two", "at least 1"),
        ("rate_limit", "0", "or 'off'"),
        ("rate_limit", "none", "or 'off'"),
        ("rate_limit", "2.5", "or 'off'"),
        ("host", "http://localhost", "such as 127.0.0.1"),
        ("host", "-x", "such as 127.0.0.1"),
        ("log_level", "loud", "debug, info, warning, error"),
        ("demo", "maybe", "true or false"),
        ("database", "postgresql+psycopg://localhost/crm", "without the name of a driver"),
        ("database", "postgresql:crm", "postgresql://user:password@host/database"),
        ("connections", "1", "at least 2"),
        ("database", "mysql://localhost/crm", "sqlite:///"),
        ("database", "sqlite:///", "the path of a file"),
        ("database", "crm.db", "sqlite:///"),
    ],
)
def test_a_bad_value_is_refused_in_words_that_help(name, sent, says):
    setting = next(setting for setting in SETTINGS if setting.name == name)
    for given in ({"flags": {name: sent}, "environment": {}}, {"flags": {}, "environment": {setting.variable: sent}}):
        with pytest.raises(Refused) as refused:
            settings(**given)
        assert says in str(refused.value)
        assert (setting.flag if given["flags"] else setting.variable) in str(refused.value)
        assert f"'{sent}'" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("prot = 1", "there is no setting 'prot'"),
        ("port = 'x'", "port in"),
        ("port = true", "port in"),
        ("port = [1]", "port in"),
        ("port = ", "not a TOML file"),
        ("[server]\nport = 1", "there is no setting 'server'"),
    ],
)
def test_a_bad_file_is_refused_in_words_that_help(tmp_path, text, says):
    given = file(tmp_path, text)
    with pytest.raises(Refused) as refused:
        settings({}, {}, given)
    assert says in str(refused.value)
    assert str(given) in str(refused.value)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(Refused, match=r"nowhere\.toml cannot be read"):
        settings({}, {}, tmp_path / "nowhere.toml")


def test_a_file_in_the_data_folder_cannot_move_the_data_folder(tmp_path):
    (tmp_path / "lightfield.toml").write_text("data = 'elsewhere'")
    with pytest.raises(Refused, match="cannot say where the data folder is"):
        settings({"data": str(tmp_path)}, {})


def test_every_setting_is_explained_in_one_sentence():
    for setting in SETTINGS:
        assert re.fullmatch(r"[A-Z].*\.", setting.says), setting.name
        assert setting.values


def test_the_manual_lists_every_setting_and_no_other():
    """One row each: file key, flag, variable, default, and the sentence."""
    page = (DOCS / "configuration.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    expected = [
        f"| `{s.name}` | `{s.flag}` | `{s.variable}` | {s.shown} | {s.says.replace('|', chr(92) + '|')} |"
        for s in SETTINGS
    ]
    assert rows == expected
