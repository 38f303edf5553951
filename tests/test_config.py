"""The settings: what the desk starts with, what it refuses to start with, and the key that it makes for itself."""

import stat
import threading
from dataclasses import fields
from pathlib import Path

import pytest

from helpdesk.config import BadSetting, Config
from tests.conftest import make_app

ANYWHERE = "0.0.0.0"  # noqa: S104
SITE = "https://help.example.org"
STRONG = "0123456789abcdef0123456789abcdef"

REFUSED = [
    ({"HELPDESK_MODE": "staging"}, "HELPDESK_MODE"),
    ({"HELPDESK_MODE": "demo", "HELPDESK_HOST": ANYWHERE}, "loopback"),
    ({"HELPDESK_MODE": "demo", "HELPDESK_HOST": "192.168.1.5"}, "loopback"),
    ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
    ({"FLASK_DEBUG": "true"}, "FLASK_DEBUG"),
    ({"HELPDESK_SECRET_KEY": "secret"}, "HELPDESK_SECRET_KEY"),
    ({"HELPDESK_SECRET_KEY": STRONG[:31]}, "HELPDESK_SECRET_KEY"),
    ({"HELPDESK_SECRET_KEY": "a" * 64}, "HELPDESK_SECRET_KEY"),
    ({"HELPDESK_PUBLIC_URL": "help.example.org"}, "full address"),
    ({"HELPDESK_PUBLIC_URL": "ftp://help.example.org"}, "full address"),
    ({"HELPDESK_PUBLIC_URL": "https://"}, "full address"),
    ({"HELPDESK_PUBLIC_URL": "http://help.example.org"}, "https://"),
    ({"HELPDESK_PUBLIC_URL": "https://[half"}, "full address"),
    ({"HELPDESK_BRAND_HUE": "360"}, "HELPDESK_BRAND_HUE"),
    ({"HELPDESK_BRAND_HUE": "-1"}, "HELPDESK_BRAND_HUE"),
    ({"HELPDESK_BRAND_HUE": "green"}, "whole number"),
    ({"PORT": "http"}, "whole number"),
    ({"PORT": "70000"}, "PORT"),
    ({"HELPDESK_PROXIES": "-1"}, "HELPDESK_PROXIES"),
    ({"HELPDESK_REOPEN_DAYS": "-1"}, "HELPDESK_REOPEN_DAYS"),
    ({"HELPDESK_REMINDER_DAYS": "14"}, "HELPDESK_REMINDER_DAYS.*before"),
    ({"HELPDESK_REMINDER_DAYS": "0"}, "HELPDESK_AUTO_CLOSE_DAYS.*only after"),
    ({"HELPDESK_AUTO_CLOSE_DAYS": "-1"}, "HELPDESK_AUTO_CLOSE_DAYS.*negative"),
    ({"HELPDESK_CHAT_WAIT_MINUTES": "-1"}, "HELPDESK_CHAT_WAIT_MINUTES"),
    ({"HELPDESK_BUSINESS_HOURS": "9 to 5"}, "HELPDESK_BUSINESS_HOURS.*9 to 5"),
    ({"HELPDESK_CHAT_HOURS": "mon 09:00-17:00 Mars/Olympus"}, "HELPDESK_CHAT_HOURS.*Mars"),
    ({"HELPDESK_WORK": "elsewhere"}, "HELPDESK_WORK"),
    ({"HELPDESK_WORK": "separate"}, "PostgreSQL"),
    ({"HELPDESK_TIME_ZONE": "Mars/Olympus"}, "HELPDESK_TIME_ZONE"),
    ({"HELPDESK_RANKS": "Low,High"}, "HELPDESK_MINIMUM_RANK"),
    ({"HELPDESK_RANKS": "Silver,silver"}, "HELPDESK_RANKS"),
    ({"HELPDESK_MINIMUM_RANK": "Copper"}, "Copper"),
    *(
        (
            {"HELPDESK_MAIL_SERVER": "mx", "HELPDESK_MAIL_FROM": "a@b.example", "HELPDESK_PUBLIC_URL": SITE, **mail},
            advice,
        )
        for mail, advice in (
            ({"HELPDESK_MAIL_FROM": ""}, "HELPDESK_MAIL_FROM"),
            ({"HELPDESK_MAIL_FROM": "Help Desk"}, "HELPDESK_MAIL_FROM"),
            ({"HELPDESK_MAIL_FROM": "a@b.example, c@d.example"}, "HELPDESK_MAIL_FROM"),
            ({"HELPDESK_MAIL_FROM": "a@b.example\nBcc: c@d.example"}, "HELPDESK_MAIL_FROM"),
            ({"HELPDESK_PUBLIC_URL": ""}, "HELPDESK_PUBLIC_URL"),
            ({"HELPDESK_MODE": "demo"}, "made-up addresses"),
            ({"HELPDESK_MAIL_PORT": "0"}, "HELPDESK_MAIL_PORT"),
            ({"HELPDESK_MAIL_BOUNCES": "bounces"}, "HELPDESK_MAIL_BOUNCES"),
            ({"HELPDESK_MAIL_BOUNCES": "<>"}, "HELPDESK_MAIL_BOUNCES"),
            ({"HELPDESK_MAIL_SECURITY": "ssl"}, "HELPDESK_MAIL_SECURITY"),
            ({"HELPDESK_MAIL_SECURITY": "none", "HELPDESK_MAIL_USERNAME": "desk"}, "in the open"),
        )
    ),
]


@pytest.mark.parametrize(("environment", "advice"), REFUSED)
def test_the_desk_does_not_start_with_what_is_unsafe_or_cannot_be_meant(environment: dict[str, str], advice: str):
    with pytest.raises(BadSetting, match=advice):
        Config.from_environment(environment)


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"HELPDESK_MODE": "demo"},
        {"HELPDESK_MODE": "demo", "HELPDESK_HOST": "::1", "FLASK_DEBUG": "1"},
        {"HELPDESK_HOST": ANYWHERE},
        {"FLASK_DEBUG": "0"},
        {"HELPDESK_SECRET_KEY": STRONG},
        {"HELPDESK_PUBLIC_URL": "https://help.example.org"},
        {"HELPDESK_PUBLIC_URL": "http://localhost:5000"},
        {"HELPDESK_BRAND_HUE": "0"},
        {"HELPDESK_RANKS": " Low , High ", "HELPDESK_MINIMUM_RANK": "high"},
        {"HELPDESK_TIME_ZONE": "Europe/Stockholm"},
        {"HELPDESK_REMINDER_DAYS": "0", "HELPDESK_AUTO_CLOSE_DAYS": "0"},
        {"HELPDESK_BUSINESS_HOURS": "mon-fri 09:00-17:30, sat 22:00-06:00 Europe/Paris"},
        {"HELPDESK_WORK": "separate", "DATABASE_URL": "postgresql://desk@db/desk"},
        *(
            {
                "HELPDESK_MAIL_SERVER": "mx",
                "HELPDESK_MAIL_FROM": "a@b.example",
                "HELPDESK_PUBLIC_URL": SITE,
                "HELPDESK_MAIL_BOUNCES": returns,
            }
            for returns in ("", "none", "a@b.example", "bounces+{id}@b.example")
        ),
        {"HELPDESK_MAIL_SERVER": "::1", "HELPDESK_MAIL_FROM": "a@b", "HELPDESK_PUBLIC_URL": "http://localhost:5000"},
    ],
)
def test_the_desk_starts_with_what_is_sound(environment: dict[str, str]):
    Config.from_environment(environment)


def test_settings_are_read_from_their_variables():
    config = Config.from_environment(
        {
            "PORT": "8080", "HELPDESK_TRUSTED_HOSTS": "a.example.org, b.example.org,",
            "HELPDESK_SITE_NAME": " Support ",
            "HELPDESK_INSTANCE": "/srv/desk", "HELPDESK_RANKS": "Low,High", "HELPDESK_MINIMUM_RANK": "High",
        }
    )  # fmt: skip

    assert (config.port, config.site_name, config.instance) == (8080, "Support", Path("/srv/desk"))
    assert config.trusted_hosts == ("a.example.org", "b.example.org")
    assert config.ranks == ("Low", "High")


def test_every_setting_names_its_variable_and_says_what_it_means():
    variables = [setting.metadata["variable"] for setting in fields(Config)]
    assert len(set(variables)) == len(variables)
    assert all(setting.metadata["meaning"].endswith(".") for setting in fields(Config))


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("postgresql://desk@db/helpdesk", "postgresql+psycopg://desk@db/helpdesk"),
        ("postgres://desk@db/helpdesk", "postgresql+psycopg://desk@db/helpdesk"),
        ("", "sqlite:////srv/desk/helpdesk.sqlite"),
    ],
)
def test_the_database_is_the_given_one_or_a_file_of_the_instance(given: str, address: str):
    assert Config(instance=Path("/srv/desk"), database_url=given).database == address


def test_the_demo_answers_no_other_host_name():
    facts = {"public_url": "https://help.example.org", "trusted_hosts": ("b.example.org",)}
    assert {"help.example.org", "b.example.org"} <= set(Config(**facts).hosts)
    assert {"help.example.org", "b.example.org"}.isdisjoint(Config(mode="demo", **facts).hosts)


def test_a_given_key_is_used_and_nothing_is_written(tmp_path: Path):
    assert Config(instance=tmp_path / "new", secret_key=STRONG).signing_key() == STRONG
    assert not (tmp_path / "new").exists()


def test_a_key_is_made_once_for_the_operators_eyes_only(tmp_path: Path):
    first = Config(instance=tmp_path / "new").signing_key()
    path = tmp_path / "new" / "secret_key"

    assert Config(instance=tmp_path / "new").signing_key() == first
    assert len(first) == 64
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == ["secret_key"]


def test_two_instances_never_share_a_key(tmp_path: Path):
    assert Config(instance=tmp_path / "a").signing_key() != Config(instance=tmp_path / "b").signing_key()


def test_several_starting_at_once_get_the_same_whole_key(tmp_path: Path):
    keys: list[str] = []
    together = threading.Barrier(8)

    def start() -> None:
        together.wait()
        keys.append(Config(instance=tmp_path).signing_key())

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(keys) == 8
    assert len(set(keys)) == 1 and len(keys[0]) == 64


def test_a_key_file_with_nothing_in_it_is_refused(tmp_path: Path):
    (tmp_path / "secret_key").touch()

    with pytest.raises(BadSetting, match="secret_key"):
        Config(instance=tmp_path).signing_key()


def test_another_host_name_is_not_answered(tmp_path: Path, prepared_sqlite: Path):
    (tmp_path / "helpdesk.sqlite").write_bytes(prepared_sqlite.read_bytes())
    client = make_app(tmp_path, trusted_hosts=("help.example.org",)).test_client()

    assert client.get("/healthz", headers={"Host": "help.example.org"}).status_code == 200
    for stranger in ("evil.example.org", "help.example.org.evil.example", "localhost.evil.example"):
        assert client.get("/healthz", headers={"Host": stranger}).status_code == 400
    forwarded = client.get("/help", headers={"Host": "localhost", "X-Forwarded-Host": "evil.example.org"})
    assert "evil.example.org" not in forwarded.text
